"""Judge a whole rotation, knowing nothing of how it was made.

The amounts are judged by the law of their rule, the turns by the warabandi formula, and
what flows by walking up every canal from the fields to the head.
"""

from collections.abc import Iterator
from typing import Final

from coopfarm.kernel.refusal import Refusal
from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.certificate import TOLERANCE, Certificate
from coopfarm.planning.rotation.rationing import certify as rationing_judge
from coopfarm.planning.rotation.rationing import problem as rationing
from coopfarm.planning.rotation.roster import certify as roster_judge
from coopfarm.planning.rotation.roster import problem as roster
from coopfarm.planning.week.flows import Flows
from coopfarm.planning.week.problem import HEAD, Field, Outlet, Plan, Problem

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
LEVEL_MISSING: Final = Phrase(
    "week-level-missing",
    N_("The plan does not state the level that its rule speaks of, so it cannot be judged by it."),
)
HELD_BACK: Final = Phrase(
    "week-held-back",
    N_(
        "Plot %(plot)s is short although no canal above it is full, or another plot on that "
        "canal gets more for its share."
    ),
)
HELD_WRONGLY: Final = Phrase(
    "week-held-wrongly",
    N_("What the plan says holds plot %(plot)s, %(held_by)s, is not borne out by what flows."),
)
NO_ROSTER: Final = Phrase(
    "week-no-roster", N_("Outlet %(outlet)s has water to share and no turns, or turns unasked.")
)


def certify(problem: Problem, plan: Plan) -> Certificate:
    """Every finding against the plan; none, and the plan holds.

    The problem is one that `problem.check` accepts; the plan may be anybody's.
    """
    if set(plan.awards_m3) != {field.id for field in problem.fields}:
        return Certificate((AWARD_WITHOUT_PLOT(),))
    flows = Flows(problem, plan.awards_m3)
    beyond = tuple(_outside_claims(problem, plan))
    return Certificate(
        (
            *beyond,
            *_overfull(problem, flows),
            *(() if beyond else _unfair(problem, plan, flows)),
            *_untimely(problem, plan),
        )
    )


def _outside_claims(problem: Problem, plan: Plan) -> Iterator[Sentence]:
    # "not at most" and "not at least" also catch what is not a number.
    for field in problem.fields:
        award = plan.awards_m3[field.id]
        if not award <= field.claim_m3 * (1 + TOLERANCE):
            yield MORE_THAN_NEEDED(plot=field.id, award_m3=award, claim_m3=field.claim_m3)
        if not award >= field.floor_m3 * (1 - TOLERANCE):
            yield LESS_THAN_FLOOR(plot=field.id, award_m3=award, floor_m3=field.floor_m3)


def _overfull(problem: Problem, flows: Flows) -> Iterator[Sentence]:
    used = flows.volumes_m3[HEAD]
    if not used <= problem.supply_m3 * (1 + TOLERANCE):
        yield SUPPLY_EXCEEDED(used_m3=used, supply_m3=problem.supply_m3)
    for canal in problem.canals:
        flow = flows.flow_l_s(f"canal {canal.id}")
        if canal.capacity_l_s is not None and not flow <= canal.capacity_l_s * (1 + TOLERANCE):
            yield CANAL_TOO_NARROW(canal=canal.id, flow_l_s=flow, capacity_l_s=canal.capacity_l_s)
    for outlet in problem.outlets:
        flow = flows.flow_l_s(f"outlet {outlet.id}")
        if outlet.capacity_l_s is not None and not flow <= outlet.capacity_l_s * (1 + TOLERANCE):
            yield OUTLET_TOO_NARROW(
                outlet=outlet.id, flow_l_s=flow, capacity_l_s=outlet.capacity_l_s
            )


def _unfair(problem: Problem, plan: Plan, flows: Flows) -> Iterator[Sentence]:
    """By the law of the canals where one level rises; a level that is stated must be true too."""
    floors = any(field.floor_m3 for field in problem.fields)
    if problem.rule == "cea" or (problem.rule == "proportional" and not floors):
        yield from _held_back(problem, plan, flows)
    elif plan.level is None:
        yield LEVEL_MISSING()
    if plan.level is not None:
        yield from _off_rule(problem, plan, plan.level, flows)


def _off_rule(problem: Problem, plan: Plan, level: float, flows: Flows) -> Iterator[Sentence]:
    cost = flows.cost
    claims = tuple(
        rationing.Claim(
            f.id, cost[f.outlet] * f.claim_m3, f.area_m2, floor=cost[f.outlet] * f.floor_m3
        )
        for f in problem.fields
    )
    awards = {f.id: cost[f.outlet] * plan.awards_m3[f.id] for f in problem.fields}
    asked = rationing.Problem(problem.supply_m3, problem.rule, claims)
    yield from rationing_judge.certify(asked, rationing.Plan(awards, level)).findings


def _held_back(problem: Problem, plan: Plan, flows: Flows) -> Iterator[Sentence]:
    """Max-min on a tree: a plot short of its claim lies under a channel that is full, and
    nobody there above the floor has more for the weight (Bertsekas and Gallager, Data
    Networks, 2nd ed., §6.5.2). What the plan says of it has to be so."""
    highest = _highest_below(problem, plan, flows)
    for field in problem.fields:
        holders = {*_holders(problem, plan, field, flows, highest)}
        if not holders:
            yield HELD_BACK(plot=field.id)
        elif plan.held_by and plan.held_by.get(field.id) not in holders:
            yield HELD_WRONGLY(plot=field.id, held_by=plan.held_by.get(field.id, "–"))


def _holders(
    problem: Problem, plan: Plan, field: Field, flows: Flows, highest: dict[str, float]
) -> Iterator[str]:
    """Whatever keeps a plot from more: its claim, or full channels on which it has the most."""
    award = plan.awards_m3[field.id]
    if award >= field.claim_m3 * (1 - TOLERANCE):
        yield "claim"
    level = award / _weight(problem, field) if award else 0.0
    below = [
        channel
        for channel in flows.ways[field.outlet]
        if channel in flows.full and level >= highest[channel] * (1 - TOLERANCE)
    ]
    yield from below
    if below and award <= field.floor_m3 * (1 + TOLERANCE):
        yield "floor"


def _highest_below(problem: Problem, plan: Plan, flows: Flows) -> dict[str, float]:
    """For each channel the most that anybody below it, above the floor, has for the weight."""
    highest = dict.fromkeys(flows.volumes_m3, 0.0)
    for field in problem.fields:
        award = plan.awards_m3[field.id]
        if award > field.floor_m3 * (1 + TOLERANCE):
            level = award / _weight(problem, field)
            for channel in flows.ways[field.outlet]:
                highest[channel] = max(highest[channel], level)
    return highest


def _weight(problem: Problem, field: Field) -> float:
    return field.area_m2 if problem.rule == "cea" else field.claim_m3


def _untimely(problem: Problem, plan: Plan) -> Iterator[Sentence]:
    fields: dict[str, list[Field]] = {outlet.id: [] for outlet in problem.outlets}
    for field in problem.fields:
        fields[field.outlet].append(field)
    for outlet in problem.outlets:
        yield from _untimely_at(problem, plan, outlet, fields[outlet.id])
    for unknown in plan.rosters.keys() - fields.keys():
        yield NO_ROSTER(outlet=unknown)


def _untimely_at(
    problem: Problem, plan: Plan, outlet: Outlet, fields: list[Field]
) -> Iterator[Sentence]:
    shares = {f.id: _share(f, plan.awards_m3[f.id], outlet.basis) for f in fields}
    holders = tuple(
        roster.Holder(f.id, shares[f.id], f.filling_minutes, f.draining_minutes)
        for f in fields
        if shares[f.id] > 0
    )
    turns = plan.rosters.get(outlet.id)
    if (turns is None) != (not holders):
        yield NO_ROSTER(outlet=outlet.id)
    elif turns is not None:
        try:
            asked = roster.Problem(problem.cycle_minutes, holders)
        except Refusal as no_turns_for_such_awards:
            yield no_turns_for_such_awards.sentence
        else:
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
