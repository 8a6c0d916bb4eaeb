"""Requests that wait for the office, for programs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response

from coopfarm.equipment.actions import deciding
from coopfarm.equipment.api.bookings import as_told, whose
from coopfarm.equipment.api.door import api
from coopfarm.equipment.queries import bookings, inbox
from coopfarm.equipment.rules import refusals as no
from coopfarm.equipment.rules.jobs import OFFICE
from coopfarm.equipment.schemas.policy import (
    AlternativesSchema,
    ApprovalSchema,
    DecidedSchema,
    DeclineSchema,
    RequestsSchema,
)
from coopfarm.web import request, tongue, words
from coopfarm.web.openapi import answer


@api.get("/machines/inbox")
@request.allowed(*OFFICE)
@api.gives(200, RequestsSchema, "ETag")
def list_requests() -> Response:
    """Every request that waits, the oldest first, with whom an approval would refuse."""
    found = inbox.pending(request.session(), now=request.now(), latin=tongue.reads_latin())
    told = [
        {
            "booking": as_told(one.ask.booking, tuple(rig.id for rig in one.ask.rigs)),
            "rivals": [rival.booking.id for rival in one.rivals],
            "in_the_way": words.say(one.in_the_way.sentence) if one.in_the_way else None,
        }
        for one in found
    ]
    return answer(RequestsSchema(), {"requests": told})


@api.post("/bookings/<uuid:booking_id>/approve")
@request.allowed(*OFFICE)
@api.takes(ApprovalSchema)
@api.gives(200, DecidedSchema, "ETag")
def approve_booking(sent: Mapping[str, Any], booking_id: UUID) -> Response:
    """Have a request hold; the rivals that were seen are declined."""
    return _decided(
        deciding.approve(
            request.session(),
            booking_id,
            whose(None),
            seen=sent["rivals"],
            override_reason=sent["override_reason"],
        )
    )


@api.post("/bookings/<uuid:booking_id>/decline")
@request.allowed(*OFFICE)
@api.takes(DeclineSchema)
@api.gives(200, DecidedSchema, "ETag")
def decline_booking(sent: Mapping[str, Any], booking_id: UUID) -> Response:
    """Say no to a request; the member reads why."""
    return _decided(deciding.decline(request.session(), booking_id, whose(None), sent["reason"]))


@api.get("/bookings/<uuid:booking_id>/alternatives")
@request.allowed()
@api.gives(200, AlternativesSchema, "ETag")
def list_alternatives(booking_id: UUID) -> Response:
    """What would be accepted instead of a booking that was declined."""
    session, me = request.session(), request.me()
    found = bookings.booking(session, booking_id)
    if found.member_id != me.member_id and not me.roles & set(OFFICE):
        raise no.NotYourBooking
    offers = deciding.alternatives(session, found, whose(None))
    told = [
        {
            "machine_ids": one["machine_ids"],
            "starts_at": datetime.fromisoformat(str(one["starts_at"])),
            "ends_at": datetime.fromisoformat(str(one["ends_at"])),
            "says": words.say(one["words"]),  # type: ignore[arg-type]  # a Sentence
        }
        for one in offers
    ]
    return answer(AlternativesSchema(), {"alternatives": told})


def _decided(decision: deciding.Decision) -> Response:
    found = decision.booking
    machine_ids = bookings.machines_of(request.session(), [found.id])[found.id]
    told = {
        "booking": as_told(found, machine_ids),
        "declined": [one.id for one in decision.declined],
    }
    return answer(DecidedSchema(), told)
