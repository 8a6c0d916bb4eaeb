"""What the doors of the land have in common: who may, the act, the answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

from flask import Response
from marshmallow import Schema

from coopfarm.land.actions import drawing_back
from coopfarm.land.actions.drawn_rows import Act
from coopfarm.land.models import Canal, Drawing, Nakka, Outlet
from coopfarm.land.rules.editing import ChangedMeanwhile
from coopfarm.land.rules.wishes import Decision, Kind
from coopfarm.land.schemas import drawing as shapes
from coopfarm.web import request, words
from coopfarm.web.openapi import Door, answer

EDITORS: Final = ("manager", "water_master")
OFFICE: Final = (*EDITORS, "officer")

api = Door("land_api", __name__, "Canals, outlets and plots")


def act() -> Act:
    return Act(request.me().member_id, request.now())


@contextmanager
def both_versions(schema: Schema, row: Canal | Outlet | Nakka) -> Iterator[None]:
    """Whoever changes an old edition is told so with the one that is stored."""
    try:
        yield
    except ChangedMeanwhile as refusal:
        stale = request.Stale()
        stale.alternatives = [schema.dump(row)]
        raise stale from refusal


def looked(decision: Decision) -> Response:
    says = [words.say(said) for said in decision.says]
    request.keep_nothing()
    return answer(shapes.DecisionSchema(), shapes.as_decided(decision, says))


def removed(kind: Kind, row_id: UUID, edition: int) -> Response:
    try:
        note = drawing_back.remove(request.session(), kind, row_id, act(), edition=edition)
    except ChangedMeanwhile as refusal:
        raise request.Stale from refusal
    return answer(shapes.DrawingSchema(), told(note))


def told(note: Drawing) -> dict[str, Any]:
    names = ("id", "verb", "kind", "subject_id", "label", "made_at", "undone_at")
    facts = {name: getattr(note, name) for name in names}
    return {**facts, "says": [words.say(said) for said in note.says]}


def tagged(schema: Schema, row: Canal | Outlet | Nakka, *, made_at: str | None = None) -> Response:
    """The row as of its edition; 201 with where it is when it was made now."""
    status = 201 if made_at else 200
    return answer(schema, row, status, location=made_at, edition=row.edition)
