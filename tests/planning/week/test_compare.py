from dataclasses import replace

import pytest
from hypothesis import given

from coopfarm.planning.week.compare import evenness_of, outcome_of
from coopfarm.planning.week.problem import Plan
from coopfarm.planning.week.solve import solve
from tests.factories.week import two_reaches, week_problems


def _plan(**awards_m3: float) -> Plan:
    return Plan({k.replace("_", "-"): v for k, v in awards_m3.items()}, None, {}, {})


def test_an_even_week_has_no_inequality():
    problem = two_reaches()

    even = evenness_of(
        problem, Plan(dict.fromkeys((f.id for f in problem.fields), 300.0), 0, {}, {})
    )

    assert (even.gini, even.jain, even.least, even.head_tail) == pytest.approx((0, 1, 0.5, 1))


def test_measures_are_of_the_part_of_the_need_and_not_of_volume():
    problem = two_reaches()
    large = (replace(problem.fields[0], claim_m3=6000.0), *problem.fields[1:])
    awards = {f.id: f.claim_m3 / 2 for f in large}

    even = evenness_of(replace(problem, fields=large), Plan(awards, None, {}, {}))

    assert even.gini == pytest.approx(0)


def test_heads_that_have_more_than_tails_show_in_their_ratio():
    awards = {"W1_1": 600, "W1_2": 300, "W1_3": 150, "W2_1": 600, "W2_2": 300, "W2_3": 150}

    even = evenness_of(two_reaches(), _plan(**awards))

    assert even.head_tail == pytest.approx(4)
    assert even.least == pytest.approx(0.25)
    assert even.gini == pytest.approx(0.285714, abs=1e-6)


def test_a_tail_without_water_has_no_ratio():
    awards = {"W1_1": 600, "W1_2": 0, "W1_3": 0, "W2_1": 600, "W2_2": 0, "W2_3": 0}

    assert evenness_of(two_reaches(), _plan(**awards)).head_tail is None


def test_plots_that_need_nothing_are_left_out_of_the_measures():
    problem = two_reaches()
    dry = (replace(problem.fields[0], claim_m3=0.0), *problem.fields[1:])
    awards = {f.id: f.claim_m3 / 2 for f in dry}

    even = evenness_of(replace(problem, fields=dry), Plan(awards, None, {}, {}))

    assert (even.gini, even.least) == pytest.approx((0, 0.5))


def test_the_rules_stand_side_by_side_with_their_findings():
    problem = two_reaches()

    findings = {rule: outcome_of(problem, rule).findings for rule in ("cea", "proportional", "cel")}

    assert findings == {"cea": 0, "proportional": 0, "cel": 1}


@given(week_problems(rules=("cea",), narrow=False))
def test_no_rule_gives_the_worst_off_hectare_more_than_each_hectare_equally(problem):
    def worst_off(awards_m3):
        return min(awards_m3[f.id] / f.area_m2 for f in problem.fields if f.claim_m3)

    most = worst_off(solve(problem).awards_m3)

    for rule in ("proportional", "cel", "talmud"):
        assert worst_off(outcome_of(problem, rule).awards_m3) <= most * (1 + 1e-6)
