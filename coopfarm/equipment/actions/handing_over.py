"""Machines go out and come back, by whoever stands before them; nobody coming frees them.

No function here commits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from coopfarm.equipment.actions import changing, no_shows, serving, slips
from coopfarm.equipment.models import Booking, HandOver, Machine
from coopfarm.equipment.queries import bookings, fleet, life
from coopfarm.equipment.queries.cases import Whose
from coopfarm.equipment.queries.life import Kept
from coopfarm.equipment.rules import handing_over as rules
from coopfarm.equipment.rules import refusals as no
from coopfarm.equipment.rules.overdue import grace
from coopfarm.kernel.words import Name
from coopfarm.land.actions import calendar as plot_calendar
from coopfarm.members.actions import calendar as person_calendar

Handed = Mapping[tuple[UUID, str], HandOver]


@dataclass(frozen=True, slots=True)
class Passed:
    """One machine of a booking, or all of them, handed out or back at a moment told by a phone.

    `code` is the booking's, by which somebody else than its member hands over.
    """

    way: str
    at: datetime
    machine_id: UUID | None = None
    meter_reading: float | None = None
    picture_id: UUID | None = None
    note: str = ""
    code: str = ""


def hand_over(session: Session, booking_id: UUID, passed: Passed, whose: Whose) -> Booking:
    """Write down that machines went out or came back; what was written down before stays.

    Raises NotYourBooking, NotInThatState, NotOfThisBooking, WhichMeter, MeterBackwards,
    FromTheFuture, TooEarly, BackBeforeOut and NotOut. Where nobody was thought to have come,
    also MachineTaken when somebody else has the hours by now.
    """
    booking = bookings.booking(session, booking_id, for_update=True)
    what = life.one(session, booking_id)
    _check_may(what, passed, whose)
    fleet.machines_by_id(session, [one.id for one in what.machines], for_update=True)
    handed = life.hand_overs(session, booking_id)
    machines = _to_pass(what, passed, handed)
    if not machines:
        return booking
    if passed.way == "out":
        _check_out(session, what, passed, whose)
    else:
        _check_back(booking, machines, passed, handed, whose)
    _write(session, what, machines, passed, whose)
    if passed.way == "out":
        booking.state = "out"
    else:
        _come_back(session, what, machines, passed, whose)
    booking.edition += 1
    changing.write_down(session, f"booking.{passed.way}", booking, whose, passed.note)
    return booking


def add_picture(
    session: Session, booking_id: UUID, way: str, picture_id: UUID, whose: Whose
) -> HandOver:
    """Put a photo of the meter beside what was written down, as a later act. Raises NotOut."""
    what = life.one(session, booking_id)
    _check_may(what, Passed(way, whose.now), whose)
    found = [row for (_, one), row in life.hand_overs(session, booking_id).items() if one == way]
    if not found:
        raise rules.NotOut(machine=what.machine.named)
    row = min(found, key=lambda one: (one.meter_reading is None, one.picture_id is not None))
    row.picture_id = picture_id
    changing.write_down(session, "booking.picture", what.booking, whose)
    return row


def _check_may(what: Kept, passed: Passed, whose: Whose) -> None:
    """The member, the office, the caretaker of a machine, and who was told the six digits."""
    is_caretaker = whose.by_id in {machine.caretaker_id for machine in what.machines}
    is_told = bool(passed.code) and passed.code == what.booking.code
    is_own = whose.member_id == what.booking.member_id
    if not (is_own or whose.is_office or is_caretaker or is_told):
        raise no.NotYourBooking


def _to_pass(what: Kept, passed: Passed, handed: Handed) -> list[Machine]:
    """The machines that are meant and were not written down yet; none if that was done before."""
    meant = [one for one in what.machines if passed.machine_id in (None, one.id)]
    if not meant:
        raise rules.NotOfThisBooking
    if passed.way == "back" and passed.machine_id is None:
        meant = [one for one in meant if (one.id, "out") in handed]
    if not meant:
        raise rules.NotOut(machine=what.machine.named)
    left = [one for one in meant if (one.id, passed.way) not in handed]
    with_meter = [one for one in left if one.meter != "none"]
    if passed.meter_reading is not None and passed.machine_id is None and len(with_meter) > 1:
        names = [one.named for one in with_meter]
        both = (", ".join(name.read(latin=latin) for name in names) for latin in (False, True))
        raise rules.WhichMeter(field="machine_id", machines=Name(*both))
    if not left and not _is_same(meant, passed, handed):
        raise no.NotInThatState(state=what.booking.state)
    return left


def _is_same(meant: Sequence[Machine], passed: Passed, handed: Handed) -> bool:
    """Whether the same was told already: a phone may tell it twice."""
    told = {handed[one.id, passed.way].meter_reading for one in meant if one.meter != "none"}
    return passed.meter_reading is None or passed.meter_reading in told


def _check_out(session: Session, what: Kept, passed: Passed, whose: Whose) -> None:
    booking = what.booking
    if booking.state not in ("confirmed", "out", "no_show"):
        raise no.NotInThatState(state=booking.state)
    waits = grace(what.policy(life.policies(session)))
    rules.check_moment(passed.at, whose.now, booking.starts_at, waits)
    if booking.state == "no_show":
        if passed.at > booking.starts_at + waits:
            raise no.NotInThatState(state=booking.state)
        no_shows.take_back(session, booking, whose)


def _check_back(
    booking: Booking, machines: Sequence[Machine], passed: Passed, handed: Handed, whose: Whose
) -> None:
    if booking.state != "out":
        raise no.NotInThatState(state=booking.state)
    rules.check_past(passed.at, whose.now)
    for machine in machines:
        out = handed.get((machine.id, "out"))
        if out is None:
            raise rules.NotOut(machine=machine.named)
        if passed.at < out.at:
            raise rules.BackBeforeOut(field="at", out=out.at)


def _write(
    session: Session, what: Kept, machines: Sequence[Machine], passed: Passed, whose: Whose
) -> None:
    for machine in machines:
        reading = passed.meter_reading if machine.meter != "none" else None
        if reading is not None:
            _read_meter(session, machine, reading, passed.at)
        session.add(
            HandOver(
                booking_id=what.booking.id,
                machine_id=machine.id,
                way=passed.way,
                at=passed.at,
                recorded_at=whose.now,
                by_id=whose.by_id,
                meter_reading=reading,
                picture_id=passed.picture_id,
                note=passed.note,
            )
        )
    session.flush()


def _read_meter(session: Session, machine: Machine, reading: float, at: datetime) -> None:
    """A reading lies between those before and after it; phones tell late what was earlier."""
    before, after = life.readings_around(session, machine.id, at)
    if after is None:
        before = max(machine.meter_reading, before or 0.0)
    rules.check_meter(machine.named, reading, before)
    rules.check_meter(machine.named, after, reading)
    machine.meter_reading = max(machine.meter_reading, reading)


def _come_back(
    session: Session, what: Kept, machines: Sequence[Machine], passed: Passed, whose: Whose
) -> None:
    """Free what is left of the time; with the last machine back the slip is drafted."""
    booking = what.booking
    _shorten(session, booking, machines, passed.at)
    handed = life.hand_overs(session, booking.id)
    out, back = ({one for one, way in handed if way == which} for which in ("out", "back"))
    if out <= back:
        booking.state, booking.ended_at = "returned", passed.at
        if passed.at < booking.ends_at:
            plot_calendar.erase(session, [booking.id])
            person_calendar.erase(session, [booking.id])
        slips.draft(session, what, whose)
    serving.call(session, (machine.id for machine in machines), whose.now)


def _shorten(session: Session, booking: Booking, machines: Sequence[Machine], at: datetime) -> None:
    cleaning = {one.id: timedelta(minutes=one.cleaning_minutes) for one in machines}
    for time in bookings.times_of(session, booking.id):
        ends_at = at + cleaning.get(time.machine_id, timedelta(days=999))
        if ends_at <= time.starts_at:
            time.is_live = False
        elif ends_at < time.ends_at:
            time.ends_at = ends_at
    session.flush()
