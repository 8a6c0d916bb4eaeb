"""Metres and square metres on the WGS 84 ellipsoid, for shapes in degrees east and north."""

import math

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from coopfarm.store.spatialite.blob import simple_parts

WGS84 = 4326  # EPSG's number for degrees on the ellipsoid below

_EARTH = Geod(ellps="WGS84")
_METRES_A_DEGREE = 111_320.0
_FLAT_WITHIN_M = 25_000.0  # half the extent up to which one plane serves without a second look
_NEAR_M = 200_000.0

_Vertices = NDArray[np.float64]


def area_m2(geometry: BaseGeometry) -> float:
    """The geodesic area of the polygons in a geometry, in m²; points and lines have none."""
    return math.fsum(
        _ring_area_m2(part.exterior) - sum(map(_ring_area_m2, part.interiors))
        for part in simple_parts(geometry)
        if part.geom_type == "Polygon" and not part.is_empty
    )


def length_m(geometry: BaseGeometry) -> float:
    """The geodesic length of the lines in a geometry, in m; polygons have a perimeter instead."""
    return math.fsum(
        _line_m(part)
        for part in simple_parts(geometry)
        if part.geom_type in ("LineString", "LinearRing")
    )


def perimeter_m(geometry: BaseGeometry) -> float:
    """The geodesic length of the rings of the polygons in a geometry, holes included, in m."""
    return math.fsum(
        math.fsum(map(_line_m, (part.exterior, *part.interiors)))
        for part in simple_parts(geometry)
        if part.geom_type == "Polygon" and not part.is_empty
    )


def distance_m(one: BaseGeometry, other: BaseGeometry) -> float | None:
    """The shortest way between two shapes, in m; None when either is empty.

    Exact between points. Otherwise edges are geodesics, and the answer is within 0.1 % for
    shapes up to 100 km apart and 100 km long; beyond 200 km it is a rough one, within 2 %.
    Shapes that share a point in the plane of degrees, as predicates see them, are 0 apart.
    """
    if one.is_empty or other.is_empty:
        return None
    if one.geom_type == other.geom_type == "Point":
        return _between(one.x, one.y, other.x, other.y)
    if shapely.intersects(one, other):
        return 0.0
    (west, south), (east, north) = _middle(one), _middle(other)
    east = west + (east - west + 180.0) % 360.0 - 180.0  # the short way round the earth
    centre = (west + east) / 2, (south + north) / 2
    if _reach_m(one, other, centre) > _FLAT_WITHIN_M:
        ends = _nearest_in_degrees(one, other, centre)
        rough_m = _between(*ends[0], *ends[1])
        if rough_m > _NEAR_M:
            return rough_m
        centre = (ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2
    flat = shapely.transform([one, other], lambda vertices: _plane(vertices, *centre))
    return float(shapely.distance(flat[0], flat[1]))


def _between(lon_1: float, lat_1: float, lon_2: float, lat_2: float) -> float:
    return float(_EARTH.inv(lon_1, lat_1, lon_2, lat_2)[2])


def _middle(geometry: BaseGeometry) -> tuple[float, float]:
    west, south, east, north = geometry.bounds
    return (west + east) / 2, (south + north) / 2


def _reach_m(one: BaseGeometry, other: BaseGeometry, centre: tuple[float, float]) -> float:
    """How far the corners of the two boxes are from the centre, at most, in m."""
    lon, lat = centre
    boxes = one.bounds, other.bounds
    wide = max(abs((x - lon + 180.0) % 360.0 - 180.0) for box in boxes for x in box[::2])
    high = max(abs(y - lat) for box in boxes for y in box[1::2])
    return _METRES_A_DEGREE * math.hypot(wide * math.cos(math.radians(lat)), high)


def _nearest_in_degrees(
    one: BaseGeometry, other: BaseGeometry, centre: tuple[float, float]
) -> list[tuple[float, float]]:
    """The ends, in degrees, of the shortest line where one degree east is cos(latitude) north."""
    lon, lat = centre
    squeeze = max(math.cos(math.radians(lat)), 1e-6)

    def about_centre(vertices: _Vertices) -> _Vertices:
        east = (vertices[:, 0] - lon + 180.0) % 360.0 - 180.0
        return np.column_stack((east * squeeze, vertices[:, 1]))

    line = shapely.shortest_line(*shapely.transform([one, other], about_centre))
    return [(x / squeeze + lon, y) for x, y in shapely.get_coordinates(line)]


def _plane(degrees: _Vertices, lon: float, lat: float) -> _Vertices:
    """Metres east and north of a centre, seen from above it.

    A length at distance r from the centre is right to r²/2R², 3·10⁻⁵ at 50 km.
    """
    east, phi = np.radians(degrees[:, 0] - lon), np.radians(degrees[:, 1])
    phi_0 = math.radians(lat)
    sin_phi, cos_phi = np.sin(phi), np.cos(phi)
    # IOGP Guidance Note 7-2, "Orthographic" (EPSG method 9840).
    nu = _EARTH.a / np.sqrt(1 - _EARTH.es * sin_phi**2)
    nu_0 = _EARTH.a / math.sqrt(1 - _EARTH.es * math.sin(phi_0) ** 2)
    northward = sin_phi * math.cos(phi_0) - cos_phi * math.sin(phi_0) * np.cos(east)
    flattening = _EARTH.es * (nu_0 * math.sin(phi_0) - nu * sin_phi) * math.cos(phi_0)
    return np.column_stack((nu * cos_phi * np.sin(east), nu * northward + flattening))


def _ring_area_m2(ring: BaseGeometry) -> float:
    east, north = shapely.get_coordinates(ring).T
    return abs(float(_EARTH.polygon_area_perimeter(east, north)[0]))


def _line_m(line: BaseGeometry) -> float:
    east, north = shapely.get_coordinates(line).T
    return float(_EARTH.line_length(east, north))
