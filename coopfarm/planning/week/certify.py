"""Judge a whole rotation, knowing nothing of how it was made.

The amounts are judged by the law of their rule, the turns by the warabandi formula, and
what flows by walking up every canal from the fields to the head.
"""

import math
from collections.abc import Iterator
from typing import Final

from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.certificate import TOLERANCE, Certificate
from coopfarm.planning.rotation.rationing import certify as rationing_judge
from coopfarm.planning.rotation.rationing import problem as rationing
from coopfarm.planning.rotation.roster import certify as roster_judge
from coopfarm.planning.rotation.roster import problem as roster
from coopfarm.planning.week.problem import Canal, Field, Outlet, Plan, Problem

AWARD_WITHOUT_PLOT: Final = Phrase(
    "week-awards-differ", N_("The plan does not award water to exactly the plots of the problem.")
)
MORE_THAN_NEEDED: Final = Phrase(
    "week-more-than-needed",
    N_("Plot %(plot)s gets %(award_m3)s m³ and needs only %(claim_m3)s m³."),
)
LESS_THAN_FLOOR: Final = Phrase(
    "week-less-than-floor",
    N_("Plot %(plot)s gets %(award_m3)s m³, less than its least share of %(floor_m3)s m³."),
)
SUPPLY_EXCEEDED: Final = Phrase(
    "week-supply-exceeded",
    N_("%(used_m3)s m³ would have to leave the head, and there are %(supply_m3)s m³."),
)
CANAL_TOO_NARROW: Final = Phrase(
    "week-canal-too-narrow",
    N_(
        "Canal %(canal)s would have to carry %(flow_l_s)s l/s and carries %(capacity_l_s)s l/s. "
        "Choose “each hectare equally”, or plan less water."
    ),
)
OUTLET_TOO_NARROW: Final = Phrase(
    "week-outlet-too-narrow",
    N_(
        "Outlet %(outlet)s would have to pass %(flow_l_s)s l/s and passes %(capacity_l_s)s l/s. "
        "Choose “each hectare equally”, or plan less water."
    ),
)
HELD_BACK: Final = Phrase(
    "week-held-back",
    N_(
        "Plot %(plot)s is short although no canal above it is full, or another plot on that "
        "canal gets more for its share."
    ),
)
NO_ROSTER: Final = Phrase(
    "week-no-roster", N_("Outlet %(outlet)s has water to share and no turns, or turns unasked.")
)


def certify(problem: Problem, plan: Plan) -> Certificate:
    """Every finding against the plan; none, and the plan holds."""
    if set(plan.awards_m3) != {field.id for field in problem.fields}:
        return Certificate((AWARD_WITHOUT_PLOT(),))
    return Certificate(
        (
            *_outside_claims(problem, plan),
            *_overfull(problem, plan),
            *_unfair(problem, plan),
            *_untimely(problem, plan),
        )
    )


def _outside_claims(problem: Problem, plan: Plan) -> Iterator[Sentence]:
    for field in problem.fields:
        award = plan.awards_m3[field.id]
        if award > field.claim_m3 * (1 + TOLERANCE):
            yield MORE_THAN_NEEDED(plot=field.id, award_m3=award, claim_m3=field.claim_m3)
        if award < field.floor_m3 * (1 - TOLERANCE):
            yield LESS_THAN_FLOOR(plot=field.id, award_m3=award, floor_m3=field.floor_m3)


class _Network:
    """What flows where, summed from the fields up to the head."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self._canals = {canal.id: canal for canal in problem.canals}
        self._seconds = problem.cycle_minutes * 60
        self.supply = problem.supply_m3
        self.at_outlet: dict[str, float] = {outlet.id: 0.0 for outlet in problem.outlets}
        for field in problem.fields:
            self.at_outlet[field.outlet] += plan.awards_m3[field.id]
        self.in_canal: dict[str, float] = dict.fromkeys(self._canals, 0.0)
        self.at_head = 0.0
        for outlet in problem.outlets:
            self._carry(outlet)

    def _carry(self, outlet: Outlet) -> None:
        volume = self.at_outlet[outlet.id]
        for canal in self.above(outlet):
            volume /= canal.efficiency
            self.in_canal[canal.id] += volume
        self.at_head += volume

    def above(self, outlet: Outlet) -> Iterator[Canal]:
        """The canals from the outlet up to the head."""
        at = outlet.canal
        while at is not None:
            yield self._canals[at]
            at = self._canals[at].feeds_from

    def flow_l_s(self, volume_m3: float) -> float:
        return volume_m3 * 1000 / self._seconds

    def is_full(self, flow_l_s: float, capacity_l_s: float | None) -> bool:
        return capacity_l_s is not None and flow_l_s >= capacity_l_s * (1 - TOLERANCE)


def _overfull(problem: Problem, plan: Plan) -> Iterator[Sentence]:
    network = _Network(problem, plan)
    if network.at_head > problem.supply_m3 * (1 + TOLERANCE):
        yield SUPPLY_EXCEEDED(used_m3=network.at_head, supply_m3=problem.supply_m3)
    for canal in problem.canals:
        flow = network.flow_l_s(network.in_canal[canal.id])
        if canal.capacity_l_s is not None and flow > canal.capacity_l_s * (1 + TOLERANCE):
            yield CANAL_TOO_NARROW(canal=canal.id, flow_l_s=flow, capacity_l_s=canal.capacity_l_s)
    for outlet in problem.outlets:
        flow = network.flow_l_s(network.at_outlet[outlet.id])
        if outlet.capacity_l_s is not None and flow > outlet.capacity_l_s * (1 + TOLERANCE):
            yield OUTLET_TOO_NARROW(
                outlet=outlet.id, flow_l_s=flow, capacity_l_s=outlet.capacity_l_s
            )


def _unfair(problem: Problem, plan: Plan) -> Iterator[Sentence]:
    """Where the plan states a rationing level that law judges; else the law of the canals."""
    if plan.level is None:
        yield from _held_back(problem, plan)
    else:
        yield from _off_rule(problem, plan, plan.level)


def _off_rule(problem: Problem, plan: Plan, level: float) -> Iterator[Sentence]:
    outlets = {outlet.id: outlet for outlet in problem.outlets}
    network = _Network(problem, plan)
    cost = {
        name: 1 / math.prod(canal.efficiency for canal in network.above(outlet))
        for name, outlet in outlets.items()
    }
    claims = tuple(
        rationing.Claim(
            f.id, cost[f.outlet] * f.claim_m3, f.area_m2, floor=cost[f.outlet] * f.floor_m3
        )
        for f in problem.fields
    )
    awards = {f.id: cost[f.outlet] * plan.awards_m3[f.id] for f in problem.fields}
    asked = rationing.Problem(problem.supply_m3, problem.rule, claims)
    yield from rationing_judge.certify(asked, rationing.Plan(awards, level)).findings


def _held_back(problem: Problem, plan: Plan) -> Iterator[Sentence]:
    """Max-min on a tree: a plot short of its claim lies under a channel that is full, and
    nobody there above the floor has more for the weight (Bertsekas and Gallager, Data
    Networks, 2nd ed., §6.5.2)."""
    network = _Network(problem, plan)
    highest = _highest_below(problem, plan, network)
    full = _full_channels(problem, network)
    outlets = {outlet.id: outlet for outlet in problem.outlets}
    for field in problem.fields:
        award = plan.awards_m3[field.id]
        if award >= field.claim_m3 * (1 - TOLERANCE):
            continue
        level = award / _weight(problem, field)
        path = _path(network, outlets[field.outlet])
        if not any(
            channel in full and level >= highest[channel] * (1 - TOLERANCE) for channel in path
        ):
            yield HELD_BACK(plot=field.id)


def _weight(problem: Problem, field: Field) -> float:
    return field.area_m2 if problem.rule == "cea" else field.claim_m3


def _path(network: _Network, outlet: Outlet) -> tuple[str, ...]:
    return (f"o{outlet.id}", *(f"c{canal.id}" for canal in network.above(outlet)), "head")


def _full_channels(problem: Problem, network: _Network) -> set[str]:
    full = {
        f"c{canal.id}"
        for canal in problem.canals
        if network.is_full(network.flow_l_s(network.in_canal[canal.id]), canal.capacity_l_s)
    }
    full |= {
        f"o{outlet.id}"
        for outlet in problem.outlets
        if network.is_full(network.flow_l_s(network.at_outlet[outlet.id]), outlet.capacity_l_s)
    }
    return full | ({"head"} if network.at_head >= network.supply * (1 - TOLERANCE) else set())


def _highest_below(problem: Problem, plan: Plan, network: _Network) -> dict[str, float]:
    """For each channel the most that anybody below it, above the floor, has for the weight."""
    outlets = {outlet.id: outlet for outlet in problem.outlets}
    highest: dict[str, float] = {}
    for field in problem.fields:
        award = plan.awards_m3[field.id]
        level = award / _weight(problem, field) if award else 0.0
        if award <= field.floor_m3 * (1 + TOLERANCE):
            level = 0.0
        for channel in _path(network, outlets[field.outlet]):
            highest[channel] = max(highest.get(channel, 0.0), level)
    return highest


def _untimely(problem: Problem, plan: Plan) -> Iterator[Sentence]:
    for outlet in problem.outlets:
        shares = {
            field.id: _share(field, plan.awards_m3[field.id], outlet.basis)
            for field in problem.fields
            if field.outlet == outlet.id
        }
        holders = tuple(
            roster.Holder(f.id, shares[f.id], f.filling_minutes, f.draining_minutes)
            for f in problem.fields
            if shares.get(f.id, 0.0) > 0
        )
        turns = plan.rosters.get(outlet.id)
        if (turns is None) != (not holders):
            yield NO_ROSTER(outlet=outlet.id)
        elif turns is not None:
            asked = roster.Problem(problem.cycle_minutes, holders)
            yield from roster_judge.certify(asked, turns).findings


def _share(field: Field, award_m3: float, basis: str) -> float:
    by_basis = {
        "award": award_m3,
        "area": field.area_m2 / 10_000,
        "shares": field.shares or 0.0,
        "equal": 1.0,
        "crop": field.claim_m3,
    }
    return by_basis[basis]
