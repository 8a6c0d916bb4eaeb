"""What becomes of bookings: who has which machine, what is overdue, slips to be signed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopfarm.equipment.models import (
    Booking,
    Charge,
    HandOver,
    Machine,
    MachinePolicy,
    MachineTime,
    OverdueStep,
    WorkSlip,
)
from coopfarm.equipment.queries import bookings
from coopfarm.equipment.rules.overdue import BY_ITSELF
from coopfarm.equipment.rules.policy import EVERYTHING_GOES, Policy, policy_of
from coopfarm.kernel.refusal import Missing
from coopfarm.members.models import Member
from coopfarm.store.base import same_row

# Nobody is waited for, or reminded, for longer.
_LOOKED_BACK: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Policies:
    """The rules in force, by category; those for all under the empty name."""

    by_category: Mapping[str, Policy]

    def of(self, category: str) -> Policy:
        everywhere = self.by_category.get("", EVERYTHING_GOES)
        return self.by_category.get(category, everywhere)


def policies(session: Session) -> Policies:
    query = select(MachinePolicy).where(MachinePolicy.state == "in_force")
    found = session.scalars(query)
    return Policies(
        {row.category: policy_of(row.version, row.category, row.lines) for row in found}
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """A booking with its member and its machines; the first is the one that gives the rules."""

    booking: Booking
    member: Member
    machines: tuple[Machine, ...]

    @property
    def machine(self) -> Machine:
        return self.machines[0]

    def policy(self, rules: Policies) -> Policy:
        return rules.of(self.machine.category)


def kept(session: Session, found: Sequence[Booking]) -> list[Kept]:
    """These bookings with their members and machines; one without machines is left out."""
    of_booking = machines_of(session, [one.id for one in found])
    query = select(Member).where(Member.id.in_({one.member_id for one in found}))
    members = {member.id: member for member in session.scalars(query)} if found else {}
    return [
        Kept(one, members[one.member_id], of_booking[one.id]) for one in found if of_booking[one.id]
    ]


def machines_of(
    session: Session, booking_ids: Collection[UUID]
) -> Mapping[UUID, tuple[Machine, ...]]:
    """The machines of these bookings, those with an engine first, then by name."""
    query = (
        select(MachineTime.subject_id, Machine)
        .join(Machine, same_row(Machine, MachineTime.machine_id, MachineTime))
        .where(MachineTime.subject_id.in_(booking_ids))
        .order_by(Machine.kind.desc(), Machine.name, Machine.id)
    )
    found: dict[UUID, tuple[Machine, ...]] = dict.fromkeys(booking_ids, ())
    for booking_id, machine in session.execute(query):
        found[booking_id] += (machine,)
    return found


def one(session: Session, booking_id: UUID) -> Kept:
    """A booking with its member and machines. Raises NotYourBooking and Missing."""
    found = kept(session, [bookings.booking(session, booking_id)])
    if not found:
        raise Missing
    return found[0]


def hand_overs(session: Session, booking_id: UUID) -> Mapping[tuple[UUID, str], HandOver]:
    """What went out and came back, by machine and way."""
    query = select(HandOver).where(HandOver.booking_id == booking_id)
    return {(row.machine_id, row.way): row for row in session.scalars(query)}


def readings_around(
    session: Session, machine_id: UUID, at: datetime
) -> tuple[float | None, float | None]:
    """The highest reading of a meter up to a moment, and the lowest after it."""
    query = select(HandOver.at, HandOver.meter_reading).where(
        HandOver.machine_id == machine_id, HandOver.meter_reading.is_not(None)
    )
    rows = session.execute(query).all()
    before = [reading for told, reading in rows if reading is not None and told <= at]
    after = [reading for told, reading in rows if reading is not None and told > at]
    return max(before, default=None), min(after, default=None)


def with_code(session: Session, code: str, around: datetime) -> Sequence[Booking]:
    """The bookings of these days that have this code and are not over."""
    query = select(Booking).where(
        Booking.state.in_(("confirmed", "out", "no_show")),
        Booking.code == code,
        Booking.starts_at < around + timedelta(days=1),
        (Booking.state == "out") | (Booking.ends_at > around - timedelta(days=1)),
    )
    return session.scalars(query.order_by(Booking.starts_at, Booking.id)).all()


def at_machine(session: Session, machine_id: UUID, now: datetime) -> Sequence[Booking]:
    """Who has a machine now, else who is to have it next within a day; those out come first."""
    query = (
        select(Booking)
        .join(
            MachineTime,
            (MachineTime.cooperative_id == Booking.cooperative_id)
            & (MachineTime.subject_id == Booking.id),
        )
        .where(
            MachineTime.machine_id == machine_id,
            Booking.state.in_(("confirmed", "out")),
            Booking.starts_at < now + timedelta(days=1),
        )
        .order_by((Booking.state == "out").desc(), Booking.starts_at, Booking.id)
    )
    return session.scalars(query.limit(20)).all()


def who_is_out_with(session: Session, machine_id: UUID, but: UUID) -> Member | None:
    """Who has a machine that did not come back yet, for another booking."""
    is_back = (
        select(HandOver.id)
        .where(
            HandOver.booking_id == Booking.id,
            HandOver.machine_id == machine_id,
            HandOver.way == "back",
        )
        .correlate(Booking)
        .exists()
    )
    query = (
        select(Member)
        .join(Booking, same_row(Member, Booking.member_id, Booking))
        .join(
            HandOver,
            (HandOver.cooperative_id == Booking.cooperative_id)
            & (HandOver.booking_id == Booking.id)
            & (HandOver.machine_id == machine_id)
            & (HandOver.way == "out"),
        )
        .where(Booking.state == "out", Booking.id != but, ~is_back)
    )
    return session.scalars(query.limit(1)).first()


def awaited(session: Session, now: datetime) -> Sequence[Booking]:
    """The bookings that have begun and that nobody came for yet."""
    query = select(Booking).where(
        Booking.state == "confirmed",
        Booking.starts_at <= now,
        Booking.starts_at > now - _LOOKED_BACK,
    )
    return session.scalars(query.order_by(Booking.id)).all()


def beyond(session: Session, now: datetime) -> Sequence[Booking]:
    """The bookings whose machine is out beyond its time, the longest first."""
    query = select(Booking).where(Booking.state == "out", Booking.ends_at <= now)
    return session.scalars(query.order_by(Booking.ends_at, Booking.id)).all()


def in_state(
    session: Session, ids: Collection[UUID], states: Collection[str], *, skip: bool = False
) -> Sequence[Booking]:
    """Those of these bookings that are in one of the states, held in the order of their ids.

    With `skip` those on which somebody else acts at this moment are left out.
    """
    query = select(Booking).where(Booking.id.in_(ids), Booking.state.in_(states))
    query = query.order_by(Booking.id).with_for_update(skip_locked=skip)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def steps(
    session: Session, booking_ids: Collection[UUID]
) -> Mapping[UUID, Mapping[str, OverdueStep]]:
    """The steps of the ladder that were taken for each booking."""
    query = select(OverdueStep).where(OverdueStep.booking_id.in_(booking_ids))
    found: dict[UUID, dict[str, OverdueStep]] = {one: {} for one in booking_ids}
    for row in session.scalars(query.order_by(OverdueStep.at)):
        found[row.booking_id][row.step] = row
    return found


def charged(session: Session, booking_id: UUID) -> dict[str, float]:
    """What is owed for a booking: the sum of its charges, by unit."""
    query = (
        select(Charge.unit, func.sum(Charge.amount))
        .where(Charge.booking_id == booking_id)
        .group_by(Charge.unit)
    )
    return {unit: round(float(total), 2) for unit, total in session.execute(query)}


def charged_hours(session: Session, booking_id: UUID, why: str) -> float:
    """The hours of work that stand against a booking for a reason."""
    query = select(func.coalesce(func.sum(Charge.amount), 0.0)).where(
        Charge.booking_id == booking_id, Charge.unit == "hours", Charge.why == why
    )
    return float(session.scalar(query) or 0.0)


def on_hold(session: Session, member_id: UUID) -> UUID | None:
    """The booking for which a member may book nothing else now."""
    query = (
        select(Booking.id)
        .join(
            OverdueStep,
            (OverdueStep.cooperative_id == Booking.cooperative_id)
            & (OverdueStep.booking_id == Booking.id),
        )
        .where(Booking.member_id == member_id, Booking.state == "out", OverdueStep.step == "hold")
    )
    return session.scalars(query.limit(1)).first()


def slip(session: Session, slip_id: UUID, *, for_update: bool = False) -> WorkSlip:
    """One work slip. Raises Missing."""
    query = select(WorkSlip).where(WorkSlip.id == slip_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise Missing
    return found


def slip_of(session: Session, booking_id: UUID) -> WorkSlip | None:
    return session.scalar(select(WorkSlip).where(WorkSlip.booking_id == booking_id))


def slips(
    session: Session, *, member_id: UUID | None = None, states: Collection[str], limit: int = 100
) -> Sequence[tuple[WorkSlip, Booking]]:
    """Work slips in these states, the oldest first."""
    query = (
        select(WorkSlip, Booking)
        .join(Booking, same_row(Booking, WorkSlip.booking_id, WorkSlip))
        .where(WorkSlip.state.in_(states))
        .order_by(WorkSlip.drafted_at, WorkSlip.id)
        .limit(limit)
    )
    if member_id is not None:
        query = query.where(Booking.member_id == member_id)
    return [(found, booking) for found, booking in session.execute(query)]


_REMINDED = (
    select(OverdueStep.id)
    .where(OverdueStep.booking_id == Booking.id, OverdueStep.step == BY_ITSELF)
    .exists()
)
# The moments from which on there may be something to do: see `actions.due`.
SOMEBODY_AWAITED = (
    select(func.min(Booking.starts_at)).where(Booking.state == "confirmed").scalar_subquery()
)
UNREMINDED = (
    select(func.min(Booking.ends_at)).where(Booking.state == "out", ~_REMINDED).scalar_subquery()
)
