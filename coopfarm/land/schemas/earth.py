"""From any coordinate system to longitude and latitude, and metres on the ellipsoid.

Only the short-lived reader imports this: pyproj brings its own library of the Earth.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from math import isfinite

import shapely
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError, ProjError
from shapely import box
from shapely.geometry.base import BaseGeometry

from coopfarm.land.rules.coordinates import (
    WGS84,
    Candidate,
    Extent,
    NoSuchCoordinateSystem,
)

_WGS84 = Geod(ellps="WGS84")


def named(crs: str) -> str:
    """The short name of a coordinate system, such as EPSG:32642. Raises NoSuchCoordinateSystem.

    A system whose axes are longitude and latitude of WGS 84 is EPSG:4326 however it is named.
    """
    system = _system(crs)
    if system.to_authority() == ("OGC", "CRS84"):
        return WGS84
    authority = system.to_authority(min_confidence=70)
    return ":".join(authority) if authority else system.to_wkt()


@cache
def to_degrees(crs: str) -> Callable[[BaseGeometry], BaseGeometry]:
    """What turns shapes of `crs` into longitude and latitude, in this order of axes."""
    if crs == WGS84:
        return lambda shape: shape
    transformer = Transformer.from_crs(_system(crs), WGS84, always_xy=True)

    def turned(shape: BaseGeometry) -> BaseGeometry:
        return shapely.transform(shape, transformer.transform, interleaved=False)

    return turned


def placed(candidate: Candidate, extent: Extent) -> Candidate:
    """The candidate with where the file would land; as it is where that is nowhere."""
    edge = box(extent.west, extent.south, extent.east, extent.north).segmentize(
        max(extent.east - extent.west, extent.north - extent.south, 1e-9) / 8
    )
    west, south, east, north = to_degrees(candidate.code)(edge).bounds
    if not all(map(isfinite, (west, south, east, north))):
        return candidate
    return replace(candidate, bounds=(west, south, east, north))


def area_m2(shape: BaseGeometry) -> float:
    """The area of a polygon in degrees on the WGS 84 ellipsoid, in m²."""
    total = 0.0
    for part in shapely.get_parts(shape):
        shell, *holes = (_ring_m2(ring) for ring in shapely.get_rings(part))
        total += shell - sum(holes)
    return total


def length_m(shape: BaseGeometry) -> float:
    """The length of a line in degrees on the WGS 84 ellipsoid, in metres."""
    return float(_WGS84.geometry_length(shape))


def _ring_m2(ring: BaseGeometry) -> float:
    lons, lats = shapely.get_coordinates(ring).T
    return abs(float(_WGS84.polygon_area_perimeter(lons, lats)[0]))


def _system(crs: str) -> CRS:
    try:
        system = CRS.from_user_input(int(crs) if crs.isdecimal() else crs)
        Transformer.from_crs(system, WGS84, always_xy=True)
    except (CRSError, ProjError, OverflowError) as error:
        raise NoSuchCoordinateSystem(field="crs", crs=crs[:60]) from error
    if not (system.is_geographic or system.is_projected):
        raise NoSuchCoordinateSystem(field="crs", crs=crs[:60])
    return system
