"""Stops a round before anybody would envy another by more than one item.

Without places shared by many the rounds alone see to it: what is left after a round is worth no
more to me than what I chose. But where two hold the same item, one of them can get it early and
the other late, instead of something else; only such pairs, and members from whom something was
withheld, have to be looked at.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np

from coopfarm.planning.fleet.season.match import NOTHING
from coopfarm.planning.fleet.season.table import Bools, Floats, Ints, Season

ROUNDING: Final = 1e-12  # of two sums of values, by which they may differ and be the same
_AT_ONCE: Final = 1 << 18  # pairs, so that the arrays stay small


class Guard:
    """What every member got in which round; remembers whom the rounds alone do not protect."""

    def __init__(self, season: Season) -> None:
        rows = season.values.shape
        self._season = season
        self._round_of = np.zeros(rows, dtype=np.int64)  # members × items, 0 for not held
        self._bundles: list[Ints] = []  # the item of each member, a round each
        self._own = np.zeros(rows[0])
        self._least = np.zeros(rows[0])  # of what a member got so far
        self._exposed = np.zeros(rows[0], dtype=bool)

    @property
    def held(self) -> Bools:
        return self._round_of > 0

    def too_much_for_others(self, chosen: Ints) -> Ints:
        """The rows whose item of this round would make somebody's envy exceed one item.

        Everybody is judged by what they had before the round.
        """
        if not self._bundles:
            return np.empty(0, dtype=np.int64)
        exposed = self._exposed | self._passed_over(chosen)
        too_much = np.zeros(chosen.size, dtype=bool)
        bundles = np.column_stack([*self._bundles, chosen])
        for envious, envied in self._pairs(chosen, exposed):
            without_best = worth_without_best(self._season, envious, bundles[envied])
            own = self._own[envious]
            too_much[envied[without_best > own + ROUNDING * (own + without_best)]] = True
        return np.flatnonzero(too_much)

    def record(self, chosen: Ints) -> None:
        """A round is over."""
        if self._bundles:
            self._exposed |= self._passed_over(chosen)
        rows = np.flatnonzero(chosen != NOTHING)
        got = self._season.values[rows, chosen[rows]]
        self._bundles.append(chosen)
        self._round_of[rows, chosen[rows]] = len(self._bundles)
        self._own[rows] += got
        self._least[rows] = np.minimum(self._least[rows], got) if len(self._bundles) > 1 else got
        out = np.setdiff1d(np.arange(chosen.size), rows)
        unserved = out[len(self._bundles) <= self._season.wants[out]]
        self._least[unserved] = 0.0

    def _passed_over(self, chosen: Ints) -> Bools:
        """Who sees others get, in this round, what is worth more than the least they hold."""
        handed_out = np.unique(chosen[chosen != NOTHING])
        missed = np.where(self.held[:, handed_out], 0.0, self._season.values[:, handed_out])
        above: Bools = missed.max(axis=1, initial=0.0) > self._least
        return above

    def _pairs(self, chosen: Ints, exposed: Bools) -> Iterator[tuple[Ints, Ints]]:
        """Those who may envy, and beside each whom; an item of the envied came two rounds later."""
        now = self._round_of.copy()
        served = np.flatnonzero(chosen != NOTHING)
        now[served, chosen[served]] = len(self._bundles) + 1
        envied = now[served]
        pairs = np.zeros((chosen.size, served.size), dtype=bool)
        pairs[exposed] = True
        for item in np.flatnonzero(self.held.any(axis=0)):
            early = np.flatnonzero(now[:, item])
            late = np.flatnonzero(envied[:, item] > 2)
            pairs[np.ix_(early, late)] |= now[early, item, None] <= envied[None, late, item] - 2
        rows, columns = np.nonzero(pairs)
        for start in range(0, rows.size, _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            yield rows[part], served[columns[part]]


def worth_without_best(season: Season, envious: Ints, bundles: Ints) -> Floats:
    """What each bundle is worth to each envious member when its best item is left out.

    Nobody can use more than they want: only that many of the rest count. `bundles` has one row
    of items for each of the envious, `NOTHING` where a round brought none.
    """
    values = np.where(bundles == NOTHING, 0.0, season.values[envious[:, None], bundles])
    values.sort(axis=1)
    rest = values[:, -2::-1]
    counts = np.arange(rest.shape[1]) < season.wants[envious, None]
    worth: Floats = (rest * counts).sum(axis=1)
    return worth
