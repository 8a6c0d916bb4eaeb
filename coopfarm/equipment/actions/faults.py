"""A fault is told, looked at, mended; whoever has booked the machine hears of it.

No function here commits.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from coopfarm.equipment.actions import booking as booked
from coopfarm.equipment.actions import changing, offers, pictures
from coopfarm.equipment.models import Booking, FaultReport, Machine
from coopfarm.equipment.queries import bookings, bookings_ahead, cases, faults, fleet
from coopfarm.equipment.queries.cases import Wanted, Whose
from coopfarm.equipment.rules import care
from coopfarm.equipment.rules.jobs import HOLDS
from coopfarm.equipment.rules.refusals import NotYourBooking
from coopfarm.equipment.rules.work import Rig
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.words import N_, Phrase
from coopfarm.members.actions import telling, tries
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession

# Whose booking begins later hears of it when the fault is still there.
WARNED_AHEAD: Final = timedelta(days=7)
_STAND_INS: Final = 4
FAULT_TOLD = Phrase(
    "sms:fault-told",
    N_("%(machine)s, which you booked for %(starts)s, may be faulty. The office looks at it."),
)
CANNOT_WORK = Phrase(
    "sms:machine-cannot-work",
    N_(
        "%(machine)s, which you booked for %(starts)s, is broken. Open your booking to move it or "
        "give it up."
    ),
)
WORKS_AGAIN = Phrase(
    "sms:machine-works-again",
    N_("%(machine)s works again. Your booking for %(starts)s stands."),
)


class _Act(NamedTuple):
    """Who did it, and when."""

    by_id: UUID | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody says of a machine; `phone` where they may be asked back."""

    words: str
    can_work: bool = True
    phone: str = ""
    picture: bytes | None = None


@dataclass(frozen=True, slots=True)
class Teller:
    """Who tells of a fault: a member, or nobody known."""

    member_id: UUID | None
    roles: frozenset[str]
    now: datetime


def tell(session: Session, machine: Machine, report: Report, teller: Teller) -> FaultReport:
    """Write a fault down, flag the machine, and warn those who come next.

    Only who cares for the machine can take it out of service by this; the same words sent twice
    are one fault. Raises FaultWithoutWords and what `pictures.keep` does.
    """
    words = " ".join(report.words.split())
    if not words or len(words) > care.LONGEST_WORDS:
        raise care.FaultWithoutWords(field="words", most=care.LONGEST_WORDS)
    before = faults.same_lately(session, machine.id, words, teller.now - faults.TWICE_WITHIN)
    if before is not None:
        return before
    picture = pictures.keep(session, report.picture, teller.now) if report.picture else None
    fault = FaultReport(
        id=uuid4(),
        machine_id=machine.id,
        words=words,
        told_by=teller.member_id,
        phone=report.phone[:20],
        picture_id=picture.id if picture else None,
        state="new",
        can_work=report.can_work,
        made_at=teller.now,
    )
    session.add(fault)
    session.flush()
    after = {"machine": str(machine.id), "words": words, "can_work": report.can_work}
    _note(session, "fault.tell", fault, _Act(teller.member_id, teller.now), after=after)
    if not report.can_work and _cares(teller, machine):
        _break(session, machine, teller.member_id, teller.now)
    else:
        _warn(session, machine, FAULT_TOLD, teller.now)
    return fault


def _cares(teller: Teller, machine: Machine) -> bool:
    found = teller.member_id
    return found is not None and care.cares_for(found, teller.roles, machine.caretaker_id)


def add_picture(session: Session, fault_id: UUID, content: bytes, teller: Teller) -> FaultReport:
    """Add the photo that follows the words. Raises NotYourMachine, Missing, PictureUnusable."""
    fault = faults.fault(session, fault_id, for_update=True)
    machine = fleet.machine(session, fault.machine_id)
    if fault.told_by != teller.member_id and not _cares(teller, machine):
        raise care.NotYourMachine(machine=machine.named)
    fault.picture_id = pictures.keep(session, content, teller.now).id
    session.flush()
    _note(session, "fault.picture", fault, _Act(teller.member_id, teller.now))
    return fault


@dataclass(frozen=True, slots=True)
class Decision:
    """The next state of a fault, and whether the machine can work meanwhile."""

    state: str
    can_work: bool = True
    note: str = ""


def decide(session: Session, fault_id: UUID, decision: Decision, whose: Whose) -> FaultReport:
    """Take a fault a step on; the machine follows it out of service and back.

    Raises NotYourMachine, FaultPastThat and Missing.
    """
    fault = faults.fault(session, fault_id, for_update=True)
    machine = fleet.machines_by_id(session, [fault.machine_id], for_update=True)[0]
    if not care.cares_for(whose.by_id, whose.roles, machine.caretaker_id):
        raise care.NotYourMachine(machine=machine.named)
    care.check_step(fault.state, decision.state)
    before = {"state": fault.state}
    fault.state, fault.note = decision.state, decision.note[:300]
    fault.decided_by, fault.decided_at = whose.by_id, whose.now
    is_open = decision.state in care.OPEN_FAULTS
    fault.can_work = decision.can_work if is_open else True
    session.flush()
    after = {"state": fault.state, "can_work": fault.can_work, "note": fault.note}
    _note(session, "fault.decide", fault, _Act(whose.by_id, whose.now), after=after, before=before)
    _follow(session, machine, fault, whose)
    return fault


def _follow(session: Session, machine: Machine, fault: FaultReport, whose: Whose) -> None:
    """The machine is broken while one of its open faults keeps it from working."""
    still = faults.open_of(session, [machine.id]).get(machine.id, ())
    keeps = any(not one.can_work and one.state != "new" for one in still)
    if keeps and machine.state == "in_service":
        _break(session, machine, whose.by_id, whose.now)
    elif not keeps and machine.state == "broken" and fault.state in ("fixed", "no_fault"):
        machine.state, machine.edition = "in_service", machine.edition + 1
        session.flush()
        act = _Act(whose.by_id, whose.now)
        _note(session, "machine.works", machine, act, after={"state": "in_service"})
        _warn(session, machine, WORKS_AGAIN, whose.now)


def _break(session: Session, machine: Machine, by_id: UUID | None, now: datetime) -> None:
    if machine.state != "in_service":
        return
    machine.state, machine.edition = "broken", machine.edition + 1
    session.flush()
    _note(session, "machine.breaks", machine, _Act(by_id, now), after={"state": "broken"})
    _warn(session, machine, CANNOT_WORK, now)


def _warn(session: Session, machine: Machine, said: Phrase, now: datetime) -> None:
    """One message a member, about the first of their bookings in the coming days."""
    told: set[UUID] = set()
    for booking in bookings_ahead.of_machine(session, machine.id, now):
        is_near = booking.starts_at < now + WARNED_AHEAD
        if booking.member_id not in told and is_near:
            told.add(booking.member_id)
            sentence = said(machine=machine.named, starts=booking.starts_at)
            telling.tell(
                session, telling.Notice(booking.member_id, sentence, max(now, booking.ends_at))
            )


def count(
    session: TenantSession, machine: Machine, network: str, *, pepper: str, now: datetime
) -> care.TooManyReports | None:
    """Count a report by somebody unknown; the refusal once there were too many in an hour."""
    keys = [
        tries.key("fault", network, pepper=pepper),
        tries.key("fault-one", str(machine.id), pepper=pepper),
    ]
    held = tries.held(session, keys, now)
    until = [one.locked_until for one in held.values() if tries.is_locked(one, now)]
    if until:
        return care.TooManyReports(until=max(at for at in until if at is not None))
    tries.count([*held.values()], now)
    return None


def instead(session: Session, booking: Booking, whose: Whose) -> list[offers.Offer]:
    """What could take the place of a booking: other machines of its like, or other hours.

    Where one of its machines cannot work, or a fault of it was told, each of its like stands in.
    """
    case = _case_of(session, booking, whose)
    told = faults.open_of(session, [rig.id for rig in case.rigs])
    broken = [rig for rig in case.rigs if rig.state != "in_service"]
    faulty = broken or [rig for rig in case.rigs if rig.id in told]
    found = _with_others(session, case, faulty[0]) if faulty else []
    return found if found or broken else list(offers.instead(session, case))


def _with_others(session: Session, case: cases.Case, faulty: Rig) -> list[offers.Offer]:
    found: list[offers.Offer] = []
    for ids in islice(_stand_ins(session, case, faulty), _STAND_INS):
        wanted = replace(case.wanted, machine_ids=ids)
        other = cases.gather(session, wanted, case.whose)
        if all(rig.state == "in_service" for rig in other.rigs):
            mine = {str(one) for one in ids}
            found += [one for one in offers.instead(session, other) if set(_ids(one)) == mine]
    return sorted(found, key=lambda one: str(one["starts_at"]))[: offers.OFFERED]


def _stand_ins(session: Session, case: cases.Case, faulty: Rig) -> Iterator[tuple[UUID, ...]]:
    """The machines of a booking with another one, of no known fault, in the place of the faulty."""
    kept = tuple(rig.id for rig in case.rigs if rig.id != faulty.id)
    job = case.wanted.job if case.wanted.job in faulty.jobs else next(iter(faulty.jobs), None)
    if job is None:  # nothing is said of what it does, and so nothing is known to be like it
        return
    alike = [row.id for row in fleet.alike(session, faulty.category, job)]
    found = faults.open_of(session, alike)
    # What anybody may have told says nothing of a machine before somebody looked at it.
    seen = [key for key, told in found.items() if any(one.state != "new" for one in told)]
    for other_id in alike:
        if other_id not in (faulty.id, *kept, *seen):
            yield (*kept, other_id)


def _case_of(session: Session, booking: Booking, whose: Whose) -> cases.Case:
    machine_ids = bookings.machines_of(session, [booking.id])[booking.id]
    start = max(whose.now, booking.starts_at)
    during = Interval(start, start + (booking.ends_at - booking.starts_at))
    wanted = Wanted(machine_ids, booking.job, during, booking.plot_id, but=booking.id)
    return cases.gather(session, wanted, replace(whose, member_id=booking.member_id))


def _ids(offer: offers.Offer) -> list[str]:
    ids = offer["machine_ids"]
    return [str(one) for one in ids] if isinstance(ids, list) else []


def rebook(
    session: Session,
    booking_id: UUID,
    machine_ids: tuple[UUID, ...],
    during: Interval,
    whose: Whose,
) -> Booking:
    """Give a booking up for one of other machines or hours, in the same moment.

    Raises what `changing.cancel` and `booking.book` do; then nothing is changed.
    """
    before = bookings.booking(session, booking_id)
    if before.member_id != whose.member_id and not whose.is_office:
        raise NotYourBooking
    concerns = replace(whose, member_id=before.member_id)
    wanted = Wanted(machine_ids, before.job, during, before.plot_id, note=before.note)
    changing.cancel(session, booking_id, concerns, "rebooked")
    return booked.book(session, wanted, concerns)


def concerned(session: Session, machine_id: UUID, now: datetime) -> list[Booking]:
    """The bookings that a machine which cannot work leaves in want of an answer."""
    found = bookings_ahead.of_machine(session, machine_id, now)
    return [one for one in found if one.state in (*HOLDS, "requested")]


def _note(
    session: Session, verb: str, subject: FaultReport | Machine, act: _Act, **more: Any
) -> None:
    audit.record(session, verb, subject, actor_id=act.by_id, at=act.now, **more)
