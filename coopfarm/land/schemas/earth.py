"""From any coordinate system to longitude and latitude, and metres on the ellipsoid.

Only the short-lived reader imports this: pyproj brings its own library of the Earth.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from math import isfinite
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Geod, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_crs_info
from pyproj.enums import PJType
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

# What is made for half a continent is no country's own.
_WIDEST_NATIONAL_DEG = 60.0
_NOT_SURVEYED_IN = ("WGS 72", "WGS 84 / UTM")


def named(crs: str) -> str:
    """The short name of a coordinate system, such as EPSG:32642. Raises NoSuchCoordinateSystem.

    A system whose axes are longitude and latitude of WGS 84 is EPSG:4326 however it is named.
    """
    system, _ = _system(crs)
    if system.to_authority() == ("OGC", "CRS84"):
        return WGS84
    authority = system.to_authority(min_confidence=70)
    return ":".join(authority) if authority else system.to_wkt()


@cache
def to_degrees(crs: str) -> Callable[[Any], Any]:
    """What turns shapes of `crs`, one or an array, into longitude and latitude in this order.

    A coordinate that cannot be turned becomes infinite.
    """
    if crs == WGS84:
        return lambda shapes: shapes
    _, transformer = _system(crs)

    def turned(shapes: Any) -> Any:
        with np.errstate(invalid="ignore"):
            return shapely.transform(shapes, transformer.transform, interleaved=False)

    return turned


def placed(candidate: Candidate, extent: Extent) -> Candidate:
    """The candidate with where the file would land; as it is where that is nowhere."""
    whole = box(extent.west, extent.south, extent.east, extent.north)
    longest = max(extent.east - extent.west, extent.north - extent.south)
    edge = whole.segmentize(longest / 8) if longest else whole
    west, south, east, north = to_degrees(candidate.code)(edge).bounds
    if not all(map(isfinite, (west, south, east, north))):
        return candidate
    return replace(candidate, bounds=(west, south, east, north))


def national(lon: float, lat: float) -> Sequence[Candidate]:
    """The projected systems that surveyors use at a place, besides UTM on WGS 84."""
    found = query_crs_info(
        auth_name="EPSG",
        pj_types=[PJType.PROJECTED_CRS],
        area_of_interest=AreaOfInterest(lon, lat, lon, lat),
        contains=True,
    )
    offered = []
    for info in found:
        area = info.area_of_use
        wide = area is not None and 0 < area.east - area.west <= _WIDEST_NATIONAL_DEG
        code = f"EPSG:{info.code}"
        if wide and not info.name.startswith(_NOT_SURVEYED_IN) and _is_usable(code):
            offered.append(Candidate(code, info.name))
    return list(dict.fromkeys(offered))


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


def _is_usable(crs: str) -> bool:
    try:
        to_degrees(crs)
    except NoSuchCoordinateSystem:
        return False
    return True


@cache
def _system(crs: str) -> tuple[CRS, Transformer]:
    """The system and the way from it to degrees: finding that way is most of the work."""
    try:
        system = CRS.from_user_input(int(crs) if crs.isdecimal() else crs)
        transformer = Transformer.from_crs(system, WGS84, always_xy=True)
    except (CRSError, ProjError, OverflowError) as error:
        raise NoSuchCoordinateSystem(field="crs", crs=crs[:60]) from error
    if not (system.is_geographic or system.is_projected):
        raise NoSuchCoordinateSystem(field="crs", crs=crs[:60])
    return system, transformer
