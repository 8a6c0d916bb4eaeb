"""What the map says of a plot: who has the water, who is next, and how much of the need is met."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from shapely import LineString, Point

from coopfarm.kernel.interval import Interval

Standing = Literal["now", "next", "waiting", "none"]
STANDINGS: Final[tuple[Standing, ...]] = ("now", "next", "waiting", "none")
STEPS: Final = (1, 2, 3, 4, 5)

_THINNEST_PX, _WIDEST_PX = 2.0, 9.0
_HALF_AN_ARROW = 0.01  # of the canal's length, over which its direction is taken


@dataclass(frozen=True, slots=True)
class TurnAhead:
    """A turn in force that is not over."""

    plot_id: UUID
    outlet_id: UUID
    during: Interval


@dataclass(frozen=True, slots=True)
class Place:
    """Where a plot stands in the rotation, and the turn that says so."""

    standing: Standing
    turn: TurnAhead | None = None


NOWHERE: Final = Place("none")


def places(turns: Iterable[TurnAhead], now: datetime) -> Mapping[UUID, Place]:
    """Where each plot that has a turn ahead stands: by its first such turn.

    Next is the first turn of each outlet that has not begun; who has the water at this
    moment is not also next.
    """
    found: dict[UUID, Place] = {}
    outlets_with_a_next: set[UUID] = set()
    for turn in sorted(turns, key=lambda turn: turn.during.start):
        standing: Standing = "waiting"
        if turn.during.start <= now:
            standing = "now"
        elif turn.outlet_id not in outlets_with_a_next:
            outlets_with_a_next.add(turn.outlet_id)
            standing = "next"
        found.setdefault(turn.plot_id, Place(standing, turn))
    return found


def step(satisfaction: float) -> int:
    """Which fifth of the need is reached: 1 up to 20 %, 5 from 80 % on."""
    return min(len(STEPS), int(satisfaction * len(STEPS)) + 1)


def width_px(capacity_l_s: float | None, largest_l_s: float) -> float:
    """How wide a canal is drawn: by the root of its capacity, thin where that is not known."""
    if not capacity_l_s or not largest_l_s:
        return _THINNEST_PX
    part = math.sqrt(capacity_l_s / largest_l_s)
    return round(_THINNEST_PX + (_WIDEST_PX - _THINNEST_PX) * part, 1)


def arrow(line: LineString, *, against_line: bool) -> tuple[Point, int]:
    """The middle of a canal and where its water flows there, in degrees clockwise from north."""
    before, middle, after = (
        line.interpolate(0.5 + step, normalized=True)
        for step in (-_HALF_AN_ARROW, 0.0, _HALF_AN_ARROW)
    )
    if against_line:
        before, after = after, before
    # A degree of longitude shrinks with the latitude; the map's projection keeps angles.
    east = (after.x - before.x) * math.cos(math.radians(middle.y))
    return middle, round(math.degrees(math.atan2(east, after.y - before.y))) % 360


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of the list are asked for; what is empty is not asked."""

    words: str = ""
    outlet: str = ""
    standing: str = ""

    def __bool__(self) -> bool:
        return bool(self.words or self.outlet or self.standing)

    def takes(self, standing: str, outlet: str | None, texts: Sequence[str | None]) -> bool:
        """Whether a row with these names is among what is asked for."""
        if self.standing not in ("", standing) or self.outlet not in ("", outlet):
            return False
        told = " ".join(filter(None, texts)).casefold()
        return all(word in told for word in self.words.casefold().split())
