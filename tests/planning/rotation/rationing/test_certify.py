import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given

from coopfarm.planning.rotation.rationing.certify import certify
from coopfarm.planning.rotation.rationing.problem import RULES, Claim, Plan, Problem
from coopfarm.planning.rotation.rationing.solve import solve
from tests.factories.planning import rationing_problems

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "rules.json").read_text())


def _findings(problem, plan):
    return [str(finding) for finding in certify(problem, plan).findings]


def _problem(supply, rule, *amounts):
    return Problem(supply, rule, tuple(Claim(f"plot {i}", a) for i, a in enumerate(amounts)))


def _rounded(number):
    return float(f"{number:.6g}")


@given(rationing_problems())
def test_every_plan_earns_its_certificate(problem):
    plan = solve(problem)

    assert _findings(problem, plan) == []
    assert sum(plan.awards.values()) == pytest.approx(problem.supply, rel=1e-9)


@given(rationing_problems())
def test_a_plan_written_with_six_digits_still_holds(problem):
    plan = solve(problem)

    written = Plan({name: _rounded(a) for name, a in plan.awards.items()}, _rounded(plan.level))

    assert _findings(problem, written) == []


@given(rationing_problems(at_least=3))
def test_the_certificate_catches_a_favourite(problem):
    plan = solve(problem)
    gains = max(problem.claims, key=lambda claim: claim.amount - plan.awards[claim.id])
    others = [claim for claim in problem.claims if claim is not gains]
    pays = max(others, key=lambda claim: plan.awards[claim.id] - claim.floor)
    gift = min(gains.amount - plan.awards[gains.id], plan.awards[pays.id] - pays.floor)
    assume(gift > 0.01 * problem.supply / len(problem.claims))
    awards = dict(plan.awards)
    awards[gains.id] += gift
    awards[pays.id] -= gift

    assert not certify(problem, Plan(awards, plan.level)).holds


@pytest.mark.parametrize("case", GOLDEN, ids=lambda c: f"{c['rule']} of {c['supply']}")
def test_published_awards_hold_under_their_own_rule(case):
    problem = _problem(float(case["supply"]), case["rule"], *map(float, case["claims"]))
    awards = {f"plot {place}": float(award) for place, award in enumerate(case["awards"])}

    assert _findings(problem, Plan(awards, solve(problem).level)) == []


@pytest.mark.parametrize("made_for", RULES)
@pytest.mark.parametrize("judged_by", RULES)
def test_each_rule_has_a_law_of_its_own(made_for, judged_by):
    problem = _problem(250.0, made_for, 100.0, 200.0, 300.0)

    certificate = certify(replace(problem, rule=judged_by), solve(problem))

    assert certificate.holds == (made_for == judged_by)


def test_weights_and_floors_are_judged():
    claims = (Claim("a", 90, 2, 30), Claim("b", 40, 1, 12), Claim("c", 200, 5, 20))
    problem = Problem(150.0, "cea", claims)
    plan = solve(problem)

    by_equal_weights = solve(replace(problem, claims=tuple(replace(c, weight=1) for c in claims)))

    assert certify(problem, plan).holds
    assert "for each unit of weight" in _findings(problem, by_equal_weights)[0]


@pytest.mark.parametrize(
    ("awards", "words"),
    [
        ({"plot 0": 50.0}, "plot 1 has a claim and no award."),
        ({"plot 0": 40.0, "plot 1": 10.0, "x": 1.0}, "x has an award of 1 and no claim."),
        ({"plot 0": -10.0, "plot 1": 60.0}, "plot 0 gets -10, less than the floor of 0."),
        ({"plot 0": 110.0, "plot 1": -60.0}, "plot 0 gets 110, more than the claim of 100."),
        ({"plot 0": 20.0, "plot 1": 20.0}, "The awards add up to 40 and the supply is 50."),
        ({"plot 0": math.nan, "plot 1": 25.0}, "plot 0 gets nan, less than the floor of 0."),
        ({"plot 0": 1e308, "plot 1": 1e308}, "plot 0 gets"),
        (
            {"plot 0": 30.0, "plot 1": 20.0},
            "plot 0 is above the floor and gets 30 for each unit of weight, while plot 1 is "
            "below the claim and gets 20. Equal awards means the same for both.",
        ),
    ],
)
def test_findings_name_the_plot_and_the_numbers(awards, words):
    problem = _problem(50.0, "cea", 100.0, 100.0)

    assert any(finding.startswith(words) for finding in _findings(problem, Plan(awards, 25.0)))


@pytest.mark.parametrize(
    ("rule", "awards", "words"),
    [
        ("proportional", (20.0, 40.0, 40.0), "of each unit claimed above the floor"),
        ("cel", (0.0, 10.0, 90.0), "plot 1 is above the floor and loses 190"),
        ("talmud", (30.0, 35.0, 35.0), "speaks for a common level"),
        ("talmud", (0.0, 0.0, 100.0), "speaks for a common level"),
    ],
)
def test_an_unfair_plan_is_told_by_its_rule(rule, awards, words):
    problem = _problem(100.0, rule, 100.0, 200.0, 300.0)
    plan = Plan({f"plot {place}": award for place, award in enumerate(awards)}, 1.0)

    assert words in _findings(problem, plan)[0]


def test_the_talmud_keeps_everybody_to_half():
    small, large = (_problem(supply, "talmud", 100.0, 300.0) for supply in (190.0, 300.0))

    above = _findings(small, Plan({"plot 0": 95.0, "plot 1": 95.0}, 95.0))
    below = _findings(large, Plan({"plot 0": 40.0, "plot 1": 260.0}, 60.0))

    assert "nobody gets more than half: 50." in above[0]
    assert "nobody gets less than half: 50." in below[0]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("factor", [0.99, 1.01])
def test_a_level_that_the_awards_do_not_bear_out_is_found(rule, factor):
    problem = _problem(350.0, rule, 100.0, 200.0, 300.0)
    plan = solve(problem)

    findings = _findings(problem, replace(plan, level=plan.level * factor))

    assert findings[0].startswith("The level is stated as")


def test_where_all_are_served_any_level_above_is_true():
    problem = _problem(300.0, "cea", 100.0, 200.0)
    plan = solve(problem)

    assert certify(problem, replace(plan, level=1e6)).holds
    assert not certify(problem, replace(plan, level=199.0)).holds
