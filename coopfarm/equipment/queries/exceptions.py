"""Where the office set a rule aside: who, for whom, which, why, when, and how often."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.equipment.models import Booking, Machine, MachineTime
from coopfarm.equipment.queries import times
from coopfarm.members.models import Member
from coopfarm.members.queries import members_by_id
from coopfarm.store.base import same_row

A_YEAR: Final = timedelta(days=365)
A_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class SetAside:
    """One booking that a hard line refused, and that the office let through."""

    booking: Booking
    member: Member
    by: Member | None
    machines: tuple[Machine, ...]
    lines: tuple[Mapping[str, Any], ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """How often since a day, by the member it was for and by the manager who did it."""

    by_member: Counter[UUID]
    by_manager: Counter[UUID]


def set_aside(session: Session, *, page: int = 1) -> Sequence[SetAside]:
    """The newest first; one more than a page holds where there are more."""
    query = (
        select(Booking, Member)
        .join(Member, same_row(Member, Booking.member_id, Booking))
        .where(Booking.override_reason != "")
        .order_by(Booking.made_at.desc(), Booking.id)
        .offset((page - 1) * A_PAGE)
        .limit(A_PAGE + 1)
    )
    found = session.execute(query).all()
    managers = members_by_id(session, (_who(booking) for booking, _ in found))
    machines = _machines(session, [booking.id for booking, _ in found])
    return [
        SetAside(
            booking,
            member,
            managers.get(_who(booking) or member.id),
            machines.get(booking.id, ()),
            tuple(line for line in booking.reasons if "set_aside" in line),
            booking.decided_at or booking.made_at,
        )
        for booking, member in found
    ]


def tally(session: Session, since: datetime) -> Tally:
    """For the fairness report: what counts is when the booking was asked for."""
    query = select(Booking.member_id, Booking.made_by, Booking.decided_by).where(
        Booking.override_reason != "", Booking.made_at >= since
    )
    rows = session.execute(query).all()
    managers = (decided_by or made_by for _, made_by, decided_by in rows)
    return Tally(
        Counter(member_id for member_id, _, _ in rows),
        Counter(one for one in managers if one is not None),
    )


def _who(booking: Booking) -> UUID | None:
    """Who set the rule aside: whoever approved the request, or made the booking."""
    return booking.decided_by or booking.made_by


def _machines(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, tuple[Machine, ...]]:
    query = (
        select(Booking.id, Machine)
        .join(MachineTime, times.same_row_as_subject())
        .join(Machine, same_row(Machine, MachineTime.machine_id, MachineTime))
        .where(Booking.id.in_(ids))
        .order_by(Machine.kind.desc(), Machine.name, Machine.id)
    )
    found: dict[UUID, tuple[Machine, ...]] = {}
    for booking_id, machine in session.execute(query):
        found[booking_id] = (*found.get(booking_id, ()), machine)
    return found
