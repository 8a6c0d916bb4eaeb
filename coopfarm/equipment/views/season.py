"""The season for members: state a wish, read what one got and why, appeal, check it all."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from flask import Response
from flask.typing import ResponseReturnValue

from coopfarm.equipment.actions import rounds as actions
from coopfarm.equipment.models import Round, Wish
from coopfarm.equipment.queries import campaigns, choices
from coopfarm.equipment.queries import rounds as known
from coopfarm.equipment.rules import rounds as rules
from coopfarm.equipment.rules.jobs import OFFICE
from coopfarm.equipment.views import asking
from coopfarm.equipment.views.door import bp
from coopfarm.kernel.numerals import whole
from coopfarm.kernel.refusal import Conflict, Invalid, Missing, NotAllowed, Refusal
from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.fleet.season import envy, file_form
from coopfarm.web import pages, problems, request, tongue, words, written

_STATED = Phrase("wish-stated", N_("Your wish is kept. You can change it until %(deadline)s."))
_BACK = Phrase("wish-taken-back", N_("Your wish is taken back."))
_APPEALED = Phrase("appeal-kept", N_("Your appeal is kept. The office answers it here."))
_LONGEST_NOTE: Final = 300
_LONGEST_WORDS: Final = 500


@bp.get("/season")
@request.allowed()
def season() -> ResponseReturnValue:
    """The season, shared: rounds to wish in, and what came of those before"""
    session, me = request.session(), request.me()
    return pages.show(
        "equipment/season.html",
        rounds=known.rounds(session),
        campaigns=campaigns.shown_to(session, me.member_id),
    )


@bp.get("/season/<uuid:round_id>")
@request.allowed()
def season_round(round_id: UUID) -> ResponseReturnValue:
    """My wish in a round; once it is published, what I got and why"""
    return _page(round_id, None)


@bp.post("/season/<uuid:round_id>/wish")
@request.allowed()
def state_wish(round_id: UUID) -> ResponseReturnValue:
    """State or change my wish"""
    session = request.session()
    try:
        own = _own(request.form(), known.a_round(session, round_id))
        actions.state_wish(session, round_id, own, asking.whose())
    except (Invalid, Conflict, NotAllowed) as refusal:
        session.rollback()
        return _page(round_id, refusal), problems.status_of(refusal)
    deadline = known.a_round(session, round_id).deadline_at
    return pages.done(_STATED(deadline=deadline), "equipment.season_round", round_id=round_id)


@bp.post("/season/<uuid:round_id>/wish/withdraw")
@request.allowed()
def withdraw_wish(round_id: UUID) -> ResponseReturnValue:
    """Take my wish back"""
    actions.withdraw_wish(request.session(), round_id, asking.whose())
    return pages.done(_BACK(), "equipment.season_round", round_id=round_id)


@bp.post("/season/<uuid:round_id>/appeal")
@request.allowed()
def appeal(round_id: UUID) -> ResponseReturnValue:
    """Say what is not right with what I got"""
    session = request.session()
    text = request.form().get("appeal", "").strip()[:_LONGEST_WORDS]
    try:
        actions.appeal(session, round_id, text, asking.whose())
    except (Invalid, Conflict) as refusal:
        session.rollback()
        return _page(round_id, refusal), problems.status_of(refusal)
    return pages.done(_APPEALED(), "equipment.season_round", round_id=round_id)


@bp.get("/season/<uuid:round_id>/result")
@request.allowed()
def season_result(round_id: UUID) -> ResponseReturnValue:
    """What everybody got in a round, with the seed of the lot, to be checked by anyone"""
    return pages.show("equipment/season_result.html", **result_of(_shown(round_id)))


@bp.get("/season/<uuid:round_id>/inputs.json")
@request.allowed()
def season_inputs(round_id: UUID) -> ResponseReturnValue:
    """All that the round was made from, as `coopfarm solve season` reads it"""
    found = _shown(round_id)
    return _file(found.inputs, f"round-{found.number}-inputs.json")


@bp.get("/season/<uuid:round_id>/plan.json")
@request.allowed()
def season_plan(round_id: UUID) -> ResponseReturnValue:
    """What came of the round, as `coopfarm certify season` reads it"""
    found = _shown(round_id)
    return _file(found.outcome, f"round-{found.number}-plan.json")


def result_of(found: Round) -> dict[str, Any]:
    """What the pages show of a result: shares, envy, certificate, lots; nothing before it is."""
    shares = known.shares(request.session(), found.id) if found.is_certified else ()
    latin = tongue.reads_latin()
    return {
        "round": found,
        "shares": shares,
        "names": {one.member.number: one.member.called(latin=latin) for one in shares},
        "envies": _envies(found) if shares else (),
        "places": sum(found.places["days"].values()),
        "given": sum(len(one.share.days) for one in shares),
        "wanted": sum(one.wish.days for one in shares),
    }


def _envies(found: Round) -> list[envy.Envy]:
    problem = file_form.read_problem(found.inputs)
    return envy.envies(problem, file_form.read_plan(found.outcome))


@bp.app_template_filter("season_reason")
def reason_in_words(said: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """A stored reason, with a member's name where the file has the number."""
    found = Sentence.from_json(said)
    facts = dict(found.facts)
    if "other" in facts:
        facts["other"] = names.get(str(facts["other"]), str(facts["other"]))
    return words.say(Sentence(found.code, facts))


@bp.app_template_filter("as_day")
def as_day(text: str) -> date:
    """The day that a file names."""
    return rules.day_of(text)


def _shown(round_id: UUID) -> Round:
    """A round whose result this reader may see. Raises Missing."""
    found = known.a_round(request.session(), round_id)
    is_office = bool(request.me().roles & set(OFFICE))
    if found.state not in rules.SHOWN_TO_ALL and not (is_office and found.is_certified):
        raise Missing
    return found


def _file(content: Mapping[str, Any], name: str) -> Response:
    text = json.dumps(content, ensure_ascii=False, indent=1)
    response = Response(text, mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _page(round_id: UUID, refusal: Refusal | None) -> str:
    session, me = request.session(), request.me()
    found = known.a_round(session, round_id)
    is_shown = found.state in rules.SHOWN_TO_ALL
    wish = known.wish_of(session, round_id, me.member_id)
    return pages.show(
        "equipment/season_round.html",
        **(result_of(found) if is_shown else {"round": found, "names": {}}),
        share=known.share_of(session, round_id, me.member_id) if is_shown else None,
        wish=wish,
        days=rules.days_between(found.first_day, found.last_day),
        plots=[(str(one.id), one.name or one.code) for one in _plots()],
        can_wish=found.state == "open" and request.now() < found.deadline_at,
        sent=request.form() if refusal else _as_sent(found, wish),
        errors={refusal.field or "wish": words.say(refusal.sentence)} if refusal else {},
    )


def _plots() -> Any:
    return choices.plots_of(request.session(), request.me().member_id)


def _as_sent(found: Round, wish: Wish | None) -> dict[str, Any]:
    if wish is None:
        return {"days": 1, "from_day": found.first_day, "to_day": found.last_day}
    names = ("days", "from_day", "to_day", "best_day", "plot_id", "note")
    return {name: getattr(wish, name) for name in names}


def _own(form: Mapping[str, str], found: Round) -> rules.OwnWish:
    """What was sent. Raises FieldMissing, NotADay and WishedTooMany."""
    days = whole(form.get("days", ""), rules.MOST_WISHED)
    if not days:
        raise rules.WishedTooMany(field="days", most=rules.MOST_WISHED)
    best, plot = form.get("best_day", "").strip(), form.get("plot_id", "")
    from_day = form.get("from_day", "") or str(found.first_day)
    to_day = form.get("to_day", "") or str(found.last_day)
    return rules.OwnWish(
        days=days,
        from_day=written.day(from_day, field="from_day"),
        to_day=written.day(to_day, field="to_day"),
        best_day=written.day(best, field="best_day") if best else None,
        plot_id=_identity(plot),
        note=form.get("note", "").strip()[:_LONGEST_NOTE],
    )


def _identity(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Missing from error
