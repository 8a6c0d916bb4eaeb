"""A machine breaks down, or weather stops them all: what has begun, and what is left to plan."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from coopfarm.planning.fleet.campaign.change import Standstill
from coopfarm.planning.fleet.campaign.problem import (
    Machine,
    Plan,
    Plot,
    Problem,
    Route,
    Stop,
    Yard,
)
from coopfarm.planning.fleet.campaign.ticks import travel_minutes

_LAST_DIGIT: Final = 1e-6


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A campaign cut in two by a standstill.

    `begun` stays as it is. `rest` has the plots still to serve, with every machine where it
    stands and from when it is free; `waiting` are their rounds as they were planned, those of
    machines that are gone included. `unfinished` has the minutes left on plots that a machine
    broke down on.
    """

    begun: tuple[Route, ...]
    rest: Problem
    waiting: tuple[Route, ...]
    unfinished: Mapping[str, float]
    standing: frozenset[str]


def cut(problem: Problem, plan: Plan, standstill: Standstill) -> UnderWay:
    """What a standstill leaves of a plan.

    A machine that works has begun on a plot once it has set out for it; one that stands still,
    only once it is at work there.
    """
    reach = _Reach(problem)
    routes = {route.machine: route.stops for route in plan.routes}
    parts = {
        machine.id: _begun(reach, machine, routes.get(machine.id, ()), standstill)
        for machine in problem.machines
    }
    unfinished = _unfinished(problem, parts, routes, standstill)
    begun = {stop.plot for stops in parts.values() for stop in stops} - unfinished.keys()
    plots = tuple(
        _what_is_left(problem, plot, unfinished, standstill)
        for plot in problem.plots
        if plot.id not in begun
    )
    machines = [m for m in problem.machines if not _is_gone(m, standstill)]
    return UnderWay(
        begun=tuple(Route(name, stops) for name, stops in parts.items() if stops),
        rest=_rest(problem, plots, machines, parts, standstill),
        waiting=tuple(_waiting(routes, parts)),
        unfinished=unfinished,
        standing=standstill.machines,
    )


def _waiting(
    routes: Mapping[str, tuple[Stop, ...]], parts: Mapping[str, tuple[Stop, ...]]
) -> Iterator[Route]:
    for name, stops in routes.items():
        if len(stops) > len(parts[name]):
            yield Route(name, stops[len(parts[name]) :])


class _Reach:
    """Minutes of travel, by name."""

    def __init__(self, problem: Problem) -> None:
        self._travel = travel_minutes(problem)
        self.yards = {yard.id: place for place, yard in enumerate(problem.yards)}
        first = len(problem.yards)
        self.plots = {plot.id: place for place, plot in enumerate(problem.plots, first)}

    def leg(self, machine: Machine, before: str | None, plot: str) -> float:
        here = self.yards[machine.yard] if before is None else self.plots[before]
        return float(self._travel[here, self.plots[plot]])


def _begun(
    reach: _Reach, machine: Machine, stops: tuple[Stop, ...], standstill: Standstill
) -> tuple[Stop, ...]:
    stands_still = machine.id in standstill.machines
    before = None
    for place, stop in enumerate(stops):
        way = 0.0 if stands_still else reach.leg(machine, before, stop.plot)
        if stop.starts - way >= standstill.at - _LAST_DIGIT:
            return stops[:place]
        before = stop.plot
    return stops


def _unfinished(
    problem: Problem,
    parts: Mapping[str, tuple[Stop, ...]],
    routes: Mapping[str, tuple[Stop, ...]],
    standstill: Standstill,
) -> dict[str, float]:
    work = {plot.id: plot.work_minutes for plot in problem.plots}
    if standstill.until is not None:
        return {}
    last = [parts[name][-1] for name in standstill.machines if parts.get(name)]
    left = {stop.plot: stop.starts + work[stop.plot] - standstill.at for stop in last}
    return {plot: minutes for plot, minutes in sorted(left.items()) if minutes > _LAST_DIGIT}


def _what_is_left(
    problem: Problem, plot: Plot, unfinished: Mapping[str, float], standstill: Standstill
) -> Plot:
    """What has begun once may go on at any time: its window closes with the last of all."""
    if plot.id not in unfinished:
        return plot
    left = unfinished[plot.id]
    return replace(
        plot,
        work_minutes=left,
        load=plot.load * left / plot.work_minutes,
        opens=standstill.at,
        closes=max(standstill.at, *(other.closes for other in problem.plots)),
    )


def _is_gone(machine: Machine, standstill: Standstill) -> bool:
    return machine.id in standstill.machines and standstill.until is None


def _rest(
    problem: Problem,
    plots: tuple[Plot, ...],
    machines: list[Machine],
    parts: Mapping[str, tuple[Stop, ...]],
    standstill: Standstill,
) -> Problem:
    reach = _Reach(problem)
    by_id = {plot.id: plot for plot in problem.plots}
    stands = {machine.id: parts[machine.id][-1].plot for machine in machines if parts[machine.id]}
    spots = {name: _spot_name(name, plot, problem) for name, plot in stands.items()}
    yards = (
        *problem.yards,
        *(Yard(spots[name], by_id[plot].x, by_id[plot].y) for name, plot in stands.items()),
    )
    places = [
        *reach.yards.values(),
        *(reach.plots[plot] for plot in stands.values()),
        *(reach.plots[plot.id] for plot in plots),
    ]
    return replace(
        problem,
        yards=yards,
        plots=plots,
        machines=tuple(
            _where_it_is(machine, spots.get(machine.id), by_id, parts[machine.id], standstill)
            for machine in machines
        ),
        travel=_picked(problem.travel, places),
    )


def _picked(
    travel: tuple[tuple[float, ...], ...] | None, places: list[int]
) -> tuple[tuple[float, ...], ...] | None:
    if travel is None:
        return None
    return tuple(tuple(travel[here][there] for there in places) for here in places)


def _where_it_is(
    machine: Machine,
    spot: str | None,
    plots: Mapping[str, Plot],
    begun: tuple[Stop, ...],
    standstill: Standstill,
) -> Machine:
    loaded = sum(plots[stop.plot].load for stop in begun)
    free = _free_from(machine, plots, begun, standstill)
    until = machine.until_minute
    return replace(
        machine,
        yard=spot or machine.yard,
        ends=machine.ends or machine.yard,
        capacity=None if machine.capacity is None else max(machine.capacity - loaded, 0.0),
        from_minute=free,
        until_minute=None if until is None else max(until, free),
    )


def _free_from(
    machine: Machine, plots: Mapping[str, Plot], begun: tuple[Stop, ...], standstill: Standstill
) -> float:
    """From when it can go on; work that stood still goes on first."""
    done = machine.from_minute
    if begun:
        done = begun[-1].starts + plots[begun[-1].plot].work_minutes
    if machine.id not in standstill.machines or standstill.until is None:
        return max(done, standstill.at)
    return (
        standstill.until + max(done - standstill.at, 0.0) if begun else max(done, standstill.until)
    )


def _spot_name(machine: str, plot: str, problem: Problem) -> str:
    """A name for where a machine stands that no yard has."""
    name = f"{machine} at {plot}"
    while any(yard.id == name for yard in problem.yards):
        name += "'"
    return name
