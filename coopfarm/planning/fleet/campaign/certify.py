"""Judge the rounds of a campaign, knowing nothing of how they were found.

Times are in minutes as they are stated; a plan rounded to six significant digits still holds.
Rounds are walked as they are written; what is left out is tried in every gap of every round.
"""

import math
from collections import Counter
from collections.abc import Iterator
from typing import Final

from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.certificate import TOLERANCE, Certificate
from coopfarm.planning.fleet.campaign.openings import Openings, Walk
from coopfarm.planning.fleet.campaign.problem import REASONS, Plan, Plot, Problem, Route

UNKNOWN_MACHINE: Final = Phrase(
    "campaign-unknown-machine", N_("There is a round of %(machine)s, which is no machine here.")
)
MACHINE_TWICE: Final = Phrase(
    "campaign-machine-twice", N_("%(machine)s has %(count)s rounds. A machine goes on one.")
)
UNKNOWN_PLOT: Final = Phrase(
    "campaign-unknown-plot", N_("The plan names %(plot)s, which is no plot here.")
)
PLOT_TWICE: Final = Phrase("campaign-plot-twice", N_("%(plot)s is served %(count)s times."))
PLOT_FORGOTTEN: Final = Phrase(
    "campaign-plot-forgotten", N_("%(plot)s is neither served nor among those left out.")
)
BOTH: Final = Phrase(
    "campaign-served-and-left-out", N_("%(plot)s is served and also among those left out.")
)
MUST_LEFT_OUT: Final = Phrase(
    "campaign-must-left-out", N_("%(plot)s has to be served, and no machine comes.")
)
TOO_EARLY: Final = Phrase(
    "campaign-before-it-opens",
    N_("Work on %(plot)s begins at minute %(starts)s; it may begin from %(opens)s on."),
)
TOO_LATE: Final = Phrase(
    "campaign-after-it-closes",
    N_("Work on %(plot)s begins at minute %(starts)s; it may begin until %(closes)s."),
)
NOT_THERE_YET: Final = Phrase(
    "campaign-not-there-yet",
    N_(
        "%(machine)s begins on %(plot)s at minute %(starts)s, and cannot be there before "
        "%(arrives)s: it comes from %(before)s."
    ),
)
BACK_LATE: Final = Phrase(
    "campaign-back-late",
    N_("%(machine)s is back at minute %(back)s; its hours end at %(until)s."),
)
OVERLOADED: Final = Phrase(
    "campaign-overloaded", N_("%(machine)s takes on %(load)s and holds %(capacity)s.")
)
COST_WRONG: Final = Phrase(
    "campaign-cost-wrong",
    N_("The travel is stated as %(stated)s minutes; the rounds come to %(travelled)s."),
)
COULD_BE_SERVED: Final = Phrase(
    "campaign-could-be-served",
    N_("%(plot)s is left out, and would fit into the round of %(machine)s as it stands."),
)
REASON_UNKNOWN: Final = Phrase(
    "campaign-reason-unknown",
    N_("%(reason)s is no reason for leaving out %(plot)s. Use one of: %(reasons)s."),
)
REASON_WRONG: Final = Phrase(
    "campaign-reason-wrong",
    N_("%(plot)s is said to be left out for %(reason)s; what keeps it out is %(true)s."),
)


def certify(problem: Problem, plan: Plan) -> Certificate:
    """Whether all is named once, windows, hours and capacities are kept, and the rest is true."""
    findings = tuple(_misnamed(problem, plan))
    if findings:
        return Certificate(findings)
    walk = Walk(problem)
    broken = (*_untimely(problem, plan, walk), *_overloaded(problem, plan))
    musts = (MUST_LEFT_OUT(plot=p.id) for p in problem.plots if p.must and p.id in plan.unserved)
    left_out = () if broken else tuple(_wrongly_left_out(problem, plan, walk))
    return Certificate((*broken, *musts, *left_out, *_misstated(plan, walk)))


def _misnamed(problem: Problem, plan: Plan) -> Iterator[Sentence]:
    machines = {machine.id for machine in problem.machines}
    plots = {plot.id for plot in problem.plots}
    rounds = Counter(route.machine for route in plan.routes)
    visits = Counter(stop.plot for route in plan.routes for stop in route.stops)
    for machine, count in rounds.items():
        if machine not in machines:
            yield UNKNOWN_MACHINE(machine=machine)
        if count > 1:
            yield MACHINE_TWICE(machine=machine, count=count)
    for name in dict.fromkeys((*visits, *plan.unserved)):
        if name not in plots:
            yield UNKNOWN_PLOT(plot=name)
        if visits[name] > 1:
            yield PLOT_TWICE(plot=name, count=visits[name])
        if name in visits and name in plan.unserved:
            yield BOTH(plot=name)
    for plot in problem.plots:
        if plot.id not in visits and plot.id not in plan.unserved:
            yield PLOT_FORGOTTEN(plot=plot.id)


def _untimely(problem: Problem, plan: Plan, walk: Walk) -> Iterator[Sentence]:
    for route in plan.routes:
        yield from _untimely_stops(route, walk)
        machine = walk.machines[route.machine]
        if machine.until_minute is None or not route.stops:
            continue
        last = walk.plots[route.stops[-1].plot]
        ends = route.stops[-1].starts + last.work_minutes
        back = ends + walk.leg(last.id, None, machine)
        if not back <= machine.until_minute + around(back):
            yield BACK_LATE(machine=machine.id, back=back, until=machine.until_minute)


def _untimely_stops(route: Route, walk: Walk) -> Iterator[Sentence]:
    machine = walk.machines[route.machine]
    free, before = machine.from_minute, None
    for stop in route.stops:
        plot = walk.plots[stop.plot]
        arrives = free + walk.leg(before, plot.id, machine)
        yield from _outside_its_window(plot, stop.starts)
        if not stop.starts >= arrives - around(arrives):
            yield NOT_THERE_YET(
                machine=machine.id,
                plot=plot.id,
                starts=stop.starts,
                arrives=arrives,
                before=before or machine.yard,
            )
        free, before = stop.starts + plot.work_minutes, plot.id


def _outside_its_window(plot: Plot, starts: float) -> Iterator[Sentence]:
    # "not at least" and "not at most" also catch what is not a number.
    if not starts >= plot.opens - around(plot.opens):
        yield TOO_EARLY(plot=plot.id, starts=starts, opens=plot.opens)
    if not starts <= plot.closes + around(plot.closes):
        yield TOO_LATE(plot=plot.id, starts=starts, closes=plot.closes)


def _overloaded(problem: Problem, plan: Plan) -> Iterator[Sentence]:
    loads = {plot.id: plot.load for plot in problem.plots}
    capacities = {machine.id: machine.capacity for machine in problem.machines}
    for route in plan.routes:
        capacity = capacities[route.machine]
        load = math.fsum(loads[stop.plot] for stop in route.stops)
        if capacity is not None and not load <= capacity + around(capacity):
            yield OVERLOADED(machine=route.machine, load=load, capacity=capacity)


def _wrongly_left_out(problem: Problem, plan: Plan, walk: Walk) -> Iterator[Sentence]:
    openings = Openings(problem, plan, walk)
    for plot in problem.plots:
        if plot.id not in plan.unserved:
            continue
        stated, true = plan.unserved[plot.id], openings.true_reasons(plot)
        if stated not in REASONS:
            yield REASON_UNKNOWN(plot=plot.id, reason=stated, reasons=", ".join(REASONS))
        elif true.fits is not None:
            yield COULD_BE_SERVED(plot=plot.id, machine=true.fits)
        elif stated not in true.reasons:
            yield REASON_WRONG(plot=plot.id, reason=stated, true=" or ".join(true.reasons))


def _misstated(plan: Plan, walk: Walk) -> Iterator[Sentence]:
    travelled = math.fsum(leg for route in plan.routes for leg in walk.legs_of(route))
    if not abs(plan.travel_cost - travelled) <= around(travelled):
        yield COST_WRONG(stated=plan.travel_cost, travelled=travelled)


def around(amount: float) -> float:
    """By how much a number written with six digits may miss the true one."""
    return TOLERANCE * abs(amount) + 1e-6
