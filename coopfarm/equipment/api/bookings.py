"""Bookings for programs, the farmer's phone among them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from flask import Response, url_for

from coopfarm.equipment.actions import booking as actions
from coopfarm.equipment.actions import changing
from coopfarm.equipment.api.door import api
from coopfarm.equipment.models import Booking
from coopfarm.equipment.queries import bookings
from coopfarm.equipment.queries.cases import Wanted, Whose
from coopfarm.equipment.rules import refusals as no
from coopfarm.equipment.rules.jobs import BOOKING_STATES, OFFICE
from coopfarm.equipment.schemas.booking import (
    BookingSchema,
    BookingsSchema,
    BookSchema,
    GiveUpSchema,
    OtherHoursSchema,
)
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import NotAllowed
from coopfarm.members import queries as members
from coopfarm.web import request, tongue, words
from coopfarm.web.openapi import answer

SHOWN_BACK: Final = timedelta(days=30)
# To make a schema takes longer than to use it.
_BOOKING: Final = BookingSchema()
_AS_KEPT: Final = frozenset(_BOOKING.fields) - {"machine_ids", "state_in_words", "says"}


@api.get("/bookings")
@request.allowed()
@api.gives(200, BookingsSchema, "ETag")
def list_bookings() -> Response:
    """My bookings, from those of the last thirty days on."""
    found = bookings.of_member(
        request.session(), request.me().member_id, request.now() - SHOWN_BACK
    )
    told = [as_told(one.booking, one.machine_ids) for one in found]
    return answer(BookingsSchema(), {"bookings": told})


@api.get("/bookings/<uuid:booking_id>")
@request.allowed()
@api.gives(200, BookingSchema, "ETag")
def show_booking(booking_id: UUID) -> Response:
    """One booking, for its member and for the office."""
    session, me = request.session(), request.me()
    found = bookings.booking(session, booking_id)
    if found.member_id != me.member_id and not me.roles & set(OFFICE):
        raise no.NotYourBooking
    return answer_booking(found)


@api.post("/bookings")
@request.allowed()
@api.takes(BookSchema)
@api.gives(201, BookingSchema, "ETag", "Location")
def book(sent: Mapping[str, Any]) -> Response:
    """Book machines; what is refused comes with what would be accepted instead."""
    asked = wanted(sent)
    found = actions.book(request.session(), asked, whose(sent["member_id"]))
    where = url_for("equipment_api.show_booking", booking_id=found.id)
    told = as_told(found, tuple(sorted(set(asked.machine_ids))))
    return answer(_BOOKING, told, 201, location=where, edition=found.edition)


@api.post("/bookings/<uuid:booking_id>/cancel")
@request.allowed()
@api.takes(GiveUpSchema)
@api.gives(200, BookingSchema, "ETag")
def cancel(sent: Mapping[str, Any], booking_id: UUID) -> Response:
    """Give a booking up; its hours are free for others."""
    me_or_office = whose(None)
    return answer_booking(
        changing.cancel(request.session(), booking_id, me_or_office, sent["reason"].strip())
    )


@api.post("/bookings/<uuid:booking_id>/move")
@request.allowed()
@api.takes(OtherHoursSchema)
@api.gives(200, BookingSchema, "ETag")
def move(sent: Mapping[str, Any], booking_id: UUID) -> Response:
    """Give a booking other hours: shorter, longer, or at another time."""
    during = _during(sent)
    return answer_booking(changing.move(request.session(), booking_id, during, whose(None)))


def _during(sent: Mapping[str, Any]) -> Interval:
    if sent["ends_at"] <= sent["starts_at"]:
        raise no.NoLength(field="ends_at")
    return Interval(sent["starts_at"], sent["ends_at"])


def wanted(sent: Mapping[str, Any]) -> Wanted:
    """What was sent, as what is wanted. Raises NoLength."""
    return Wanted(
        machine_ids=tuple(sent["machine_ids"]),
        job=sent["job"],
        during=_during(sent),
        plot_id=sent["plot_id"],
        note=sent["note"].strip(),
        override_reason=sent["override_reason"].strip(),
    )


def whose(member_id: UUID | None) -> Whose:
    """For whom somebody books: themselves, or whom the office books for."""
    me = request.me()
    if member_id and member_id != me.member_id:
        if not me.roles & set(OFFICE):
            raise NotAllowed
        members.member(request.session(), member_id)
    return Whose(
        member_id=member_id or me.member_id,
        by_id=me.member_id,
        roles=me.roles,
        now=request.now(),
        zone=request.zone(),
        latin=tongue.reads_latin(),
    )


def as_told(found: Booking, machine_ids: tuple[UUID, ...]) -> dict[str, Any]:
    return {
        **{name: getattr(found, name) for name in _AS_KEPT},
        "machine_ids": machine_ids,
        "state_in_words": words.say(BOOKING_STATES[found.state]()),
        "says": [words.say(said) for said in found.reasons],
    }


def answer_booking(found: Booking, *, status: int = 200) -> Response:
    machine_ids = bookings.machines_of(request.session(), [found.id])[found.id]
    told = as_told(found, machine_ids)
    return answer(_BOOKING, told, status, edition=found.edition)
