"""Who asks, what a form sent, and how pests are said on pages."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from flask import request as http
from flask_babel import gettext

from coopfarm.kernel.refusal import Missing, Refusal
from coopfarm.pests.actions.sightings import Act
from coopfarm.pests.models import PestWindow
from coopfarm.pests.queries import windows
from coopfarm.pests.queries.sightings import Seen
from coopfarm.pests.rules import catalogue
from coopfarm.pests.rules import sightings as rules
from coopfarm.pests.views.door import bp
from coopfarm.planning.need.crops import find
from coopfarm.planning.pests.window import Prediction
from coopfarm.web import request, times, words, written

STATE_KINDS: Final = {
    "submitted": "wheat",
    "verified": "leaf",
    "corrected": "leaf",
    "rejected": "clay",
    "withdrawn": "mute",
}


@bp.app_template_filter("pest")
def pest_in_words(code: str) -> str:
    return words.say(catalogue.named(code))


@bp.app_template_filter("sighting_state")
def state_in_words(state: str) -> str:
    return words.say(rules.STATES[state]())


@bp.app_template_filter("sighting_kind")
def kind_of_state(state: str) -> str:
    return STATE_KINDS[state]


@bp.app_template_filter("severity")
def severity_in_words(severity: int) -> str:
    return words.say(rules.FACES[severity]())


@bp.app_template_filter("days_of_window")
def days_of_window(window: Prediction | PestWindow) -> str:
    """The first and the last day of a window, or the only one."""
    opens, closes = window.opens_on, window.closes_on
    if opens is None or closes is None:
        return ""
    last = closes - timedelta(days=1)
    if last == opens:
        return times.day(opens)
    return str(gettext("%(first)s to %(last)s", first=times.day(opens), last=times.day(last)))


def act() -> Act:
    me = request.me()
    return Act(me.member_id, me.roles, request.now(), request.zone())


def sees(seen: Seen) -> bool:
    """Whether who asks sees where exactly it was, and what was written of it."""
    me = request.me()
    return rules.sees_place(me.roles, me.member_id, seen.concerned)


def identity(text: str) -> UUID | None:
    """An id that a form sent; None where none is chosen. Raises Missing for what is no id."""
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise Missing from error


def photo() -> bytes | None:
    sent = http.files.get("picture")
    return sent.read() if sent is not None and sent.filename else None


def whole(text: str, *, field: str) -> int:
    """A whole number in any digits. Raises FieldMissing and NotANumber."""
    value = written.number(text, field=field)
    if value != int(value):
        raise written.NotANumber(field=field, given=text[:40])
    return int(value)


def problem(refusal: Refusal) -> dict[str, str]:
    """A refusal beside the field it is about."""
    return {refusal.field or "form": words.say(refusal.sentence)}


def crops() -> list[tuple[str, str]]:
    """The crops that stand on plots, by their names on this page, for a form."""
    found = [(code, find(code)) for code in windows.crops(request.session())]
    return [(code, gettext(crop.name) if crop else code) for code, crop in found]
