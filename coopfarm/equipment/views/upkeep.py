"""Upkeep of a machine: plans, times in the workshop, what was done."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from flask.typing import ResponseReturnValue

from coopfarm.equipment.actions import upkeep as actions
from coopfarm.equipment.actions.upkeep import Wanted, Workshop
from coopfarm.equipment.models import Machine
from coopfarm.equipment.queries import fleet, upkeep
from coopfarm.equipment.rules.fleet import MachineNumberOut, MachineWordMissing
from coopfarm.equipment.rules.refusals import NoLength
from coopfarm.equipment.rules.upkeep import is_due
from coopfarm.equipment.views import asking, machine_form
from coopfarm.equipment.views import fleet as register
from coopfarm.equipment.views.door import bp
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_, Phrase
from coopfarm.web import pages, problems, request, times, written

PLANNED = Phrase("done-upkeep-planned", N_("“%(upkeep)s” is reckoned from now on."))
DROPPED = Phrase("done-upkeep-dropped", N_("“%(upkeep)s” is not asked for any more."))
PLACED = Phrase("done-upkeep-placed", N_("%(machine)s is in the workshop from %(starts)s on."))
DONE = Phrase("done-upkeep-done", N_("Done. The next one is reckoned from today."))
TAKEN_BACK = Phrase("done-upkeep-taken-back", N_("Those hours are free again."))
_LONGEST_NAME: Final = 120
_MOST_MINUTES: Final = 60 * 24 * 14
_MOST_UNITS: Final = 100_000
_MOST_DAYS: Final = 3650


@bp.get("/machines/<uuid:machine_id>/upkeep")
@request.allowed(*register.READERS)
def upkeep_of(machine_id: UUID) -> ResponseReturnValue:
    """What a machine needs, when it is due, and what was done"""
    return _page(fleet.machine(request.session(), machine_id), {}, {})


@bp.post("/machines/<uuid:machine_id>/upkeep")
@request.allowed()
def plan_upkeep(machine_id: UUID) -> ResponseReturnValue:
    """Have a machine looked after every so many hours or days: the office or its caretaker"""
    session = request.session()
    machine = fleet.machine(session, machine_id)
    try:
        row = actions.plan(session, machine_id, _wanted(machine), asking.whose())
    except (Invalid, Conflict) as refusal:
        page = _page(machine, request.form(), machine_form.problem(refusal))
        return page, problems.status_of(refusal)
    return _back(PLANNED, machine_id, upkeep=row.name)


@bp.post("/machines/<uuid:machine_id>/workshop")
@request.allowed()
def place_upkeep(machine_id: UUID) -> ResponseReturnValue:
    """Keep a machine free for the workshop: the office or its caretaker"""
    session, form = request.session(), request.form()
    machine = fleet.machine(session, machine_id)
    try:
        plan = machine_form.identity(form["plan_id"], "plan_id") if form.get("plan_id") else None
        told = form.get("words", "").strip()[:300]
        row = actions.place(session, Workshop(machine_id, _during(), told, plan), asking.whose())
    except (Invalid, Conflict) as refusal:
        page = _page(machine, form, machine_form.problem(refusal))
        return page, problems.status_of(refusal)
    return _back(PLACED, machine_id, machine=machine.named, starts=row.starts_at)


@bp.post("/upkeep/<uuid:upkeep_id>/done")
@request.allowed()
def upkeep_done(upkeep_id: UUID) -> ResponseReturnValue:
    """Enter that a machine was looked after: the office or its caretaker"""
    text = request.form().get("reading", "").strip()
    reading = written.number(text, field="reading") if text else None
    row = actions.done(request.session(), upkeep_id, reading, asking.whose())
    return _back(DONE, row.machine_id)


@bp.post("/upkeep/<uuid:upkeep_id>/take-back")
@request.allowed()
def take_upkeep_back(upkeep_id: UUID) -> ResponseReturnValue:
    """Give the hours of a planned upkeep free again: the office or its caretaker"""
    row = actions.take_back(request.session(), upkeep_id, asking.whose())
    return _back(TAKEN_BACK, row.machine_id)


@bp.post("/upkeep-plans/<uuid:upkeep_plan_id>/drop")
@request.allowed()
def drop_upkeep(upkeep_plan_id: UUID) -> ResponseReturnValue:
    """Do this upkeep no longer: the office or the caretaker"""
    row = actions.drop(request.session(), upkeep_plan_id, asking.whose())
    return _back(DROPPED, row.machine_id, upkeep=row.name)


def _back(said: Phrase, machine_id: UUID, **facts: object) -> ResponseReturnValue:
    sentence = said(**facts)  # type: ignore[arg-type]  # each is a fact
    if request.me().roles & set(register.READERS):
        return pages.done(sentence, "equipment.upkeep_of", machine_id=machine_id)
    return pages.done(sentence, "equipment.machine", machine_id=machine_id)


def _page(machine: Machine, sent: object, errors: dict[str, str]) -> str:
    session, now = request.session(), request.now()
    needs = upkeep.needs(session, [machine.id]).get(machine.id, ())
    today = now.astimezone(request.zone()).date()
    minutes = {plan.id: plan.minutes for plan in upkeep.plans(session, machine.id)}
    longest = max(minutes.values(), default=120)
    return pages.show(
        "equipment/upkeep.html",
        machine=machine,
        needs=needs,
        due={need.plan_id for need in needs if is_due(need, today)},
        minutes=minutes,
        workshop=upkeep.of_machine(session, machine.id),
        free=actions.stretches(session, machine, timedelta(minutes=longest), asking.whose()),
        today=today,
        may_care=register.may_care(machine),
        sent=sent,
        errors=errors,
    )


def _wanted(machine: Machine) -> Wanted:
    """What the form plans. Raises by the field's name."""
    form = request.form()
    name = " ".join(form.get("name", "").split())
    if not name or len(name) > _LONGEST_NAME:
        raise MachineWordMissing(field="name", most=_LONGEST_NAME)
    days = _number("every_days", 1, _MOST_DAYS)
    text = form.get("done_on", "").strip()
    today = times.local(request.now()).date()
    return Wanted(
        name=name,
        every_units=_number("every_units", 1, _MOST_UNITS),
        every_days=None if days is None else round(days),
        minutes=round(_number("minutes", 15, _MOST_MINUTES) or 120),
        done_at_reading=_or(_number("done_at_reading", 0, 10_000_000), machine.meter_reading),
        done_on=written.day(text, field="done_on") if text else today,
    )


def _or(given: float | None, otherwise: float) -> float:
    return otherwise if given is None else given


def _number(name: str, least: float, most: float) -> float | None:
    text = request.form().get(name, "").strip()
    if not text:
        return None
    found = written.number(text, field=name)
    if not least <= found <= most:
        raise MachineNumberOut(field=name, least=least, most=most)
    return found


def _during() -> Interval:
    """The day and the two hours of the form, or one of the stretches offered."""
    form = request.form()
    offered = form.get("offered", "")
    if offered:
        starts, _, ends = offered.partition("/")
        try:
            first, last = datetime.fromisoformat(starts), datetime.fromisoformat(ends)
        except ValueError as error:
            raise NoLength(field="offered") from error
        return asking.stretch(first, last)
    on = written.day(form.get("on", ""), field="on")
    opens, closes = (written.hour(form.get(name, ""), field=name) for name in ("opens", "closes"))
    zone = request.zone()
    starts_at = written.moment(on, opens, zone, field="opens")
    return asking.stretch(starts_at, written.moment(on, closes, zone, field="closes"))
