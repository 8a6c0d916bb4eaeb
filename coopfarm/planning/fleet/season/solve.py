"""From wishes to machine-days, round by round, one item each a round."""

import numpy as np

from coopfarm.planning.fleet.season.guard import Guard
from coopfarm.planning.fleet.season.match import NOTHING, Match, match
from coopfarm.planning.fleet.season.problem import Plan, Problem, Round
from coopfarm.planning.fleet.season.table import Bools, Ints, Season, season_of


def solve(problem: Problem) -> Plan:
    """Rounds of minimum-cost flow until nobody can be served; who goes without in one is out.

    The same problem gives the same plan.
    """
    # Iterated matching: Brustle, Dippel, Narayan, Suzuki & Vetta, One Dollar Each Eliminates
    # Envy, EC 2020.
    season = season_of(problem)
    guard, places = Guard(season), season.places.copy()
    going_on = np.ones(len(season.members), dtype=bool)
    chosen: list[Ints] = []
    rounds: list[Round] = []
    while True:
        going_on &= season.wants > len(rounds)
        may = (season.points > 0) & ~guard.held & going_on[:, None]
        if not may.any():
            return Plan(_gets(problem, season, chosen), tuple(rounds))
        found, withheld = _one_round(season, guard, may, places)
        guard.record(found.chosen)
        going_on = found.chosen != NOTHING
        places -= np.bincount(found.chosen[going_on], minlength=places.size)
        chosen.append(found.chosen)
        rounds.append(_proof(season, found, withheld))


def _one_round(season: Season, guard: Guard, may: Bools, places: Ints) -> tuple[Match, Bools]:
    """The match of a round, and what had to be withheld so that nobody envies by two."""
    withheld = np.zeros_like(may)
    while True:
        found = match(season.worth, may & ~withheld, places)
        rows = guard.too_much_for_others(found.chosen)
        if not rows.size:
            return found, withheld
        withheld[rows, found.chosen[rows]] = True


def _proof(season: Season, found: Match, withheld: Bools) -> Round:
    prices = {
        item: price
        for item, price in zip(season.items, found.prices.tolist(), strict=True)
        if price
    }
    kept = {
        season.members[row].id: tuple(season.items[item] for item in np.flatnonzero(withheld[row]))
        for row in np.flatnonzero(withheld.any(axis=1))
    }
    return Round(prices, kept)


def _gets(problem: Problem, season: Season, chosen: list[Ints]) -> dict[str, tuple[str, ...]]:
    gets: dict[str, list[str]] = {member.id: [] for member in problem.members}
    for found in chosen:
        for row in np.flatnonzero(found != NOTHING):
            gets[season.members[row].id].append(season.items[found[row]])
    return {member: tuple(items) for member, items in gets.items()}
