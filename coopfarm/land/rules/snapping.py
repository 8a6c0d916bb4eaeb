"""Where a drawn point belongs: on which line, at which corner, how far along it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import cos, hypot, radians, sin, sqrt
from uuid import UUID

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod
from shapely import LineString, Point

from coopfarm.land.rules.strokes import DECIMALS, Vertex

TOLERANCE_M = 15.0
MOST_TOLERANCE_M = 200.0

# A point this near lies on the line: half a unit of the seventh decimal is 8 mm away at most.
TOUCHES_M = 0.01

# A corner is taken instead of the line beside it within this part of the tolerance.
CORNER_PART = 1 / 3

_EARTH = Geod(ellps="WGS84")
_LEAST_COS = 1e-6


@dataclass(frozen=True)
class Course:
    """A line that water runs along: a canal, or the watercourse of an outlet."""

    id: UUID
    code: str
    line: LineString
    flows_against_line: bool = False

    @cached_property
    def downstream(self) -> NDArray[np.float64]:
        """The vertices in degrees from the head down."""
        vertices: NDArray[np.float64] = shapely.get_coordinates(self.line)
        return vertices[::-1] if self.flows_against_line else vertices

    @cached_property
    def metres(self) -> NDArray[np.float64]:
        """How far from the head each vertex is, along the line on the ellipsoid."""
        lon, lat = self.downstream.T
        steps = _EARTH.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2]
        return np.concatenate(([0.0], np.cumsum(steps)))

    @property
    def length_m(self) -> float:
        return float(self.metres[-1])


@dataclass(frozen=True, slots=True)
class Foot:
    """The point of a course that is nearest to another, and how far from it and along it."""

    at: Vertex
    away_m: float
    metres_from_head: float


@dataclass(frozen=True, slots=True)
class Snap:
    """A drawn point and where it goes: onto which course, moved by how many metres."""

    onto: Course
    drawn: Vertex
    at: Vertex
    moved_m: float
    metres_from_head: float
    to_corner: bool


def length_m(line: LineString) -> float:
    """The length of a line in degrees, on the ellipsoid."""
    lon, lat = shapely.get_coordinates(line).T
    return float(_EARTH.line_length(lon, lat))


def apart_m(here: Vertex, there: Vertex) -> float:
    """The distance of two points on the ellipsoid."""
    return float(_EARTH.inv(*here, *there)[2])


def stepped(start: Vertex, metres: float, bearing_deg: float) -> Vertex:
    """The point so many metres from another, in degrees clockwise from north."""
    lon, lat, _ = _EARTH.fwd(*start, bearing_deg, metres)
    return round(float(lon), DECIMALS), round(float(lat), DECIMALS)


def foot(course: Course, point: Vertex) -> Foot:
    """The nearest point of the course, whose segments are straight in degrees."""
    east_m, north_m = _metres_a_degree(point[1])
    flat = (course.downstream - point) * (east_m, north_m)
    starts, steps = flat[:-1], np.diff(flat, axis=0)
    squares = np.maximum((steps**2).sum(axis=1), np.finfo(float).tiny)
    parts = np.clip(-(starts * steps).sum(axis=1) / squares, 0.0, 1.0)
    offsets = starts + steps * parts[:, None]
    place = int(np.argmin((offsets**2).sum(axis=1)))
    part = float(parts[place])
    here, there = course.downstream[place], course.downstream[place + 1]
    lon, lat = (here + (there - here) * part).tolist()
    along = course.metres[place] + part * (course.metres[place + 1] - course.metres[place])
    return Foot((lon, lat), hypot(*offsets[place].tolist()), float(along))


def metres_along(course: Course, point: Vertex) -> float:
    """How far from the head the water has come when it passes a point, in metres."""
    return foot(course, point).metres_from_head


def snapped(
    point: Vertex, courses: Iterable[Course], tolerance_m: float = TOLERANCE_M
) -> Snap | None:
    """Where a point within `tolerance_m` of a course belongs; None when none is so near.

    A point that lies on a course already stays, so that snapping twice is snapping once.
    """
    found = [(foot(course, point), course) for course in courses]
    near = [(at, course) for at, course in found if at.away_m <= max(tolerance_m, TOUCHES_M)]
    if not near:
        return None
    at, onto = min(near, key=lambda pair: (pair[0].away_m, pair[1].code))
    if at.away_m <= TOUCHES_M:
        return Snap(onto, point, point, 0.0, at.metres_from_head, to_corner=False)
    corner = _corner(onto, point, tolerance_m * CORNER_PART)
    return corner or _moved(onto, point, at.at, to_corner=False)


def snapped_to_vertex(
    point: Vertex, courses: Sequence[Course], tolerance_m: float = TOLERANCE_M
) -> Snap | None:
    """The nearest vertex of any course within `tolerance_m`, or None."""
    corners = [_corner(course, point, max(tolerance_m, TOUCHES_M)) for course in courses]
    found = [corner for corner in corners if corner is not None]
    return min(found, key=lambda snap: (snap.moved_m, snap.onto.code), default=None)


def arrows(course: Course, most: int = 5) -> list[tuple[Vertex, int]]:
    """Places along a course and where its water flows there, in degrees clockwise from north."""
    found = []
    steps = np.diff(course.metres)
    for metres in (np.arange(most) + 0.5) * course.length_m / most:
        place = min(int(np.searchsorted(course.metres, metres, "right")) - 1, len(steps) - 1)
        here, there = course.downstream[place], course.downstream[place + 1]
        part = (metres - course.metres[place]) / steps[place] if steps[place] else 0.0
        lon, lat = (here + (there - here) * part).tolist()
        found.append(((lon, lat), round(_EARTH.inv(*here, *there)[0]) % 360))
    return found


def with_end(line: Sequence[Vertex], at: Vertex, *, first: bool) -> tuple[Vertex, ...]:
    """The same line with one of its ends elsewhere."""
    return (at, *line[1:]) if first else (*line[:-1], at)


def vertices(shape: LineString | Point) -> tuple[Vertex, ...]:
    """Longitude and latitude of every point of a shape, in degrees."""
    return tuple((float(lon), float(lat)) for lon, lat in shapely.get_coordinates(shape).tolist())


def box_around(points: Sequence[Vertex], metres: float) -> tuple[float, float, float, float]:
    """West, south, east and north of all that is within so many metres of these points."""
    lons, lats = zip(*points, strict=True)
    east_m, north_m = _metres_a_degree(max(map(abs, lats)))
    wide, high = metres / east_m, metres / north_m
    return min(lons) - wide, min(lats) - high, max(lons) + wide, max(lats) + high


def _corner(course: Course, point: Vertex, within_m: float) -> Snap | None:
    lon, lat = course.downstream.T
    ones = np.ones(len(lon))
    away = _EARTH.inv(ones * point[0], ones * point[1], lon, lat)[2]
    place = int(np.argmin(away))
    if away[place] > within_m:
        return None
    nearest = course.downstream[place]
    return _moved(course, point, (float(nearest[0]), float(nearest[1])), to_corner=True)


def _moved(course: Course, point: Vertex, at: Vertex, *, to_corner: bool) -> Snap:
    """To the seventh decimal, as it will be kept: less than a centimetre from the line."""
    kept = round(at[0], DECIMALS), round(at[1], DECIMALS)
    metres = metres_along(course, kept)
    return Snap(course, point, kept, apart_m(point, kept), metres, to_corner=to_corner)


def _metres_a_degree(lat_deg: float) -> tuple[float, float]:
    """Metres on the ellipsoid in a degree of longitude and in one of latitude."""
    # The radii of curvature N and M: IOGP Guidance Note 7-2 (2019), table 3.
    sin_2 = sin(radians(lat_deg)) ** 2
    east_m = _EARTH.a / sqrt(1 - _EARTH.es * sin_2)
    north_m = _EARTH.a * (1 - _EARTH.es) / (1 - _EARTH.es * sin_2) ** 1.5
    return radians(east_m * max(cos(radians(lat_deg)), _LEAST_COS)), radians(north_m)
