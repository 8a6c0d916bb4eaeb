"""Who we are: the list of members."""

from typing import Final

from flask.typing import ResponseReturnValue

from coopfarm.members.queries import membership as known
from coopfarm.members.rules import STATES, sight
from coopfarm.members.views.door import bp
from coopfarm.web import pages, request, words, written

READERS: Final = ("manager", "treasurer", "water_master", "officer", "auditor")


@bp.app_template_filter("membership")
def state_in_words(state: str) -> str:
    return words.say(STATES[state]())


@bp.get("/members")
@request.allowed(*READERS)
def people() -> ResponseReturnValue:
    """Members by where their membership stands, to search through."""
    session, roles = request.session(), request.me().roles
    names = sight.sees("name", roles)
    asked = known.Asked(request.asked("words")[:80], _state(), written.page(), by_name=names)
    found = known.listed(session, asked)
    turns = known.with_turns_ahead(session, [p.member.id for p in found.people], request.now())
    phones = {
        p.member.id: sight.phone(p.member.phone, roles, has_turn=p.member.id in turns)
        for p in found.people
    }
    return pages.show(
        "members/people.html",
        found=found,
        asked=asked,
        phones=phones,
        counts=known.counts(session),
        states=[*STATES],
        sees_names=names,
        sees_household=sight.sees("household", roles),
        may_manage="manager" in roles,
    )


def _state() -> str:
    state = request.asked("state")
    return state if state in STATES else ""
