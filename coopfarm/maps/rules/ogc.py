"""What a program may ask of OGC API Features, read strictly.

https://docs.ogc.org/is/17-069r4/17-069r4.html (Part 1: Core).
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from shapely import MultiPolygon, box
from shapely.geometry.base import BaseGeometry

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_
from coopfarm.maps.rules.layers import Drawn
from coopfarm.maps.rules.tiles import Box

MOST_ITEMS: Final = 2_000
ITEMS: Final = 100
_OPEN: Final = ("", "..")
_LONGITUDES, _LATITUDES = 180.0, 90.0
_CORNERS, _CORNERS_WITH_HEIGHT = 4, 6


class QueryUnusable(Invalid):
    """A parameter that is not there, or a value that means nothing: 400, as the standard has it."""

    code = "ogc-query-unusable"
    words = N_("%(field)s: “%(given)s” cannot be used here. It takes: %(takes)s.")


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment to a moment, both included; open where there is none."""

    start: datetime | None
    end: datetime | None

    def takes(self, at: object) -> bool:
        """Whether something of that time is within; what has no time always is (7.15.4)."""
        if isinstance(at, datetime):
            first = last = at
        elif isinstance(at, date):
            first = datetime.combine(at, datetime.min.time(), UTC)
            last = datetime.combine(at, datetime.max.time(), UTC)
        else:
            return True
        starts_before_end = self.end is None or first <= self.end
        return starts_before_end and (self.start is None or last >= self.start)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the last page ended: in which cooperative, after which thing."""

    cooperative_id: int
    after: UUID


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of the items of a collection."""

    limit: int = ITEMS
    where: tuple[Box, ...] = ()
    when: Span | None = None
    since: Place | None = None

    @property
    def shape(self) -> BaseGeometry | None:
        return MultiPolygon([box(*one) for one in self.where]) if self.where else None

    def takes(self, one: Drawn, time: str) -> bool:
        """Whether a thing is where and when it was asked for."""
        if self.shape is not None and (one.shape is None or not self.shape.intersects(one.shape)):
            return False
        return self.when is None or self.when.takes(one.facts.get(time))


def check_known(given: Collection[str], known: Collection[str]) -> None:
    """Raise QueryUnusable for the first parameter that is not one of those known."""
    for name in given:
        if name not in known:
            takes = ", ".join(sorted(known)) or "–"
            raise QueryUnusable(field=name[:40], given=name[:40], takes=takes)


def limit(text: str) -> int:
    """How many items a page may have: a whole number from 1; no more than MOST_ITEMS are given."""
    if not (text.isascii() and text.isdigit() and int(text[:12])):
        raise QueryUnusable(field="limit", given=text[:40], takes=f"1 … {MOST_ITEMS}")
    return min(int(text[:12]), MOST_ITEMS)


def bbox(text: str) -> tuple[Box, ...]:
    """The boxes in degrees that a bbox names: two where it reaches over the antimeridian."""
    try:
        sides = [float(side) for side in text.split(",")]
    except ValueError:
        sides = []
    if len(sides) == _CORNERS_WITH_HEIGHT:
        sides = [sides[0], sides[1], sides[3], sides[4]]
    if len(sides) != _CORNERS or not _is_on_earth(*sides):
        takes = "west,south,east,north"
        raise QueryUnusable(field="bbox", given=text[:80], takes=takes)
    west, south, east, north = sides
    if west <= east:
        return ((west, south, east, north),)
    return ((west, south, _LONGITUDES, north), (-_LONGITUDES, south, east, north))


def _is_on_earth(west: float, south: float, east: float, north: float) -> bool:
    if not all(map(math.isfinite, (west, south, east, north))):
        return False
    longitudes = abs(west) <= _LONGITUDES and abs(east) <= _LONGITUDES
    return longitudes and -_LATITUDES <= south <= north <= _LATITUDES


def span(text: str) -> Span:
    """The time that a datetime names: a moment or a day, or from one to another, open or not."""
    parts = text.split("/")
    if len(parts) > 2 or all(part in _OPEN for part in parts):
        raise _no_time(text)
    start = None if parts[0] in _OPEN else _moment(parts[0], text, is_end=False)
    end = None if parts[-1] in _OPEN else _moment(parts[-1], text, is_end=True)
    if start is not None and end is not None and start > end:
        raise _no_time(text)
    return Span(start, end)


def _moment(part: str, text: str, *, is_end: bool) -> datetime:
    try:
        found = datetime.fromisoformat(part)
    except ValueError as error:
        raise _no_time(text) from error
    if "T" not in part.upper():
        edge = datetime.max.time() if is_end else datetime.min.time()
        return datetime.combine(found.date(), edge, UTC)
    if found.tzinfo is None:
        raise _no_time(text)
    return found.astimezone(UTC)


def _no_time(text: str) -> QueryUnusable:
    takes = "2026-07-01, 2026-07-01T06:00:00Z, 2026-07-01/2026-07-31, 2026-07-01/.."
    return QueryUnusable(field="datetime", given=text[:80], takes=takes)


def place(text: str) -> Place:
    """Where a page goes on, as the link to it says."""
    home, _, row = text.partition(".")
    try:
        return Place(int(home), UUID(row))
    except ValueError as error:
        raise QueryUnusable(field="after", given=text[:80], takes="rel=next") from error
