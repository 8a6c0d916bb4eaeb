"""The acts of drawing, and taking them back."""

from uuid import UUID

from flask import Response

from coopfarm.land.actions import drawing_back
from coopfarm.land.api import door
from coopfarm.land.api.door import api
from coopfarm.land.queries import drawing as drawn
from coopfarm.land.schemas import drawing as shapes
from coopfarm.web import request
from coopfarm.web.openapi import answer


@api.get("/drawings")
@request.allowed(*door.EDITORS)
@api.gives(200, shapes.DrawingsSchema, "ETag")
def list_drawings() -> Response:
    """The last acts of drawing, the newest first."""
    found = [door.told(note) for note in drawn.latest(request.session())]
    return answer(shapes.DrawingsSchema(), {"drawings": found})


@api.post("/drawings/<uuid:drawing_id>/undo")
@request.allowed(*door.EDITORS)
@api.gives(200, shapes.DrawingSchema)
def take_back(drawing_id: UUID) -> Response:
    """Put back what an act of drawing changed, while nothing was changed upon it."""
    note = drawing_back.take_back(request.session(), drawing_id, door.act())
    return answer(shapes.DrawingSchema(), door.told(note))
