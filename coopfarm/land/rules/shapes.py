"""What a drawn shape must be before it can be a plot, an outlet or a canal."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from types import MappingProxyType

import shapely
from shapely.geometry.base import BaseGeometry

from coopfarm.kernel.refusal import Invalid
from coopfarm.land.rules import joining, misdrawn, outlines, redrawing
from coopfarm.land.rules.coordinates import LAT_DEG, LON_DEG
from coopfarm.land.rules.flaws import Feature
from coopfarm.land.rules.redrawing import LINES, POINTS, POLYGONS

MOST_VERTICES = 2_000
MOST_VERTICES_OF_LINE = 20_000
MOST_VERTICES_SHOWN = 200

# Nobody farms nearer to a pole, and shapes round one have no area to speak of in degrees.
FARMED_LAT_DEG = 85.0

# A plot is a kitchen garden at least, and a hundred square kilometres at most.
LEAST_AREA_M2, MOST_AREA_M2 = 1.0, 1e8

_MAY_BE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"plots": POLYGONS, "canals": LINES, "outlets": POINTS + LINES}
)
_WRONG: Mapping[str, type[Invalid]] = MappingProxyType(
    {
        "plots": misdrawn.PlotNotAnArea,
        "canals": misdrawn.CanalNotALine,
        "outlets": misdrawn.OutletNotAPoint,
    }
)
_REASON = re.compile(r"([^\[]+)(?:\[(\S+) (\S+)\])?")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a polygon is not valid, and where: longitude and latitude as text."""

    reason: str
    lon: str
    lat: str


def check_drawn(shape: BaseGeometry, feature: Feature) -> None:
    """Raise EmptyShape, TooManyVertices or NotFinite; `shape` is in the file's own coordinates."""
    if shape.is_empty:
        raise misdrawn.EmptyShape(field="geometry", **feature.facts)
    most = MOST_VERTICES if shape.geom_type in POLYGONS else MOST_VERTICES_OF_LINE
    vertices = int(shapely.get_num_coordinates(shape))
    if vertices > most:
        raise misdrawn.TooManyVertices(
            field="geometry", vertices=vertices, most=most, **feature.facts
        )
    if not is_finite(shape):
        raise misdrawn.NotFinite(field="geometry", **feature.facts)


def check_on_earth(shape: BaseGeometry, drawn: BaseGeometry, feature: Feature) -> None:
    """Raise NotOnEarth, AtThePole or CrossesDateLine unless a map in degrees can show the shape.

    `drawn` is the same shape in the file's own coordinates, to say where that was.
    """
    west, south, east, north = shapely.bounds(shape).tolist()
    if not is_on_earth(shape):
        x, y = (f"{number:.10g}" for number in shapely.get_coordinates(drawn)[0].tolist())
        raise misdrawn.NotOnEarth(field="geometry", x=x, y=y, **feature.facts)
    if max(-south, north) > FARMED_LAT_DEG:
        raise misdrawn.AtThePole(field="geometry", **feature.facts)
    if east - west > LON_DEG:
        raise misdrawn.CrossesDateLine(field="geometry", **feature.facts)


def as_stored(kind: str, shape: BaseGeometry, feature: Feature) -> BaseGeometry:
    """The one shape `kind` is stored as: MultiPolygon, LineString or Point, without heights.

    Raises the first reason it cannot be; an outlet may be a Point or its watercourse's line.
    """
    if shape.is_empty:
        raise misdrawn.EmptyShape(field="geometry", **feature.facts)
    if shape.geom_type not in _MAY_BE[kind]:
        raise _wrong(kind, shape, feature)
    flat = shapely.force_2d(shape)
    if shape.geom_type in POLYGONS:
        return redrawing.as_multi(flat)
    return _line(flat, feature) if shape.geom_type in LINES else _point(kind, flat, feature)


def fault(shape: BaseGeometry) -> Fault | None:
    """Why a polygon in degrees is not valid; None where it is."""
    if shape.is_valid:
        return None
    said = _REASON.fullmatch(shapely.is_valid_reason(shape))
    reason, x, y = said.groups() if said else ("", None, None)
    lon, lat = (x, y) if x and y else shapely.get_coordinates(shape)[0].tolist()
    return Fault(reason, f"{float(lon):.6f}", f"{float(lat):.6f}")


def refusal(found: Fault, feature: Feature) -> Invalid:
    """What to say of a polygon that cannot be put right: CrossesItself or InvalidShape."""
    where = {"lon": found.lon, "lat": found.lat}
    if "Self-intersection" in found.reason:
        return misdrawn.CrossesItself(field="geometry", **where, **feature.facts)
    return misdrawn.InvalidShape(field="geometry", reason=found.reason, **where, **feature.facts)


def check_area(area_m2: float, feature: Feature) -> None:
    """Raise NoArea or TooLarge."""
    if area_m2 < LEAST_AREA_M2:
        raise misdrawn.NoArea(field="geometry", **feature.facts)
    if area_m2 > MOST_AREA_M2:
        ha = {"area_ha": round(area_m2 / 1e4), "most_ha": round(MOST_AREA_M2 / 1e4)}
        raise misdrawn.TooLarge(field="geometry", **ha, **feature.facts)


def outline(shape: BaseGeometry | None) -> BaseGeometry | None:
    """What a map can draw of a shape in degrees: up to 200 corners; None where that is nothing."""
    if shape is None or shape.is_empty or not is_finite(shape) or not is_on_earth(shape):
        return None
    drawn, (wide, high) = shape, _sides(shape)
    tolerance = (wide + high) / 4_000
    while shapely.get_num_coordinates(drawn) > MOST_VERTICES_SHOWN and tolerance < wide + high:
        drawn = outlines.simpler(shape, tolerance)
        tolerance *= 2
    return None if drawn.is_empty or drawn.geom_type == redrawing.COLLECTION else drawn


def is_on_earth(shape: BaseGeometry) -> bool:
    """Whether every coordinate is a longitude and a latitude in degrees."""
    west, south, east, north = shapely.bounds(shape).tolist()
    return bool(-LON_DEG <= west <= east <= LON_DEG and -LAT_DEG <= south <= north <= LAT_DEG)


def is_finite(shape: BaseGeometry) -> bool:
    return bool(isfinite(abs(shapely.get_coordinates(shape)).max()))


def _sides(shape: BaseGeometry) -> tuple[float, float]:
    west, south, east, north = shapely.bounds(shape).tolist()
    return east - west, north - south


def _wrong(kind: str, shape: BaseGeometry, feature: Feature) -> Invalid:
    return _WRONG[kind](field="geometry", drawn=shape.geom_type, **feature.facts)


def _line(shape: BaseGeometry, feature: Feature) -> BaseGeometry:
    if shape.geom_type == "LineString":
        return shape
    merged = joining.merged(shape)
    if merged.geom_type != "LineString":
        pieces = int(shapely.get_num_geometries(merged))
        raise misdrawn.LineInPieces(field="geometry", pieces=pieces, **feature.facts)
    return merged


def _point(kind: str, shape: BaseGeometry, feature: Feature) -> BaseGeometry:
    parts = shapely.get_parts(shape)
    if len(parts) > 1:
        raise _wrong(kind, shape, feature)
    return parts[0]
