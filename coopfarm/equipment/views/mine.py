"""My bookings: the next first, one in full, other hours for it, and giving it up."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from flask.typing import ResponseReturnValue

from coopfarm.equipment.actions import changing, deciding
from coopfarm.equipment.models import Booking, Machine
from coopfarm.equipment.queries import bookings as known
from coopfarm.equipment.queries import choices, faults, neighbours
from coopfarm.equipment.rules import refusals as no
from coopfarm.equipment.rules.jobs import OFFICE, OPEN
from coopfarm.equipment.views import asking
from coopfarm.equipment.views.door import bp
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Conflict, Invalid, Refusal
from coopfarm.kernel.words import N_, Phrase
from coopfarm.land.queries import plots
from coopfarm.members import queries as members
from coopfarm.web import pages, problems, request, tongue, trying, words, written

_MOVED = Phrase("booking-moved", N_("The booking is now from %(starts)s to %(ends)s."))
_GIVEN_UP = Phrase(
    "booking-given-up",
    N_("Given up. The hours are free for others; to have them again, book again."),
)
_BACK: Final = timedelta(days=180)
_A_STEP: Final = timedelta(minutes=30)
_CHANGED: Final = ("requested", "confirmed")


@bp.get("/bookings")
@request.allowed()
def bookings() -> ResponseReturnValue:
    """My bookings of machines, the next first"""
    session, now = request.session(), request.now()
    found = known.of_member(session, request.me().member_id, now - _BACK)
    ids = {one for booked in found for one in booked.machine_ids}
    rows = sorted(choices.machines_by_ids(session, ids), key=choices.driver_first)
    is_open = [one.booking.state in OPEN for one in found]
    told = faults.open_of(session, [row.id for row in rows])
    broken = {row.id for row in rows if row.state == "broken"}
    return pages.show(
        "equipment/mine.html",
        ahead=[one for one, still in zip(found, is_open, strict=True) if still],
        past=[one for one, still in zip(found, is_open, strict=True) if not still][::-1],
        names={
            one.booking.id: [asking.machine_name(row) for row in rows if row.id in one.machine_ids]
            for one in found
        },
        faulty={
            one.booking.id
            for one in found
            if one.booking.state in _CHANGED and {*one.machine_ids} & {*told, *broken}
        },
        has_machines=bool(found) or bool(choices.jobs(session)),
    )


@bp.get("/bookings/<uuid:booking_id>")
@request.allowed()
def booking(booking_id: UUID) -> ResponseReturnValue:
    """One booking: when, which machine, who has it before and after, what it costs, and why"""
    return _page(_own(booking_id))


@bp.post("/bookings/<uuid:booking_id>/hours")
@request.allowed()
def move_booking(booking_id: UUID) -> ResponseReturnValue:
    """Give a booking other hours: shorter, longer, or another time"""
    found = _own(booking_id)
    try:
        during = _hours()
        moved = changing.move(request.session(), booking_id, during, asking.whose())
    except Invalid as refusal:
        return _page(found, refusal), problems.status_of(refusal)
    except Conflict as refusal:
        trying.let_go()
        return _page(_own(booking_id), refusal), problems.status_of(refusal)
    said = _MOVED(starts=moved.starts_at, ends=moved.ends_at)
    return pages.done(said, "equipment.booking", booking_id=booking_id)


@bp.get("/bookings/<uuid:booking_id>/give-up")
@request.allowed()
def ask_to_give_up(booking_id: UUID) -> ResponseReturnValue:
    """Ask once whether a booking is given up"""
    session, found = request.session(), _own(booking_id)
    if found.state not in _CHANGED:
        raise no.NotInThatState(state=found.state)
    rows = neighbours.machines(session, found.id)
    return pages.show("equipment/booking_give_up.html", booking=found, machines=rows)


@bp.post("/bookings/<uuid:booking_id>/give-up")
@request.allowed()
def give_up(booking_id: UUID) -> ResponseReturnValue:
    """Give a booking up; its hours are free for others"""
    reason = request.form().get("reason", "").strip()[:300]
    found = changing.cancel(request.session(), booking_id, asking.whose(), reason)
    if found.member_id != request.me().member_id:
        return pages.done(_GIVEN_UP(), "equipment.booking", booking_id=booking_id)
    return pages.done(_GIVEN_UP(), "equipment.bookings")


def _own(booking_id: UUID) -> Booking:
    """A booking of whoever asks, or any for the office. Raises NotYourBooking."""
    me, found = request.me(), known.booking(request.session(), booking_id)
    if found.member_id != me.member_id and not me.roles & set(OFFICE):
        raise no.NotYourBooking
    return found


def _hours() -> Interval:
    """What was sent: two moments, or a day and the hours of it as typed.

    Raises FieldMissing, NotADay, NotAnHour, HourSkipped, HourTwice and NoLength.
    """
    form = request.form()
    if form.get("starts_at"):
        return asking.stretch(_moment("starts_at"), _moment("ends_at"))
    on = written.day(form.get("on", ""), field="on")
    starts, ends = (written.hour(form.get(name, ""), field=name) for name in ("starts", "ends"))
    last = on if ends > starts else on + timedelta(days=1)
    zone = request.zone()
    return asking.stretch(
        written.moment(on, starts, zone, field="starts"),
        written.moment(last, ends, zone, field="ends"),
    )


def _moment(name: str) -> datetime:
    text = request.form().get(name, "")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise written.NotADay(field=name, given=text[:40]) from error
    if moment.tzinfo is None:
        raise written.NotADay(field=name, given=text[:40])
    return moment


def _page(found: Booking, refusal: Refusal | None = None) -> str:
    session, me, latin = request.session(), request.me(), tongue.reads_latin()
    rows = neighbours.machines(session, found.id)
    told = faults.open_of(session, [row.id for row in rows])
    reader = members.member(session, me.member_id)
    is_mine = found.member_id == me.member_id
    return pages.show(
        "equipment/booking.html",
        booking=found,
        around=neighbours.around(session, found, rows, reader, latin=latin),
        plot=plots.plot(session, found.plot_id) if found.plot_id else None,
        member=None if is_mine else members.member(session, found.member_id).called(latin=latin),
        faulty=[(row, told.get(row.id, ())) for row in rows if row.id in told or _breaks(row)],
        may_change=found.state in OPEN,
        may_give_up=found.state in _CHANGED,
        steps=_steps(found),
        refusal=words.say(refusal.sentence) if refusal and not refusal.field else "",
        errors=_errors(refusal),
        offers=_offers(refusal),
        instead=_instead(found),
        **_reasons(found),
        typed=request.form(),
        zone=request.zone(),
    )


def _breaks(machine: Machine) -> bool:
    return machine.state == "broken"


def _instead(found: Booking) -> list[dict[str, object]]:
    """What could be booked in the place of a booking that was declined."""
    if found.state != "declined":
        return []
    return [
        asking.as_times(one)
        for one in deciding.alternatives(request.session(), found, asking.whose())
    ]


def _reasons(found: Booking) -> dict[str, list[Any]]:
    """What is told of a booking: the rules it goes beyond, and all else that was said of it."""
    is_rule = [str(one["code"]).startswith("policy-") for one in found.reasons]
    pairs = list(zip(found.reasons, is_rule, strict=True))
    return {
        "beyond": [one for one, by_rule in pairs if by_rule],
        "told": [one for one, by_rule in pairs if not by_rule],
    }


def _steps(found: Booking) -> Mapping[str, Interval]:
    """What the quick buttons would make of a booking."""
    now, starts, ends = request.now(), found.starts_at, found.ends_at
    made = {"longer": Interval(starts, ends + _A_STEP)}
    if ends - _A_STEP > max(starts, now):
        made["shorter"] = Interval(starts, ends - _A_STEP)
    if starts > now:
        made["day-later"] = Interval(starts + timedelta(days=1), ends + timedelta(days=1))
    return made


def _errors(refusal: Refusal | None) -> dict[str, str]:
    return {refusal.field: words.say(refusal.sentence)} if refusal and refusal.field else {}


def _offers(refusal: Refusal | None) -> list[dict[str, object]]:
    """Of what would be accepted instead, only what is of the same machines."""
    return [asking.as_times(one) for one in (refusal.alternatives if refusal else ())]
