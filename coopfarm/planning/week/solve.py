"""Awards first, by the rule and what the canals carry; then turns, outlet by outlet."""

from collections.abc import Mapping
from typing import Final

from coopfarm.planning.rotation.canal_tree import network
from coopfarm.planning.rotation.canal_tree import problem as canal_tree
from coopfarm.planning.rotation.canal_tree.solve import solve as solve_tree
from coopfarm.planning.rotation.rationing import problem as rationing
from coopfarm.planning.rotation.rationing.solve import solve as solve_rationing
from coopfarm.planning.rotation.roster import problem as roster
from coopfarm.planning.rotation.roster.solve import solve as solve_roster
from coopfarm.planning.week.problem import HEAD, Field, Plan, Problem, check, cost_at_head

_LAST_DIGITS: Final = 1e-12  # lost when an amount is counted at the head and back


def solve(problem: Problem) -> Plan:
    """The plan for one cycle. The same problem gives the same plan. Raises a Refusal."""
    check(problem)
    if follows_canals(problem):
        awards, level, held_by = _by_canal(problem)
    else:
        awards, level, held_by = _by_rule(problem)
    return Plan(awards, level, held_by, _rosters(problem, awards))


def share_of(field: Field, award_m3: float, basis: str) -> float:
    """What a field brings into its roster: m³, hectares, shares, 1, or m³ of need."""
    if basis == "award":
        return award_m3
    if basis == "area":
        return field.area_m2 / 10_000
    if basis == "shares":
        return field.shares or 0.0
    return 1.0 if basis == "equal" else field.claim_m3


def follows_canals(problem: Problem) -> bool:
    """Whether the rule is followed canal by canal: one level rises, and stops at full canals.

    Equal losses and Talmud have no such form, nor has pro rata above floors: those are
    rationed at the head, and the certificate says whether the canals carry the outcome.
    """
    floors = any(field.floor_m3 for field in problem.fields)
    by_level = problem.rule == "cea" or (problem.rule == "proportional" and not floors)
    return by_level and _canals_matter(problem)


def _canals_matter(problem: Problem) -> bool:
    """Whether anything between the head and the fields is narrow or leaks."""
    return any(o.capacity_l_s is not None for o in problem.outlets) or any(
        c.capacity_l_s is not None or c.efficiency < 1 for c in problem.canals
    )


def _by_rule(problem: Problem) -> tuple[dict[str, float], float | None, dict[str, str]]:
    """Ration at the head: a claim there is what must leave for the field to have its need."""
    cost = cost_at_head(problem)
    claims = tuple(
        rationing.Claim(
            field.id,
            cost[field.outlet] * field.claim_m3,
            weight=field.area_m2,
            floor=cost[field.outlet] * field.floor_m3,
        )
        for field in problem.fields
    )
    plan = solve_rationing(rationing.Problem(problem.supply_m3, problem.rule, claims))
    awards = {f.id: plan.awards[f.id] / cost[f.outlet] for f in problem.fields}
    return awards, plan.level, {f.id: _held_by(f, awards[f.id]) for f in problem.fields}


def _held_by(field: Field, award_m3: float) -> str:
    """What holds a plot that was rationed at the head: its claim, its floor, or the supply."""
    if award_m3 >= field.claim_m3 * (1 - _LAST_DIGITS):
        return "claim"
    is_floor = field.floor_m3 > 0 and award_m3 <= field.floor_m3 * (1 + _LAST_DIGITS)
    return "floor" if is_floor else HEAD


def _by_canal(problem: Problem) -> tuple[dict[str, float], float | None, dict[str, str]]:
    plan = solve_tree(as_canal_tree(problem))
    return dict(plan.deliveries), None, dict(plan.held_by)


def as_canal_tree(problem: Problem) -> canal_tree.Problem:
    """The whole network as one tree: the head, the canals, and each outlet as a last reach."""
    wide = 2 * problem.supply_m3

    def carries(flow_l_s: float | None) -> float:
        return wide if flow_l_s is None else problem.volume_m3(flow_l_s)

    return canal_tree.Problem(
        canals=(
            network.Canal(HEAD, None, problem.supply_m3, 1.0),
            *(
                network.Canal(
                    f"canal {c.id}",
                    HEAD if c.feeds_from is None else f"canal {c.feeds_from}",
                    carries(c.capacity_l_s),
                    c.efficiency,
                )
                for c in problem.canals
            ),
            *(
                network.Canal(
                    f"outlet {o.id}",
                    HEAD if o.canal is None else f"canal {o.canal}",
                    carries(o.capacity_l_s),
                    1.0,
                )
                for o in problem.outlets
            ),
        ),
        claims=tuple(_tree_claim(problem, field) for field in problem.fields),
    )


def _tree_claim(problem: Problem, field: Field) -> canal_tree.Claim:
    # A claim weighted by itself rises to the same part of it as every other: pro rata.
    weight = field.area_m2 if problem.rule == "cea" else field.claim_m3
    return canal_tree.Claim(
        field.id,
        f"outlet {field.outlet}",
        field.claim_m3,
        weight=weight or 1.0,
        floor=field.floor_m3,
    )


def _rosters(problem: Problem, awards: Mapping[str, float]) -> dict[str, roster.Plan]:
    return {outlet: solve_roster(one) for outlet, one in as_rosters(problem, awards).items()}


def as_rosters(problem: Problem, awards: Mapping[str, float]) -> dict[str, roster.Problem]:
    """The roster to fill at each outlet; fields without a share have no turn."""
    holders: dict[str, list[roster.Holder]] = {outlet.id: [] for outlet in problem.outlets}
    basis = {outlet.id: outlet.basis for outlet in problem.outlets}
    for field in problem.fields:
        if share_of(field, awards[field.id], basis[field.outlet]) > 0:
            holders[field.outlet].append(_holder(field, awards[field.id], basis[field.outlet]))
    return {
        outlet: roster.Problem(problem.cycle_minutes, tuple(rows))
        for outlet, rows in holders.items()
        if rows
    }


def _holder(field: Field, award_m3: float, basis: str) -> roster.Holder:
    return roster.Holder(
        field.id,
        share_of(field, award_m3, basis),
        field.filling_minutes,
        field.draining_minutes,
    )
