"""Bookings: one, those of a member, with the machines they are of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.equipment.models import Booking, MachineTime
from coopfarm.equipment.rules.refusals import NotYourBooking


@dataclass(frozen=True, slots=True)
class Booked:
    """A booking with its machines."""

    booking: Booking
    machine_ids: tuple[UUID, ...]


def booking(session: Session, booking_id: UUID, *, for_update: bool = False) -> Booking:
    """One booking. Raises NotYourBooking, as for one that is not there."""
    query = select(Booking).where(Booking.id == booking_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotYourBooking
    return found


def machines_of(session: Session, ids: Collection[UUID]) -> Mapping[UUID, tuple[UUID, ...]]:
    """The machines of these bookings, in the order of their ids."""
    query = select(MachineTime.subject_id, MachineTime.machine_id).where(
        MachineTime.subject_id.in_(ids)
    )
    found: dict[UUID, tuple[UUID, ...]] = dict.fromkeys(ids, ())
    for subject_id, machine_id in session.execute(query.order_by(MachineTime.machine_id)):
        found[subject_id] += (machine_id,)
    return found


def times_of(session: Session, booking_id: UUID) -> Sequence[MachineTime]:
    query = select(MachineTime).where(MachineTime.subject_id == booking_id)
    return session.scalars(query.order_by(MachineTime.machine_id)).all()


def of_member(session: Session, member_id: UUID, since: datetime) -> Sequence[Booked]:
    """A member's bookings that end after `since`, the earliest first."""
    query = (
        select(Booking)
        .where(Booking.member_id == member_id, Booking.ends_at > since)
        .order_by(Booking.starts_at, Booking.id)
    )
    found = session.scalars(query).all()
    machines = machines_of(session, [one.id for one in found])
    return [Booked(one, machines[one.id]) for one in found]
