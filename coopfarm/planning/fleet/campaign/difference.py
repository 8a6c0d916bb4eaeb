"""What a plan made again changes for whom."""

from collections.abc import Mapping
from typing import Final

from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.fleet.campaign.change import Difference, Visit
from coopfarm.planning.fleet.campaign.explain import Moment, minute
from coopfarm.planning.fleet.campaign.problem import Plan
from coopfarm.planning.fleet.campaign.standstill import UnderWay

STAYS: Final = Phrase("replan-stays", N_("Nothing changes: %(machine)s comes at %(starts)s."))
OTHER_TIME: Final = Phrase(
    "replan-other-time",
    N_("%(machine)s comes at %(starts)s instead of %(before)s."),
)
OTHER_MACHINE: Final = Phrase(
    "replan-other-machine",
    N_(
        "%(machine)s comes at %(starts)s, in place of %(machine_before)s which was to come at "
        "%(before)s."
    ),
)
DROPPED: Final = Phrase(
    "replan-dropped",
    N_("%(machine_before)s was to come at %(before)s and no machine can come now."),
)
GAINED: Final = Phrase(
    "replan-gained", N_("You were left out before; %(machine)s comes at %(starts)s.")
)
GOES_ON: Final = Phrase(
    "replan-goes-on",
    N_("Work here had begun. %(machine)s goes on at %(starts)s with what is left."),
)
LEFT_UNFINISHED: Final = Phrase(
    "replan-left-unfinished",
    N_("Work here had begun, and no machine can come for what is left."),
)


def difference(
    before: Plan, under_way: UnderWay, after: Plan, tolerance_minutes: float
) -> Difference:
    """What changes between a plan and the plan of what was left of it."""
    old, new = _visits_of_waiting(under_way), visits(after)
    stays = {
        plot: visit for plot, visit in new.items() if _same(old, plot, visit, tolerance_minutes)
    }
    could_stay = {plot for plot, visit in old.items() if visit.machine not in under_way.standing}
    return Difference(
        kept=stays,
        moved={p: (old[p], visit) for p, visit in new.items() if p in old and p not in stays},
        dropped={plot: visit for plot, visit in old.items() if plot not in new},
        gained={p: new[p] for p in new if p in before.unserved},
        goes_on={p: new[p] for p in under_way.unfinished if p in new},
        left_unfinished=tuple(p for p in under_way.unfinished if p not in new),
        could_stay=len(could_stay),
        stayed=len(could_stay & stays.keys()),
    )


def visits(plan: Plan) -> dict[str, Visit]:
    return {
        stop.plot: Visit(route.machine, stop.starts)
        for route in plan.routes
        for stop in route.stops
    }


def explain(change: Difference, *, moment: Moment = minute) -> dict[str, Sentence]:
    """For each plot what the new plan means; `moment` says what to call a minute."""
    return {
        **{p: STAYS(machine=v.machine, starts=moment(v.starts)) for p, v in change.kept.items()},
        **{p: _moved(*pair, moment) for p, pair in change.moved.items()},
        **{
            p: DROPPED(machine_before=v.machine, before=moment(v.starts))
            for p, v in change.dropped.items()
        },
        **{p: GAINED(machine=v.machine, starts=moment(v.starts)) for p, v in change.gained.items()},
        **{
            p: GOES_ON(machine=v.machine, starts=moment(v.starts))
            for p, v in change.goes_on.items()
        },
        **{p: LEFT_UNFINISHED() for p in change.left_unfinished},
    }


def _moved(before: Visit, after: Visit, moment: Moment) -> Sentence:
    if before.machine == after.machine:
        return OTHER_TIME(
            machine=after.machine, starts=moment(after.starts), before=moment(before.starts)
        )
    return OTHER_MACHINE(
        machine=after.machine,
        starts=moment(after.starts),
        machine_before=before.machine,
        before=moment(before.starts),
    )


def _visits_of_waiting(under_way: UnderWay) -> dict[str, Visit]:
    return {
        stop.plot: Visit(route.machine, stop.starts)
        for route in under_way.waiting
        for stop in route.stops
    }


def _same(old: Mapping[str, Visit], plot: str, visit: Visit, tolerance: float) -> bool:
    if plot not in old or old[plot].machine != visit.machine:
        return False
    return abs(visit.starts - old[plot].starts) <= tolerance + 1e-6
