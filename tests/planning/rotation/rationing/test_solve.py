import pytest
from hypothesis import given

from coopfarm.planning.rotation.rationing.problem import RULES, Claim, Problem
from coopfarm.planning.rotation.rationing.solve import solve
from tests.factories.planning import rationing_problems


def test_awards_come_by_name_in_the_order_of_the_claims():
    claims = (Claim("tail", 60.0, 1.0), Claim("head", 60.0, 3.0))

    plan = solve(Problem(40.0, "cea", claims))

    assert list(plan.awards.items()) == [("tail", 10.0), ("head", 30.0)]
    assert plan.level == 10.0


@pytest.mark.parametrize(
    ("rule", "level"), [("proportional", 2 / 3), ("cel", 200 / 3), ("talmud", 75.0)]
)
def test_the_level_is_what_the_rule_makes_common(rule, level):
    claims = tuple(Claim(str(amount), float(amount)) for amount in (100, 200, 300))

    plan = solve(Problem(400.0, rule, claims))

    assert plan.level == pytest.approx(level)


@given(rationing_problems())
def test_the_same_problem_gives_the_same_plan(problem):
    assert solve(problem) == solve(problem)


@pytest.mark.parametrize("rule", RULES)
def test_a_supply_of_just_the_floors_gives_the_floors(rule):
    claims = (Claim("a", 30.0, 2.0, 10.0), Claim("b", 50.0, 1.0, 5.0), Claim("c", 0.0))

    plan = solve(Problem(15.0, rule, claims))

    assert plan.awards == {"a": 10.0, "b": 5.0, "c": 0.0}


def test_weights_count_under_equal_awards_alone():
    claims = (Claim("a", 60.0, 1.0), Claim("b", 60.0, 3.0))

    awards = {rule: solve(Problem(40.0, rule, claims)).awards for rule in RULES}

    assert awards.pop("cea") == {"a": 10.0, "b": 30.0}
    assert all(award == {"a": 20.0, "b": 20.0} for award in awards.values())
