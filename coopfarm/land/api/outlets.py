"""Outlets for programs: read, draw, change, remove."""

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


@api.get("/outlets")
@request.allowed(*door.OFFICE)
@api.gives(200, answers.OutletsSchema, "ETag")
def list_outlets() -> Response:
    """Every outlet, along its canal from the head."""
    return answer(answers.OutletsSchema(), {"outlets": network.outlets(request.session())})


@api.get("/outlets/<uuid:outlet_id>")
@request.allowed(*door.OFFICE)
@api.gives(200, answers.OutletSchema, "ETag")
def show_outlet(outlet_id: UUID) -> Response:
    """One outlet with its place and its watercourse."""
    return door.tagged(answers.OutletSchema(), network.outlet(request.session(), outlet_id))


@api.post("/outlets")
@request.allowed(*door.EDITORS)
@api.takes(shapes.OutletDrawSchema)
@api.gives(201, answers.OutletSchema, "ETag", "Location")
def draw_outlet(sent: Mapping[str, Any]) -> Response:
    """Draw an outlet; it goes onto its canal."""
    session = request.session()
    note = drawing.draw_outlet(session, shapes.new_outlet(sent), door.act())
    where = url_for("land_api.show_outlet", outlet_id=note.subject_id)
    outlet = network.outlet(session, note.subject_id)
    return door.tagged(answers.OutletSchema(), outlet, made_at=where)


@api.post("/outlets/preview")
@request.allowed(*door.EDITORS)
@api.takes(shapes.OutletDrawSchema)
@api.gives(200, shapes.DecisionSchema)
def preview_outlet(sent: Mapping[str, Any]) -> Response:
    """What drawing this outlet would do; nothing is kept."""
    return door.looked(drawing.preview_outlet(request.session(), shapes.new_outlet(sent)))


@api.patch("/outlets/<uuid:outlet_id>")
@request.allowed(*door.EDITORS)
@api.edits
@api.takes(shapes.OutletEditSchema)
@api.gives(200, answers.OutletSchema, "ETag")
def change_outlet(sent: Mapping[str, Any], outlet_id: UUID, edition: int) -> Response:
    """Change or draw anew an outlet."""
    session, schema = request.session(), answers.OutletSchema()
    outlet = network.outlet(session, outlet_id)
    wish = shapes.changed_outlet(sent, drawn.outlet_as_wished(outlet))
    with door.both_versions(schema, outlet):
        drawing.redraw_outlet(session, outlet_id, wish, door.act(), edition=edition)
    return door.tagged(schema, outlet)


@api.post("/outlets/<uuid:row_id>/removal")
@request.allowed(*door.EDITORS)
@api.edits
@api.gives(200, shapes.DrawingSchema)
def remove_outlet(row_id: UUID, edition: int) -> Response:
    """Delete an outlet that nothing hangs on."""
    return door.removed("outlets", row_id, edition)
