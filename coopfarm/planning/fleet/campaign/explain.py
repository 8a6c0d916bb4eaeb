"""Why this machine at this minute, or why none: the reasons of each plot, in sentences."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

from coopfarm.kernel.words import N_, Fact, Phrase, Sentence
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
from coopfarm.planning.fleet.campaign.ticks import Minutes, travel_minutes

Moment = Callable[[float], Fact]

_A_MOMENT: Final = 0.05  # minutes

COMES_FROM_YARD: Final = Phrase(
    "why-comes-from-yard",
    N_(
        "%(machine)s comes from its yard, %(travel)s minutes away, begins here at %(starts)s and "
        "is done at %(ends)s."
    ),
)
COMES_FROM_PLOT: Final = Phrase(
    "why-comes-from-plot",
    N_(
        "%(machine)s comes from %(before)s, %(travel)s minutes away, begins here at %(starts)s "
        "and is done at %(ends)s."
    ),
)
WINDOW_KEPT: Final = Phrase(
    "why-window-kept", N_("Work here may begin from %(opens)s until %(closes)s.")
)
WAITS: Final = Phrase("why-it-waits", N_("It waits %(minutes)s minutes for this plot to open."))
DETOUR: Final = Phrase(
    "why-detour",
    N_(
        "You are stop %(place)s of %(stops)s on its round. "
        "Without you the round would be %(minutes)s minutes shorter."
    ),
)
ON_THE_WAY: Final = Phrase(
    "why-on-the-way",
    N_("You are stop %(place)s of %(stops)s on its round, and on the way: it goes no detour."),
)
LEFT_OUT: Final = {
    WINDOW: Phrase(
        "why-left-out-window",
        N_(
            "No machine can be here before the window closes at %(closes)s, even if it came "
            "here first. A later closing would help."
        ),
    ),
    HOURS: Phrase(
        "why-left-out-hours",
        N_(
            "No machine has hours enough for %(work)s minutes of work here and the way home, "
            "even if it did nothing else. Longer hours or a smaller piece would help."
        ),
    ),
    CAPACITY: Phrase(
        "why-left-out-capacity",
        N_(
            "Every machine that could come in time is full: the load here is %(load)s. "
            "More capacity would help."
        ),
    ),
    TIME: Phrase(
        "why-left-out-time",
        N_(
            "The machines are taken while work here may begin, from %(opens)s until %(closes)s: "
            "no round has %(work)s minutes left between two stops. A longer window or one more "
            "machine would help."
        ),
    ),
}
MINUTE: Final = Phrase("minute-of-a-campaign", N_("minute %(minute)s"))
FIRST_OF_ALL: Final = Phrase(
    "why-musts-first", N_("Plots that have to be served are planned before this one.")
)


def minute(time: float) -> Fact:
    """A time as a file has it; a page gives moments instead."""
    return MINUTE(minute=round(time, 4))


def explain(
    problem: Problem, plan: Plan, *, moment: Moment = minute
) -> dict[str, tuple[Sentence, ...]]:
    """For each plot its reasons; `moment` says what to call a minute of the campaign."""
    travel = travel_minutes(problem)
    machines = {machine.id: machine for machine in problem.machines}
    served = {
        name: sentences
        for route in plan.routes
        for name, sentences in _round(problem, travel, machines[route.machine], route, moment)
    }
    return {
        plot.id: served.get(plot.id) or _left_out(problem, plot, plan.unserved[plot.id], moment)
        for plot in problem.plots
    }


def _round(
    problem: Problem, travel: Minutes, machine: Machine, route: Route, moment: Moment
) -> Iterator[tuple[str, tuple[Sentence, ...]]]:
    plots = {plot.id: plot for plot in problem.plots}
    legs, direct = _ways(problem, travel, machine, route)
    free, before = machine.from_minute, None
    for place, stop in enumerate(route.stops):
        plot, count = plots[stop.plot], len(route.stops)
        done = stop.starts + plot.work_minutes
        waits = stop.starts - free - legs[place] if before else 0.0
        yield (
            plot.id,
            (
                _arrival(machine, before, legs[place], (moment(stop.starts), moment(done))),
                WINDOW_KEPT(opens=moment(plot.opens), closes=moment(plot.closes)),
                *((WAITS(minutes=round(waits, 2)),) if waits > _A_MOMENT else ()),
                _detour(place + 1, count, legs[place] + legs[place + 1] - direct[place]),
            ),
        )
        free, before = done, plot.id


def _ways(
    problem: Problem, travel: Minutes, machine: Machine, route: Route
) -> tuple[list[float], list[float]]:
    """The minutes to each stop and home, and those past each stop, from before it to after it."""
    yards = {yard.id: place for place, yard in enumerate(problem.yards)}
    plots = {plot.id: place for place, plot in enumerate(problem.plots, len(problem.yards))}
    end = yards[machine.ends or machine.yard]
    way = [yards[machine.yard], *(plots[stop.plot] for stop in route.stops), end]
    legs = [float(travel[here, there]) for here, there in pairwise(way)]
    return legs, [float(travel[here, after]) for here, after in zip(way, way[2:], strict=False)]


def _arrival(
    machine: Machine, before: str | None, leg: float, during: tuple[Fact, Fact]
) -> Sentence:
    facts: dict[str, Fact] = {
        "machine": machine.id,
        "travel": leg,
        "starts": during[0],
        "ends": during[1],
    }
    if before is None:
        return COMES_FROM_YARD(**facts)
    return COMES_FROM_PLOT(**facts, before=before)


def _detour(place: int, stops: int, minutes: float) -> Sentence:
    if minutes < _A_MOMENT:
        return ON_THE_WAY(place=place, stops=stops)
    return DETOUR(place=place, stops=stops, minutes=round(minutes, 2))


def _left_out(problem: Problem, plot: Plot, reason: str, moment: Moment) -> tuple[Sentence, ...]:
    first = LEFT_OUT[reason](
        opens=moment(plot.opens),
        closes=moment(plot.closes),
        work=plot.work_minutes,
        load=plot.load,
    )
    others = reason in {CAPACITY, TIME} and not plot.must and any(p.must for p in problem.plots)
    return (first, *((FIRST_OF_ALL(),) if others else ()))
