"""What it would cost all together to give one member another item in a round."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from coopfarm.planning.fleet.season.rounds import Held
from coopfarm.planning.fleet.season.table import Ints, Season

_FAR: Final = np.int64(1) << 60


@dataclass(frozen=True, slots=True)
class Cost:
    """Who would have to make room, and what all would lose; None if they would get nothing."""

    other: str
    points: int | None


class Exchange:
    """All ways in which the members served in one round could have moved on."""

    def __init__(self, season: Season, held: Held) -> None:
        self._season, self._held = season, held
        self._moves = _moves(season, held)
        self._ways = _shortest_ways(self._moves)
        self._full = held.left == 0

    def cost(self, row: int, item: int) -> Cost:
        """Of giving a served row another item, which is full and was open to it."""
        season, own = self._season, int(self._held.chosen[row])
        ends = ~self._full
        ends[own] = True
        on_from = self._ways[:, ends].min(axis=1)
        holders = np.flatnonzero(self._held.chosen == item)
        worth = np.where(self._held.open[holders], season.worth[holders], -_FAR)
        losses = (season.worth[holders, item, None] - worth + on_from).min(axis=1)
        holder = int(losses.argmin())
        other = season.members[holders[holder]].id
        if losses[holder] >= _FAR // 2:
            return Cost(other, None)
        lost = season.worth[row, own] - season.worth[row, item] + losses[holder]
        return Cost(other, round(int(lost) / season.point))


def _moves(season: Season, held: Held) -> Ints:
    """The least that is lost when one holder of an item goes to another."""
    count = held.places.size
    losses = np.full((count, count), _FAR)
    worth = np.where(held.open, season.worth, -_FAR)
    for item in np.unique(held.chosen[held.served]):
        holders = np.flatnonzero(held.chosen == item)
        losses[item] = (season.worth[holders, item, None] - worth[holders]).min(axis=0)
    return np.minimum(losses, _FAR)


def _shortest_ways(losses: Ints) -> Ints:
    # Floyd 1962, Algorithm 97; the moves of a best round have no circle that gains.
    ways = losses.copy()
    np.fill_diagonal(ways, 0)
    for item in range(len(ways)):
        np.minimum(ways, ways[:, item, None] + ways[item], out=ways)
        np.minimum(ways, _FAR, out=ways)
    return ways
