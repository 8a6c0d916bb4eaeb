import numpy as np
import pytest
from hypothesis import given, settings

from coopfarm.planning.rotation.canal_tree.certify import certify
from coopfarm.planning.rotation.canal_tree.network import Canal
from coopfarm.planning.rotation.canal_tree.problem import Claim, Problem
from coopfarm.planning.rotation.canal_tree.solve import solve
from coopfarm.planning.rotation.rationing import problem as rationing
from coopfarm.planning.rotation.rationing.solve import solve as solve_rationing
from tests.factories.planning import canal_tree_problems, filled_step_by_step

MAIN = Canal("main", None, 100.0, 0.9)
BRANCH = Canal("branch", "main", 30.0, 0.8)


def test_a_branch_fills_first_and_the_main_shares_the_rest():
    claims = (Claim("a", "main", 90), Claim("b", "branch", 40, floor=3), Claim("c", "branch", 5))

    plan = solve(Problem((MAIN, BRANCH), claims))

    assert plan.deliveries == pytest.approx({"a": 60.0, "b": 19.0, "c": 5.0})
    assert plan.held_by == {"a": "main", "b": "branch", "c": "claim"}


def test_who_is_at_the_floor_is_held_by_it():
    claims = (Claim("a", "branch", 40, 1, floor=20), Claim("b", "branch", 40))

    plan = solve(Problem((MAIN, BRANCH), claims))

    assert plan.deliveries == pytest.approx({"a": 20.0, "b": 4.0})
    assert plan.held_by == {"a": "floor", "b": "branch"}


def test_a_closed_canal_delivers_nothing():
    canals = (MAIN, Canal("branch", "main", 0.0, 0.8))

    plan = solve(Problem(canals, (Claim("a", "branch", 40), Claim("b", "main", 40))))

    assert plan.deliveries == {"a": 0.0, "b": 40.0}
    assert plan.held_by == {"a": "branch", "b": "claim"}


def test_two_heads_are_shared_apart():
    canals = (Canal("east", None, 10, 1), Canal("west", None, 20, 0.5))

    plan = solve(Problem(canals, (Claim("e", "east", 30), Claim("w", "west", 30))))

    assert plan.deliveries == {"e": 10.0, "w": 10.0}


def test_a_single_canal_without_loss_is_rationing_by_equal_awards():
    rows = [(90, 2, 30), (40, 1, 12), (200, 5, 20), (15, 1, 10), (120, 2, 45), (60, 3, 0)]
    canals = (Canal("only", None, 260.0, 1.0),)
    claims = tuple(Claim(str(at), "only", *row) for at, row in enumerate(rows))
    same = tuple(rationing.Claim(str(at), *row) for at, row in enumerate(rows))

    plan = solve(Problem(canals, claims))

    alike = solve_rationing(rationing.Problem(260.0, "cea", same))
    assert plan.deliveries == pytest.approx(alike.awards, rel=1e-12)
    assert plan.deliveries["0"] == pytest.approx(400 / 11, rel=1e-12)


@settings(max_examples=200)
@given(canal_tree_problems())
def test_deliveries_are_those_of_filling_step_by_step(problem):
    exact = filled_step_by_step(problem)

    plan = solve(problem)

    assert plan.deliveries == pytest.approx({k: float(v) for k, v in exact.items()}, abs=1e-9)


@given(canal_tree_problems())
def test_the_same_problem_gives_the_same_plan(problem):
    assert solve(problem) == solve(problem)


@given(canal_tree_problems())
def test_the_order_of_canals_and_claims_changes_nothing(problem):
    turned = Problem(problem.canals[::-1], problem.claims[::-1])

    assert solve(turned).deliveries == pytest.approx(solve(problem).deliveries, abs=1e-9)


def test_ten_thousand_farms_on_two_hundred_canals_earn_their_certificate():
    problem = _district(10_000, 200)

    plan = solve(problem)

    assert certify(problem, plan).findings == ()
    assert {"claim", "floor"} < set(plan.held_by.values())


def test_a_chain_of_a_thousand_canals_is_no_trouble():
    chain = [Canal("0", None, 500.0, 1.0)]
    chain += [Canal(str(at), str(at - 1), 500.0 - at / 4, 0.9999) for at in range(1, 1000)]
    claims = tuple(Claim(f"farm {at}", str(at), 1.0 + at % 3) for at in range(1000))
    problem = Problem(tuple(chain), claims)

    plan = solve(problem)

    assert certify(problem, plan).findings == ()


def _district(farms, canals):
    rng = np.random.default_rng(11)
    feeds = [None, *(str(rng.integers(0, at)) for at in range(1, canals))]
    asked = rng.lognormal(3, 1, farms).tolist()
    homes = rng.integers(0, canals, farms).tolist()
    claims = tuple(
        Claim(f"farm {at}", str(home), amount, 1.0 + at % 4, amount / 20 if at % 9 == 0 else 0.0)
        for at, (amount, home) in enumerate(zip(asked, homes, strict=True))
    )
    capacity = sum(asked) / 3
    return Problem(
        tuple(
            Canal(str(at), feed, capacity if feed is None else capacity / (1 + at % 40), 0.97)
            for at, feed in enumerate(feeds)
        ),
        claims,
    )
