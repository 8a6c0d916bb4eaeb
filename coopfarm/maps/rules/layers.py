"""What lies on the map, layer by layer: its name, its fields, and one thing of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, Literal
from uuid import UUID

from shapely.geometry.base import BaseGeometry

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_, Phrase

Value = str | int | float | bool | date | datetime | None
Kind = Literal["text", "number", "whole", "day", "moment"]
Geometry = Literal["MultiPolygon", "LineString", "Point"]

# An id on the wire: what a map program takes for a whole number, and JavaScript keeps exactly.
_NUMBER_BITS: Final = 48


class NoSuchLayer(Invalid):
    """A layer was asked for that is not on the map."""

    code = "map-no-such-layer"
    words = N_("There is no layer %(layer)s on the map. There are: %(layers)s.")


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a layer, and what it is called in words.

    `is_personal` ones name people: only who sees names gets them. `is_drawn` ones go into tiles.
    """

    name: str
    kind: Kind
    words: Phrase
    is_personal: bool = False
    is_drawn: bool = False


@dataclass(frozen=True, slots=True)
class Layer:
    """A kind of thing on the map.

    `time` names the field that says when a thing was, where that means something.
    """

    name: str
    geometry: Geometry
    words: Phrase
    fields: tuple[Field, ...]
    time: str = ""

    def seen(self, *, names: bool) -> tuple[Field, ...]:
        """The fields for who sees names of people, or not."""
        return tuple(one for one in self.fields if names or not one.is_personal)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One thing of a layer: where it is, in degrees, and what is said of it by field."""

    id: UUID
    shape: BaseGeometry | None
    facts: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))


def number_of(row_id: UUID) -> int:
    """The id of a thing in a tile: the first 48 bits of its own."""
    return row_id.int >> (128 - _NUMBER_BITS)


_CODE = Field("code", "text", Phrase("map-field:code", N_("Code")))
_NAME = Field("name", "text", Phrase("map-field:name", N_("Name")))
COOPERATIVE = Field("cooperative", "text", Phrase("map-field:cooperative", N_("Cooperative")))

PLOTS: Final = Layer(
    "plots",
    "MultiPolygon",
    Phrase("map-layer:plots", N_("Plots")),
    (
        _CODE,
        _NAME,
        Field("outlet", "text", Phrase("map-field:outlet", N_("Outlet"))),
        Field("holder", "text", Phrase("map-field:holder", N_("Holder")), is_personal=True),
        Field("crop", "text", Phrase("map-field:crop", N_("Crop")), is_drawn=True),
        Field("sown_on", "day", Phrase("map-field:sown_on", N_("Sown on"))),
        Field("soil", "text", Phrase("map-field:soil", N_("Soil"))),
        Field("area_m2", "number", Phrase("map-field:area_m2", N_("Area, m²"))),
        Field("net_area_m2", "number", Phrase("map-field:net_area_m2", N_("Net area, m²"))),
        Field("water", "text", Phrase("map-field:water", N_("Water that day")), is_drawn=True),
        COOPERATIVE,
    ),
    time="sown_on",
)
CANALS: Final = Layer(
    "canals",
    "LineString",
    Phrase("map-layer:canals", N_("Canals")),
    (
        _CODE,
        _NAME,
        Field("feeds_from", "text", Phrase("map-field:feeds_from", N_("Fed by"))),
        Field("capacity_l_s", "number", Phrase("map-field:capacity_l_s", N_("Capacity, l/s"))),
        Field("efficiency", "number", Phrase("map-field:efficiency", N_("Efficiency"))),
        Field("length_m", "number", Phrase("map-field:length_m", N_("Length, m"))),
        Field("flow", "text", Phrase("map-field:flow", N_("Flow along the line"))),
        Field("water", "text", Phrase("map-field:water", N_("Water that day")), is_drawn=True),
        COOPERATIVE,
    ),
)
MACHINES: Final = Layer(
    "machines",
    "Point",
    Phrase("map-layer:machines", N_("Machines")),
    (
        _CODE,
        Field("name", "text", Phrase("map-field:machine", N_("Machine"))),
        Field("category", "text", Phrase("map-field:category", N_("Kind"))),
        Field("state", "text", Phrase("map-field:state", N_("State that day")), is_drawn=True),
        COOPERATIVE,
    ),
)
# What is known of a cell of about a kilometre to whom no boundary is shown.
CELLS: Final = Layer(
    "plots",
    "Point",
    PLOTS.words,
    (Field("plots", "whole", Phrase("map-field:plots", N_("Plots")), is_drawn=True), COOPERATIVE),
)
