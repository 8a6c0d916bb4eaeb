"""Handing over for programs, a phone's outbox among them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response

from coopfarm.equipment.actions import handing_over as actions
from coopfarm.equipment.actions import no_shows
from coopfarm.equipment.api.bookings import answer_booking, whose
from coopfarm.equipment.api.door import api
from coopfarm.equipment.schemas.booking import BookingSchema
from coopfarm.equipment.schemas.life import HandOverSchema, ReasonSchema
from coopfarm.web import request


@api.post("/bookings/<uuid:booking_id>/out")
@request.allowed()
@api.takes(HandOverSchema)
@api.gives(200, BookingSchema, "ETag")
def take_out(sent: Mapping[str, Any], booking_id: UUID) -> Response:
    """A machine of a booking went out"""
    return _passed(booking_id, "out", sent)


@api.post("/bookings/<uuid:booking_id>/back")
@request.allowed()
@api.takes(HandOverSchema)
@api.gives(200, BookingSchema, "ETag")
def bring_back(sent: Mapping[str, Any], booking_id: UUID) -> Response:
    """A machine of a booking came back; what is left of its time is free for others"""
    return _passed(booking_id, "back", sent)


@api.post("/bookings/<uuid:booking_id>/no-show-reason")
@request.allowed()
@api.takes(ReasonSchema)
@api.gives(200, BookingSchema, "ETag")
def give_no_show_reason(sent: Mapping[str, Any], booking_id: UUID) -> Response:
    """Why nobody came"""
    said = sent["words"].strip()
    return answer_booking(no_shows.give_reason(request.session(), booking_id, said, whose(None)))


def _passed(booking_id: UUID, way: str, sent: Mapping[str, Any]) -> Response:
    passed = actions.Passed(
        way=way,
        at=sent["at"] or request.acted_at() or request.now(),
        machine_id=sent["machine_id"],
        meter_reading=sent["meter_reading"],
        picture_id=sent["picture_id"],
        note=sent["note"].strip(),
        code=sent["code"].strip(),
    )
    return answer_booking(actions.hand_over(request.session(), booking_id, passed, whose(None)))
