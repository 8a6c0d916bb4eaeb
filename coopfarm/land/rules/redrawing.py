"""Shapes that were drawn as one thing and mean another: lines round plots, mixed collections."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from types import MappingProxyType

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon, STRtree
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from coopfarm.kernel.words import Phrase
from coopfarm.land.rules import misdrawn, remarks
from coopfarm.land.rules.flaws import Feature
from coopfarm.land.rules.order import METRES_A_DEGREE

# Whoever digitised a closed line and missed its beginning by this meant to hit it.
ENDS_MEET_M = 1.0
MOST_RINGS = 500

POLYGONS = ("Polygon", "MultiPolygon")
LINES = ("LineString", "MultiLineString")
POINTS = ("Point", "MultiPoint")
COLLECTION = "GeometryCollection"

_GATHERED_BY: Mapping[str, Callable[[Sequence[BaseGeometry]], BaseGeometry]] = MappingProxyType(
    {
        "Polygon": shapely.multipolygons,
        "LineString": shapely.multilinestrings,
        "Point": shapely.multipoints,
    }
)

# What of a mixed collection each kind can use, the likeliest first.
_USABLE: Mapping[str, Sequence[Sequence[str]]] = MappingProxyType(
    {"plots": (POLYGONS, LINES), "canals": (LINES,), "outlets": (POINTS, LINES)}
)


@dataclass(frozen=True, slots=True)
class Redrawn:
    """What a shape was meant to be: one shape, or several; and what was done for it."""

    shapes: Sequence[BaseGeometry]
    deeds: tuple[Phrase, ...] = ()


def redrawn(kind: str, shape: BaseGeometry, feature: Feature) -> Redrawn:
    """A shape in degrees as `kind` can use it. Raises OpenLine, NotALoop and TooManyRings."""
    taken = _of_collection(kind, shape) if shape.geom_type == COLLECTION else shape
    deeds = () if taken is shape else (remarks.PART_OF_COLLECTION,)
    if kind == "plots" and taken.geom_type in LINES and not taken.is_empty:
        plots = _enclosed(taken, feature)
        return Redrawn(plots.shapes, deeds + plots.deeds)
    if kind == "plots" and taken.geom_type == "MultiPolygon" and len(shapely.get_parts(taken)) > 1:
        return Redrawn([taken], (*deeds, remarks.IN_PARTS))
    return Redrawn([taken], deeds)


def cut_out(plots: Sequence[BaseGeometry]) -> Mapping[int, BaseGeometry]:
    """Plots read from lines that have others inside, by place, without the land of these."""
    polygons = np.array(plots, dtype=object)
    inner, outer = STRtree(polygons).query(polygons, predicate="within")
    areas = shapely.area(polygons)
    inside: dict[int, list[int]] = {}
    for small, large in zip(inner.tolist(), outer.tolist(), strict=True):
        if areas[small] < areas[large]:
            inside.setdefault(large, []).append(small)
    found = {}
    for large, small in inside.items():
        left = shapely.difference(polygons[large], shapely.union_all(polygons[small]))
        if left.geom_type in POLYGONS and not left.is_empty:
            found[large] = left
    return found


def _of_collection(kind: str, shape: BaseGeometry) -> BaseGeometry:
    """The parts that `kind` can use, as one shape; the collection itself where it has none."""
    parts = list(_leaves(shape))
    for usable in _USABLE[kind]:
        found = [part for part in parts if part.geom_type in usable]
        if found:
            return _gathered(found)
    return shape


def _leaves(shape: BaseGeometry) -> Iterator[BaseGeometry]:
    waiting = [shape]
    while waiting:
        part = waiting.pop()
        if part.geom_type == COLLECTION:
            waiting.extend(reversed(shapely.get_parts(part)))
        elif not part.is_empty:
            yield part


def _gathered(found: Sequence[BaseGeometry]) -> BaseGeometry:
    parts = [part for shape in found for part in shapely.get_parts(shape)]
    if len(parts) == 1:
        return parts[0]
    return _GATHERED_BY[parts[0].geom_type](parts)


def _enclosed(shape: BaseGeometry, feature: Feature) -> Redrawn:
    """The plots that lines go round: a line inside another is a hole of it."""
    lines = shapely.get_parts(shape)
    if len(lines) > MOST_RINGS:
        raise misdrawn.TooManyRings(field="geometry", most=MOST_RINGS, **feature.facts)
    if not shapely.is_closed(lines).all():
        lines = shapely.get_parts(shapely.line_merge(shape))
    deeds = [remarks.LINES_CLOSED]
    if not shapely.is_closed(lines).all():
        deeds.append(remarks.ENDS_JOINED)
    rings = [_loop(line, feature) for line in lines]
    shells = _with_holes(rings)
    if len(shells) < len(rings):
        deeds.append(remarks.HOLES_FROM_LINES)
    if len(shells) > 1:
        deeds.append(remarks.LINES_SPLIT)
    return Redrawn(shells, tuple(deeds))


def _loop(line: BaseGeometry, feature: Feature) -> Polygon:
    places = shapely.get_coordinates(line)
    gap_m = _metres(places[0], places[-1])
    if gap_m > ENDS_MEET_M:
        raise misdrawn.OpenLine(field="geometry", gap_m=round(gap_m, 1), **feature.facts)
    if gap_m:
        places[-1] = places[0]
    if len(np.unique(places, axis=0)) < 3:
        raise misdrawn.NotALoop(field="geometry", **feature.facts)
    return Polygon(places)


def _metres(one: Sequence[float], other: Sequence[float]) -> float:
    east = (other[0] - one[0]) * cos(radians(one[1]))
    return hypot(east, other[1] - one[1]) * METRES_A_DEGREE


def _with_holes(rings: Sequence[Polygon]) -> Sequence[BaseGeometry]:
    """Loops within an even number of others are plots, the rest are holes of these."""
    if len(rings) == 1:
        return rings
    try:
        inner, outer = STRtree(rings).query(rings, predicate="within")
    except GEOSException:
        return rings
    around: dict[int, list[int]] = {place: [] for place in range(len(rings))}
    for small, large in zip(inner.tolist(), outer.tolist(), strict=True):
        if small != large:
            around[small].append(large)
    holes: dict[int, list[BaseGeometry]] = {}
    for place, others in around.items():
        if len(others) % 2:
            nearest = min(others, key=lambda other: rings[other].area)
            holes.setdefault(nearest, []).append(rings[place].exterior)
    shells = [place for place, others in around.items() if len(others) % 2 == 0]
    return [Polygon(rings[place].exterior, holes.get(place)) for place in shells]


def as_multi(shape: BaseGeometry) -> MultiPolygon:
    """A Polygon or MultiPolygon as the second, without empty parts, wound as RFC 7946 has it."""
    parts = [part for part in shapely.get_parts(shape) if not part.is_empty]
    return shapely.orient_polygons(MultiPolygon(parts))
