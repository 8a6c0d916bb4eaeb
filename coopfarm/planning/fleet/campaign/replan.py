"""Plan again after a standstill, and leave as much as it was as can be.

Whoever was told a time can rely on it: of the stops that need not change, at least four in five
keep machine and time. The others may move so that stops which lost their machine find a place.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from coopfarm.planning.fleet.campaign.change import (
    MAY_CHANGE,
    TOLERANCE_MINUTES,
    Replan,
    Standstill,
)
from coopfarm.planning.fleet.campaign.difference import difference
from coopfarm.planning.fleet.campaign.problem import Plan, Problem, Stop
from coopfarm.planning.fleet.campaign.rounds import (
    begins,
    that_can_be_kept,
    value,
    with_all_that_fits,
)
from coopfarm.planning.fleet.campaign.search import Limit, search
from coopfarm.planning.fleet.campaign.solve import as_plan
from coopfarm.planning.fleet.campaign.standstill import UnderWay, cut
from coopfarm.planning.fleet.campaign.ticks import Ticks, in_ticks, travel_minutes

_LAST_DIGIT: Final = 1e-6


def replan(
    problem: Problem,
    plan: Plan,
    standstill: Standstill,
    *,
    tolerance_minutes: float = TOLERANCE_MINUTES,
    may_change: float = MAY_CHANGE,
) -> Replan:
    """The rest of a plan that holds, after machines stand still for a time or for good.

    Of the stops that could stay as they are, at most the part `may_change` gets another machine
    or a start more than `tolerance_minutes` away. Stops behind a machine that goes on later keep
    their order, and at most that part of them goes elsewhere.
    """
    under_way = cut(problem, plan, standstill)
    kept = _kept(under_way, tolerance_minutes)
    loose = _loose(under_way, kept, may_change)
    promised = _promised(under_way.rest, kept, loose, tolerance_minutes)
    pins = {place.stop.plot: place.machine for place in kept if place.stop.plot not in loose}
    after = _searched(promised, in_ticks(promised, pins), kept)
    return Replan(
        under_way.begun,
        promised,
        after,
        difference(plan, under_way, after, tolerance_minutes),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """A stop that can keep its machine, when it can begin at the earliest, and when it was to."""

    machine: str
    stop: Stop
    was: float

    def may_stay(self, tolerance: float) -> bool:
        return self.stop.starts <= self.was + tolerance


def _kept(under_way: UnderWay, tolerance: float) -> list[_Place]:
    """Every stop whose machine can still do it in its turn, at the earliest within tolerance."""
    was = {stop.plot: stop.starts for route in under_way.waiting for stop in route.stops}
    rest = under_way.rest
    early = tuple(
        replace(plot, opens=min(max(plot.opens, was.get(plot.id, 0.0) - tolerance), plot.closes))
        for plot in rest.plots
    )
    ticks = in_ticks(replace(rest, plots=early))
    numbers = {plot.id: number for number, plot in enumerate(rest.plots)}
    crews = {machine.id: number for number, machine in enumerate(rest.machines)}
    kept: list[_Place] = []
    for route in under_way.waiting:
        if route.machine in crews:
            order = [numbers[stop.plot] for stop in route.stops]
            for number, start in _in_turn(ticks, crews[route.machine], order):
                name = rest.plots[number].id
                kept.append(_Place(route.machine, Stop(name, start), was[name]))
    return kept


def _in_turn(ticks: Ticks, crew: int, order: Sequence[int]) -> Iterable[tuple[int, float]]:
    """The jobs of the order that can be kept, one after another, and their starts in minutes."""
    kept = that_can_be_kept(ticks, ticks.crews[crew], order)
    starts = begins(ticks, ticks.crews[crew], kept) or []
    return [(n, start / ticks.per_minute) for n, start in zip(kept, starts, strict=True)]


def _loose(under_way: UnderWay, kept: Sequence[_Place], may_change: float) -> set[str]:
    """The stops that may move: those nearest to one that has lost its place."""
    placed = {place.stop.plot for place in kept}
    lost = [stop.plot for route in under_way.waiting for stop in route.stops]
    lost = [plot for plot in (*lost, *under_way.unfinished) if plot not in placed]
    if not lost:
        return set()
    rest = under_way.rest
    travel = travel_minutes(rest)
    places = {plot.id: at for at, plot in enumerate(rest.plots, len(rest.yards))}
    to_lost = travel[:, [places[plot] for plot in lost]].min(axis=1)
    on_time = {stop.plot for stop in (p.stop for p in kept if p.may_stay(_LAST_DIGIT))}
    loose: set[str] = set()
    for group in (on_time, placed - on_time):
        near = sorted(group, key=lambda plot: (to_lost[places[plot]], plot))
        loose.update(near[: math.floor(may_change * len(group))])
    return loose


def _promised(rest: Problem, kept: Sequence[_Place], loose: set[str], tolerance: float) -> Problem:
    """The rest with narrow windows for whoever keeps the time, or the time as it is now."""
    windows = {
        place.stop.plot: place.was if place.may_stay(tolerance) else place.stop.starts
        for place in kept
        if place.stop.plot not in loose
    }
    plots = tuple(
        replace(
            plot,
            opens=max(plot.opens, windows[plot.id] - tolerance),
            closes=min(plot.closes, windows[plot.id] + tolerance),
        )
        if plot.id in windows
        else plot
        for plot in rest.plots
    )
    return replace(rest, plots=plots)


def _searched(promised: Problem, ticks: Ticks, kept: Sequence[_Place]) -> Plan:
    """The better of the rounds as they are, with what fits into them, and those found anew."""
    as_before = with_all_that_fits(ticks, _orders(promised, ticks, kept))
    limit = Limit(promised.seconds, promised.iterations)
    found = search(ticks, limit, promised.seed, start=as_before)
    anew = with_all_that_fits(ticks, found.orders)
    rivals = (as_before, anew) if _pins_are_kept(ticks, anew) else (as_before,)
    best = min(rivals, key=lambda orders: value(ticks, orders))
    return as_plan(promised, ticks, best, found.iterations)


def _orders(promised: Problem, ticks: Ticks, kept: Sequence[_Place]) -> list[list[int]]:
    numbers = {plot.id: number for number, plot in enumerate(promised.plots)}
    crews: Mapping[str, int] = {m.id: number for number, m in enumerate(promised.machines)}
    orders: list[list[int]] = [[] for _ in promised.machines]
    for place in kept:
        orders[crews[place.machine]].append(numbers[place.stop.plot])
    return orders


def _pins_are_kept(ticks: Ticks, orders: Sequence[Sequence[int]]) -> bool:
    """Whether everybody who was promised a machine is served by that one."""
    crew_of = {number: crew for crew, order in enumerate(orders) for number in order}
    return all(
        job.only is None or crew_of.get(number) == job.only for number, job in enumerate(ticks.jobs)
    )
