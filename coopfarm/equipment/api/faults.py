"""Faults for programs: the words first, the photo after them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, url_for

from coopfarm.equipment.actions import faults as actions
from coopfarm.equipment.api.bookings import whose
from coopfarm.equipment.api.door import api
from coopfarm.equipment.models import FaultReport
from coopfarm.equipment.queries import faults, fleet
from coopfarm.equipment.rules.care import FAULT_STATES
from coopfarm.equipment.schemas import fleet as shapes
from coopfarm.web import request, words
from coopfarm.web.openapi import answer

READERS = ("manager", "water_master", "agent", "caretaker", "treasurer", "officer", "auditor")


@api.get("/faults")
@request.allowed(*READERS)
@api.gives(200, shapes.FaultsSchema, "ETag")
def list_faults() -> Response:
    """Every open fault, the newest first"""
    told = [_as_told(one.fault) for one in faults.told(request.session())]
    return answer(shapes.FaultsSchema(), {"faults": told})


@api.post("/machines/<uuid:machine_id>/faults")
@request.allowed()
@api.takes(shapes.FaultTellSchema)
@api.gives(201, shapes.FaultSchema)
def tell_fault(sent: Mapping[str, Any], machine_id: UUID) -> Response:
    """Tell of a fault; whoever has booked the machine hears of it"""
    machine = fleet.machine(request.session(), machine_id)
    report = actions.Report(sent["words"], sent["can_work"])
    found = actions.tell(request.session(), machine, report, _teller())
    return answer(shapes.FaultSchema(), _as_told(found), 201)


@api.post("/faults/<uuid:fault_id>/picture")
@request.allowed()
@api.takes(shapes.PictureFileSchema, location="files")
@api.gives(200, shapes.FaultSchema)
def picture_fault(sent: Mapping[str, Any], fault_id: UUID) -> Response:
    """Add the photo of a fault: by who told of it, or who cares for the machine"""
    content = sent["picture"].read()
    found = actions.add_picture(request.session(), fault_id, content, _teller())
    return answer(shapes.FaultSchema(), _as_told(found))


@api.post("/faults/<uuid:fault_id>/steps")
@request.allowed()
@api.takes(shapes.FaultStepSchema)
@api.gives(200, shapes.FaultSchema)
def step_fault(sent: Mapping[str, Any], fault_id: UUID) -> Response:
    """Take a fault a step on: the office, and the caretaker of the machine"""
    decision = actions.Decision(sent["state"], sent["can_work"], sent["note"].strip())
    found = actions.decide(request.session(), fault_id, decision, whose(None))
    return answer(shapes.FaultSchema(), _as_told(found))


def _teller() -> actions.Teller:
    me = request.me()
    return actions.Teller(me.member_id, me.roles, request.now())


def _as_told(found: FaultReport) -> dict[str, Any]:
    names = ("id", "machine_id", "words", "state", "can_work", "made_at", "note")
    photo = found.picture_id
    return {
        **{name: getattr(found, name) for name in names},
        "state_in_words": words.say(FAULT_STATES[found.state]()),
        "picture": url_for("equipment.picture", picture_id=photo) if photo else None,
    }
