"""Machine-days that a round shares out are kept from whoever comes first. Nothing commits here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from coopfarm.equipment.actions import serving
from coopfarm.equipment.actions.booking import GUARD
from coopfarm.equipment.models import Machine, MachineTime, Round
from coopfarm.equipment.queries import fleet, times
from coopfarm.equipment.queries import rounds as known
from coopfarm.equipment.rules import refusals as no
from coopfarm.equipment.rules import rounds as rules
from coopfarm.equipment.rules import slots
from coopfarm.kernel.interval import Interval
from coopfarm.store.guards import kept_by


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when a machine-day lasts, by the cooperative's clock."""

    opens: time
    closes: time
    zone: ZoneInfo

    def on(self, day: date) -> Interval:
        return rules.hours_of(day, self.opens, self.closes, self.zone)


def hours_of(found: Round, zone: ZoneInfo) -> Hours:
    opens, closes = (time.fromisoformat(found.places[name]) for name in ("opens", "closes"))
    return Hours(opens, closes, zone)


def subject(round_id: UUID, day: date) -> UUID:
    """Under which name the machines of a day are kept."""
    return uuid5(round_id, day.isoformat())


def subjects(found: Round) -> dict[UUID, date]:
    days = rules.days_between(found.first_day, found.last_day)
    return {subject(found.id, day): day for day in days}


def keep(session: Session, found: Round, hours: Hours) -> dict[str, int]:
    """Keep every whole day that a machine of the category is free; how many there are a day.

    Raises NothingFree, and MachineTaken where somebody was faster.
    """
    alike = fleet.alike(session, found.category, found.job)
    ids = [one.id for one in alike]
    machines = fleet.machines_by_id(session, ids, for_update=True) if ids else ()
    days = rules.days_between(found.first_day, found.last_day)
    span = Interval(hours.on(days[0]).start, hours.on(days[-1]).end)
    taken = times.taken(session, ids, span) if ids else {}
    places = {day.isoformat(): 0 for day in days}
    for machine in machines:
        for day in _free_days(machine, days, hours, taken[machine.id]):
            session.add(_kept(machine, found, day, hours))
            places[day.isoformat()] += 1
    if not any(places.values()):
        raise rules.NothingFree
    late = no.MachineTaken(machine=found.name, starts=span.start, ends=span.end, who="")
    with kept_by(GUARD, late):
        session.flush()
    return places


def _free_days(
    machine: Machine, days: Sequence[date], hours: Hours, taken: Sequence[slots.Taken]
) -> list[date]:
    rig = fleet.rig(machine)
    return [
        day
        for day in days
        if not any(one.during.overlaps(slots.stretch(rig, hours.on(day))) for one in taken)
    ]


def _kept(machine: Machine, found: Round, day: date, hours: Hours) -> MachineTime:
    whole = slots.stretch(fleet.rig(machine), hours.on(day))
    return MachineTime(
        machine_id=machine.id,
        subject_id=subject(found.id, day),
        kind="hold",
        starts_at=whole.start,
        ends_at=whole.end,
    )


def release(session: Session, held: Sequence[MachineTime], now: datetime) -> None:
    """Give kept days free, first for who waits in line for the machines."""
    for one in held:
        one.is_live = False
    session.flush()
    serving.call(session, {one.machine_id for one in held}, now)


def release_all(session: Session, found: Round, now: datetime) -> None:
    release(session, known.kept(session, [*subjects(found)]), now)
