"""The line of degree-days of a pest, and the window that is predicted from it."""

from datetime import date
from uuid import UUID

from flask.typing import ResponseReturnValue

from coopfarm.kernel.refusal import Invalid, Missing
from coopfarm.kernel.words import N_, Phrase
from coopfarm.pests import planner
from coopfarm.pests.actions import windows as actions
from coopfarm.pests.models import PestNumber
from coopfarm.pests.queries import numbers, windows
from coopfarm.pests.rules import numbers as numbers_rules
from coopfarm.pests.rules.sightings import TRIAGE
from coopfarm.pests.rules.windows import curve
from coopfarm.pests.views import asking
from coopfarm.pests.views.door import bp
from coopfarm.web import pages, problems, request, tongue, words, written

PUT = Phrase("done-window-put", N_("The window is in the calendar of the plots and their people."))
DROPPED = Phrase("done-window-dropped", N_("The window is taken out of the calendar."))
_LINES = 15


@bp.get("/pests/warmth")
@request.allowed(*TRIAGE)
def warmth() -> ResponseReturnValue:
    """How far a pest has developed since a day, and when it may be expected"""
    number_id = asking.identity(request.asked("number"))
    row = _development(number_id) if number_id else None
    return _page(row, request.asked("biofix_on"), {})


@bp.post("/pests/warmth/<uuid:number_id>")
@request.allowed(*TRIAGE)
def put_window(number_id: UUID) -> ResponseReturnValue:
    """Put a predicted window into the calendar of the plots of a crop and of their people"""
    form, row = request.form(), _development(number_id)
    try:
        biofix_on = written.day(form.get("biofix_on", ""), field="biofix_on")
        found = planner.forecast(request.session(), row, biofix_on, _today())
        crop = form.get("crop", "")
        expected = actions.Expected(row, biofix_on, crop, found.prediction)
        actions.put(request.session(), expected, asking.act())
    except Invalid as refusal:
        request.session().rollback()
        page = _page(_development(number_id), form.get("biofix_on", ""), asking.problem(refusal))
        return page, problems.status_of(refusal)
    return pages.done(PUT(), "pests.warmth")


@bp.post("/pests/windows/<uuid:window_id>/drop")
@request.allowed(*TRIAGE)
def drop_window(window_id: UUID) -> ResponseReturnValue:
    """Take a window out of the calendars"""
    actions.drop(request.session(), window_id, asking.act())
    return pages.done(DROPPED(), "pests.warmth")


def _development(number_id: UUID) -> PestNumber:
    """Raises Missing for a number that is none of development."""
    row = numbers.number(request.session(), number_id)
    if row.kind != "development":
        raise Missing
    return row


def _page(row: PestNumber | None, biofix_text: str, errors: dict[str, str]) -> str:
    session, found, drawn = request.session(), None, None
    if row is not None and biofix_text and not errors:
        try:
            biofix_on = written.day(biofix_text, field="biofix_on")
            found = planner.forecast(session, row, biofix_on, _today())
            rtl = tongue.text_direction() == "rtl"
            totals = [day.total for day in found.days]
            drawn = curve(totals, found.prediction.target_c, rtl=rtl)
        except Invalid as refusal:
            errors = asking.problem(refusal)
    told = numbers.in_force(session, "development")
    return pages.show(
        "pests/warmth.html",
        numbers=[(str(one.id), _called(one)) for one in told],
        row=row,
        biofix_on=biofix_text,
        found=found,
        drawn=drawn,
        latest=list(found.days[-_LINES:]) if found else [],
        crops=asking.crops(),
        ahead=windows.ahead(session, _today()),
        errors=errors,
    )


def _called(row: PestNumber) -> str:
    event = words.say(numbers_rules.as_written(row.numbers["event"]))
    return f"{asking.pest_in_words(row.subject)} · {event}"


def _today() -> date:
    return request.now().astimezone(request.zone()).date()
