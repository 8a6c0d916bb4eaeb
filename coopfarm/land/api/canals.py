"""Canals for programs: read, draw, change, remove."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, url_for

from coopfarm.land.actions import drawing
from coopfarm.land.api import door
from coopfarm.land.api.door import api
from coopfarm.land.queries import drawing as drawn
from coopfarm.land.queries import network
from coopfarm.land.schemas import answers
from coopfarm.land.schemas import drawing as shapes
from coopfarm.web import request
from coopfarm.web.openapi import answer


@api.get("/canals")
@request.allowed(*door.OFFICE)
@api.gives(200, answers.CanalsSchema, "ETag")
def list_canals() -> Response:
    """Every canal; `feeds_from_id` makes them a tree."""
    return answer(answers.CanalsSchema(), {"canals": network.canals(request.session())})


@api.get("/canals/<uuid:canal_id>")
@request.allowed(*door.OFFICE)
@api.gives(200, answers.CanalSchema, "ETag")
def show_canal(canal_id: UUID) -> Response:
    """One canal with its line."""
    return door.tagged(answers.CanalSchema(), network.canal(request.session(), canal_id))


@api.post("/canals")
@request.allowed(*door.EDITORS)
@api.takes(shapes.CanalDrawSchema)
@api.gives(201, answers.CanalSchema, "ETag", "Location")
def draw_canal(sent: Mapping[str, Any]) -> Response:
    """Draw a canal; its head goes onto the canal that feeds it."""
    session = request.session()
    note = drawing.draw_canal(session, shapes.new_canal(sent), door.act())
    where = url_for("land_api.show_canal", canal_id=note.subject_id)
    return door.tagged(
        answers.CanalSchema(), network.canal(session, note.subject_id), made_at=where
    )


@api.post("/canals/preview")
@request.allowed(*door.EDITORS)
@api.takes(shapes.CanalDrawSchema)
@api.gives(200, shapes.DecisionSchema)
def preview_canal(sent: Mapping[str, Any]) -> Response:
    """What drawing this canal would do; nothing is kept."""
    return door.looked(drawing.preview_canal(request.session(), shapes.new_canal(sent)))


@api.patch("/canals/<uuid:canal_id>")
@request.allowed(*door.EDITORS)
@api.edits
@api.takes(shapes.CanalEditSchema)
@api.gives(200, answers.CanalSchema, "ETag")
def change_canal(sent: Mapping[str, Any], canal_id: UUID, edition: int) -> Response:
    """Change or draw anew a canal; the canals stay a tree."""
    session, schema = request.session(), answers.CanalSchema()
    canal = network.canal(session, canal_id)
    wish = shapes.changed_canal(sent, drawn.canal_as_wished(canal))
    with door.both_versions(schema, canal):
        drawing.redraw_canal(session, canal_id, wish, door.act(), edition=edition)
    return door.tagged(schema, canal)


@api.post("/canals/<uuid:row_id>/removal")
@request.allowed(*door.EDITORS)
@api.edits
@api.gives(200, shapes.DrawingSchema)
def remove_canal(row_id: UUID, edition: int) -> Response:
    """Delete a canal that nothing hangs on."""
    return door.removed("canals", row_id, edition)
