import ast
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coopfarm.planning.week.certify import certify
from coopfarm.planning.week.problem import Plan, Problem
from coopfarm.planning.week.solve import solve
from tests.factories.week import two_reaches, week_problems


def _codes(problem: Problem, plan: Plan) -> list[str]:
    return [finding.code for finding in certify(problem, plan).findings]


def _without_canals(**more) -> Problem:
    problem = two_reaches(canals=(), supply_m3=1500.0)
    outlets = tuple(replace(outlet, canal=None) for outlet in problem.outlets)
    return replace(problem, outlets=outlets, **more)


def _with_awards(plan: Plan, **awards: float) -> Plan:
    changed = {name.replace("_", "-"): award for name, award in awards.items()}
    return replace(plan, awards_m3={**plan.awards_m3, **changed})


@pytest.mark.parametrize("rule", ["cea", "proportional", "cel", "talmud"])
def test_a_favourite_plot_is_found_by_every_rule(rule):
    problem = _without_canals(rule=rule)
    plan = solve(problem)

    unfair = _with_awards(plan, W1_1=350.0, W2_3=150.0)

    assert certify(problem, plan).holds
    assert {"week-held-back", f"unfair-{rule}", "more-than-half"} & {*_codes(problem, unfair)}


def test_a_favourite_below_a_full_canal_is_found():
    problem = two_reaches()
    plan = solve(problem)

    codes = _codes(problem, _with_awards(plan, W2_1=300.0, W2_2=100.0))

    assert "week-held-back" in codes


def test_water_left_lying_while_somebody_is_short_is_found():
    problem = two_reaches()
    plan = solve(problem)

    assert "week-held-back" in _codes(problem, _with_awards(plan, W2_1=150.0))


def test_an_overfull_canal_is_named_with_its_flow():
    problem = two_reaches()
    plan = solve(
        replace(problem, canals=tuple(replace(c, capacity_l_s=None) for c in problem.canals))
    )

    (finding,) = [f for f in certify(problem, plan).findings if f.code == "week-canal-too-narrow"]

    assert finding.facts["canal"] == "K2"
    assert finding.facts["flow_l_s"] == pytest.approx(2 * finding.facts["capacity_l_s"])


def test_an_overfull_outlet_is_named():
    problem = _without_canals()
    plan = solve(problem)
    narrow = tuple(replace(outlet, capacity_l_s=1.0) for outlet in problem.outlets)

    findings = certify(replace(problem, outlets=narrow), plan).findings

    assert {f.facts["outlet"] for f in findings if f.code == "week-outlet-too-narrow"} == {
        "W1",
        "W2",
    }


def test_more_water_than_there_is_is_found():
    problem = _without_canals()
    plan = solve(problem)

    assert "week-supply-exceeded" in _codes(replace(problem, supply_m3=900.0), plan)


@pytest.mark.parametrize(
    ("award", "code"),
    [
        (700.0, "week-more-than-needed"),
        (-1.0, "week-less-than-floor"),
        (float("nan"), "week-more-than-needed"),
    ],
)
def test_an_award_outside_floor_and_need_is_found(award, code):
    problem = _without_canals()

    assert code in _codes(problem, _with_awards(solve(problem), W1_2=award))


@pytest.mark.parametrize("lost", ["W1-1", "W2-3"])
def test_a_plot_left_out_is_found(lost):
    problem = two_reaches()
    plan = solve(problem)
    awards = {name: award for name, award in plan.awards_m3.items() if name != lost}

    assert _codes(problem, replace(plan, awards_m3=awards)) == ["week-awards-differ"]


def test_a_plot_nobody_has_is_found():
    problem = two_reaches()

    assert _codes(problem, _with_awards(solve(problem), W9_9=0.0)) == ["week-awards-differ"]


def test_two_turns_that_changed_places_are_found():
    problem = two_reaches()
    plan = solve(problem)
    first, second, third = plan.rosters["W1"].turns
    swapped = replace(plan.rosters["W1"], turns=(second, first, third))

    assert "turn-out-of-order" in _codes(
        problem, replace(plan, rosters={**plan.rosters, "W1": swapped})
    )


def test_a_minute_taken_from_one_turn_is_found():
    problem = two_reaches()
    plan = solve(problem)
    turns = list(plan.rosters["W1"].turns)
    turns[-1] = replace(turns[-1], minutes=turns[-1].minutes - 1)
    short = replace(plan.rosters["W1"], turns=tuple(turns))

    assert "cycle-not-tiled" in _codes(
        problem, replace(plan, rosters={**plan.rosters, "W1": short})
    )


def test_an_outlet_without_its_roster_is_found():
    problem = two_reaches()
    plan = solve(problem)

    assert _codes(problem, replace(plan, rosters={"W1": plan.rosters["W1"]})) == ["week-no-roster"]


def test_turns_at_an_outlet_that_is_not_there_are_found():
    problem = two_reaches()
    plan = solve(problem)

    assert _codes(problem, replace(plan, rosters={**plan.rosters, "W9": plan.rosters["W1"]})) == [
        "week-no-roster"
    ]


def test_turns_that_no_roster_could_give_are_told_in_its_own_words():
    problem = _without_canals()
    fields = [replace(f, draining_minutes=20.0) for f in problem.fields[:1]]
    problem = replace(problem, fields=(*fields, *problem.fields[1:]))
    plan = solve(problem)

    codes = _codes(problem, _with_awards(plan, W1_1=0.001, W1_2=599.0))

    assert "turn-below-zero" in codes


@pytest.mark.parametrize("rule", ["cea", "proportional", "cel", "talmud"])
@pytest.mark.parametrize("times", [0.5, 2.0])
def test_a_level_that_the_awards_do_not_speak_for_is_found(rule, times):
    problem = _without_canals(rule=rule)
    plan = solve(problem)

    codes = _codes(problem, replace(plan, level=plan.level * times))

    assert codes == ["level-too-low" if times < 1 else "level-too-high"]


@pytest.mark.parametrize("rule", ["cel", "talmud"])
def test_a_rule_that_speaks_of_a_level_is_not_judged_without_it(rule):
    problem = _without_canals(rule=rule)
    plan = replace(solve(problem), level=None)

    assert _codes(problem, plan) == ["week-level-missing"]


def test_a_plan_of_another_rule_is_not_certified_by_leaving_out_its_level():
    problem = _without_canals(rule="cel")
    fields = (replace(problem.fields[0], claim_m3=100.0), *problem.fields[1:])
    problem = replace(problem, fields=fields)
    of_another = replace(solve(replace(problem, rule="proportional")), level=None)

    assert not certify(problem, of_another).holds


@pytest.mark.parametrize("held_by", ["claim", "floor", "canal K1", "the head", "canal K9", None])
def test_a_wrong_reason_for_being_short_is_found(held_by):
    problem = two_reaches()
    plan = solve(problem)
    reasons = {k: v for k, v in plan.held_by.items() if k != "W2-1"}
    reasons |= {"W2-1": held_by} if held_by else {}

    assert _codes(problem, replace(plan, held_by=reasons)) == ["week-held-wrongly"]


@given(week_problems(rules=("cea", "proportional")), st.data())
def test_moving_water_from_one_who_is_short_to_another_is_always_found(problem, data):
    plan = solve(problem)
    assume(certify(problem, plan).holds)
    short = [
        f
        for f in problem.fields
        if 1.0 < plan.awards_m3[f.id] < f.claim_m3 * 0.9 and plan.awards_m3[f.id] > f.floor_m3 * 1.2
    ]
    assume(len(short) > 1)
    taken, given_to = data.draw(st.permutations(short))[:2]
    moved = min(plan.awards_m3[taken.id] * 0.1, given_to.claim_m3 * 0.05)

    unfair = _with_awards(plan)
    unfair.awards_m3[taken.id] -= moved
    unfair.awards_m3[given_to.id] += moved

    assert not certify(problem, unfair).holds


def test_the_judge_shares_no_code_with_the_planner():
    reached = _imported_by("coopfarm.planning.week.certify")

    assert "coopfarm.planning.rotation.rationing.certify" in reached
    forbidden = {"solve", "explain", "level", "rules", "compare"}
    assert {name for name in reached if name.rpartition(".")[2] in forbidden} == set()


def _imported_by(module: str) -> set[str]:
    """Every module of the planning core that one imports, directly or by another."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        at = waiting.pop()
        if at in found or not at.startswith("coopfarm.planning"):
            continue
        found.add(at)
        tree = ast.parse(Path(import_module(at).__file__).read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                waiting += [node.module, *(f"{node.module}.{name.name}" for name in node.names)]
        waiting = [name for name in waiting if _is_module(name)]
    return found


def _is_module(name: str) -> bool:
    place = Path(*name.split("."))
    root = Path(__file__).parents[3]
    return (root / place).with_suffix(".py").exists() or (root / place / "__init__.py").exists()
