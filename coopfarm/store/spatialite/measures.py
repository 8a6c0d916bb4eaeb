"""What can be asked of stored geometries: numbers, and how two lie to each other."""

import math
from collections.abc import Callable
from functools import partial

import shapely
from shapely.geometry.base import BaseGeometry

from coopfarm.store.spatialite import blob, geodesy
from coopfarm.store.spatialite.calls import Answer, SqlFunction, SqlValue, asks, both

_RELATIONS = {
    "Intersects": shapely.intersects,
    "Disjoint": shapely.disjoint,
    "Contains": shapely.contains,
    "Within": shapely.within,
    "Covers": shapely.covers,
    "CoveredBy": shapely.covered_by,
    "Touches": shapely.touches,
    "Overlaps": shapely.overlaps,
    "Crosses": shapely.crosses,
    "Equals": shapely.equals,
}

_PLAIN = {
    "IsValid": shapely.is_valid,
    "IsValidReason": shapely.is_valid_reason,
    "IsEmpty": shapely.is_empty,
    "IsSimple": shapely.is_simple,
    "IsClosed": shapely.is_closed,
    "Dimension": shapely.get_dimensions,
    "NumGeometries": shapely.get_num_geometries,
    "NPoints": shapely.count_coordinates,
    "NumPoints": shapely.get_num_points,
    "NumInteriorRings": shapely.get_num_interior_rings,
}

_OF_POINTS = {
    "X": shapely.get_x,
    "Y": shapely.get_y,
    "Z": shapely.get_z,
    "M": shapely.get_m,
}

_SIDES = {"MinX": 0, "MinY": 1, "MaxX": 2, "MaxY": 3}


def _planar_length(geometry: BaseGeometry) -> float:
    lines = (part for part in blob.simple_parts(geometry) if part.geom_type != "Polygon")
    return math.fsum(part.length for part in lines)


def _planar_perimeter(geometry: BaseGeometry) -> float:
    polygons = (part for part in blob.simple_parts(geometry) if part.geom_type == "Polygon")
    return math.fsum(part.length for part in polygons)


def _flat_or_round(
    flat: Callable[..., float | None], on_earth: Callable[..., float | None], shapes: int = 1
) -> Answer:
    """Planar in the units of the SRID; in metres when the last argument is true.

    Metres are known of WGS 84 only: NULL for other coordinate systems.
    """

    def measure(*values: BaseGeometry) -> float | None:
        given, ellipsoidal = values[:shapes], values[shapes:]
        if not any(ellipsoidal):
            return flat(*given)
        return on_earth(*given) if shapely.get_srid(given[0]) == geodesy.WGS84 else None

    return asks(measure, shapes)


def _is_within(one: BaseGeometry, other: BaseGeometry, reach: float, _ellipsoid: int = 1) -> bool:
    """Whether two shapes are at most `reach` apart: metres in WGS 84, else units of the SRID."""
    if shapely.get_srid(one) != geodesy.WGS84:
        return bool(shapely.dwithin(one, other, reach))
    distance = geodesy.distance_m(one, other)
    return distance is not None and distance <= reach


def _coordinates(geometry: BaseGeometry) -> str:
    return (
        "XY" + ("Z" if shapely.has_z(geometry) else "") + ("M" if shapely.has_m(geometry) else "")
    )


def _of_point(function: Callable[[BaseGeometry], float]) -> Answer:
    return asks(lambda point: function(point) if point.geom_type == "Point" else None)


def _side(place: int) -> Answer:
    def of(value: SqlValue) -> float | None:
        box = blob.box_of(value)
        return None if box is None else box[place]

    return of


FUNCTIONS = (
    *(SqlFunction(both(name), (2,), asks(fn, 2)) for name, fn in _RELATIONS.items()),
    *(SqlFunction(both(name), (1,), asks(fn)) for name, fn in _PLAIN.items()),
    *(SqlFunction(both(name), (1,), _of_point(fn)) for name, fn in _OF_POINTS.items()),
    *(
        SqlFunction((f"Mbr{name}", f"ST_{name}"), (1,), _side(place))
        for name, place in _SIDES.items()
    ),
    SqlFunction(both("Relate"), (2,), asks(shapely.relate, 2)),
    SqlFunction(both("Area"), (1, 2), _flat_or_round(shapely.area, geodesy.area_m2)),
    # SQLite has a LENGTH of its own, for text.
    SqlFunction(("GLength", "ST_Length"), (1, 2), _flat_or_round(_planar_length, geodesy.length_m)),
    SqlFunction(both("Perimeter"), (1, 2), _flat_or_round(_planar_perimeter, geodesy.perimeter_m)),
    SqlFunction(both("Distance"), (2, 3), _flat_or_round(shapely.distance, geodesy.distance_m, 2)),
    SqlFunction(both("PtDistWithin"), (3, 4), asks(_is_within, 2)),
    SqlFunction(
        ("Line_Locate_Point", "ST_Line_Locate_Point", "ST_LineLocatePoint"),
        (2,),
        asks(partial(shapely.line_locate_point, normalized=True), 2),
    ),
    SqlFunction(
        ("CoordDimension", "ST_CoordDim"),
        (1,),
        asks(_coordinates),
    ),
)
