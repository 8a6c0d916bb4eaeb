"""The land as JSON: what is answered, and what may be sent to change it."""

import json
from dataclasses import dataclass
from typing import Any

import shapely
from marshmallow import Schema, fields, validate
from shapely.geometry.base import BaseGeometry

from coopfarm.kernel.words import N_
from coopfarm.land.rules import coarse
from coopfarm.land.rules.editing import LARGEST, LONGEST_ALLOWANCE_MINUTES
from coopfarm.land.rules.rows import NAME_LETTERS, WORD_LETTERS

# Seven decimals of a degree are a centimetre.
DECIMALS = 7


class GeoJson(fields.Field[BaseGeometry]):
    """A shape as a GeoJSON geometry (RFC 7946); null where nothing is drawn."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else _rounded(json.loads(shapely.to_geojson(value)))


class Number(fields.Float):
    """A finite JSON number: no text, no true or false."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.make_error("invalid", input=value)
        read: float | None = super()._deserialize(value, attr, data, **kwargs)
        return 0.0 if read is None else read


class YesOrNo(fields.Boolean):
    """true or false, and nothing that only means them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


def _rounded(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _rounded(inner) for name, inner in part.items()}
    if isinstance(part, list):
        return [_rounded(inner) for inner in part]
    return round(part, DECIMALS) if isinstance(part, float) else part


def _shape() -> GeoJson:
    kind = {"type": ["object", "null"], "description": "A GeoJSON geometry in WGS 84."}
    return GeoJson(required=True, metadata=kind)


def _text(most: int, *, least: int = 0, **more: Any) -> fields.String:
    fits = validate.Length(least, most, error=N_("This is too long, or empty."))
    return fields.String(validate=fits, **more)


def _minutes() -> Number:
    return Number(metadata={"minimum": 0, "maximum": LONGEST_ALLOWANCE_MINUTES})


def _amount(**more: Any) -> Number:
    return Number(metadata={"minimum": 0, "maximum": LARGEST}, **more)


class CanalSchema(Schema):
    """A canal; water flows along `line` as drawn, or against it."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    feeds_from_id = fields.UUID(required=True, allow_none=True)
    capacity_l_s = fields.Float(required=True, allow_none=True)
    efficiency = fields.Float(required=True)
    loss_percent_km = fields.Float(required=True, allow_none=True)
    length_m = fields.Float(required=True, allow_none=True)
    flows_against_line = fields.Boolean(required=True)
    line = _shape()
    edition = fields.Integer(required=True)


class CanalsSchema(Schema):
    canals = fields.List(fields.Nested(CanalSchema), required=True)


class OutletSchema(Schema):
    """An outlet; `place` is where it takes its water from the canal."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    canal_id = fields.UUID(required=True, allow_none=True)
    metres_from_head = fields.Float(required=True, allow_none=True)
    capacity_l_s = fields.Float(required=True, allow_none=True)
    place = _shape()
    watercourse = _shape()
    edition = fields.Integer(required=True)


class OutletsSchema(Schema):
    outlets = fields.List(fields.Nested(OutletSchema), required=True)


class PlotSchema(Schema):
    """A plot; only its net area earns water.

    `boundary` is for who holds, works or pays the plot, the manager and the officer, and null
    for everybody else; `near` is the middle of the square of about 1 km in which it lies.
    """

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    outlet_id = fields.UUID(required=True, allow_none=True)
    nakka_id = fields.UUID(required=True, allow_none=True)
    place_from_head = fields.Integer(required=True, allow_none=True)
    placed_by_hand = fields.Boolean(required=True)
    holder_id = fields.UUID(required=True, allow_none=True)
    gross_area_m2 = fields.Float(required=True)
    net_area_m2 = fields.Float(required=True)
    shares = fields.Float(required=True, allow_none=True)
    filling_minutes = fields.Float(required=True)
    draining_minutes = fields.Float(required=True)
    crop = fields.String(required=True, allow_none=True)
    sown_on = fields.Date(required=True, allow_none=True)
    soil = fields.String(required=True, allow_none=True)
    boundary = _shape()
    near = _shape()
    edition = fields.Integer(required=True)


@dataclass(frozen=True, slots=True)
class SeenPlot:
    """A plot as one reader may see it: where exactly it lies only if that is for them."""

    plot: Any
    is_exact: bool

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plot, name)

    @property
    def boundary(self) -> BaseGeometry | None:
        shape: BaseGeometry | None = self.plot.boundary
        return shape if self.is_exact else None

    @property
    def near(self) -> BaseGeometry | None:
        return None if self.plot.boundary is None else coarse.cell(self.plot.boundary)


class PlotEditSchema(Schema):
    """What may be changed about a plot; whatever is left out stays."""

    name = _text(NAME_LETTERS)
    outlet_id = fields.UUID(allow_none=True)
    holder_id = fields.UUID(allow_none=True)
    net_area_m2 = Number(metadata={"exclusiveMinimum": 0, "maximum": LARGEST})
    shares = _amount(allow_none=True)
    filling_minutes = _minutes()
    draining_minutes = _minutes()
    crop = _text(WORD_LETTERS, least=1, allow_none=True)
    sown_on = fields.Date(allow_none=True)
    soil = _text(WORD_LETTERS, least=1, allow_none=True)


class PlotsAskedSchema(Schema):
    """Which plots: by text, by outlet, and which page of 100."""

    words = _text(NAME_LETTERS, load_default="")
    outlet_id = fields.UUID(load_default=None)
    page = fields.Integer(
        load_default=1, validate=validate.Range(1, 10_000, error=N_("Ask for 1 to 10,000."))
    )


class PlotsSchema(Schema):
    """One page of plots, by code."""

    plots = fields.List(fields.Nested(PlotSchema), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    pages = fields.Integer(required=True)
