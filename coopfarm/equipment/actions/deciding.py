"""The office says yes or no to a request, once. No function here commits."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select

from coopfarm.equipment.actions import booking as booked
from coopfarm.equipment.actions import changing, offers
from coopfarm.equipment.models import Booking
from coopfarm.equipment.queries import bookings, cases, fleet, groups, inbox
from coopfarm.equipment.queries.cases import Case, Wanted, Whose
from coopfarm.equipment.rules import refusals as no
from coopfarm.equipment.rules.policy import Verdict
from coopfarm.equipment.rules.work import Cost
from coopfarm.kernel.words import N_, Name, Phrase, Sentence
from coopfarm.members import queries as members
from coopfarm.members.actions import telling
from coopfarm.members.actions.telling import Notice
from coopfarm.store.guards import kept_by
from coopfarm.store.tenancy import TenantSession

LONGEST_REASON = 300
_AGREED = Phrase(
    "booking-agreed", N_("The office agreed: %(machine)s is booked for you, %(starts)s.")
)
_DECLINED = Phrase(
    "booking-declined",
    N_("%(machine)s, %(starts)s: the office said no. %(why)s Your booking shows other hours."),
)
_TO_RIVAL = Phrase(
    "booking-declined-for-rival",
    N_("%(machine)s, %(starts)s: %(who)s got it. Your booking shows other hours."),
)
# What stays with the booking, for the member to read.
_WHY = Phrase("declined-because", N_("The office said no: %(why)s"))
_WHY_RIVAL = Phrase(
    "declined-for-rival", N_("%(machine)s went to %(who)s, who has it from %(starts)s to %(ends)s.")
)


@dataclass(frozen=True, slots=True)
class Decision:
    """The booking as it is now, and the rivals that were declined with it."""

    booking: Booking
    declined: tuple[Booking, ...] = ()


def approve(
    session: TenantSession,
    booking_id: UUID,
    whose: Whose,
    *,
    seen: Collection[UUID] | None = None,
    override_reason: str = "",
) -> Decision:
    """Have a request hold, and decline its rivals; `seen` are those the office was shown.

    A line of the rules that says no meanwhile is set aside with an `override_reason`. Raises
    NotYourBooking, NotInThatState, RivalsChanged, RequestTooLate, and what a booking may be
    refused for.
    """
    booking, held = _hold(session, booking_id, seen)
    case = _case(session, booking, whose)
    rivals = _rivals(session, booking, held)
    verdict = _judge(case, booking, override_reason)
    booking.reasons, booking.policy_id = [*booked.reasons(verdict)], case.policy_id
    booking.override_reason = override_reason.strip()[:LONGEST_REASON] if verdict.refused else ""
    _let_hold(session, case, booking, whose)
    _tell(session, booking, _AGREED)
    member = members.member(session, booking.member_id)
    who = Name(member.name, member.name_latin)
    during = {"starts": booking.starts_at, "ends": booking.ends_at}
    for rival in rivals:
        _say_no(session, rival, _WHY_RIVAL(machine=case.name, who=who, **during), whose)
        _tell(session, rival, _TO_RIVAL, who=who)
    return Decision(booking, tuple(rivals))


def decline(session: TenantSession, booking_id: UUID, whose: Whose, reason: str) -> Decision:
    """Say no to a request. Raises NotYourBooking, NotInThatState and WhyMissing."""
    booking = _waiting(bookings.booking(session, booking_id, for_update=True))
    said = reason.strip()[:LONGEST_REASON]
    if not said:
        raise no.WhyMissing(field="reason")
    _say_no(session, booking, _WHY(why=said), whose)
    _tell(session, booking, _DECLINED, why=said)
    return Decision(booking)


def alternatives(
    session: TenantSession, booking: Booking, whose: Whose
) -> Sequence[Mapping[str, object]]:
    """What would be accepted instead of a booking that was declined: see `offers.instead`."""
    machine_ids = bookings.machines_of(session, [booking.id])[booking.id]
    if not machine_ids:
        return ()
    wanted = Wanted(machine_ids, booking.job, booking.during, booking.plot_id)
    case = cases.gather(session, wanted, replace(whose, member_id=booking.member_id))
    return offers.instead(session, case)


def _hold(
    session: TenantSession, booking_id: UUID, seen: Collection[UUID] | None
) -> tuple[Booking, dict[UUID, Booking]]:
    """The request and its rivals, held in the order of their ids, then member and machines."""
    if seen is None:
        shown = bookings.booking(session, booking_id)
        seen = [one.booking.id for one in inbox.rivals_of(session, shown)]
    query = select(Booking).where(Booking.id.in_({booking_id, *seen})).order_by(Booking.id)
    held = session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()
    rows = {one.id: one for one in held}
    if booking_id not in rows:
        raise no.NotYourBooking
    booking = _waiting(rows.pop(booking_id))
    machines = bookings.machines_of(session, [booking_id, *rows])
    if not machines[booking_id]:
        raise no.NoMachine(field="machine_ids", most=booked.MOST_MACHINES)
    booked.hold_member(session, booking.member_id)
    every = {machine_id for ids in machines.values() for machine_id in ids}
    fleet.machines_by_id(session, every, for_update=True)
    return booking, rows


def _waiting(booking: Booking) -> Booking:
    if booking.state != "requested":
        raise no.NotInThatState(state=booking.state)
    return booking


def _rivals(
    session: TenantSession, booking: Booking, held: Mapping[UUID, Booking]
) -> list[Booking]:
    """The rivals there are now; more than the office saw is for the office to look at again."""
    now_there = [one.booking for one in inbox.rivals_of(session, booking)]
    if any(one.id not in held for one in now_there):
        raise no.RivalsChanged
    return now_there


def _case(session: TenantSession, booking: Booking, whose: Whose) -> Case:
    """The request as its member would make it now."""
    machine_ids = bookings.machines_of(session, [booking.id])[booking.id]
    roles = groups.of(session, booking.member_id)
    theirs = replace(whose, member_id=booking.member_id, by_id=booking.member_id, roles=roles)
    wanted = Wanted(machine_ids, booking.job, booking.during, booking.plot_id, but=booking.id)
    return cases.gather(session, wanted, theirs)


def _judge(case: Case, booking: Booking, override_reason: str) -> Verdict:
    """Hold the request against everything again; how far ahead it was asked for stays as it was."""
    if booking.starts_at <= case.whose.now:
        raise no.RequestTooLate
    refusal = booked.in_the_way(case)
    asked = replace(case.asked(case.wanted.during), now=booking.made_at)
    verdict = case.policy.check(asked)
    if refusal is None and verdict.refused and not override_reason.strip():
        refusal = verdict.refused[0]
    if refusal is not None:
        raise refusal
    return verdict


def _let_hold(session: TenantSession, case: Case, booking: Booking, whose: Whose) -> None:
    _decide(booking, "confirmed", whose)
    for time in bookings.times_of(session, booking.id):
        time.is_live = True
    with kept_by(booked.GUARD, booked.taken(case)):
        session.flush()
    booked.confirm(session, booking, Cost(booking.cost_money, booking.cost_hours), whose)
    changing.write_down(session, "booking.approve", booking, whose)


def _say_no(session: TenantSession, booking: Booking, why: Sentence, whose: Whose) -> None:
    booking.reasons = [*booking.reasons, why.as_json()]
    booking.ended_at = whose.now
    _decide(booking, "declined", whose)
    session.flush()
    changing.write_down(session, "booking.decline", booking, whose)


def _decide(booking: Booking, state: str, whose: Whose) -> None:
    booking.state, booking.decided_by, booking.decided_at = state, whose.by_id, whose.now
    booking.edition += 1


def _tell(session: TenantSession, booking: Booking, phrase: Phrase, **facts: str) -> None:
    rows = fleet.machines_by_id(session, bookings.machines_of(session, [booking.id])[booking.id])
    name = rows[0].named if rows else ""
    said = phrase(machine=name, starts=booking.starts_at, **facts)
    telling.tell(session, Notice(booking.member_id, said, good_until=booking.ends_at))
