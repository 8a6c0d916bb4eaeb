"""Judge a plan that was made again: the rest holds, what began stays, few others change."""

from collections.abc import Iterator
from typing import Final

from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.certificate import Certificate
from coopfarm.planning.fleet.campaign.certify import around, certify
from coopfarm.planning.fleet.campaign.change import (
    MAY_CHANGE,
    TOLERANCE_MINUTES,
    Replan,
    Standstill,
    Visit,
)
from coopfarm.planning.fleet.campaign.openings import Walk
from coopfarm.planning.fleet.campaign.problem import Plan, Plot, Problem

BEGUN_CHANGED: Final = Phrase(
    "replan-begun-changed",
    N_("The new plan does not leave what %(machine)s had begun as it was."),
)
PLOTS_DIFFER: Final = Phrase(
    "replan-plots-differ",
    N_("%(plot)s is planned again although it was done, or forgotten although it was not."),
)
PLOT_CHANGED: Final = Phrase(
    "replan-plot-changed",
    N_("The new plan gives %(plot)s a window, a load or work that it does not have."),
)
STANDS_STILL: Final = Phrase(
    "replan-stands-still",
    N_("%(machine)s would begin on %(plot)s at minute %(starts)s and is free from %(free)s on."),
)
IS_GONE: Final = Phrase("replan-is-gone", N_("%(machine)s is planned again and stands still."))
TOO_MANY_CHANGE: Final = Phrase(
    "replan-too-many-change",
    N_("Of %(could_stay)s stops that need not change only %(stayed)s stay as they were."),
)
DIFFERENCE_WRONG: Final = Phrase(
    "replan-difference-wrong",
    N_("What the new plan says of changes does not agree with the two plans."),
)


def certify_replan(
    problem: Problem,
    before: Plan,
    standstill: Standstill,
    made: Replan,
    *,
    tolerance_minutes: float = TOLERANCE_MINUTES,
    may_change: float = MAY_CHANGE,
) -> Certificate:
    """Whether the rest is a plan that holds, changes no more than it may, and says what it does.

    `problem` and `before` are those of the plan that held when the machines stood still.
    """
    facts = _Facts(problem, before, standstill)
    kept = _kept(facts, made.plan, tolerance_minutes)
    return Certificate(
        (
            *certify(made.problem, made.plan).findings,
            *_begun_changed(facts, made),
            *_plots_changed(facts, made),
            *_too_soon(facts, made),
            *_too_many_change(facts, kept, may_change),
            *_misreported(facts, kept, made),
        )
    )


class _Facts:
    """What had begun at a standstill and what had not, worked out from the plan before."""

    def __init__(self, problem: Problem, before: Plan, standstill: Standstill) -> None:
        self.problem, self.standstill = problem, standstill
        self.walk = Walk(problem)
        self.routes = {route.machine: route.stops for route in before.routes}
        self.begun = {name: self._begun(name) for name in self.routes}
        self.waiting = {
            stop.plot: Visit(name, stop.starts)
            for name, stops in self.routes.items()
            for stop in stops[self.begun[name] :]
        }
        self.unfinished = dict(self._unfinished())
        done = {
            stop.plot for name, stops in self.routes.items() for stop in stops[: self.begun[name]]
        }
        self.open_plots = {plot.id for plot in problem.plots} - (done - self.unfinished.keys())

    def free(self, machine: str) -> float:
        """The first minute at which a machine can go on."""
        stops = self.routes.get(machine, ())[: self.begun.get(machine, 0)]
        done = self.walk.machines[machine].from_minute
        if stops:
            done = stops[-1].starts + self.walk.plots[stops[-1].plot].work_minutes
        until = self.standstill.until
        if machine not in self.standstill.machines or until is None:
            return max(done, self.standstill.at)
        return max(done + until - self.standstill.at, until) if stops else max(done, until)

    def could_stay(self) -> set[str]:
        """The stops that no standstill touches."""
        standing = self.standstill.machines
        return {name for name, was in self.waiting.items() if was.machine not in standing}

    def is_gone(self, machine: str) -> bool:
        return machine in self.standstill.machines and self.standstill.until is None

    def _begun(self, name: str) -> int:
        """How many stops of a round had begun; on the road counts for a machine that goes on."""
        stops, machine = self.routes[name], self.walk.machines[name]
        before: list[str | None] = [None, *(stop.plot for stop in stops)]
        for place, stop in enumerate(stops):
            way = self.walk.leg(before[place], stop.plot, machine)
            sets_out = stop.starts - (0 if name in self.standstill.machines else way)
            if sets_out >= self.standstill.at - 1e-6:
                return place
        return len(stops)

    def _unfinished(self) -> Iterator[tuple[str, float]]:
        for name in self.routes:
            if self.is_gone(name) and self.begun[name]:
                stop = self.routes[name][self.begun[name] - 1]
                left = self._done(name) - self.standstill.at
                if left > 1e-6:
                    yield stop.plot, left

    def _done(self, name: str) -> float:
        stop = self.routes[name][self.begun[name] - 1]
        return stop.starts + self.walk.plots[stop.plot].work_minutes


def _begun_changed(facts: _Facts, made: Replan) -> Iterator[Sentence]:
    stated = {route.machine: route.stops for route in made.begun}
    for name in dict.fromkeys((*facts.routes, *stated)):
        true = facts.routes.get(name, ())[: facts.begun.get(name, 0)]
        if stated.get(name, ()) != true:
            yield BEGUN_CHANGED(machine=name)


def _plots_changed(facts: _Facts, made: Replan) -> Iterator[Sentence]:
    again = {plot.id: plot for plot in made.problem.plots}
    for name in sorted(facts.open_plots ^ again.keys()):
        yield PLOTS_DIFFER(plot=name)
    for name, plot in again.items():
        if name in facts.open_plots and not _is_same(facts, plot):
            yield PLOT_CHANGED(plot=name)


def _is_same(facts: _Facts, plot: Plot) -> bool:
    """Windows may become narrower; of what has begun, what is left may be done at any time."""
    was = facts.walk.plots[plot.id]
    if plot.id in facts.unfinished:
        return abs(plot.work_minutes - facts.unfinished[plot.id]) <= around(plot.work_minutes)
    same = (plot.x, plot.y, plot.work_minutes, plot.load, plot.must)
    if same != (was.x, was.y, was.work_minutes, was.load, was.must):
        return False
    return plot.opens >= was.opens and plot.closes <= was.closes


def _too_soon(facts: _Facts, made: Replan) -> Iterator[Sentence]:
    for machine in made.problem.machines:
        if machine.id not in facts.walk.machines or facts.is_gone(machine.id):
            yield IS_GONE(machine=machine.id)
    for route in made.plan.routes:
        if route.machine not in facts.walk.machines or not route.stops:
            continue
        first, free = route.stops[0], facts.free(route.machine)
        if not first.starts >= free - around(free):
            yield STANDS_STILL(
                machine=route.machine, plot=first.plot, starts=first.starts, free=free
            )


def _too_many_change(facts: _Facts, kept: set[str], may_change: float) -> Iterator[Sentence]:
    could_stay = facts.could_stay()
    if len(could_stay - kept) > may_change * len(could_stay):
        yield TOO_MANY_CHANGE(could_stay=len(could_stay), stayed=len(could_stay & kept))


def _misreported(facts: _Facts, kept: set[str], made: Replan) -> Iterator[Sentence]:
    now, was = _visits(made.plan).keys(), facts.waiting.keys()
    could_stay, said = facts.could_stay(), made.difference
    if (
        said.kept.keys() != kept
        or said.moved.keys() != (was & now) - kept
        or said.dropped.keys() != was - now
        or (said.could_stay, said.stayed) != (len(could_stay), len(could_stay & kept))
    ):
        yield DIFFERENCE_WRONG()


def _visits(plan: Plan) -> dict[str, Visit]:
    return {
        stop.plot: Visit(route.machine, stop.starts)
        for route in plan.routes
        for stop in route.stops
    }


def _kept(facts: _Facts, plan: Plan, tolerance: float) -> set[str]:
    """The stops that have the same machine, at about the same time."""
    now = _visits(plan)
    return {
        name
        for name, was in facts.waiting.items()
        if name in now
        and now[name].machine == was.machine
        and abs(now[name].starts - was.starts) <= tolerance + 1e-6
    }
