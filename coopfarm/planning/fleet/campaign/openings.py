"""Whether what a plan leaves out had to be left out: the judge's own look into every gap."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from coopfarm.planning.fleet.campaign.problem import (
    CAPACITY,
    HOURS,
    TIME,
    WINDOW,
    Machine,
    Plan,
    Plot,
    Problem,
    Route,
)

_LAST_DIGIT: Final = 1e-6
# Planning counts in thousandths at the finest, so what is finer may be lost at each stop.
_THOUSANDTHS: Final = 2e-3


@dataclass(frozen=True, slots=True)
class TrueReasons:
    """What keeps a plot out, or the machine into whose round it fits.

    Several reasons where it depends on the last thousandths of minutes.
    """

    reasons: tuple[str, ...]
    fits: str | None = None


class Walk:
    """The ways between the places of a problem, by name."""

    def __init__(self, problem: Problem) -> None:
        self.machines = {machine.id: machine for machine in problem.machines}
        self.plots = {plot.id: plot for plot in problem.plots}
        self._yards = {yard.id: (place, yard.x, yard.y) for place, yard in enumerate(problem.yards)}
        first = len(problem.yards)
        self._plots = {
            plot.id: (place, plot.x, plot.y) for place, plot in enumerate(problem.plots, first)
        }
        self._table = problem.travel

    def leg(self, here: str | None, there: str | None, machine: Machine) -> float:
        """Minutes from plot to plot; None is the machine's start before, its end after."""
        start = self._yards[machine.yard] if here is None else self._plots[here]
        end = self._yards[machine.ends or machine.yard] if there is None else self._plots[there]
        if self._table is not None:
            return self._table[start[0]][end[0]]
        tenths = math.floor(10 * math.dist(start[1:], end[1:]) + 1e-9)
        return tenths / 10

    def legs_of(self, route: Route) -> Iterator[float]:
        """Every leg of a round, home included; none for a machine that stays."""
        if not route.stops:
            return
        machine = self.machines[route.machine]
        names: list[str | None] = [None, *(stop.plot for stop in route.stops), None]
        for place in range(len(names) - 1):
            yield self.leg(names[place], names[place + 1], machine)


@dataclass(frozen=True, slots=True)
class _Gap:
    """Between two places of a round: the earliest one can leave, the latest one must arrive."""

    machine: Machine
    before: str | None
    after: str | None
    leaves: float
    latest: float


class Openings:
    """Every gap of every round of a plan whose rounds are kept."""

    def __init__(self, problem: Problem, plan: Plan, walk: Walk) -> None:
        self._walk = walk
        rounds = {
            route.machine: [walk.plots[stop.plot] for stop in route.stops] for route in plan.routes
        }
        self._gaps = [
            gap
            for machine in problem.machines
            for gap in _gaps(walk, machine, rounds.get(machine.id, []))
        ]
        self._loaded = {
            machine: math.fsum(plot.load for plot in plots) for machine, plots in rounds.items()
        }
        self._scarce, self._ample = _leeways(problem)

    def true_reasons(self, plot: Plot) -> TrueReasons:
        """It fits only where it does so with the leeway to spare."""
        scarce = self._reason(plot, self._scarce)
        if scarce.fits is not None:
            return scarce
        ample = self._reason(plot, self._ample)
        return TrueReasons(tuple(dict.fromkeys((*scarce.reasons, *ample.reasons))))

    def _reason(self, plot: Plot, leeway: float) -> TrueReasons:
        fitting = [gap.machine for gap in self._gaps if self._goes_in(gap, plot, leeway)]
        for machine in fitting:
            if _holds(machine, self._loaded.get(machine.id, 0.0) + plot.load, leeway):
                return TrueReasons((), machine.id)
        could = [self._alone(machine, plot, leeway) for machine in self._walk.machines.values()]
        by_time = [machine for machine in could if isinstance(machine, Machine)]
        if not by_time:
            return TrueReasons((HOURS if HOURS in could else WINDOW,))
        if fitting or not any(_holds(machine, plot.load, leeway) for machine in by_time):
            return TrueReasons((CAPACITY,))
        return TrueReasons((TIME,))

    def _alone(self, machine: Machine, plot: Plot, leeway: float) -> Machine | str:
        """The machine, or what keeps it from the plot if it did nothing else."""
        gap = _Gap(machine, None, None, machine.from_minute, _until(machine))
        starts = max(plot.opens, gap.leaves + self._walk.leg(None, plot.id, machine))
        if starts + leeway > plot.closes:
            return WINDOW
        return machine if self._goes_in(gap, plot, leeway) else HOURS

    def _goes_in(self, gap: _Gap, plot: Plot, leeway: float) -> bool:
        starts = max(plot.opens, gap.leaves + self._walk.leg(gap.before, plot.id, gap.machine))
        if starts + leeway > plot.closes:
            return False
        home = self._walk.leg(plot.id, gap.after, gap.machine)
        return starts + plot.work_minutes + home + leeway <= gap.latest


def _gaps(walk: Walk, machine: Machine, plots: list[Plot]) -> Iterator[_Gap]:
    leaves, latest = _earliest(walk, machine, plots), _latest(walk, machine, plots)
    names: list[str | None] = [None, *(plot.id for plot in plots), None]
    for place in range(len(plots) + 1):
        yield _Gap(machine, names[place], names[place + 1], leaves[place], latest[place])


def _earliest(walk: Walk, machine: Machine, plots: list[Plot]) -> list[float]:
    """When the machine can leave its start and each plot, if it never waits without need."""
    leaves: list[float] = [machine.from_minute]
    here: str | None = None
    for plot in plots:
        starts = max(plot.opens, leaves[-1] + walk.leg(here, plot.id, machine))
        leaves.append(starts + plot.work_minutes)
        here = plot.id
    return leaves


def _latest(walk: Walk, machine: Machine, plots: list[Plot]) -> list[float]:
    """By when it has to come to each plot and to its end, so that all after can be kept."""
    latest: list[float] = [_until(machine)]
    after: str | None = None
    for plot in reversed(plots):
        done = latest[-1] - walk.leg(plot.id, after, machine)
        latest.append(min(plot.closes, done - plot.work_minutes))
        after = plot.id
    return latest[::-1]


def _leeways(problem: Problem) -> tuple[float, float]:
    """What time has to be to spare to be called so, and what may lack to be called lacking.

    Nothing but the last digit where all is stated in thousandths, as it nearly always is.
    """
    stated = [
        *(time for plot in problem.plots for time in (plot.work_minutes, plot.opens, plot.closes)),
        *(time for m in problem.machines for time in (m.from_minute, m.until_minute or 0.0)),
        *(minutes for row in problem.travel or () for minutes in row),
        *(plot.load for plot in problem.plots),
        *(machine.capacity or 0.0 for machine in problem.machines),
    ]
    if all(abs(1000 * amount - round(1000 * amount)) < _LAST_DIGIT for amount in stated):
        return -_LAST_DIGIT, -_LAST_DIGIT
    leeway = _THOUSANDTHS * (len(problem.plots) + 2)
    return leeway, -leeway


def _until(machine: Machine) -> float:
    return math.inf if machine.until_minute is None else machine.until_minute


def _holds(machine: Machine, load: float, leeway: float) -> bool:
    return machine.capacity is None or load + leeway <= machine.capacity
