"""The rounds of a plan, read off it: what was open to whom, and what was chosen."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from coopfarm.planning.fleet.season.problem import Plan
from coopfarm.planning.fleet.season.table import Bools, Ints, Season

NONE: Final = -1


@dataclass(frozen=True, slots=True)
class Held:
    """One round: `number` from 1, what was chosen by each row (or `NONE`), the places before.

    `wished` says which rows still wanted which items and did not hold them; `had` what they held
    before; `withheld` and `prices` what the plan states.
    """

    number: int
    chosen: Ints
    places: Ints
    wished: Bools
    had: Bools
    withheld: Bools
    prices: Ints

    @property
    def open(self) -> Bools:
        return self.wished & ~self.withheld

    @property
    def served(self) -> Ints:
        """The rows that got something."""
        return np.flatnonzero(self.chosen != NONE)

    @property
    def unserved(self) -> Ints:
        """The rows that would have taken something and got nothing."""
        return np.flatnonzero((self.chosen == NONE) & self.wished.any(axis=1))

    @property
    def left(self) -> Ints:
        """The places after the round."""
        return self.places - np.bincount(self.chosen[self.served], minlength=self.places.size)

    def moves(self) -> Bools:
        """From which item to which somebody who got the one could have gone."""
        possible = np.zeros((self.places.size, self.places.size), dtype=bool)
        for item in np.unique(self.chosen[self.served]):
            possible[item] = self.open[self.chosen == item].any(axis=0)
        return possible


def rounds_of(season: Season, plan: Plan) -> Iterator[Held]:
    """The rounds that a plan states; its names have to be those of the season."""
    column = {item: place for place, item in enumerate(season.items)}
    row = {member.id: place for place, member in enumerate(season.members)}
    had = np.zeros(season.values.shape, dtype=bool)
    places = season.places.copy()
    for number, stated in enumerate(plan.rounds, start=1):
        still = _still(season, plan, number)
        prices = np.zeros(places.size, dtype=np.int64)
        for item, price in stated.prices.items():
            prices[column[item]] = price
        withheld = np.zeros_like(had)
        for member, items in stated.withheld.items():
            withheld[row[member], [column[item] for item in items]] = True
        held = Held(
            number=number,
            chosen=_chosen(season, plan, number, column),
            places=places.copy(),
            wished=(season.points > 0) & ~had & still[:, None],
            had=had.copy(),
            withheld=withheld,
            prices=prices,
        )
        yield held
        had[held.served, held.chosen[held.served]] = True
        places = held.left


def _chosen(season: Season, plan: Plan, number: int, column: dict[str, int]) -> Ints:
    items = (plan.gets.get(member.id, ())[number - 1 : number] for member in season.members)
    return np.array([column[one[0]] if one else NONE for one in items], dtype=np.int64)


def _still(season: Season, plan: Plan, number: int) -> Bools:
    """Who was served in every round before and wants more."""
    got = np.array([len(plan.gets.get(member.id, ())) for member in season.members])
    return (got >= number - 1) & (season.wants >= number)
