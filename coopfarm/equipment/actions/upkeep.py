"""Upkeep is planned, placed, done. No function here commits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from coopfarm.equipment.models import Machine, MachineTime, Upkeep, UpkeepPlan
from coopfarm.equipment.queries import fleet, times
from coopfarm.equipment.queries import upkeep as known
from coopfarm.equipment.queries.cases import AHEAD, AROUND, Whose
from coopfarm.equipment.rules import refusals as no
from coopfarm.equipment.rules import slots
from coopfarm.equipment.rules import upkeep as rules
from coopfarm.equipment.rules.care import NotYourMachine, cares_for
from coopfarm.kernel.interval import Interval
from coopfarm.store import audit
from coopfarm.store.guards import kept_by

_GUARD: Final = "machine_times_no_overlap"
_OFFERED: Final = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be done to a machine again and again, by its meter, by days, or both."""

    name: str
    every_units: float | None
    every_days: int | None
    minutes: int
    done_at_reading: float
    done_on: date


def plan(session: Session, machine_id: UUID, wanted: Wanted, whose: Whose) -> UpkeepPlan:
    """Have a machine looked after from now on.

    Raises NotYourMachine, UpkeepWithoutMeasure, UpkeepNameTaken and Missing.
    """
    machine = _cared_for(session, machine_id, whose)
    if wanted.every_units is None and wanted.every_days is None:
        raise rules.UpkeepWithoutMeasure(field="every_units")
    of_that_name = select(UpkeepPlan).where(
        UpkeepPlan.machine_id == machine_id, UpkeepPlan.name == wanted.name
    )
    found = session.scalar(of_that_name)
    if found is not None and found.is_active:
        raise rules.UpkeepNameTaken(field="name")
    row = found or UpkeepPlan(id=uuid4(), machine_id=machine_id, name=wanted.name, edition=0)
    for name in ("every_units", "every_days", "minutes", "done_at_reading", "done_on"):
        setattr(row, name, getattr(wanted, name))
    row.is_active, row.edition = True, row.edition + 1
    session.add(row)
    session.flush()
    _note(session, "upkeep.plan", machine, whose, _told(row))
    return row


def drop(session: Session, plan_id: UUID, whose: Whose) -> UpkeepPlan:
    """Do this upkeep no longer; what was done stays. Raises NotYourMachine, Missing."""
    row = known.plan(session, plan_id)
    machine = _cared_for(session, row.machine_id, whose)
    row.is_active, row.edition = False, row.edition + 1
    session.flush()
    _note(session, "upkeep.drop", machine, whose, _told(row))
    return row


@dataclass(frozen=True, slots=True)
class Workshop:
    """A machine in the workshop: for a plan, for a fault, or for neither."""

    machine_id: UUID
    during: Interval
    words: str = ""
    plan_id: UUID | None = None
    fault_id: UUID | None = None


def place(session: Session, wanted: Workshop, whose: Whose) -> Upkeep:
    """Take a machine out of service for a stretch; nobody's booking is touched.

    Raises NotYourMachine, InThePast, Missing, and MachineTaken where somebody has it then.
    """
    machine = _cared_for(session, wanted.machine_id, whose)
    if wanted.during.end <= whose.now:
        raise no.InThePast(field="ends_at")
    during = wanted.during
    for one in times.taken(session, [machine.id], during, latin=whose.latin)[machine.id]:
        raise no.MachineTaken(
            machine=machine.named, starts=one.during.start, ends=one.during.end, who=one.who
        )
    row = Upkeep(
        id=uuid4(),
        machine_id=machine.id,
        plan_id=wanted.plan_id,
        fault_id=wanted.fault_id,
        starts_at=during.start,
        ends_at=during.end,
        words=wanted.words,
        made_at=whose.now,
    )
    session.add(row)
    session.flush()
    taken = no.MachineTaken(machine=machine.named, starts=during.start, ends=during.end, who="")
    _take(session, row, taken)
    _note(session, "upkeep.place", machine, whose, _spoken(row))
    return row


def done(session: Session, upkeep_id: UUID, reading: float | None, whose: Whose) -> Upkeep:
    """Enter that a machine was looked after: its next upkeep is reckoned from now.

    Raises NotYourMachine, UpkeepNotPlanned and Missing; `reading` may be left out.
    """
    row = known.upkeep(session, upkeep_id)
    machine = _cared_for(session, row.machine_id, whose)
    _check_planned(row)
    if reading is not None:
        machine.meter_reading = max(machine.meter_reading, reading)
    row.state, row.done_by, row.done_at = "done", whose.by_id, whose.now
    if row.plan_id is not None:
        of_plan = known.plan(session, row.plan_id)
        of_plan.done_at_reading = machine.meter_reading
        of_plan.done_on = whose.now.astimezone(whose.zone).date()
        of_plan.edition += 1
    _give_back(session, row)
    told = _spoken(row) | {"reading": machine.meter_reading}
    _note(session, "upkeep.done", machine, whose, told)
    return row


def take_back(session: Session, upkeep_id: UUID, whose: Whose) -> Upkeep:
    """Give the hours of a planned upkeep free again. Raises what `done` does."""
    row = known.upkeep(session, upkeep_id)
    machine = _cared_for(session, row.machine_id, whose)
    _check_planned(row)
    row.state = "cancelled"
    _give_back(session, row)
    _note(session, "upkeep.take-back", machine, whose, _spoken(row))
    return row


def stretches(
    session: Session, machine: Machine, length: timedelta, whose: Whose
) -> list[Interval]:
    """When the machine is free for so long, the soonest first; a few to choose from."""
    span = Interval(whose.now - AROUND, whose.now + AHEAD)
    taken = times.taken(session, [machine.id], span)[machine.id]
    rig = fleet.rig(machine)
    _, policy = fleet.policy(session, machine.category)
    frame = slots.Frame(whose.now, whose.now + AHEAD, whose.zone, policy.hours())
    return list(_spread(slots.free(rig, length, rig.base, taken, frame), whose))


def _spread(free: Iterator[Interval], whose: Whose) -> Iterator[Interval]:
    """The first stretch of each day, so that there is something to choose from."""
    seen: set[date] = set()
    for one in islice(free, 400):
        day = one.start.astimezone(whose.zone).date()
        if day not in seen:
            seen.add(day)
            yield one
        if len(seen) == _OFFERED:
            return


def _cared_for(session: Session, machine_id: UUID, whose: Whose) -> Machine:
    """The machine, held, where it is theirs to care for. Raises NotYourMachine, Missing."""
    machine = fleet.machines_by_id(session, [machine_id], for_update=True)[0]
    if not cares_for(whose.by_id, whose.roles, machine.caretaker_id):
        raise NotYourMachine(machine=machine.named)
    return machine


def _check_planned(row: Upkeep) -> None:
    if row.state != "planned":
        raise rules.UpkeepNotPlanned(upkeep_state=row.state)


def _take(session: Session, row: Upkeep, taken: no.MachineTaken) -> None:
    session.add(
        MachineTime(
            machine_id=row.machine_id,
            subject_id=row.id,
            kind="upkeep",
            starts_at=row.starts_at,
            ends_at=row.ends_at,
        )
    )
    with kept_by(_GUARD, taken):
        session.flush()


def _give_back(session: Session, row: Upkeep) -> None:
    session.flush()
    session.execute(
        update(MachineTime)
        .where(MachineTime.subject_id == row.id)
        .values(is_live=False)
        .execution_options(synchronize_session=False)
    )


def _told(row: UpkeepPlan) -> dict[str, Any]:
    names = ("name", "every_units", "every_days", "minutes", "done_at_reading")
    return {name: getattr(row, name) for name in names} | {"done_on": row.done_on.isoformat()}


def _spoken(row: Upkeep) -> dict[str, Any]:
    during = {"from": row.starts_at.isoformat(), "to": row.ends_at.isoformat()}
    return {"upkeep": str(row.id), "state": row.state, "words": row.words, **during}


def _note(
    session: Session, verb: str, machine: Machine, whose: Whose, after: Mapping[str, Any]
) -> None:
    audit.record(session, verb, machine, actor_id=whose.by_id, at=whose.now, after=dict(after))
