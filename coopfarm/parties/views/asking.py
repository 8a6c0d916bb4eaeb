"""Who asks, and the words of work parties for pages."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from coopfarm.kernel.refusal import Missing, Refusal
from coopfarm.kernel.words import Sentence
from coopfarm.parties.models import WorkParty
from coopfarm.parties.rules import tasks
from coopfarm.parties.rules.crew import Who
from coopfarm.parties.rules.duty import BASES
from coopfarm.parties.views.door import bp
from coopfarm.web import request, tongue, words

_WORDS = {
    "task": tasks.TASKS,
    "skill": tasks.SKILLS,
    "party_state": tasks.STATES,
    "place_state": tasks.PLACES,
    "crew_role": tasks.ROLES,
    "excuse": tasks.EXCUSES,
    "duty_basis": BASES,
}


@bp.app_template_filter("party_word")
def in_words(code: str, kind: str) -> str:
    """A word of ours: `"open"|party_word("party_state")`."""
    phrase = _WORDS[kind].get(code)
    return words.say(phrase()) if phrase else code


@bp.app_template_filter("party_reason")
def reason_in_words(said: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """A stored reason, with parties, days and skills as people call them."""
    found = Sentence.from_json(said)
    facts = dict(found.facts)
    if "party" in facts:
        facts["party"] = titles.get(str(facts["party"]), str(facts["party"]))
    if "day" in facts:
        facts["day"] = date.fromisoformat(str(facts["day"]))
    if "skill" in facts:
        facts["skill"] = in_words(str(facts["skill"]), "skill")
    return words.say(Sentence(found.code, facts))


@bp.app_template_filter("hours")
def hours(minutes: int) -> str:
    """Minutes as hours: 4, or 1.5."""
    return tongue.number(minutes / 60, 0 if minutes % 60 == 0 else 1 if minutes % 6 == 0 else 2)


def who() -> Who:
    me = request.me()
    is_office = bool(me.roles & set(tasks.OFFICE))
    return Who(me.member_id, is_office, request.now(), request.zone())


def titles(parties: Sequence[WorkParty]) -> dict[str, str]:
    return {str(one.id): one.title for one in parties}


def identity(text: str) -> UUID | None:
    """An id that was sent; None where none was. Raises Missing for what is no id."""
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Missing from error


def errors(refusal: Refusal | None, otherwise: str = "title") -> dict[str, str]:
    if refusal is None:
        return {}
    return {refusal.field or otherwise: words.say(refusal.sentence)}
