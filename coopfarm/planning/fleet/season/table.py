"""A season as arrays: a row for each member in their order, a column for each item."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from coopfarm.planning.fleet.season.lot import in_order
from coopfarm.planning.fleet.season.problem import Member, Problem

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

BEST: Final = 1_000  # points of what a member wishes for most


@dataclass(frozen=True, slots=True)
class Season:
    """Rows are `members`; `values` in each member's own unit, 0 for what is not wished.

    `points` put all members on one scale. `worth` is what a round makes largest: the points, and
    between equal sums those of the members who come first. All of it in whole numbers.
    """

    members: tuple[Member, ...]
    items: tuple[str, ...]
    places: Ints
    wants: Ints
    values: Floats
    points: Ints
    worth: Ints

    @property
    def point(self) -> int:
        """What one point counts in `worth`: more than all that the order can add."""
        return one_point(len(self.members))


def season_of(problem: Problem) -> Season:
    """The arrays of a problem."""
    members = tuple(in_order(problem))
    column = {item.id: place for place, item in enumerate(problem.items)}
    values = np.zeros((len(members), len(column)))
    for row, member in enumerate(members):
        for item, value in member.values.items():
            values[row, column[item]] = value
    points = points_of(values)
    first_counts_more = np.arange(len(members), 0, -1)[:, None]
    return Season(
        members=members,
        items=tuple(column),
        places=np.array([item.places for item in problem.items], dtype=np.int64),
        wants=np.array([member.wants for member in members], dtype=np.int64),
        values=values,
        points=points,
        worth=points * (one_point(len(members)) + first_counts_more),
    )


def one_point(members: int) -> int:
    # The order adds at most its `members` to each of the BEST points of each member.
    return BEST * members * members + 1


def points_of(values: Floats) -> Ints:
    """Of each row the largest becomes `BEST`, the others in proportion, in whole points.

    Who writes larger numbers gains nothing. What is worth more keeps more points, what is worth
    the same has the same, and what is worth anything has at least one.
    """
    largest = values.max(axis=1, keepdims=True)
    scale = np.where(largest > 0, largest, 1.0)
    rough = np.rint(values / scale * BEST).astype(np.int64)
    order = np.argsort(values, axis=1, kind="stable")
    ascending = np.take_along_axis(values, order, axis=1)
    rises = np.diff(ascending, axis=1, prepend=0.0) > 0
    step = np.cumsum(rises, axis=1, dtype=np.int64)
    above_step = np.maximum(np.take_along_axis(rough, order, axis=1) - step, 0)
    apart = np.maximum.accumulate(above_step, axis=1) + step
    points = np.empty_like(rough)
    np.put_along_axis(points, order, _not_above_best(apart, step), axis=1)
    return np.where(values > 0, points, 0)


def _not_above_best(ascending: Ints, step: Ints) -> Ints:
    """Values too close to tell apart below the best may have been pushed above it."""
    room: Ints = BEST - (step[:, -1:] - step)
    lowered: Ints = np.minimum(ascending, room)
    return lowered
