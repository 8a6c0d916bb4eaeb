"""The waiting list for programs."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from flask import Response

from coopfarm.equipment.actions import waiting as actions
from coopfarm.equipment.api.bookings import answer_booking, whose
from coopfarm.equipment.api.door import api
from coopfarm.equipment.models import Waiting
from coopfarm.equipment.queries import waiting as known
from coopfarm.equipment.rules import refusals as no
from coopfarm.equipment.rules.waiting import STATES, in_words
from coopfarm.equipment.schemas.booking import BookingSchema
from coopfarm.equipment.schemas.life import GetInLineSchema, WaitingListSchema, WaitingSchema
from coopfarm.web import request, words
from coopfarm.web.openapi import answer

_SHOWN_BACK: Final = timedelta(days=14)


@api.get("/waiting")
@request.allowed()
@api.gives(200, WaitingListSchema, "ETag")
def list_waiting() -> Response:
    """My entries of the waiting list, with my rank and why it is that one"""
    since = request.now() - _SHOWN_BACK
    found = known.of_member(request.session(), request.me().member_id, since)
    return answer(WaitingListSchema(), {"waiting": [_as_told(one.entry) for one in found]})


@api.post("/waiting")
@request.allowed()
@api.takes(GetInLineSchema)
@api.gives(201, WaitingSchema, "ETag")
def get_in_line(sent: Mapping[str, Any]) -> Response:
    """Wait for a machine in a span; what is free in it is held at once"""
    if sent["latest_at"] <= sent["earliest_at"]:
        raise no.NoLength(field="latest_at")
    concerns = whose(sent["member_id"])
    wish = {name: value for name, value in sent.items() if name != "member_id"}
    entry = Waiting(member_id=concerns.member_id, **wish)
    return _answer(actions.join(request.session(), entry, concerns), 201)


@api.post("/waiting/<uuid:entry_id>/take")
@request.allowed()
@api.gives(201, BookingSchema, "ETag")
def take_offer(entry_id: UUID) -> Response:
    """Book what is held for me"""
    return answer_booking(actions.take(request.session(), entry_id, whose(None)), status=201)


@api.post("/waiting/<uuid:entry_id>/withdraw")
@request.allowed()
@api.gives(200, WaitingSchema, "ETag")
def withdraw(entry_id: UUID) -> Response:
    """Leave the line, or refuse what is held: it goes to the next"""
    return _answer(actions.withdraw(request.session(), entry_id, whose(None)))


def _answer(entry: Waiting, status: int = 200) -> Response:
    return answer(WaitingSchema(), _as_told(entry), status)


def _as_told(entry: Waiting) -> dict[str, Any]:
    said = {"state_in_words", "why"}
    return {
        **{name: getattr(entry, name) for name in WaitingSchema().fields.keys() - said},
        "state_in_words": words.say(STATES[entry.state]()),
        "why": [words.say(one) for one in in_words(entry.rank)],
    }
