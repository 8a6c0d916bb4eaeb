from dataclasses import replace

import pytest
from hypothesis import assume, given, settings

from coopfarm.planning.rotation.canal_tree.certify import certify
from coopfarm.planning.rotation.canal_tree.network import Canal
from coopfarm.planning.rotation.canal_tree.problem import Claim, Plan, Problem
from coopfarm.planning.rotation.canal_tree.solve import solve
from tests.factories.planning import canal_tree_problems

PROBLEM = Problem(
    (Canal("main", None, 100.0, 0.9), Canal("branch", "main", 30.0, 0.8)),
    (Claim("a", "main", 90), Claim("b", "branch", 40, floor=3), Claim("c", "branch", 5)),
)
PLAN = solve(PROBLEM)


def _findings(plan, problem=PROBLEM):
    return [str(finding) for finding in certify(problem, plan).findings]


def _with(**deliveries):
    return replace(PLAN, deliveries={**PLAN.deliveries, **deliveries})


@settings(max_examples=200)
@given(canal_tree_problems())
def test_every_plan_earns_its_certificate(problem):
    assert _findings(solve(problem), problem) == []


@given(canal_tree_problems())
def test_a_plan_written_with_six_digits_still_holds(problem):
    plan = solve(problem)

    written = {name: float(f"{amount:.6g}") for name, amount in plan.deliveries.items()}

    assert _findings(replace(plan, deliveries=written), problem) == []


@given(canal_tree_problems())
def test_the_certificate_catches_who_was_cut_short(problem):
    plan = solve(problem)
    cut = max(plan.deliveries, key=plan.deliveries.__getitem__)
    floor = next(claim.floor for claim in problem.claims if claim.id == cut)
    assume(plan.deliveries[cut] * 0.9 >= floor > 0 or plan.deliveries[cut] > 1)

    shorter = {**plan.deliveries, cut: max(plan.deliveries[cut] * 0.9, floor)}

    assert shorter == plan.deliveries or not certify(problem, Plan(shorter, plan.held_by)).holds


@given(canal_tree_problems())
def test_the_certificate_catches_a_favourite(problem):
    plan = solve(problem)
    held = [c for c in problem.claims if plan.held_by[c.id] not in ("claim", "floor")]
    assume(held)
    gains = max(held, key=lambda claim: claim.amount - plan.deliveries[claim.id])
    assume(gains.amount - plan.deliveries[gains.id] > 1)

    more = {**plan.deliveries, gains.id: plan.deliveries[gains.id] + 1}

    assert not certify(problem, Plan(more, plan.held_by)).holds


def test_a_farm_that_could_have_more_is_found():
    findings = _findings(_with(a=50.0))

    assert findings[0] == (
        "a gets 50 of 90, although none of the canals on its way is full: it could have more."
    )


def test_a_farm_below_others_on_every_full_canal_is_found():
    pair = Problem(
        (Canal("only", None, 30.0, 1.0),), (Claim("a", "only", 40), Claim("b", "only", 40))
    )

    findings = _findings(Plan({"a": 20.0, "b": 10.0}, {"a": "only", "b": "only"}), pair)

    assert findings[0].startswith(
        "b gets 10 for each unit of weight, below the claim, while on every full canal on its way "
        "somebody above the floor has more: on canal only it is 20."
    )
    assert findings[1].startswith("The plan says that b is held by only, which")


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (_with(b=2.0), "b gets 2, less than the floor of 3."),
        (_with(c=6.0), "c gets 6, more than the claim of 5."),
        (_with(a=float("nan")), "a gets nan, less than the floor of 0."),
        (_with(b=20.0), "31.25 has to enter canal branch, which carries 30."),
        (_with(x=1.0), "x has a delivery of 1 and no claim."),
        (replace(PLAN, deliveries={"a": 60.0, "b": 19.0}), "c has a claim and no delivery."),
        (replace(PLAN, held_by={"a": "main", "b": "branch"}), "The plan does not say what holds c"),
        (replace(PLAN, held_by={**PLAN.held_by, "x": "main"}), "The plan says what holds x, which"),
    ],
)
def test_findings_name_the_farm_and_the_numbers(plan, words):
    assert any(finding.startswith(words) for finding in _findings(plan))


@pytest.mark.parametrize(
    ("farm", "held_by"),
    [("a", "claim"), ("a", "floor"), ("a", "branch"), ("a", "nowhere"), ("c", "floor")],
)
def test_a_reason_that_is_not_true_is_found(farm, held_by):
    plan = replace(PLAN, held_by={**PLAN.held_by, farm: held_by})

    assert _findings(plan) == [
        f"The plan says that {farm} is held by {held_by}, which the deliveries do not bear out."
    ]
