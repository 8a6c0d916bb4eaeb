"""The bookings that still lie before a machine."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from coopfarm.equipment.models import Booking, MachineTime
from coopfarm.equipment.rules.jobs import OPEN


def of_machine(session: Session, machine_id: UUID, now: datetime) -> Sequence[Booking]:
    """What is asked for, booked or out on a machine and has not ended, the earliest first."""
    return of_machines(session, [machine_id], now)


def of_machines(
    session: Session, machine_ids: Collection[UUID], now: datetime
) -> Sequence[Booking]:
    """The same for several machines; a booking of two of them comes once."""
    of_these = select(MachineTime.subject_id).where(MachineTime.machine_id.in_(machine_ids))
    query = (
        select(Booking)
        .where(
            Booking.id.in_(of_these),
            or_(Booking.state == "out", and_(Booking.state.in_(OPEN), Booking.ends_at > now)),
        )
        .order_by(Booking.starts_at, Booking.id)
    )
    return session.scalars(query).all()
