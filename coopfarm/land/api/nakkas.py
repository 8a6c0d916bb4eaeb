"""Nakkas for programs, along the watercourse of an outlet."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response

from coopfarm.land.actions import drawing
from coopfarm.land.api import door
from coopfarm.land.api.door import api
from coopfarm.land.queries import drawing as drawn
from coopfarm.land.queries import network
from coopfarm.land.rules.wishes import NakkaWish
from coopfarm.land.schemas import drawing as shapes
from coopfarm.web import request, written
from coopfarm.web.openapi import answer


@api.get("/outlets/<uuid:outlet_id>/nakkas")
@request.allowed(*door.OFFICE)
@api.gives(200, shapes.NakkasSchema, "ETag")
def list_nakkas(outlet_id: UUID) -> Response:
    """The nakkas of an outlet, from the gate down."""
    outlet = network.outlet(request.session(), outlet_id)
    found = drawn.nakkas_of(request.session(), outlet.id)
    return answer(shapes.NakkasSchema(), {"nakkas": found})


@api.post("/outlets/<uuid:outlet_id>/nakkas")
@request.allowed(*door.EDITORS)
@api.takes(shapes.NakkaDrawSchema)
@api.gives(201, shapes.NakkaSchema, "ETag")
def draw_nakka(sent: Mapping[str, Any], outlet_id: UUID) -> Response:
    """Draw a nakka; it goes onto the watercourse of its outlet."""
    session = request.session()
    outlet = network.outlet(session, outlet_id)
    note = drawing.draw_nakka(session, _nakka(sent, outlet.id), door.act())
    nakka = drawn.nakka(session, note.subject_id)
    return answer(shapes.NakkaSchema(), nakka, 201, edition=nakka.edition)


@api.patch("/nakkas/<uuid:nakka_id>")
@request.allowed(*door.EDITORS)
@api.edits
@api.takes(shapes.NakkaDrawSchema)
@api.gives(200, shapes.NakkaSchema, "ETag")
def change_nakka(sent: Mapping[str, Any], nakka_id: UUID, edition: int) -> Response:
    """Draw a nakka anew."""
    session, schema = request.session(), shapes.NakkaSchema()
    nakka = drawn.nakka(session, nakka_id)
    with door.both_versions(schema, nakka):
        wish = _nakka(sent, nakka.outlet_id)
        drawing.redraw_nakka(session, nakka_id, wish, door.act(), edition=edition)
    return door.tagged(schema, nakka)


@api.post("/nakkas/<uuid:row_id>/removal")
@request.allowed(*door.EDITORS)
@api.edits
@api.gives(200, shapes.DrawingSchema)
def remove_nakka(row_id: UUID, edition: int) -> Response:
    """Delete a nakka that no plot takes its water by."""
    return door.removed("nakkas", row_id, edition)


def _nakka(sent: Mapping[str, Any], outlet_id: UUID) -> NakkaWish:
    if len(sent["place"]) != 1:
        raise written.FieldMissing(field="place")
    return NakkaWish(sent["label"].strip(), outlet_id, sent["place"][0], sent["tolerance_m"])
