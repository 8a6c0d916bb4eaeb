"""What a drawn shape must be before it can be a plot, an outlet or a canal."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import cos, isfinite, radians
from types import MappingProxyType

import shapely
from shapely import MultiPolygon, STRtree
from shapely.geometry.base import BaseGeometry

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import Sentence
from coopfarm.land.rules import flaws, remarks
from coopfarm.land.rules.coordinates import LAT_DEG, LON_DEG
from coopfarm.land.rules.flaws import Feature
from coopfarm.land.rules.order import METRES_A_DEGREE

MOST_VERTICES = 2_000
MOST_VERTICES_OF_LINE = 20_000
MOST_VERTICES_SHOWN = 200

# Neighbours surveyed apart overlap by less than this without anybody gaining water by it.
LEAST_OVERLAP_M2 = 10.0

POLYGONS = ("Polygon", "MultiPolygon")
LINES = ("LineString", "MultiLineString")
POINTS = ("Point", "MultiPoint")

_MAY_BE: Mapping[str, Sequence[str]] = MappingProxyType(
    {"plots": POLYGONS, "canals": LINES, "outlets": POINTS + LINES}
)
_WRONG: Mapping[str, type[Invalid]] = MappingProxyType(
    {
        "plots": flaws.PlotNotAnArea,
        "canals": flaws.CanalNotALine,
        "outlets": flaws.OutletNotAPoint,
    }
)
_REASON = re.compile(r"([^\[]+)(?:\[(\S+) (\S+)\])?")


def as_stored(kind: str, shape: BaseGeometry, feature: Feature) -> BaseGeometry:
    """The one shape `kind` is stored as: MultiPolygon, LineString or Point, without heights.

    Raises the first reason it cannot be; an outlet may be a Point or its watercourse's line.
    """
    if shape.is_empty:
        raise flaws.EmptyShape(field="geometry", **feature.facts)
    if shape.geom_type not in _MAY_BE[kind]:
        raise _wrong(kind, shape, feature)
    _check_coordinates(shape, feature)
    flat = shapely.force_2d(shape)
    if shape.geom_type in POLYGONS:
        parts = [part for part in shapely.get_parts(flat) if not part.is_empty]
        return shapely.orient_polygons(MultiPolygon(parts))
    return _line(flat, feature) if shape.geom_type in LINES else _point(kind, flat, feature)


def check_on_earth(shape: BaseGeometry, drawn: BaseGeometry, feature: Feature) -> None:
    """Raise NotOnEarth unless every coordinate is a longitude and a latitude in degrees.

    `drawn` is the same shape in the file's own coordinates, to say where that was.
    """
    if not is_on_earth(shape):
        x, y = (f"{number:.10g}" for number in shapely.get_coordinates(drawn)[0].tolist())
        raise flaws.NotOnEarth(field="geometry", x=x, y=y, **feature.facts)


def check_valid(shape: BaseGeometry, feature: Feature) -> None:
    """Raise CrossesItself or InvalidShape with the place in degrees."""
    if shape.is_valid:
        return
    said = _REASON.fullmatch(shapely.is_valid_reason(shape))
    reason, x, y = said.groups() if said else ("", None, None)
    lon, lat = (x, y) if x and y else shapely.get_coordinates(shape)[0].tolist()
    where = {"lon": f"{float(lon):.6f}", "lat": f"{float(lat):.6f}"}
    if "Self-intersection" in reason:
        raise flaws.CrossesItself(field="geometry", **where, **feature.facts)
    raise flaws.InvalidShape(field="geometry", reason=reason, **where, **feature.facts)


def outline(
    shape: BaseGeometry | None, to_degrees: Callable[[BaseGeometry], BaseGeometry] | None = None
) -> BaseGeometry | None:
    """What a map can draw of a shape in degrees: up to 200 corners; None where that is nothing."""
    if shape is None or shape.is_empty or not _is_finite(shape):
        return None
    flat = shape if to_degrees is None else to_degrees(shapely.force_2d(shape))
    if not _is_finite(flat) or not is_on_earth(flat):
        return None
    tolerance = 0.0
    drawn = flat
    while shapely.get_num_coordinates(drawn) > MOST_VERTICES_SHOWN:
        tolerance = tolerance * 2 or sum(_sides(flat)) / 4_000
        drawn = shapely.simplify(flat, tolerance, preserve_topology=False)
    return drawn


def is_on_earth(shape: BaseGeometry) -> bool:
    """Whether every coordinate is a longitude and a latitude in degrees."""
    west, south, east, north = shapely.bounds(shape).tolist()
    return bool(-LON_DEG <= west <= east <= LON_DEG and -LAT_DEG <= south <= north <= LAT_DEG)


def _sides(shape: BaseGeometry) -> tuple[float, float]:
    west, south, east, north = shapely.bounds(shape).tolist()
    return east - west, north - south


def _is_finite(shape: BaseGeometry) -> bool:
    return bool(isfinite(abs(shapely.get_coordinates(shape)).max()))


def overlaps(plots: Sequence[tuple[str, BaseGeometry]]) -> Iterator[Sentence]:
    """Name each pair of plots that overlap by 10 m² or more; expects valid shapes in degrees."""
    shapes = [shape for _, shape in plots]
    boxes = shapely.bounds(shapes).tolist()
    tree = STRtree(shapes)
    for place, (name, shape) in enumerate(plots):
        for other in sorted(tree.query(shape).tolist()):
            if other > place and _shared_m2(boxes[place], boxes[other]) >= LEAST_OVERLAP_M2:
                m2 = _rough_m2(shapely.intersection(shape, shapes[other]))
                if m2 >= LEAST_OVERLAP_M2:
                    yield remarks.OVERLAP(plot=name, other=plots[other][0], area_m2=round(m2))


def _shared_m2(box: Sequence[float], other: Sequence[float]) -> float:
    """The area in m² that two boxes in degrees share: what their shapes share at most."""
    wide = min(box[2], other[2]) - max(box[0], other[0])
    high = min(box[3], other[3]) - max(box[1], other[1])
    if wide <= 0 or high <= 0:
        return 0.0
    return wide * high * METRES_A_DEGREE**2 * cos(radians(max(box[1], other[1])))


def _wrong(kind: str, shape: BaseGeometry, feature: Feature) -> Invalid:
    if kind == "plots" and shape.geom_type == "LineString" and shape.is_closed:
        return flaws.ClosedLine(field="geometry", **feature.facts)
    return _WRONG[kind](field="geometry", drawn=shape.geom_type, **feature.facts)


def _check_coordinates(shape: BaseGeometry, feature: Feature) -> None:
    most = MOST_VERTICES if shape.geom_type in POLYGONS else MOST_VERTICES_OF_LINE
    vertices = int(shapely.get_num_coordinates(shape))
    if vertices > most:
        raise flaws.TooManyVertices(field="geometry", vertices=vertices, most=most, **feature.facts)
    if not _is_finite(shape):
        raise flaws.NotFinite(field="geometry", **feature.facts)


def _line(shape: BaseGeometry, feature: Feature) -> BaseGeometry:
    if shape.geom_type == "LineString":
        return shape
    merged = shapely.line_merge(shape, directed=True)
    if merged.geom_type != "LineString":
        pieces = int(shapely.get_num_geometries(merged))
        raise flaws.LineInPieces(field="geometry", pieces=pieces, **feature.facts)
    return merged


def _point(kind: str, shape: BaseGeometry, feature: Feature) -> BaseGeometry:
    parts = shapely.get_parts(shape)
    if len(parts) > 1:
        raise _wrong(kind, shape, feature)
    return parts[0]


def _rough_m2(shape: BaseGeometry) -> float:
    """The area in m² of a small shape in degrees, on a plane through its middle."""
    if shape.is_empty or not shape.area:
        return 0.0
    return float(shape.area) * METRES_A_DEGREE**2 * cos(radians(shape.centroid.y))
