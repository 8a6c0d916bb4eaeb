"""Where a file lies: in which coordinate system, which way round, and how far from the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, hypot, radians

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from coopfarm.land.rules import coordinates, findings, remarks
from coopfarm.land.rules.coordinates import LAT_DEG, LON_DEG, Candidate, Extent
from coopfarm.land.rules.findings import NOTE, Finding
from coopfarm.land.rules.order import METRES_A_DEGREE
from coopfarm.land.rules.whereabouts import Bounds, Whereabouts
from coopfarm.land.schemas import confinement, earth
from coopfarm.land.schemas.ask import Ask
from coopfarm.land.schemas.raw import RawFile

Shapes = NDArray[np.object_]
Flags = NDArray[np.bool_]
BoundsArray = NDArray[np.float64]

# So far from the land that is drawn already, or from the city of the time zone, is elsewhere.
FAR_FROM_LAND_KM, FAR_FROM_CITY_KM = 50.0, 1_500.0
_OFFERED = 16
_KM_A_DEGREE = METRES_A_DEGREE / 1_000


@dataclass(frozen=True, slots=True)
class Placed:
    """The shapes of a file in degrees, flat, one for each feature, None where nothing is drawn.

    `swapped` are the places of those that would lie right with x and y the other way round.
    """

    crs: str | None
    shapes: Sequence[BaseGeometry | None]
    swapped: frozenset[int]
    findings: Sequence[Finding]


def place(raw: RawFile, ask: Ask, near: Whereabouts | None) -> Placed:
    """Bring a file to degrees.

    Raises CoordinateSystemMissing, CoordinateSystemWrong and NoSuchCoordinateSystem.
    """
    drawn = np.array([_drawable(feature.shape) for feature in raw.features], dtype=object)
    if ask.swap_axes:
        drawn = _turned_round(drawn)
    extent = _extent(drawn)
    said = _said(raw)
    crs = earth.named(ask.crs) if ask.crs else said
    if crs is None and extent is not None:
        raise coordinates.CoordinateSystemMissing(_offered(extent, near))
    shapes = drawn if crs is None else earth.to_degrees(crs)(drawn)
    found = [Finding(NOTE, remarks.AXES_SWAPPED())] if ask.swap_axes else []
    if ask.crs and said not in {None, crs}:
        found.append(Finding(NOTE, remarks.OTHER_SYSTEM(said=said, chosen=crs)))
    certain = ask.swap_axes or crs is None
    swapped = frozenset[int]() if certain else _swapped(drawn, shapes, crs or "", near)
    _check_system(shapes, swapped, crs, extent, near)
    found += _far_away(shapes, swapped, near)
    return Placed(crs, [*shapes], swapped, found)


def _drawable(shape: BaseGeometry | None) -> BaseGeometry | None:
    return None if shape is None else shapely.force_2d(shape)


def _turned_round(shapes: Shapes) -> Shapes:
    turned: Shapes = shapely.transform(shapes, lambda places: places[:, ::-1])
    return turned


def _extent(shapes: Shapes) -> Extent | None:
    bounds = _bounds(shapes)
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if not len(bounds):
        return None
    least, most = bounds[:, :2].min(axis=0).tolist(), bounds[:, 2:].max(axis=0).tolist()
    return Extent(*least, *most)


def _bounds(shapes: Shapes) -> BoundsArray:
    """West, south, east, north of each; NaN for what is not drawn or has no finite place."""
    with np.errstate(invalid="ignore"):
        found: BoundsArray = shapely.bounds(shapes)
    return np.where(np.isfinite(found), found, np.nan)


def _said(raw: RawFile) -> str | None:
    """The system that a file says it is in, where that is one on Earth."""
    try:
        return earth.named(raw.crs) if raw.crs else None
    except coordinates.NoSuchCoordinateSystem:
        return None


def _offered(extent: Extent, near: Whereabouts | None) -> Sequence[Candidate]:
    """The systems the numbers could be in, with where the file would land, the nearest first."""
    point = None if near is None else (near.lon, near.lat)
    offered = [*coordinates.candidates(extent, point)]
    if near is None:
        return [earth.placed(one, extent) for one in offered[:_OFFERED]] + offered[_OFFERED:]
    if not extent.fits_degrees:
        confinement.allow_time_for_systems()
        known = {one.code for one in offered}
        offered += [one for one in earth.national(near.lon, near.lat) if one.code not in known]
    placed = [earth.placed(candidate, extent) for candidate in offered]
    landed = [one for one in placed if one.bounds is not None]
    return sorted(landed, key=lambda one: _gap_km(_middle(one), near) // FAR_FROM_LAND_KM)


def _middle(candidate: Candidate) -> tuple[float, float]:
    west, south, east, north = candidate.bounds or (0.0, 0.0, 0.0, 0.0)
    return (west + east) / 2, (south + north) / 2


def _gap_km(point: tuple[float, float], near: Whereabouts) -> float:
    lon, lat = point
    shrink = cos(radians(min(abs(lat), abs(near.lat))))
    return hypot((lon - near.lon) * shrink, lat - near.lat) * _KM_A_DEGREE


def _is_on_earth(bounds: BoundsArray) -> Flags:
    limits = (LON_DEG, LAT_DEG, LON_DEG, LAT_DEG)
    on_earth: Flags = np.all(np.abs(bounds) <= limits, axis=1)
    return on_earth


def _swapped(drawn: Shapes, shapes: Shapes, crs: str, near: Whereabouts | None) -> frozenset[int]:
    """The shapes that lie nowhere or elsewhere, and right the other way round."""
    bounds = _bounds(shapes)
    nowhere, far = np.logical_not(_is_on_earth(bounds)), _is_far(bounds, near)
    wrong = np.logical_and(nowhere | far, np.isfinite(_bounds(drawn)).all(axis=1))
    if not wrong.any():
        return frozenset()
    turned = _bounds(earth.to_degrees(crs)(_turned_round(drawn)))
    right = _is_on_earth(turned) & (nowhere | ~_is_far(turned, near))
    return frozenset(np.flatnonzero(wrong & right).tolist())


def _is_far(bounds: BoundsArray, near: Whereabouts | None) -> Flags:
    if near is None:
        return np.zeros(len(bounds), dtype=bool)
    limit_km = FAR_FROM_CITY_KM if near.land is None else FAR_FROM_LAND_KM
    far: Flags = np.greater(_far_km(bounds, near), limit_km)
    return far


def _far_km(bounds: BoundsArray, near: Whereabouts) -> NDArray[np.float64]:
    """How far boxes in degrees lie from the box of the cooperative's land, or from its city."""
    land: Bounds = near.land or (near.lon, near.lat, near.lon, near.lat)
    east = np.maximum(np.maximum(land[0] - bounds[:, 2], bounds[:, 0] - land[2]), 0)
    north = np.maximum(np.maximum(land[1] - bounds[:, 3], bounds[:, 1] - land[3]), 0)
    far: NDArray[np.float64] = np.hypot(east * cos(radians(near.lat)), north) * _KM_A_DEGREE
    return far


def _check_system(
    shapes: Shapes,
    swapped: frozenset[int],
    crs: str | None,
    extent: Extent | None,
    near: Whereabouts | None,
) -> None:
    """Raise CoordinateSystemWrong where most of a file lies nowhere on Earth."""
    bounds = _bounds(shapes)
    drawn = _bounds_are_drawn(shapes)
    lost = drawn & ~_is_on_earth(bounds)
    lost[list(swapped)] = False
    if crs is None or extent is None or lost.sum() * 2 <= drawn.sum():
        return
    offered = [one for one in _offered(extent, near) if one.code != crs]
    if offered:
        raise coordinates.CoordinateSystemWrong(offered, said=crs)


def _bounds_are_drawn(shapes: Shapes) -> Flags:
    drawn: Flags = np.array([s is not None and not s.is_empty for s in shapes], dtype=bool)
    return drawn


def _far_away(
    shapes: Shapes, swapped: frozenset[int], near: Whereabouts | None
) -> Sequence[Finding]:
    if near is None or near.land is None:
        return []
    far_km = _far_km(_bounds(shapes), near)
    far = [int(at) for at in np.flatnonzero(far_km > FAR_FROM_LAND_KM) if int(at) not in swapped]
    if not far:
        return []
    least_km = int(far_km[far].min())
    return [findings.note(remarks.FAR_AWAY, [at + 1 for at in far], km=least_km)]
