"""Who envies whom, worked out for every pair."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from coopfarm.planning.fleet.season.problem import Plan, Problem
from coopfarm.planning.fleet.season.table import Bools, Floats, Ints, Season, season_of

_SAME: Final = 1e-12  # of two sums, by which rounding may keep them apart
_AT_ONCE: Final = 1 << 21  # values looked at together


@dataclass(frozen=True, slots=True)
class Envy:
    """In the eyes of `member`: what they have, what `of` has, and that without its best item.

    Nobody can use more than they want, so only as many items of another count.
    """

    member: str
    of: str
    own: float
    theirs: float
    without_best: float

    @property
    def beyond_one_item(self) -> bool:
        """Whether leaving out one item would not end it."""
        return self.without_best > self.own + _SAME * (self.own + self.without_best)

    def as_json(self) -> dict[str, object]:
        return {
            "of": self.of,
            "own": self.own,
            "theirs": self.theirs,
            "without_best": self.without_best,
        }


def envies(problem: Problem, plan: Plan) -> list[Envy]:
    """For each member who envies anybody the worst case: beyond one item first, then the largest.

    Members and items that the problem does not have are left out.
    """
    season = season_of(problem)
    bundles = _bundles(season, plan)
    return [envy for rows in _blocks(season, bundles) for envy in _worst(season, bundles, rows)]


def report(problem: Problem, plan: Plan) -> dict[str, object]:
    """What is printed of it."""
    found = envies(problem, plan)
    return {
        "beyond_one_item": sum(envy.beyond_one_item for envy in found),
        "members": {envy.member: envy.as_json() for envy in found},
    }


def _bundles(season: Season, plan: Plan) -> Ints:
    """The items of each member in a row, filled up with one that nobody values."""
    column = {item: place for place, item in enumerate(season.items)}
    got = [
        [column[item] for item in dict.fromkeys(plan.gets.get(member.id, ())) if item in column]
        for member in season.members
    ]
    longest = max(map(len, got))
    nothing = len(season.items)
    return np.array([items + [nothing] * (longest - len(items)) for items in got], dtype=np.int64)


def _blocks(season: Season, bundles: Ints) -> Iterator[Ints]:
    """Rows of members who want the same number, so that one cut serves them all."""
    size = max(_AT_ONCE // max(bundles.size, 1), 1)
    for wants in np.unique(season.wants):
        rows = np.flatnonzero(season.wants == wants)
        for start in range(0, rows.size, size):
            yield rows[start : start + size]


def _worst(season: Season, bundles: Ints, rows: Ints) -> Iterator[Envy]:
    values = np.column_stack([season.values[rows], np.zeros(rows.size)])
    wants = int(season.wants[rows[0]])
    seen = values[:, bundles]
    own = _own(seen, rows)
    theirs, without_best = _use_of(seen, wants)
    envied = _above(theirs, own)
    beyond = _above(without_best, own)
    for place in np.flatnonzero(envied.any(axis=1) | beyond.any(axis=1)):
        worst = without_best[place] if beyond[place].any() else theirs[place]
        of = int(worst.argmax())
        yield Envy(
            member=season.members[rows[place]].id,
            of=season.members[of].id,
            own=float(own[place]),
            theirs=float(theirs[place, of]),
            without_best=float(without_best[place, of]),
        )


def _use_of(seen: Floats, wants: int) -> tuple[Floats, Floats]:
    """What all bundles are worth to some members, whole and without the best; uses up `seen`."""
    items = seen.shape[2]
    if wants >= items:
        theirs = seen.sum(axis=2)
        # Left out, not taken off again: a small rest would be lost beside a large best.
        if items:
            np.put_along_axis(seen, seen.argmax(axis=2, keepdims=True), 0.0, axis=2)
        return theirs, seen.sum(axis=2)
    falling = -np.sort(-seen, axis=2)
    return falling[:, :, :wants].sum(axis=2), falling[:, :, 1 : wants + 1].sum(axis=2)


def _own(seen: Floats, rows: Ints) -> Floats:
    mine: Floats = seen[np.arange(rows.size), rows].sum(axis=1)
    return mine


def _above(amounts: Floats, own: Floats) -> Bools:
    mine = own[:, None]
    return amounts > mine + _SAME * (mine + amounts)
