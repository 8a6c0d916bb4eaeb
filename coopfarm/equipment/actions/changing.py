"""A booking is given up, moved, decided upon. No function here commits."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from coopfarm.equipment.actions import booking as booked
from coopfarm.equipment.actions import serving
from coopfarm.equipment.models import Booking, MachineTime
from coopfarm.equipment.queries import bookings, cases
from coopfarm.equipment.queries.cases import Case, Wanted, Whose
from coopfarm.equipment.rules import refusals as no
from coopfarm.equipment.rules import slots
from coopfarm.equipment.rules.jobs import HOLDS
from coopfarm.equipment.rules.work import Cost, cost_of
from coopfarm.kernel.interval import Interval
from coopfarm.land.actions import calendar as plot_calendar
from coopfarm.members.actions import calendar as person_calendar
from coopfarm.store import audit
from coopfarm.store.guards import kept_by


def cancel(session: Session, booking_id: UUID, whose: Whose, reason: str = "") -> Booking:
    """Give a booking up before it begins to be used; nothing is owed for it any more.

    Raises NotYourBooking and NotInThatState.
    """
    booking = own(session, booking_id, whose, ("requested", "confirmed"))
    if booking.state in HOLDS:
        booked.charge(session, booking, _less(booking), "cancelled", whose)
    release(session, booking, "cancelled", whose.now)
    write_down(session, "booking.cancel", booking, whose, reason)
    return booking


def own(session: Session, booking_id: UUID, whose: Whose, states: tuple[str, ...]) -> Booking:
    """A booking to change, held, in one of these states, by its member or the office."""
    found = bookings.booking(session, booking_id, for_update=True)
    if found.member_id != whose.member_id and not whose.is_office:
        raise no.NotYourBooking
    if found.state not in states:
        raise no.NotInThatState(state=found.state)
    return found


def move(
    session: Session, booking_id: UUID, during: Interval, whose: Whose, *, override_reason: str = ""
) -> Booking:
    """Give a booking other hours: shorter, longer, or at another time; the cost follows.

    With a reason the office sets lines of the rules aside.

    Raises NotYourBooking, NotInThatState, InThePast and what `booking.judge` refuses.
    """
    booking = own(session, booking_id, whose, ("requested", "confirmed", "out"))
    if during.start < whose.now and during.start != booking.starts_at:
        raise no.InThePast(field="starts_at")
    machine_ids = bookings.machines_of(session, [booking.id])[booking.id]
    wanted = Wanted(
        machine_ids,
        booking.job,
        during,
        booking.plot_id,
        override_reason=override_reason,
        but=booking.id,
    )
    concerns = replace(whose, member_id=booking.member_id)
    booked.hold(session, wanted, concerns)
    case = cases.gather(session, wanted, concerns, for_update=True)
    booked.judge(session, case)
    _put(session, case, booking, concerns)
    write_down(session, "booking.move", booking, whose)
    return booking


def _put(session: Session, case: Case, booking: Booking, whose: Whose) -> None:
    """Write the new hours everywhere, and charge the difference."""
    before, during = Cost(booking.cost_money, booking.cost_hours), case.wanted.during
    _leave_calendars(session, booking)
    booking.starts_at, booking.ends_at = during.start, during.end
    after = cost_of(case.rigs, during.length.total_seconds() / 60, booking.area_m2)
    booking.cost_money, booking.cost_hours = after.money, after.hours
    booking.edition += 1
    times = {time.machine_id: time for time in bookings.times_of(session, booking.id)}
    for rig in case.rigs:
        whole = slots.stretch(rig, during)
        times[rig.id].starts_at, times[rig.id].ends_at = whole.start, whole.end
    with kept_by(booked.GUARD, booked.beaten(session, case)):
        session.flush()
    if booking.state in HOLDS:
        booked.enter(session, booking)
        owed = Cost(after.money - before.money, after.hours - before.hours)
        booked.charge(session, booking, owed, "moved", whose)
    serving.call(session, times, whose.now)


def release(session: Session, booking: Booking, state: str, now: datetime) -> None:
    """End a booking: its machines, plot and hands are free, first for who waits for them."""
    _leave_calendars(session, booking)
    session.execute(
        update(MachineTime)
        .where(MachineTime.subject_id == booking.id)
        .values(is_live=False)
        .execution_options(synchronize_session=False)
    )
    booking.state, booking.ended_at = state, now
    booking.edition += 1
    session.flush()
    serving.call(session, (time.machine_id for time in bookings.times_of(session, booking.id)), now)


def _leave_calendars(session: Session, booking: Booking) -> None:
    plot_calendar.erase(session, [booking.id])
    person_calendar.erase(session, [booking.id])


def _less(booking: Booking) -> Cost:
    return Cost(-booking.cost_money, -booking.cost_hours)


def write_down(
    session: Session, verb: str, booking: Booking, whose: Whose, reason: str = ""
) -> None:
    """Write the act down, on behalf of the member where the office did it."""
    machine_ids = bookings.machines_of(session, [booking.id])[booking.id]
    audit.record(
        session,
        verb,
        booking,
        actor_id=whose.by_id,
        at=whose.now,
        after=booked.told(booking, machine_ids) | ({"reason": reason} if reason else {}),
        on_behalf_of=booking.member_id if whose.by_id != booking.member_id else None,
    )
