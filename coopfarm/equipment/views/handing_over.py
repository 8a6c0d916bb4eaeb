"""Handing over at the machine: by its sticker, or by the six digits of a booking."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from flask import redirect, url_for
from flask import request as http
from flask.typing import ResponseReturnValue

from coopfarm.equipment.actions import handing_over as actions
from coopfarm.equipment.actions import no_shows, pictures
from coopfarm.equipment.models import Booking
from coopfarm.equipment.queries import bookings, fleet, life
from coopfarm.equipment.queries.life import Kept
from coopfarm.equipment.rules import handing_over as rules
from coopfarm.equipment.rules import refusals as no
from coopfarm.equipment.rules.jobs import OFFICE
from coopfarm.equipment.views import asking
from coopfarm.equipment.views.door import bp
from coopfarm.kernel.numerals import plain_digits
from coopfarm.kernel.refusal import Conflict, Invalid, Refusal
from coopfarm.kernel.words import N_, Phrase
from coopfarm.web import pages, problems, request, tongue, words, written

_DONE: Final = {
    "out": Phrase("handed-out", N_("%(machine)s is yours until %(ends)s. Drive safely.")),
    "back": Phrase("handed-back", N_("%(machine)s is back. Thank you. Please read the work slip.")),
}
_REASON_KEPT = Phrase("no-show-reason-kept", N_("Your reason is kept beside the booking."))


@bp.app_template_filter("meter_unit")
def meter_unit_in_words(meter: str) -> str:
    return words.say(rules.METER_UNITS[meter]())


@bp.get("/hand-over")
@request.allowed()
def hand_over_by_code() -> ResponseReturnValue:
    """At a machine: the six digits of a booking lead to handing it over"""
    code = "".join(plain_digits(request.asked("code")).split())[:6]
    found = life.with_code(request.session(), code, request.now()) if code else ()
    if len(found) == 1:
        return _page(life.one(request.session(), found[0].id), code=code)
    error = words.say(rules.NoSuchCode().sentence) if code else ""
    status = 404 if code else 200
    return pages.show("equipment/hand_over_code.html", code=code, error=error), status


@bp.get("/bookings/<uuid:booking_id>/hand-over")
@request.allowed()
def hand_over(booking_id: UUID) -> ResponseReturnValue:
    """The code in large, the meter, and one button: out, or back"""
    return _page(_own(booking_id))


@bp.post("/bookings/<uuid:booking_id>/hand-over")
@request.allowed()
def pass_on(booking_id: UUID) -> ResponseReturnValue:
    """A machine went out, or came back"""
    form, session = request.form(), request.session()
    code = form.get("code", "")[:6]
    try:
        passed = _passed(form, code)
        booking = actions.hand_over(session, booking_id, passed, asking.whose())
        if http.files.get("photo"):
            _keep_photo(booking_id, passed.way)
    except (Invalid, Conflict) as refusal:
        session.rollback()
        what = _own(booking_id, code)
        return _page(what, refusal, code), problems.status_of(refusal)
    what = life.one(session, booking_id)
    name = asking.machine_name(what.machine)
    said = _DONE[passed.way](machine=name, ends=booking.ends_at)
    slip = life.slip_of(session, booking_id)
    me = request.me()
    if slip is not None and (me.member_id == booking.member_id or me.roles & set(OFFICE)):
        return pages.done(said, "equipment.slip", slip_id=slip.id)
    return pages.done(said, "home.show")


@bp.post("/bookings/<uuid:booking_id>/hand-over/photo")
@request.allowed()
def add_photo(booking_id: UUID) -> ResponseReturnValue:
    """A photo of the meter, sent after the words"""
    booking = bookings.booking(request.session(), booking_id)
    usual = "out" if booking.state == "out" else "back"
    asked = request.asked("way")
    _keep_photo(booking_id, asked if asked in _DONE else usual)
    return redirect(url_for("equipment.hand_over", booking_id=booking_id), 303)


@bp.post("/bookings/<uuid:booking_id>/no-show-reason")
@request.allowed()
def tell_why(booking_id: UUID) -> ResponseReturnValue:
    """Why nobody came"""
    said = request.form().get("words", "").strip()[:300]
    if not said:
        raise written.FieldMissing(field="words")
    no_shows.give_reason(request.session(), booking_id, said, asking.whose())
    return pages.done(_REASON_KEPT(), "equipment.booking", booking_id=booking_id)


@bp.get("/machines/<uuid:machine_id>/hand-over")
@request.allowed()
def hand_over_at_machine(machine_id: UUID) -> ResponseReturnValue:
    """From the sticker of a machine: to my booking of it, or to the six digits"""
    session, me = request.session(), request.me()
    machine = fleet.machine(session, machine_id)
    is_keeper = bool(me.roles & set(OFFICE)) or machine.caretaker_id == me.member_id
    for booking in life.at_machine(session, machine_id, request.now()):
        if is_keeper or booking.member_id == me.member_id:
            return redirect(url_for("equipment.hand_over", booking_id=booking.id), 303)
    return redirect(url_for("equipment.hand_over_by_code"), 303)


def _own(booking_id: UUID, code: str = "") -> Kept:
    """A booking for its member, the office, a caretaker, and whoever knows its digits."""
    me, session = request.me(), request.session()
    bookings.booking(session, booking_id)
    found = life.one(session, booking_id)
    caretakers = {machine.caretaker_id for machine in found.machines}
    is_known = me.member_id in {found.booking.member_id, *caretakers} or code == found.booking.code
    if not is_known and not me.roles & set(OFFICE):
        raise no.NotYourBooking
    return found


def _passed(form: Mapping[str, str], code: str) -> actions.Passed:
    """What was sent. Raises NotANumber."""
    reading, machine = form.get("meter_reading", "").strip(), form.get("machine_id", "")
    return actions.Passed(
        way="back" if form.get("way") == "back" else "out",
        at=request.acted_at() or request.now(),
        machine_id=_id(machine) if machine else None,
        meter_reading=written.number(reading, field="meter_reading") if reading else None,
        note=form.get("note", "").strip()[:300],
        code=code,
    )


def _keep_photo(booking_id: UUID, way: str) -> None:
    """Raises FieldMissing, PictureUnusable, PictureTooLarge and NotOut."""
    session = request.session()
    kept = pictures.keep(session, request.upload("photo").read(), request.now())
    actions.add_picture(session, booking_id, way, kept.id, asking.whose())


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise rules.NotOfThisBooking from error


def _page(what: Kept, refusal: Refusal | None = None, code: str = "") -> str:
    session, booking = request.session(), what.booking
    handed = life.hand_overs(session, booking.id)
    way = "back" if _is_all_out(what, handed) else "out"
    left = [one for one in what.machines if (one.id, way) not in handed]
    metered = [one for one in left if one.meter != "none"]
    return pages.show(
        "equipment/hand_over.html",
        booking=booking,
        member=what.member.called(latin=tongue.reads_latin()),
        is_mine=booking.member_id == request.me().member_id,
        machines=what.machines,
        forms=[(one,) for one in metered] if len(metered) > 1 else [tuple(left)],
        handed=handed,
        way=way,
        may_pass=_may_pass(booking, way),
        code=code,
        slip=life.slip_of(session, booking.id),
        error=words.say(refusal.sentence) if refusal else "",
    )


def _is_all_out(what: Kept, handed: actions.Handed) -> bool:
    return what.booking.state == "out" and all((one.id, "out") in handed for one in what.machines)


def _may_pass(booking: Booking, way: str) -> bool:
    return booking.state == "out" if way == "back" else booking.state in ("confirmed", "out")
