"""Work slips for programs."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response

from coopfarm.equipment.actions import slips as actions
from coopfarm.equipment.api.bookings import whose
from coopfarm.equipment.api.door import api
from coopfarm.equipment.models import WorkSlip
from coopfarm.equipment.queries import life
from coopfarm.equipment.rules.jobs import OFFICE
from coopfarm.equipment.rules.slips import SLIP_STATES
from coopfarm.equipment.schemas.life import (
    ReasonSchema,
    SignSchema,
    SlipDecisionSchema,
    SlipSchema,
    SlipsSchema,
)
from coopfarm.web import request, words
from coopfarm.web.openapi import answer


@api.get("/slips")
@request.allowed()
@api.gives(200, SlipsSchema, "ETag")
def list_slips() -> Response:
    """My work slips; for the office those of everybody that are not posted yet"""
    me = request.me()
    is_office = bool(me.roles & set(OFFICE))
    whom = None if is_office else me.member_id
    states = [state for state in SLIP_STATES if state != "posted" or not is_office]
    found = life.slips(request.session(), member_id=whom, states=states)
    return answer(SlipsSchema(), {"slips": [_as_told(slip) for slip, _ in found]})


@api.post("/slips/<uuid:slip_id>/sign")
@request.allowed()
@api.takes(SignSchema)
@api.gives(200, SlipSchema, "ETag")
def sign_slip(sent: Mapping[str, Any], slip_id: UUID) -> Response:
    """Sign for the member, or for the office; with both it is posted"""
    return _answer(actions.sign(request.session(), slip_id, sent["edition"], whose(None)))


@api.post("/slips/<uuid:slip_id>/dispute")
@request.allowed()
@api.takes(ReasonSchema)
@api.gives(200, SlipSchema, "ETag")
def dispute_slip(sent: Mapping[str, Any], slip_id: UUID) -> Response:
    """Say what is not right; the office decides"""
    said = sent["words"].strip()
    return _answer(actions.dispute(request.session(), slip_id, said, whose(None)))


@api.post("/slips/<uuid:slip_id>/decide")
@request.allowed(*OFFICE)
@api.takes(SlipDecisionSchema)
@api.gives(200, SlipSchema, "ETag")
def decide_slip(sent: Mapping[str, Any], slip_id: UUID) -> Response:
    """Put other figures into a slip, for the member to sign"""
    decision = actions.Decision(**{**sent, "words": sent["words"].strip()})
    return _answer(actions.decide(request.session(), slip_id, decision, whose(None)))


def _answer(slip: WorkSlip) -> Response:
    return answer(SlipSchema(), _as_told(slip), edition=slip.edition)


def _as_told(slip: WorkSlip) -> dict[str, Any]:
    names = SlipSchema().fields.keys() - {"state_in_words"}
    return {
        **{name: getattr(slip, name) for name in names},
        "state_in_words": words.say(SLIP_STATES[slip.state]()),
    }
