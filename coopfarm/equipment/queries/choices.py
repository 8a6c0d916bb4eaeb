"""What a member may choose from: machines and kits for a job, their own plots, their last jobs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from coopfarm.equipment.models import Booking, Machine, MachineTime
from coopfarm.equipment.queries import fleet
from coopfarm.equipment.rules.jobs import OPEN
from coopfarm.land.models import Plot
from coopfarm.store.base import same_row

_LATELY: Final = 20


@dataclass(frozen=True, slots=True)
class Choice:
    """Machines that are booked together for a job: a kit, or one alone.

    The one that drives stands first: its category says which rules hold. `is_part` is one that
    a kit for the job has too; `kit` is how the kit is called.
    """

    name: str
    machines: tuple[Machine, ...]
    kit: str = ""
    is_part: bool = False


def choices(session: Session, job: str, *, latin: bool) -> Sequence[Choice]:
    """What does this job, kits first; machines that are given up are left out."""
    rows = {row.id: row for row in fleet.machines(session)}
    found, in_kits = [], set[UUID]()
    for kit, ids in fleet.kits(session):
        parts = tuple(sorted((rows[one] for one in ids if one in rows), key=driver_first))
        if kit.job != job or len(parts) < len(ids) or not any(job in one.jobs for one in parts):
            continue
        names = " + ".join(called(part, latin=latin) for part in parts)
        found.append(Choice(names, parts, kit.name))
        in_kits |= set(ids)
    alone = [row for row in rows.values() if job in row.jobs]
    return found + [
        Choice(called(row, latin=latin), (row,), is_part=row.id in in_kits) for row in alone
    ]


def called(machine: Machine, *, latin: bool) -> str:
    """The machine's name as this reader reads it."""
    return machine.named.read(latin=latin)


def machines_by_ids(session: Session, ids: Collection[UUID]) -> Sequence[Machine]:
    """These machines, where they are still there."""
    return session.scalars(select(Machine).where(Machine.id.in_(ids))).all() if ids else ()


def machine_names(session: Session, ids: Collection[UUID], *, latin: bool) -> list[str]:
    """How these machines are called, the one that drives first."""
    rows = sorted(machines_by_ids(session, ids), key=driver_first)
    return [called(row, latin=latin) for row in rows]


def driver_first(machine: Machine) -> tuple[bool, str]:
    """What sorts machines so that the one that drives comes first."""
    return machine.kind != "machine", machine.name


def jobs(session: Session) -> frozenset[str]:
    """Every job that some machine does."""
    query = select(Machine.jobs).where(Machine.state != "retired")
    return frozenset(job for found in session.scalars(query) for job in found)


def plots_of(session: Session, member_id: UUID) -> Sequence[Plot]:
    """The plots a member holds or works, by code."""
    mine = or_(Plot.holder_id == member_id, Plot.worker_id == member_id)
    return session.scalars(select(Plot).where(mine).order_by(Plot.code)).all()


def lately(session: Session, member_id: UUID) -> Sequence[tuple[str, UUID | None]]:
    """The jobs and plots a member booked last, the latest first."""
    query = select(Booking.job, Booking.plot_id).where(Booking.member_id == member_id)
    found = session.execute(query.order_by(Booking.made_at.desc()).limit(_LATELY))
    return [(job, plot_id) for job, plot_id in found]


@dataclass(frozen=True, slots=True)
class NextBooking:
    """A member's next booking, and what it is of."""

    booking: Booking
    machines: tuple[Machine, ...]


def next_booking(session: Session, member_id: UUID, now: datetime) -> NextBooking | None:
    """The booking that ends next, of those that are open: one question to the database."""
    query = (
        select(Booking, Machine)
        .join(
            MachineTime,
            (MachineTime.cooperative_id == Booking.cooperative_id)
            & (MachineTime.subject_id == Booking.id),
        )
        .join(Machine, same_row(Machine, MachineTime.machine_id, MachineTime))
        .where(Booking.member_id == member_id, Booking.ends_at > now, Booking.state.in_(OPEN))
        .order_by(Booking.starts_at, Booking.id, Machine.kind.desc(), Machine.name)
        .limit(5)
    )
    found = session.execute(query).all()
    if not found:
        return None
    first = found[0][0]
    return NextBooking(first, tuple(machine for booking, machine in found if booking is first))
