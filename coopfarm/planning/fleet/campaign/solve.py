"""From a campaign to rounds: search, put in what still fits, say why the rest has to wait."""

import math
from collections.abc import Mapping
from itertools import pairwise

from coopfarm.planning.fleet.campaign.nearest import nearest_neighbour
from coopfarm.planning.fleet.campaign.problem import Plan, Problem, Route, Stop
from coopfarm.planning.fleet.campaign.rounds import (
    Order,
    Orders,
    begins,
    reasons,
    value,
    with_all_that_fits,
)
from coopfarm.planning.fleet.campaign.search import Limit, search
from coopfarm.planning.fleet.campaign.ticks import Crew, Minutes, Ticks, in_ticks, travel_minutes

_DECIMALS = 6  # the sums of minutes are written without the last digits of binary fractions


def solve(problem: Problem) -> Plan:
    """The best rounds found in the time given, and never worse than nearest neighbour.

    The same problem with the same number of `iterations` gives the same plan; with `seconds`
    alone it may differ from run to run where the search did not come to rest before.
    """
    ticks = in_ticks(problem)
    found = search(ticks, Limit(problem.seconds, problem.iterations), problem.seed)
    rivals = (with_all_that_fits(ticks, found.orders), nearest_neighbour(ticks))
    best = min(rivals, key=lambda orders: value(ticks, orders))
    return as_plan(problem, ticks, with_all_that_fits(ticks, best), found.iterations)


def without_search(problem: Problem) -> Plan:
    """The plan of nearest neighbour, to compare with."""
    ticks = in_ticks(problem)
    return as_plan(problem, ticks, nearest_neighbour(ticks), 0)


def as_plan(problem: Problem, ticks: Ticks, orders: Orders, iterations: int) -> Plan:
    """The orders with their earliest starts in minutes, the travel, and why others are left out."""
    rounds = list(zip(problem.machines, ticks.crews, orders, strict=True))
    travel = travel_minutes(problem)
    routes = tuple(
        Route(machine.id, _stops(problem, ticks, crew, order))
        for machine, crew, order in rounds
        if order
    )
    legs = [leg for _, crew, order in rounds for leg in _legs(ticks, travel, crew, order)]
    why = reasons(ticks, orders)
    return Plan(
        routes=routes,
        travel_cost=round(math.fsum(legs), _DECIMALS),
        unserved=_by_plot(problem, why),
        iterations=iterations,
    )


def _stops(problem: Problem, ticks: Ticks, crew: Crew, order: Order) -> tuple[Stop, ...]:
    starts = begins(ticks, crew, order)
    if starts is None:
        raise ValueError("a round is planned that cannot be kept")
    return tuple(
        Stop(problem.plots[number].id, start / ticks.per_minute)
        for number, start in zip(order, starts, strict=True)
    )


def _legs(ticks: Ticks, travel: Minutes, crew: Crew, order: Order) -> list[float]:
    """The minutes of each leg of a round, as they are stated."""
    way = [crew.start, *(ticks.jobs[number].place for number in order), crew.end]
    return [float(travel[here, there]) for here, there in pairwise(way)] if order else []


def _by_plot(problem: Problem, why: Mapping[int, str]) -> dict[str, str]:
    return {problem.plots[number].id: why[number] for number in sorted(why)}
