"""Machines and sets for programs; photos that follow what was told."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, url_for
from shapely import Point

from coopfarm.equipment.actions import fleet as actions
from coopfarm.equipment.actions import pictures
from coopfarm.equipment.actions.fleet import Who
from coopfarm.equipment.api.door import api
from coopfarm.equipment.models import Machine
from coopfarm.equipment.queries import faults, fleet, standings
from coopfarm.equipment.rules.fleet import STANDINGS, MachineChanged
from coopfarm.equipment.schemas import fleet as shapes
from coopfarm.web import request, words
from coopfarm.web.openapi import answer

EDITORS = ("manager",)


@api.get("/machines")
@request.allowed()
@api.gives(200, shapes.MachinesSchema, "ETag")
def list_machines() -> Response:
    """Every machine that is not given up, with how it stands now"""
    found = fleet.machines(request.session())
    return answer(shapes.MachinesSchema(), {"machines": _told(found)})


@api.get("/machines/<uuid:machine_id>")
@request.allowed()
@api.gives(200, shapes.MachineSchema, "ETag")
def show_machine(machine_id: UUID) -> Response:
    """One machine with how it stands now"""
    return _answer(fleet.machine(request.session(), machine_id))


@api.post("/machines")
@request.allowed(*EDITORS)
@api.takes(shapes.MachineEnterSchema)
@api.gives(201, shapes.MachineSchema, "ETag", "Location")
def enter_machine(sent: Mapping[str, Any]) -> Response:
    """Take a machine into the register"""
    found = actions.enter(request.session(), _values(sent), _who())
    where = url_for("equipment_api.show_machine", machine_id=found.id)
    return _answer(found, status=201, location=where)


@api.patch("/machines/<uuid:machine_id>")
@request.allowed(*EDITORS)
@api.edits
@api.takes(shapes.MachineChangeSchema)
@api.gives(200, shapes.MachineSchema, "ETag")
def change_machine(sent: Mapping[str, Any], machine_id: UUID, edition: int) -> Response:
    """Change a machine, as of the edition that was read"""
    session = request.session()
    try:
        found = actions.change(session, machine_id, _values(sent), _who(), edition=edition)
    except MachineChanged as refusal:
        raise request.Stale from refusal
    return _answer(found)


@api.post("/machines/<uuid:machine_id>/retire")
@request.allowed(*EDITORS)
@api.edits
@api.gives(200, shapes.MachineSchema, "ETag")
def retire_machine(machine_id: UUID, edition: int) -> Response:
    """Give a machine up that nobody has booked"""
    try:
        found = actions.retire(request.session(), machine_id, _who(), edition=edition)
    except MachineChanged as refusal:
        raise request.Stale from refusal
    return _answer(found)


@api.get("/kits")
@request.allowed()
@api.gives(200, shapes.KitsSchema, "ETag")
def list_kits() -> Response:
    """The sets that are booked as one"""
    told = [
        {"id": kit.id, "name": kit.name, "job": kit.job, "machine_ids": parts}
        for kit, parts in fleet.kits(request.session())
    ]
    return answer(shapes.KitsSchema(), {"kits": told})


@api.post("/pictures")
@request.allowed()
@api.takes(shapes.PictureFileSchema, location="files")
@api.gives(201, shapes.PictureSchema, "Location")
def keep_picture(sent: Mapping[str, Any]) -> Response:
    """Keep a photo, made small, to be named by what is told afterwards"""
    found = pictures.keep(request.session(), sent["picture"].read(), request.now())
    where = url_for("equipment.picture", picture_id=found.id)
    return answer(shapes.PictureSchema(), {"id": found.id, "url": where}, 201, location=where)


def _who() -> Who:
    return Who(request.me().member_id, request.now())


def _values(sent: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(sent)
    spot = values.get("base")
    if spot is not None:
        values["base"] = Point(spot["longitude_deg"], spot["latitude_deg"])
    return values


def _told(found: Any) -> list[dict[str, Any]]:
    """Machines as programs read them, with three questions to the database for all."""
    session = request.session()
    stands = standings.standings(session, found, request.now())
    told = faults.open_of(session, [one.id for one in found])
    return [_as_told(one, stands[one.id], len(told.get(one.id, ()))) for one in found]


def _as_told(one: Machine, stands: standings.Standing, open_faults: int) -> dict[str, Any]:
    plain = shapes.MachineEnterSchema().fields.keys() - {"base"}
    spot = one.base
    where = url_for("equipment.picture", picture_id=one.picture_id) if one.picture_id else None
    return {
        **{name: getattr(one, name) for name in plain | {"id", "state", "edition"}},
        "base": None if spot is None else {"longitude_deg": spot.x, "latitude_deg": spot.y},
        "standing": stands.state,
        "standing_in_words": words.say(STANDINGS[stands.state]()),
        "standing_until": stands.until,
        "work_rate_ha_h": fleet.rig(one).rate_ha_h,
        "open_faults": open_faults,
        "picture": where,
    }


def _answer(found: Machine, *, status: int = 200, location: str | None = None) -> Response:
    (told,) = _told([found])
    return answer(shapes.MachineSchema(), told, status, location=location, edition=found.edition)
