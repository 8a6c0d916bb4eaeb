"""One day of all machines: who has which of them when, and by what one sees that it changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BindParameter, String, and_, bindparam, case, cast, func, select
from sqlalchemy.orm import Session

from coopfarm.equipment.models import Booking, Machine, MachineTime
from coopfarm.kernel.interval import Interval
from coopfarm.members.models import Member
from coopfarm.members.queries import called
from coopfarm.store.base import same_row
from coopfarm.store.columns import Instant


@dataclass(frozen=True, slots=True)
class Busy:
    """A stretch in which a machine is taken; nobody is named where it is held or in repair."""

    during: Interval
    kind: str
    booking_id: UUID | None
    member_id: UUID | None
    name: str


@dataclass(frozen=True, slots=True)
class DayOf:
    """A machine and what it does on the day, in the order of time."""

    id: UUID
    name: str
    name_latin: str
    state: str
    busy: Sequence[Busy]


_DAY: Final = (
    MachineTime.is_live,
    MachineTime.starts_at < bindparam("ends", type_=Instant),
    MachineTime.ends_at > bindparam("starts", type_=Instant),
)
_OF_BOOKING: Final = and_(
    Booking.cooperative_id == MachineTime.cooperative_id, Booking.id == MachineTime.subject_id
)
# Built once: everybody looks at the day.
_TIMES: Final = {
    latin: select(
        MachineTime.machine_id,
        MachineTime.starts_at,
        MachineTime.ends_at,
        MachineTime.kind,
        Booking.id,
        Booking.member_id,
        called(latin=latin),
    )
    .outerjoin(Booking, _OF_BOOKING)
    .outerjoin(Member, same_row(Member, Booking.member_id, Booking))
    .where(*_DAY)
    .order_by(MachineTime.starts_at)
    for latin in (True, False)
}
_MACHINES: Final = (
    select(Machine.id, Machine.name, Machine.name_latin, Machine.state)
    .where(Machine.state != "retired")
    .order_by(Machine.name, Machine.code)
)
# Asked along with who asks, past the session's filter: whose rows is said here.
_HERE: Final[BindParameter[int]] = bindparam("this_cooperative")
# Given up machines count too: one given up and one bought are a change.
_MACHINES_MARK: Final = (
    select(
        func.count() * 1_000_003
        + func.coalesce(func.sum(Machine.edition), 0) * 1_009
        + func.coalesce(func.sum(case((Machine.state == "in_service", 1), else_=0)), 0)
    )
    .select_from(Machine)
    .where(Machine.cooperative_id == _HERE)
    .scalar_subquery()
)
MARK: Final = (
    select(
        func.count(MachineTime.id).label("times"),
        func.min(cast(MachineTime.id, String)).label("first_id"),
        func.max(cast(MachineTime.id, String)).label("last_id"),
        func.coalesce(func.sum(Booking.edition), 0).label("editions"),
        func.max(Booking.made_at).label("made_at"),
        func.min(MachineTime.starts_at).label("starts"),
        func.max(MachineTime.ends_at).label("ends"),
        _MACHINES_MARK.label("machines"),
    )
    .outerjoin(Booking, _OF_BOOKING)
    .where(MachineTime.cooperative_id == _HERE, *_DAY)
    .subquery()
)
_MARK: Final = select(MARK)


def marked_by(day: Interval) -> dict[str, datetime]:
    """What `MARK` asks with, beside the cooperative."""
    return {"starts": day.start, "ends": day.end}


def mark(session: Session, asked: dict[str, datetime]) -> tuple[Any, ...]:
    """What is another value whenever the day of the machines is another: one question."""
    return tuple(session.execute(_MARK, asked).one())


def of_day(session: Session, day: Interval, *, latin: bool) -> Sequence[DayOf]:
    """Every machine that is not given up, by name, with what it does on the day."""
    taken: dict[UUID, list[Busy]] = {}
    asked: dict[str, datetime] = {"starts": day.start, "ends": day.end}
    for machine_id, starts, ends, kind, booking_id, member_id, name in session.execute(
        _TIMES[latin], asked
    ):
        busy = Busy(Interval(starts, ends), kind, booking_id, member_id, name or "")
        taken.setdefault(machine_id, []).append(busy)
    return [
        DayOf(machine_id, name, name_latin, state, taken.get(machine_id, ()))
        for machine_id, name, name_latin, state in session.execute(_MACHINES)
    ]
