"""A problem in whole ticks, so that planning it loses nothing to rounding.

A tick is a tenth of a minute, or a hundredth or thousandth where the problem is that exact.
What is finer is rounded so that whatever fits in ticks fits in minutes too.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from coopfarm.planning.fleet.campaign.problem import Machine, Problem

Minutes = npt.NDArray[np.float64]

_PER_MINUTE: Final = (10, 100, 1000)
_SAME: Final = 1e-6  # of a tick, by which a number may miss a whole one
_LAST_DIGITS: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Crew:
    """A machine: where it starts and ends, when, and how much it holds."""

    start: int
    end: int
    leaves: int
    back_by: int
    room: int


@dataclass(frozen=True, slots=True)
class Job:
    """A plot: place, window, work and load; `only` is the one crew that may and has to do it."""

    place: int
    work: int
    opens: int
    closes: int
    load: int
    must: bool
    only: int | None = None


@dataclass(frozen=True, slots=True)
class Ticks:
    """Crews and jobs in the order of the machines and plots; `legs` between all places."""

    per_minute: int
    legs: list[list[int]]
    crews: tuple[Crew, ...]
    jobs: tuple[Job, ...]


def travel_minutes(problem: Problem) -> Minutes:
    """Minutes between all places, yards then plots: the table, or straight lines at speed 1."""
    if problem.travel is not None:
        return np.array(problem.travel, dtype=np.float64).reshape(len(problem.travel), -1)
    yards = [(yard.x, yard.y) for yard in problem.yards]
    plots = [(plot.x, plot.y) for plot in problem.plots]
    spots = np.array([*yards, *plots], dtype=np.float64).reshape(-1, 2)
    straight = np.hypot(*(spots[:, None, axis] - spots[:, axis] for axis in (0, 1)))
    # Solomon's convention: one decimal, truncated; 0.3 across and 0.4 up make 0.5 in any case.
    truncated: Minutes = np.floor(straight * 10 + _LAST_DIGITS) / 10
    return truncated


def in_ticks(problem: Problem, only: Mapping[str, str] | None = None) -> Ticks:
    """The problem in ticks; `only` names for a plot the one machine that has to serve it."""
    travel = travel_minutes(problem)
    per_minute = _per_minute(problem, travel)
    places = {yard.id: place for place, yard in enumerate(problem.yards)}
    crew_of = {machine.id: place for place, machine in enumerate(problem.machines)}
    pins, per_unit = only or {}, _per_unit(problem)
    jobs = tuple(
        Job(
            place=place,
            work=_up(plot.work_minutes, per_minute),
            opens=_up(plot.opens, per_minute),
            closes=_down(plot.closes, per_minute),
            load=_up(plot.load, per_unit),
            must=plot.must or plot.id in pins,
            only=crew_of[pins[plot.id]] if plot.id in pins else None,
        )
        for place, plot in enumerate(problem.plots, len(problem.yards))
    )
    legs = np.ceil(travel * per_minute - _SAME).astype(np.int64)
    longest = int(legs.max(initial=0))
    # Hours and capacity without a limit end where nothing can reach them.
    last = max((job.closes + job.work + longest for job in jobs), default=0)
    everything = sum(job.load for job in jobs)
    crews = tuple(
        _crew(machine, places, (per_minute, per_unit), (last, everything))
        for machine in problem.machines
    )
    return Ticks(per_minute, legs.tolist(), crews, jobs)


def _crew(
    machine: Machine, places: Mapping[str, int], parts: tuple[int, int], limits: tuple[int, int]
) -> Crew:
    """The parts of a minute and of a unit of load; the limits where the machine has none."""
    leaves = _up(machine.from_minute, parts[0])
    until, room = machine.until_minute, machine.capacity
    return Crew(
        start=places[machine.yard],
        end=places[machine.ends or machine.yard],
        leaves=leaves,
        back_by=max(limits[0], leaves) if until is None else _down(until, parts[0]),
        room=limits[1] if room is None else _down(room, parts[1]),
    )


def _per_minute(problem: Problem, travel: Minutes) -> int:
    times = [
        *(time for plot in problem.plots for time in (plot.work_minutes, plot.opens, plot.closes)),
        *(machine.from_minute for machine in problem.machines),
        *(m.until_minute for m in problem.machines if m.until_minute is not None),
        *np.unique(travel).tolist(),
    ]
    return _coarsest(times)


def _per_unit(problem: Problem) -> int:
    """How many parts a unit of load is counted in."""
    loads = [plot.load for plot in problem.plots]
    return _coarsest([*loads, *(m.capacity for m in problem.machines if m.capacity is not None)])


def _coarsest(amounts: Iterable[float]) -> int:
    """The fewest parts of a unit in which all amounts are whole; the finest where none does."""
    stated = list(amounts)
    for parts in _PER_MINUTE:
        if all(abs(amount * parts - round(amount * parts)) <= _SAME for amount in stated):
            return parts
    return _PER_MINUTE[-1]


def _up(amount: float, parts: int) -> int:
    return math.ceil(amount * parts - _SAME)


def _down(amount: float, parts: int) -> int:
    return math.floor(amount * parts + _SAME)
