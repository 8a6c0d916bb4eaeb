"""The ground of Al-Nur: curves for channels, and fields laid out on both sides of them.

Everything here is in metres east and north of the place where the minor leaves its branch.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import shapely
from shapely import Polygon
from village_lot import Lot

Spot = tuple[float, float]

BANK_M = 5.0  # from the middle of the watercourse to the first furrow
BUND_M = 0.75  # each neighbour leaves this much for the bund between them
SMALLEST_M2 = 1_900.0


class Curve:
    """A smooth line through given spots, walked by metres from its head."""

    def __init__(self, through: list[Spot]) -> None:
        self.spots = _smooth(through)
        steps = [math.dist(a, b) for a, b in zip(self.spots, self.spots[1:], strict=False)]
        self.metres = [0.0]
        for step in steps:
            self.metres.append(self.metres[-1] + step)

    @property
    def length_m(self) -> float:
        return self.metres[-1]

    def at(self, metres: float) -> Spot:
        """Where one stands after so many metres; beyond the tail it runs on straight."""
        place, along = self._step(metres)
        (ax, ay), (bx, by) = self.spots[place], self.spots[place + 1]
        return ax + (bx - ax) * along, ay + (by - ay) * along

    def beside(self, metres: float, offset_m: float) -> Spot:
        """`offset_m` to the left of the flow, or to its right where negative."""
        (ax, ay), (bx, by) = self.at(metres - 15.0), self.at(metres + 15.0)
        far = math.dist((ax, ay), (bx, by))
        x, y = self.at(metres)
        return x - (by - ay) / far * offset_m, y + (bx - ax) / far * offset_m

    def part(self, start_m: float, end_m: float) -> list[Spot]:
        inside = [s for s, m in zip(self.spots, self.metres, strict=True) if start_m < m < end_m]
        return [self.at(start_m), *inside, self.at(end_m)]

    def _step(self, metres: float) -> tuple[int, float]:
        last = len(self.spots) - 2
        place = next((i for i in range(last) if metres <= self.metres[i + 1]), last)
        return place, (metres - self.metres[place]) / (self.metres[place + 1] - self.metres[place])


def _smooth(spots: list[Spot]) -> list[Spot]:
    """A curve through the spots, four points to a stretch."""
    # Catmull and Rom (1974), a class of local interpolating splines.
    first = (2 * spots[0][0] - spots[1][0], 2 * spots[0][1] - spots[1][1])
    last = (2 * spots[-1][0] - spots[-2][0], 2 * spots[-1][1] - spots[-2][1])
    knots = [first, *spots, last]
    curve = [spots[0]]
    for a, b, c, d in zip(knots, knots[1:], knots[2:], knots[3:], strict=False):
        curve += [_between(a, b, c, d, quarter / 4.0) for quarter in (1, 2, 3, 4)]
    return curve


def _between(a: Spot, b: Spot, c: Spot, d: Spot, t: float) -> Spot:
    x, y = (
        0.5
        * (
            2 * b[i]
            + (c[i] - a[i]) * t
            + (2 * a[i] - 5 * b[i] + 4 * c[i] - d[i]) * t**2
            + (3 * b[i] - a[i] - 3 * c[i] + d[i]) * t**3
        )
        for i in (0, 1)
    )
    return x, y


@dataclass(frozen=True, slots=True)
class Side:
    """The land on one side of a watercourse: how deep it is at the head, and at the tail."""

    sign: int
    head_depth_m: float
    tail_depth_m: float

    def depth(self, share: float) -> float:
        wave = 9.0 * math.sin(9.0 * share + self.sign)
        return self.head_depth_m + (self.tail_depth_m - self.head_depth_m) * share + wave


@dataclass(frozen=True, slots=True)
class Field:
    """One plot as drawn, where along the watercourse it takes water, and across what ditch."""

    takes_at_m: float
    ditch_m: float
    shape: Polygon


def fields(lot: Lot, along: Curve, sides: list[Side], starts_m: float) -> list[Field]:
    """Plots in the order in which water reaches them, head to tail."""
    cuts = _cuts(lot, starts_m, along.length_m)
    found = [field for side in sides for field in _on_one_side(lot, along, side, cuts)]
    return sorted(found, key=lambda field: field.takes_at_m)


def _cuts(lot: Lot, starts_m: float, ends_m: float) -> list[float]:
    """Where the nakkas are: strips grow wider towards the tail, where land was taken later."""
    cuts = [starts_m]
    while cuts[-1] < ends_m - 45.0:
        cuts.append(cuts[-1] + lot.between(48.0, 80.0 + 30.0 * cuts[-1] / ends_m))
    return [*cuts[:-1], ends_m]


def _on_one_side(lot: Lot, along: Curve, side: Side, cuts: list[float]) -> Iterator[Field]:
    edges = [_edge(lot, along, side, cut) for cut in cuts]
    place = 0
    while place < len(cuts) - 1:
        wide = 2 if lot.happens(0.25) and _is_narrow(cuts[place : place + 3]) else 1
        near, far = edges[place], edges[place + wide]
        for share_from, share_to in _ranks(lot, wide):
            shape = _strip(near, far, share_from, share_to)
            if shape.area >= SMALLEST_M2:
                yield Field(cuts[place], share_from * math.dist(*near), shape)
        place += wide


def _is_narrow(cuts: list[float]) -> bool:
    """Whether two strips together are still one man's field."""
    return len(cuts) == 3 and cuts[-1] - cuts[0] < 106.0


def _edge(lot: Lot, along: Curve, side: Side, cut: float) -> tuple[Spot, Spot]:
    """The boundary that starts at a nakka: never quite square to the watercourse."""
    lean = lot.between(-9.0, 9.0)
    depth = side.depth(cut / along.length_m)
    near = along.beside(cut, side.sign * BANK_M)
    return near, along.beside(cut + lean, side.sign * depth)


def _ranks(lot: Lot, wide: int) -> list[tuple[float, float]]:
    """How heirs divided one strip: whole, or in near and far parts."""
    if not lot.happens(0.42 if wide == 1 else 0.3):
        return [(0.0, 1.0)]
    if lot.happens(0.14):
        return [(0.0, 0.36), (0.36, 0.66), (0.66, 1.0)]
    middle = lot.between(0.36, 0.64)
    return [(0.0, middle), (middle, 1.0)]


def _strip(
    near: tuple[Spot, Spot], far: tuple[Spot, Spot], share_from: float, share_to: float
) -> Polygon:
    corners = [
        _on(near, share_from),
        _on(far, share_from),
        _on(far, share_to),
        _on(near, share_to),
    ]
    return shapely.buffer(Polygon(corners), -BUND_M, join_style="mitre").normalize()


def _on(edge: tuple[Spot, Spot], share: float) -> Spot:
    (ax, ay), (bx, by) = edge
    return ax + (bx - ax) * share, ay + (by - ay) * share
