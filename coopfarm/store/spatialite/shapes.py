"""Geometries made of other geometries, or of numbers."""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial

import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from coopfarm.store.spatialite import blob
from coopfarm.store.spatialite.calls import SqlFunction, SqlValue, both, builds, or_null

_MULTI = {
    "Point": shapely.MultiPoint,
    "LineString": shapely.MultiLineString,
    "Polygon": shapely.MultiPolygon,
}

_OF_ONE = {
    "Envelope": shapely.envelope,
    "Centroid": shapely.centroid,
    "PointOnSurface": shapely.point_on_surface,
    "ConvexHull": shapely.convex_hull,
    "Boundary": shapely.boundary,
    "Reverse": shapely.reverse,
    "ExteriorRing": shapely.get_exterior_ring,
    "StartPoint": partial(shapely.get_point, index=0),
    "EndPoint": partial(shapely.get_point, index=-1),
    # The default method of make_valid is quadratic and worse: 17 KB of polygon took a minute.
    "MakeValid": partial(shapely.make_valid, method="structure"),
}

_OF_TWO = {
    "Intersection": shapely.intersection,
    "Difference": shapely.difference,
    "SymDifference": shapely.symmetric_difference,
}

_COUNTED = {
    "GeometryN": shapely.get_geometry,
    "PointN": shapely.get_point,
    "InteriorRingN": shapely.get_interior_ring,
}


def collected(shapes: Sequence[BaseGeometry]) -> BaseGeometry:
    """All parts of the shapes side by side: a MULTI… of one kind, else a collection."""
    parts = [part for shape in shapes for part in blob.simple_parts(shape)]
    kinds = {part.geom_type for part in parts}
    gather = _MULTI.get(kinds.pop()) if len(kinds) == 1 else None
    return (gather or shapely.GeometryCollection)(parts)


def _counted(
    find: Callable[[BaseGeometry, int], BaseGeometry | None],
) -> Callable[[BaseGeometry, int], BaseGeometry | None]:
    """SQL counts from one; what lies outside is NULL."""
    return lambda shape, number: find(shape, number - 1) if number > 0 else None


def _buffer(shape: BaseGeometry, reach: float, quarter_segments: int = 8) -> BaseGeometry:
    return shapely.buffer(shape, reach, quad_segs=quarter_segments)


@lru_cache(maxsize=64)
def _transformer(source: int, target: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def _transform(value: SqlValue, target: int) -> bytes | None:
    """The same place in another coordinate system; a measure M is left behind."""
    shape = blob.decode(value)
    source = blob.srid_of(value)
    if shape is None or source is None:
        return None
    if shapely.has_m(shape):
        shape = shapely.from_wkb(shapely.to_wkb(shape, output_dimension=3))
    moved = shapely.transform(
        shape, _transformer(source, target).transform, include_z=None, interleaved=False
    )
    if not np.isfinite(shapely.get_coordinates(moved)).all():
        return None
    return blob.encode(moved, target)


def _with_srid(value: SqlValue, srid: int) -> bytes | None:
    shape = blob.decode(value)
    return None if shape is None else blob.encode(shape, srid)


def _point(x: float, y: float, srid: int = 0) -> bytes:
    return blob.encode(shapely.Point(x, y), srid)


def _point_z(x: float, y: float, z: float, srid: int = 0) -> bytes:
    return blob.encode(shapely.Point(x, y, z), srid)


def _box(west: float, south: float, east: float, north: float, srid: int = 0) -> bytes:
    return blob.encode(shapely.box(west, south, east, north, ccw=False), srid)


def _cast_single(kind: str) -> Callable[[BaseGeometry], BaseGeometry | None]:
    """To the one part a geometry has, if it is of that kind."""

    def cast(shape: BaseGeometry) -> BaseGeometry | None:
        parts = list(blob.simple_parts(shape))
        return parts[0] if [part.geom_type for part in parts] == [kind] else None

    return cast


def _cast_multi(kind: str) -> Callable[[BaseGeometry], BaseGeometry | None]:
    """To a MULTI… of that kind, if all parts are of it."""

    def cast(shape: BaseGeometry) -> BaseGeometry | None:
        parts = list(blob.simple_parts(shape))
        return _MULTI[kind](parts) if {part.geom_type for part in parts} <= {kind} else None

    return cast


def _single(shape: BaseGeometry) -> BaseGeometry | None:
    parts = list(blob.simple_parts(shape))
    return parts[0] if len(parts) == 1 else None


def _collection(shape: BaseGeometry) -> BaseGeometry:
    return shapely.GeometryCollection(list(blob.simple_parts(shape)))


FUNCTIONS = (
    *(SqlFunction(both(name), (1,), builds(fn)) for name, fn in _OF_ONE.items()),
    *(SqlFunction(both(name), (2,), builds(fn, 2)) for name, fn in _OF_TWO.items()),
    *(SqlFunction(both(name), (2,), builds(_counted(fn))) for name, fn in _COUNTED.items()),
    *(SqlFunction((f"CastTo{kind}",), (1,), builds(_cast_single(kind))) for kind in _MULTI),
    *(SqlFunction((f"CastToMulti{kind}",), (1,), builds(_cast_multi(kind))) for kind in _MULTI),
    SqlFunction(("CastToSingle",), (1,), builds(_single)),
    SqlFunction(("CastToMulti", "ST_Multi"), (1,), builds(lambda shape: collected([shape]))),
    SqlFunction(("CastToGeometryCollection",), (1,), builds(_collection)),
    SqlFunction(("CastToXY", "ST_Force2D"), (1,), builds(shapely.force_2d)),
    SqlFunction(("CastToXYZ", "ST_Force3D"), (1, 2), builds(shapely.force_3d)),
    SqlFunction(("GUnion", "ST_Union"), (2,), builds(shapely.union, 2)),
    SqlFunction(both("Collect"), (2,), builds(lambda *shapes: collected(shapes), 2)),
    SqlFunction(both("Buffer"), (2, 3), builds(_buffer)),
    SqlFunction(both("Simplify"), (2,), builds(partial(shapely.simplify, preserve_topology=False))),
    SqlFunction(both("SimplifyPreserveTopology"), (2,), builds(shapely.simplify)),
    SqlFunction(
        ("Line_Interpolate_Point", "ST_Line_Interpolate_Point", "ST_LineInterpolatePoint"),
        (2,),
        builds(partial(shapely.line_interpolate_point, normalized=True)),
    ),
    SqlFunction(both("Transform"), (2,), or_null(_transform)),
    SqlFunction(both("SetSRID"), (2,), or_null(_with_srid)),
    SqlFunction(both("MakePoint"), (2, 3), or_null(_point)),
    SqlFunction(("MakePointZ",), (3, 4), or_null(_point_z)),
    SqlFunction(("BuildMbr", "ST_MakeEnvelope"), (4, 5), or_null(_box)),
)
