"""Nobody came: the machine is given on by itself, and the reason may be told afterwards.

No function here commits.
"""

from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from coopfarm.equipment.actions import booking as booked
from coopfarm.equipment.actions import changing, serving
from coopfarm.equipment.models import Booking
from coopfarm.equipment.queries import bookings, fleet, life
from coopfarm.equipment.queries.cases import Whose
from coopfarm.equipment.queries.life import Kept
from coopfarm.equipment.rules import overdue as rules
from coopfarm.equipment.rules import refusals as no
from coopfarm.equipment.rules.work import Cost
from coopfarm.members.actions import telling
from coopfarm.store import audit
from coopfarm.store.guards import kept_by

_LONGEST_NOTE: Final = 300


def release(session: Session, now: datetime) -> int:
    """Give on the machines that nobody came for within the grace; how many bookings."""
    due = [one.booking.id for one in _due(session, now)]
    found = life.kept(session, life.in_state(session, due, ("confirmed",), skip=True))
    machine_ids = sorted({machine.id for one in found for machine in one.machines})
    if machine_ids:
        fleet.machines_by_id(session, machine_ids, for_update=True)
    for one in found:
        _give_on(session, one, now)
    return len(found)


def is_due(session: Session, now: datetime) -> bool:
    return bool(_due(session, now))


def _due(session: Session, now: datetime) -> list[Kept]:
    found = life.awaited(session, now)
    if not found:
        return []
    policies = life.policies(session)
    return [
        one
        for one in life.kept(session, found)
        if rules.releases(one.policy(policies))
        and one.booking.starts_at + rules.grace(one.policy(policies)) <= now
    ]


def _give_on(session: Session, what: Kept, now: datetime) -> None:
    booking = what.booking
    booked.charge(session, booking, _taken_back(booking), "no-show", _nobody(booking, now))
    said = rules.NOT_SHOWN(machine=what.machine.named, starts=booking.starts_at)
    telling.tell(session, telling.Notice(booking.member_id, said))
    audit.record(
        session,
        "booking.no-show",
        booking,
        actor_id=None,
        at=now,
        after=booked.told(booking, tuple(one.id for one in what.machines)),
        on_behalf_of=booking.member_id,
    )
    changing.release(session, booking, "no_show", now)


def take_back(session: Session, booking: Booking, whose: Whose) -> None:
    """Somebody had come after all, and the phone could not say so: the booking holds again.

    Raises MachineTaken where somebody else has the hours by now.
    """
    times = bookings.times_of(session, booking.id)
    machine = fleet.machine(session, times[0].machine_id)
    refusal = no.MachineTaken(
        machine=machine.named, starts=booking.starts_at, ends=booking.ends_at, who=""
    )
    machine_ids = [time.machine_id for time in times]
    serving.take_offers_back(session, machine_ids, booking.during, whose.now)
    with kept_by(booked.GUARD, refusal):
        for time in times:
            time.is_live = True
        session.flush()
    booking.ended_at = None
    cost = Cost(booking.cost_money, booking.cost_hours)
    booked.enter(session, booking)
    booked.charge(session, booking, cost, "came", whose)


def give_reason(session: Session, booking_id: UUID, said: str, whose: Whose) -> Booking:
    """Why nobody came, beside what is known of the booking. Raises NotInThatState."""
    booking = changing.own(session, booking_id, whose, ("no_show",))
    booking.note = " · ".join(filter(None, (booking.note, said)))[:_LONGEST_NOTE]
    booking.edition += 1
    changing.write_down(session, "booking.no-show-reason", booking, whose, said)
    return booking


def _taken_back(booking: Booking) -> Cost:
    return Cost(-booking.cost_money, -booking.cost_hours)


def _nobody(booking: Booking, now: datetime) -> Whose:
    return Whose(booking.member_id, booking.member_id, frozenset(), now, ZoneInfo("UTC"))
