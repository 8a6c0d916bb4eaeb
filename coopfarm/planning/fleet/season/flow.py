"""Minimum-cost flow from members to items, found by shortest paths between the items alone.

There are thousands of members and a hundred items. What a path does on its way through a member
is to move that member from one item to another; so all that counts is, for each pair of items,
the member whom it costs least to move. Paths are found in that small square table.
"""

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

FAR: Final = np.int64(1) << 60  # longer than any path; sums of a few still fit


class Flow:
    """Who holds which item, worth the most for the units served so far.

    `worth` (members × items, whole numbers, the largest × items below 2**60) is what a unit is
    worth, `may` which units are allowed at all; an item has so many `places`, and a member at
    most one of each. Members are served unit by unit with `serve`: who was served stays served,
    maybe by another item. So the order of serving decides who goes without.
    """

    def __init__(self, worth: Ints, may: Bools, places: Ints) -> None:
        # Successive shortest paths with prices: Ahuja, Magnanti & Orlin, Network Flows, §9.7.
        self._worth = worth
        self._open = np.where(may, worth, -FAR)  # what is not held and may be
        self._holds = np.zeros((places.size, worth.shape[0]), dtype=bool)
        self._loss = np.full((places.size, places.size), FAR)
        self._free = places.copy()
        self.prices = np.zeros(places.size, dtype=np.int64)

    def choose(self, prices: Ints) -> Ints:
        """One unit for every member at the start: what is best at these prices, while it lasts.

        At them everything with a price is wished for by more than it has places. Returns the
        members who still wait.
        """
        self.prices = prices.copy()
        net = self._open - prices
        best = net.argmax(axis=1)
        by_item = np.argsort(best, kind="stable")
        counts = np.bincount(best, minlength=prices.size)
        queue = np.arange(best.size) - np.repeat(np.cumsum(counts) - counts, counts)
        lucky = by_item[queue < self._free[best[by_item]]]
        self._holds[best[lucky], lucky] = True
        self._open[lucky, best[lucky]] = -FAR
        self._free -= np.bincount(best[lucky], minlength=prices.size)
        for item in np.unique(best[lucky]):
            self._look_again(int(item), np.arange(prices.size))
        return np.setdiff1d(np.arange(best.size), lucky)

    @property
    def holds(self) -> Bools:
        """Members × items."""
        return self._holds.T

    def serve(self, member: int) -> bool:
        """One more unit for a member; False where there is none to be had, for nobody's harm."""
        net = self._open[member] - self.prices
        best = int(net.argmax())
        if net[best] < -FAR // 2 or not self._free.any():
            return False
        as_good = np.flatnonzero((net == net[best]) & (self._free > 0))
        if as_good.size:
            self._give(member, int(as_good[0]))
            self._free[as_good[0]] -= 1
            return True
        return self._serve_by_moving(member, net[best] - net)

    def _serve_by_moving(self, member: int, lengths: Ints) -> bool:
        lengths, came_from = self._shortest(lengths)
        ends = np.where(self._free > 0, lengths, FAR)
        end = int(ends.argmin())
        if ends[end] >= FAR // 2:
            return False
        path = [end]
        while came_from[path[-1]] >= 0:
            path.append(int(came_from[path[-1]]))
        for to, start in pairwise(path):
            self._move(start, to)
        self._give(member, path[-1])
        self._free[end] -= 1
        self.prices += np.maximum(lengths[end] - lengths, 0)
        return True

    def _shortest(self, lengths: Ints) -> tuple[Ints, Ints]:
        """From a member, over items that members leave for others, as far as a free place."""
        came_from = np.full(lengths.size, -1)
        front = np.flatnonzero(lengths < self._reach(lengths))
        while front.size:
            steps = self._loss[front] - self.prices[front, None] + self.prices
            steps += lengths[front, None]
            nearest = steps.argmin(axis=0)
            shorter = steps[nearest, np.arange(lengths.size)]
            nearer = np.flatnonzero(shorter < lengths)
            lengths[nearer] = shorter[nearer]
            came_from[nearer] = front[nearest[nearer]]
            front = nearer[lengths[nearer] < self._reach(lengths)]
        return lengths, came_from

    def _reach(self, lengths: Ints) -> np.int64:
        """How far the nearest free place is."""
        return min(lengths[self._free > 0].min(initial=FAR // 2), FAR // 2)

    def _move(self, start: int, to: int) -> None:
        holders = np.flatnonzero(self._holds[start])
        losses = self._worth[holders, start] - self._open[holders, to]
        member = int(holders[losses.argmin()])
        self._take(member, start)
        self._give(member, to)

    def _give(self, member: int, item: int) -> None:
        others = np.flatnonzero(self._holds[:, member])
        self._holds[item, member] = True
        self._open[member, item] = -FAR
        losses = self._worth[member, item] - self._open[member]
        np.minimum(self._loss[item], losses, out=self._loss[item])
        for other in others:
            self._look_again(int(other), np.array([item]))

    def _take(self, member: int, item: int) -> None:
        losses = self._worth[member, item] - self._open[member]
        self._holds[item, member] = False
        self._open[member, item] = self._worth[member, item]
        self._look_again(item, np.flatnonzero(losses <= self._loss[item]))
        for other in np.flatnonzero(self._holds[:, member]):
            self._look_again(int(other), np.array([item]))

    def _look_again(self, item: int, columns: Ints) -> None:
        """Whom it costs least to move from an item to those of the columns."""
        holders = np.flatnonzero(self._holds[item])
        moves = self._worth[holders, item, None] - self._open[np.ix_(holders, columns)]
        self._loss[item, columns] = moves.min(axis=0, initial=FAR)
