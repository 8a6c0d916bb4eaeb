"""Who bears the travel of a campaign: all together, or each the own detour."""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Final, Literal

from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.fleet.campaign.problem import Machine, Plan, Problem, Route
from coopfarm.planning.fleet.campaign.ticks import Minutes, travel_minutes

Rule = Literal["pooled", "own"]

POOLED: Final = Phrase(
    "travel-pooled",
    N_(
        "All travel of the campaign, %(travel)s minutes, is borne by area. "
        "You have %(area)s of %(areas)s, which comes to %(share)s minutes."
    ),
)
OWN: Final = Phrase(
    "travel-own",
    N_(
        "Each bears the own detour. Yours is %(detour)s minutes; with your part of the way that "
        "all share it comes to %(share)s minutes."
    ),
)


def travel_shares(
    problem: Problem, plan: Plan, areas: Mapping[str, float], rule: Rule
) -> dict[str, float]:
    """Minutes of travel borne by each plot served; they add up to the travel of the plan.

    `pooled` goes by area. `own` asks of each plot the detour it causes, and shares the way that
    nobody causes alone by area; where detours come to more than the way, each bears in
    proportion to the own. Areas are in any unit, above 0.
    """
    served = [stop.plot for route in plan.routes for stop in route.stops]
    if rule == "pooled":
        return _in_proportion(plan.travel_cost, {plot: areas[plot] for plot in served})
    causes = detours(problem, plan)
    caused = math.fsum(causes.values())
    if caused > plan.travel_cost:
        return _in_proportion(plan.travel_cost, causes)
    common = _in_proportion(plan.travel_cost - caused, {plot: areas[plot] for plot in served})
    return {plot: causes[plot] + common[plot] for plot in served}


def detours(problem: Problem, plan: Plan) -> dict[str, float]:
    """By how many minutes each round would be shorter without each of its plots; at least 0."""
    travel = travel_minutes(problem)
    machines = {machine.id: machine for machine in problem.machines}
    return {
        plot: minutes
        for route in plan.routes
        for plot, minutes in _detours_of(problem, travel, machines[route.machine], route)
    }


def by_member(shares: Mapping[str, float], member_of: Mapping[str, str]) -> dict[str, float]:
    """What each member bears for all of the plots together."""
    sums: dict[str, list[float]] = {}
    for plot, minutes in shares.items():
        sums.setdefault(member_of[plot], []).append(minutes)
    return {member: math.fsum(minutes) for member, minutes in sums.items()}


def explain(
    problem: Problem, plan: Plan, areas: Mapping[str, float], rule: Rule
) -> dict[str, Sentence]:
    """For each plot served, the arithmetic of its share."""
    shares = travel_shares(problem, plan, areas, rule)
    if rule == "own":
        causes = detours(problem, plan)
        return {
            plot: OWN(detour=round(causes[plot], 2), share=round(share, 2))
            for plot, share in shares.items()
        }
    everything = math.fsum(areas[plot] for plot in shares)
    return {
        plot: POOLED(
            travel=plan.travel_cost, area=areas[plot], areas=everything, share=round(share, 2)
        )
        for plot, share in shares.items()
    }


def _detours_of(
    problem: Problem, travel: Minutes, machine: Machine, route: Route
) -> list[tuple[str, float]]:
    numbers = {plot.id: place for place, plot in enumerate(problem.plots, len(problem.yards))}
    yards = {yard.id: place for place, yard in enumerate(problem.yards)}
    end = machine.ends or machine.yard
    way = [yards[machine.yard], *(numbers[stop.plot] for stop in route.stops), yards[end]]
    legs = [float(travel[here, there]) for here, there in pairwise(way)]
    direct = [float(travel[here, after]) for here, after in zip(way, way[2:], strict=False)]
    return [
        (stop.plot, max(to + back - past, 0.0))
        for stop, to, back, past in zip(route.stops, legs[:-1], legs[1:], direct, strict=True)
    ]


def _in_proportion(total: float, weights: Mapping[str, float]) -> dict[str, float]:
    whole = math.fsum(weights.values())
    if whole <= 0:
        return dict.fromkeys(weights, total / max(len(weights), 1))
    return {name: total * weight / whole for name, weight in weights.items()}
