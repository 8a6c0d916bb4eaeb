"""The waiting list: joining it, taking or refusing what is held, passing it on.

No function here commits.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from coopfarm.equipment.actions import booking as booked
from coopfarm.equipment.actions.serving import let_go, serve, wish, write_down
from coopfarm.equipment.models import Booking, Waiting
from coopfarm.equipment.queries import cases, fleet
from coopfarm.equipment.queries import waiting as known
from coopfarm.equipment.queries.cases import Whose
from coopfarm.equipment.rules import refusals as no
from coopfarm.equipment.rules import waiting as rules
from coopfarm.members.actions import telling


def join(session: Session, wanted: Waiting, whose: Whose) -> Waiting:
    """Get in line for a machine; what is free already is held for the member at once.

    Raises what a booking would be refused for whenever it is (the machine, the job, the plot),
    NothingToWaitFor, AlreadyWaiting and Missing.
    """
    machine = fleet.machines_by_id(session, [wanted.machine_id], for_update=True)[0]
    _check(session, wanted, whose)
    there = known.overlapping(session, wanted)
    if there is not None:
        raise rules.AlreadyWaiting(
            machine=machine.named, starts=there.earliest_at, ends=there.latest_at
        )
    wanted.id, wanted.made_at, wanted.state_since = uuid4(), whose.now, whose.now
    wanted.state, wanted.rank = "waiting", {}
    session.add(wanted)
    session.flush()
    write_down(session, "waiting.join", wanted, whose)
    serve(session, wanted.machine_id, whose.now)
    return wanted


def _check(session: Session, wanted: Waiting, whose: Whose) -> None:
    length = timedelta(minutes=wanted.minutes)
    earliest = max(wanted.earliest_at, rules.earliest_offer(whose.now))
    if earliest + length > wanted.latest_at:
        raise rules.NothingToWaitFor(field="latest_at")
    refusal = booked.never(cases.gather(session, wish(wanted), whose))
    # For one that is broken people may wait; for one that was given up they would in vain.
    is_broken = isinstance(refusal, no.MachineNotInService) and refusal.facts["state"] == "broken"
    if refusal is not None and not is_broken:
        raise refusal


def take(session: Session, entry_id: UUID, whose: Whose) -> Booking:
    """Book what is held for an entry. Raises NoOffer and what a booking may be refused for."""
    entry = _own(session, entry_id, whose)
    concerns = replace(whose, member_id=entry.member_id)
    booked.hold(session, wish(entry), concerns)
    fleet.machines_by_id(session, [entry.machine_id], for_update=True)
    entry = known.entry(session, entry_id, for_update=True)
    if entry.state != "offered" or entry.held_until is None or entry.held_until <= whose.now:
        raise rules.NoOffer
    let_go(session, entry)
    booking = booked.book(session, wish(entry), concerns)
    entry.booking_id = booking.id
    _end(session, entry, "taken", whose.now)
    write_down(session, "waiting.take", entry, whose)
    return booking


def withdraw(session: Session, entry_id: UUID, whose: Whose) -> Waiting:
    """Leave the line, or refuse what is held; the next in line is asked. Raises NoOffer."""
    entry = _own(session, entry_id, whose)
    fleet.machines_by_id(session, [entry.machine_id], for_update=True)
    entry = known.entry(session, entry_id, for_update=True)
    if entry.state not in known.LIVE:
        raise rules.NoOffer
    verb = "waiting.refuse" if entry.state == "offered" else "waiting.withdraw"
    let_go(session, entry)
    _end(session, entry, "withdrawn", whose.now)
    write_down(session, verb, entry, whose)
    serve(session, entry.machine_id, whose.now)
    return entry


def lapse(session: Session, now: datetime) -> int:
    """Pass on what was not answered in time, and end what can be freed no more; how many."""
    due = known.lapsing(session, now)
    if not due:
        return 0
    machine_ids = sorted({one.machine_id for one in due})
    fleet.machines_by_id(session, machine_ids, for_update=True)
    ended = known.still(session, [one.id for one in due], now)
    for entry in ended:
        _pass_on(session, entry, now)
    for machine_id in sorted({one.machine_id for one in ended}):
        serve(session, machine_id, now)
    return len(ended)


def is_lapsing(session: Session, now: datetime) -> bool:
    return bool(known.lapsing(session, now))


def _pass_on(session: Session, entry: Waiting, now: datetime) -> None:
    if entry.state == "offered" and entry.offer_starts_at is not None:
        machine = fleet.machine(session, entry.machine_id)
        said = rules.PASSED_ON(machine=machine.named, starts=entry.offer_starts_at)
        telling.tell(session, telling.Notice(entry.member_id, said))
    let_go(session, entry)
    _end(session, entry, "lapsed", now)
    write_down(session, "waiting.lapse", entry, None, now)


def _end(session: Session, entry: Waiting, state: str, now: datetime) -> None:
    entry.state, entry.state_since = state, now
    session.flush()


def _own(session: Session, entry_id: UUID, whose: Whose) -> Waiting:
    """An entry of the member, or of anyone for the office; not held."""
    found = known.entry(session, entry_id)
    if found.member_id != whose.member_id and not whose.is_office:
        raise no.NotYourBooking
    return found
