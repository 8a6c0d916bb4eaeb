"""Drawing as JSON: what may be sent, the wish it makes, and what is answered."""

from collections.abc import Mapping
from typing import Any

import shapely
from marshmallow import Schema, fields, validate

from coopfarm.kernel.words import N_
from coopfarm.land.rules.editing import LARGEST
from coopfarm.land.rules.rows import CODE_LETTERS, NAME_LETTERS
from coopfarm.land.rules.snapping import MOST_TOLERANCE_M, TOLERANCE_M
from coopfarm.land.rules.strokes import Vertex
from coopfarm.land.rules.wishes import CanalWish, Decision, OutletWish
from coopfarm.land.schemas.answers import GeoJson, Number, YesOrNo

LABEL_LETTERS = 30

_VERTEX: Mapping[str, Any] = {
    "type": "array",
    "items": {"type": "number"},
    "minItems": 2,
    "maxItems": 2,
}
_POINT: Mapping[str, Any] = {
    "type": "object",
    "required": ["type", "coordinates"],
    "properties": {"type": {"const": "Point"}, "coordinates": _VERTEX},
}
_LINE: Mapping[str, Any] = {
    "type": "object",
    "required": ["type", "coordinates"],
    "properties": {
        "type": {"const": "LineString"},
        "coordinates": {"type": "array", "items": _VERTEX},
    },
}


class Points(fields.Field[tuple[Vertex, ...]]):
    """The points of a GeoJSON Point or LineString in WGS 84, longitude first, without heights."""

    def __init__(self, *kinds: str, about: str, **more: Any) -> None:
        self.kinds = kinds
        shapes = [{"Point": _POINT, "LineString": _LINE}[kind] for kind in kinds]
        told = shapes[0] if len(shapes) == 1 else {"anyOf": shapes}
        wrong: dict[str, Any] = {"invalid": N_("Not a GeoJSON geometry of this kind.")}
        super().__init__(metadata={**told, "description": about}, error_messages=wrong, **more)

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> tuple[Vertex, ...]:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in self.kinds:
            raise self.make_error("invalid")
        found = value.get("coordinates")
        vertices = [found] if kind == "Point" else found
        if not isinstance(vertices, list) or not all(map(_is_vertex, vertices)):
            raise self.make_error("invalid")
        return tuple((float(lon), float(lat)) for lon, lat in vertices)


def _is_vertex(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(n, int | float) and not isinstance(n, bool) for n in value)
    )


def _text(most: int, *, least: int = 0, **more: Any) -> fields.String:
    fits = validate.Length(least, most, error=N_("This is too long, or empty."))
    return fields.String(validate=fits, **more)


def _tolerance() -> Number:
    return Number(
        load_default=TOLERANCE_M,
        metadata={"minimum": 0, "maximum": MOST_TOLERANCE_M, "description": "Metres."},
    )


def _capacity() -> Number:
    return Number(allow_none=True, metadata={"exclusiveMinimum": 0, "maximum": LARGEST})


class CanalNumbersSchema(Schema):
    """What a drawn canal has besides its line.

    Of `loss_percent_km` and `efficiency` one follows from the other over the length:
    efficiency = (1 − loss)^km.
    """

    name = _text(NAME_LETTERS)
    flows_against_line = YesOrNo()
    capacity_l_s = _capacity()
    loss_percent_km = Number(allow_none=True, metadata={"minimum": 0, "exclusiveMaximum": 100})
    efficiency = Number(metadata={"exclusiveMinimum": 0, "maximum": 1})
    feeds_from_id = fields.UUID(allow_none=True)
    snaps = YesOrNo(
        metadata={"description": "Whether it is fed by the canal its head is nearest to."}
    )
    tolerance_m = _tolerance()


class CanalDrawSchema(CanalNumbersSchema):
    """A new canal; without `feeds_from_id` its head snaps to the nearest canal."""

    code = _text(CODE_LETTERS, least=1, required=True)
    line = Points("LineString", about="Two points or more.", required=True)


class CanalEditSchema(CanalNumbersSchema):
    """What may be changed about a canal; whatever is left out stays. A line gives its length."""

    line = Points("LineString", about="Two points or more.")
    length_m = Number(allow_none=True, metadata={"minimum": 0, "maximum": LARGEST})


class OutletNumbersSchema(Schema):
    """What a drawn outlet has besides its place."""

    name = _text(NAME_LETTERS)
    capacity_l_s = _capacity()
    canal_id = fields.UUID(allow_none=True)
    snaps = YesOrNo(metadata={"description": "Whether it is on the canal it is nearest to."})
    tolerance_m = _tolerance()


def _drawn(**more: Any) -> Points:
    about = "The gate, or the gate and its watercourse from there on."
    return Points("Point", "LineString", about=about, **more)


class OutletDrawSchema(OutletNumbersSchema):
    """A new outlet; without `canal_id` it is on the nearest canal."""

    code = _text(CODE_LETTERS, least=1, required=True)
    drawn = _drawn(required=True)


class OutletEditSchema(OutletNumbersSchema):
    """What may be changed about an outlet; whatever is left out stays."""

    drawn = _drawn()


class NakkaSchema(Schema):
    """A cut in the watercourse of an outlet."""

    id = fields.UUID(required=True)
    outlet_id = fields.UUID(required=True)
    label = fields.String(required=True)
    metres_from_outlet = fields.Float(required=True, allow_none=True)
    place = GeoJson(required=True, metadata={"type": ["object", "null"]})
    edition = fields.Integer(required=True)


class NakkasSchema(Schema):
    nakkas = fields.List(fields.Nested(NakkaSchema), required=True)


class NakkaDrawSchema(Schema):
    """A new nakka, or another label and place for one; it snaps to the watercourse."""

    label = _text(LABEL_LETTERS, least=1, required=True)
    place = Points("Point", about="Where the bank is cut.", required=True)
    tolerance_m = _tolerance()


class MoveSchema(Schema):
    """A point that is not kept where it was drawn."""

    drawn = fields.List(fields.Float(), required=True)
    kept = fields.List(fields.Float(), required=True)
    metres = fields.Float(required=True)


class DecisionSchema(Schema):
    """What drawing would do: in words, the points that move, and where the line would be."""

    says = fields.List(fields.String(), required=True)
    moves = fields.List(fields.Nested(MoveSchema), required=True)
    shape = GeoJson(required=True, metadata={"type": ["object", "null"]})
    upstream_id = fields.UUID(required=True, allow_none=True)
    length_m = fields.Float(required=True, allow_none=True)
    efficiency = fields.Float(required=True, allow_none=True)


class DrawingSchema(Schema):
    """An act of drawing; `says` tells what was snapped to what."""

    id = fields.UUID(required=True)
    verb = fields.String(required=True)
    kind = fields.String(required=True)
    subject_id = fields.UUID(required=True)
    label = fields.String(required=True)
    says = fields.List(fields.String(), required=True)
    made_at = fields.AwareDateTime(required=True)
    undone_at = fields.AwareDateTime(required=True, allow_none=True)


class DrawingsSchema(Schema):
    drawings = fields.List(fields.Nested(DrawingSchema), required=True)


def new_canal(sent: Mapping[str, Any]) -> CanalWish:
    return CanalWish(
        code=sent["code"].strip(),
        name=sent.get("name", ""),
        points=sent["line"],
        flows_against_line=sent.get("flows_against_line", False),
        capacity_l_s=sent.get("capacity_l_s"),
        loss_percent_km=sent.get("loss_percent_km"),
        efficiency=sent.get("efficiency"),
        follows_head=sent.get("snaps", "feeds_from_id" not in sent),
        feeds_from_id=sent.get("feeds_from_id"),
        tolerance_m=sent["tolerance_m"],
    )


def changed_canal(sent: Mapping[str, Any], was: CanalWish) -> CanalWish:
    """The wish that a change makes of a canal as it is; `was.points` are those of its line."""
    redrawn = sent.keys() & {"line", "flows_against_line", "feeds_from_id", "snaps"}
    follows = sent.get("snaps", False)
    return CanalWish(
        code=was.code,
        name=sent.get("name", was.name),
        points=sent.get("line", was.points or None) if redrawn else None,
        flows_against_line=sent.get("flows_against_line", was.flows_against_line),
        capacity_l_s=sent.get("capacity_l_s", was.capacity_l_s),
        follows_head=follows,
        feeds_from_id=None if follows else sent.get("feeds_from_id", was.feeds_from_id),
        tolerance_m=sent["tolerance_m"],
        length_m=sent.get("length_m", was.length_m),
        **_losses(sent, was),
    )


def _losses(sent: Mapping[str, Any], was: CanalWish) -> dict[str, float | None]:
    """What is written takes the place of the other, which followed from it."""
    if "efficiency" in sent:
        return {
            "loss_percent_km": sent.get("loss_percent_km"),
            "efficiency": sent["efficiency"],
        }
    loss = sent.get("loss_percent_km", was.loss_percent_km)
    return {"loss_percent_km": loss, "efficiency": was.efficiency if loss is None else None}


def new_outlet(sent: Mapping[str, Any]) -> OutletWish:
    return OutletWish(
        code=sent["code"].strip(),
        name=sent.get("name", ""),
        points=sent["drawn"],
        capacity_l_s=sent.get("capacity_l_s"),
        follows_place=sent.get("snaps", "canal_id" not in sent),
        canal_id=sent.get("canal_id"),
        tolerance_m=sent["tolerance_m"],
    )


def changed_outlet(sent: Mapping[str, Any], was: OutletWish) -> OutletWish:
    """The wish that a change makes of an outlet as it is."""
    redrawn = sent.keys() & {"drawn", "canal_id", "snaps"}
    canal_id = sent.get("canal_id", was.canal_id)
    follows = sent.get("snaps", "canal_id" not in sent and canal_id is None)
    return OutletWish(
        code=was.code,
        name=sent.get("name", was.name),
        points=sent.get("drawn", was.points or None) if redrawn else None,
        capacity_l_s=sent.get("capacity_l_s", was.capacity_l_s),
        follows_place=follows,
        canal_id=None if follows and redrawn else canal_id,
        tolerance_m=sent["tolerance_m"],
    )


def as_decided(decision: Decision, says: list[str]) -> dict[str, Any]:
    """A decision in the shape of DecisionSchema."""
    values = decision.values
    shape = values.get("line", values.get("watercourse") or values.get("place"))
    return {
        "says": says,
        "moves": decision.moves,
        "shape": None if shape is None else shapely.force_2d(shape),
        "upstream_id": values.get("feeds_from_id", values.get("canal_id")),
        "length_m": values.get("length_m"),
        "efficiency": values.get("efficiency"),
    }
