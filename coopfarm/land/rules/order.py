"""Who is nearer the head: places along a watercourse, computed from the network."""

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from math import atan2, cos, hypot, radians, sin
from statistics import fmean
from typing import Generic, TypeVar

from shapely import LineString, Point, get_coordinates
from shapely.affinity import affine_transform
from shapely.geometry.base import BaseGeometry

Id = TypeVar("Id", bound=Hashable)

# The mean sphere of 6,371,009 m; an order of plots asks for no more.
METRES_A_DEGREE = 111_195.0

# A command this much longer than wide is one strip along its watercourse.
STRIP = 2.0

# A plot beside the outlet may reach back behind it by this much of the strip.
BEFORE_HEAD = 0.1


@dataclass(frozen=True, slots=True)
class CanalFacts:
    """A canal's line in degrees, and whether its water runs against it as drawn."""

    line: LineString
    flows_against_line: bool = False

    @property
    def downstream(self) -> LineString:
        return self.line.reverse() if self.flows_against_line else self.line


@dataclass(frozen=True, slots=True)
class OutletFacts:
    """What is known of where an outlet is and where its water goes."""

    place: Point | None = None
    watercourse: LineString | None = None
    canal: CanalFacts | None = None
    metres_from_head: float | None = None


@dataclass(frozen=True, slots=True)
class PlotFacts(Generic[Id]):
    """What is known of where a plot takes its water; `nakka_metres` is from the outlet."""

    id: Id
    code: str
    boundary: BaseGeometry | None = None
    nakka_metres: float | None = None


@dataclass(frozen=True, slots=True)
class Plane:
    """Metres east and north of a point, true enough for one command area."""

    lon: float
    lat: float

    def flat(self, shape: BaseGeometry) -> BaseGeometry:
        up = METRES_A_DEGREE
        across = up * cos(radians(self.lat))
        return affine_transform(shape, [across, 0, 0, up, -self.lon * across, -self.lat * up])


def natural(code: str) -> tuple[tuple[int, str], ...]:
    """A key that puts plot 9 before plot 10."""
    parts = re.findall(r"\d+|\D+", code)
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)


def head_to_tail(outlet: OutletFacts, plots: Sequence[PlotFacts[Id]]) -> tuple[Id, ...]:
    """The plots of an outlet, the nearest to its head first.

    Where the nakka's distance is known it counts; else the place beside the watercourse;
    else the distance from the outlet, along the command where that is a strip. Plots that
    nothing is known of come last, by their codes.
    """
    metres = _metres_from_outlet(outlet, plots)
    metres |= {p.id: p.nakka_metres for p in plots if p.nakka_metres is not None}

    def key(plot: PlotFacts[Id]) -> tuple[bool, float, tuple[tuple[int, str], ...]]:
        return plot.id not in metres, metres.get(plot.id, 0.0), natural(plot.code)

    return tuple(plot.id for plot in sorted(plots, key=key))


def places(computed: Sequence[Id], by_hand: Mapping[Id, int]) -> dict[Id, int]:
    """Place numbers from 1: those set by hand stay, the others fill what is free, in order."""
    taken = set(by_hand.values())
    free = (place for place in count(1) if place not in taken)
    return {id_: by_hand[id_] if id_ in by_hand else next(free) for id_ in computed}


def moved(now: Sequence[Id], wished: Mapping[Id, int]) -> tuple[Id, ...]:
    """The new order when some ask for another place (from 1) and the others close ranks.

    Of two who wish for one place, the one who stood nearer the head gets it.
    """
    others = iter([id_ for id_ in now if id_ not in wished])
    rank = {id_: place for place, id_ in enumerate(now)}
    claims = sorted(wished, key=lambda id_: (wished[id_], rank[id_]))
    order: list[Id] = []
    for place in range(1, len(now) + 1):
        if claims and wished[claims[0]] <= place:
            order.append(claims.pop(0))
        else:
            other = next(others, None)
            order.append(claims.pop(0) if other is None else other)
    return tuple(order)


def metres_along(canal: CanalFacts, place: Point) -> float:
    """How far from the canal's head the water has come when it passes `place`, in metres."""
    plane = Plane(*canal.line.coords[0][:2])
    return float(plane.flat(canal.downstream).project(plane.flat(place)))


def _metres_from_outlet(outlet: OutletFacts, plots: Sequence[PlotFacts[Id]]) -> dict[Id, float]:
    drawn = {p.id: p.boundary.centroid for p in plots if p.boundary is not None}
    if not drawn:
        return {}
    middle = next(iter(drawn.values()))
    plane = Plane(middle.x, middle.y)
    points = {id_: plane.flat(point) for id_, point in drawn.items()}
    head = _head(outlet, plane, points.values())
    if outlet.watercourse is not None:
        course = _from_head(plane.flat(outlet.watercourse), head)
        return {id_: float(course.project(point)) for id_, point in points.items()}
    if head is None:
        return {}
    return _along_strip(head, points) or {i: float(head.distance(p)) for i, p in points.items()}


def _head(outlet: OutletFacts, plane: Plane, points: Iterable[Point]) -> Point | None:
    """Where the water enters: the outlet, or the canal's point that must be it."""
    if outlet.place is not None:
        return plane.flat(outlet.place)
    if outlet.canal is None:
        return None
    line = plane.flat(outlet.canal.downstream)
    if outlet.metres_from_head is not None:
        return line.interpolate(outlet.metres_from_head)
    if outlet.watercourse is not None:
        return min(_ends(plane.flat(outlet.watercourse)), key=line.distance)
    return line.interpolate(min(line.project(point) for point in points))


def _from_head(course: LineString, head: Point | None) -> LineString:
    """The watercourse in the direction its water runs; as drawn where no head is known."""
    start, end = _ends(course)
    return course.reverse() if head and head.distance(end) < head.distance(start) else course


def _ends(line: LineString) -> tuple[Point, Point]:
    return Point(line.coords[0]), Point(line.coords[-1])


def _along_strip(head: Point, points: Mapping[Id, Point]) -> dict[Id, float]:
    """Metres along the long axis of the plots; none unless they are a strip that starts here."""
    xy = get_coordinates(list(points.values())).tolist()
    x0, y0 = fmean(x for x, _ in xy), fmean(y for _, y in xy)
    xx = fmean((x - x0) ** 2 for x, _ in xy)
    yy = fmean((y - y0) ** 2 for _, y in xy)
    xy_ = fmean((x - x0) * (y - y0) for x, y in xy)
    spread = hypot((xx - yy) / 2, xy_)
    if (xx + yy) / 2 + spread < STRIP**2 * ((xx + yy) / 2 - spread) or spread == 0:
        return {}
    # The major axis of the plots' scatter: Jolliffe, Principal Component Analysis (2002), §1.1.
    angle = atan2(2 * xy_, xx - yy) / 2
    along = {
        i: (p.x - head.x) * cos(angle) + (p.y - head.y) * sin(angle) for i, p in points.items()
    }
    first, last = min(along.values()), max(along.values())
    if first >= -BEFORE_HEAD * (last - first):
        return along
    if last <= BEFORE_HEAD * (last - first):
        return {i: -metres for i, metres in along.items()}
    return {}
