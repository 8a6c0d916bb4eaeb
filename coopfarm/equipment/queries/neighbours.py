"""Who has a machine before a booking and after it, and how to call them where both agreed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.equipment.models import Booking, Machine, MachineTime
from coopfarm.equipment.queries import choices
from coopfarm.members.models import Member
from coopfarm.store.base import same_row

# Beyond a week nobody asks for a machine from hand to hand.
_NEAR: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Beside:
    """Who has the machine before or after; `phone` only where both share theirs."""

    name: str
    phone: str | None
    booking: Booking


@dataclass(frozen=True, slots=True)
class Around:
    """One machine of a booking, with those before and after."""

    machine: Machine
    before: Beside | None
    after: Beside | None


def machines(session: Session, booking_id: UUID) -> Sequence[Machine]:
    """The machines of a booking, the one that drives first."""
    query = (
        select(Machine)
        .join(MachineTime, same_row(Machine, MachineTime.machine_id, MachineTime))
        .where(MachineTime.subject_id == booking_id)
    )
    return sorted(session.scalars(query), key=choices.driver_first)


def around(
    session: Session, booking: Booking, rows: Sequence[Machine], reader: Member, *, latin: bool
) -> Sequence[Around]:
    """For each machine, whose booking comes before and whose after, within a week."""
    query = (
        select(MachineTime.machine_id, Booking, Member)
        .join(
            Booking,
            (Booking.cooperative_id == MachineTime.cooperative_id)
            & (Booking.id == MachineTime.subject_id),
        )
        .join(Member, same_row(Member, Booking.member_id, Booking))
        .where(
            MachineTime.machine_id.in_([row.id for row in rows]),
            MachineTime.is_live,
            MachineTime.subject_id != booking.id,
            MachineTime.starts_at < booking.ends_at + _NEAR,
            MachineTime.ends_at > booking.starts_at - _NEAR,
        )
        .order_by(MachineTime.starts_at)
    )
    found = [(machine_id, one, who) for machine_id, one, who in session.execute(query)]

    def beside(machine_id: UUID, *, is_before: bool) -> Iterator[Beside]:
        for its_id, one, who in reversed(found) if is_before else found:
            if its_id == machine_id and (one.starts_at < booking.starts_at) == is_before:
                both = who.shares_phone and reader.shares_phone and who.id != reader.id
                yield Beside(who.called(latin=latin), who.phone if both else None, one)

    return [
        Around(
            row,
            next(beside(row.id, is_before=True), None),
            next(beside(row.id, is_before=False), None),
        )
        for row in rows
    ]
