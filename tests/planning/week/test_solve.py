from dataclasses import replace

import pytest
from hypothesis import given

from coopfarm.planning.week.certify import CANAL_TOO_NARROW, OUTLET_TOO_NARROW, certify
from coopfarm.planning.week.problem import HEAD, Plan, Problem, cost_at_head
from coopfarm.planning.week.solve import follows_canals, solve
from tests.factories.week import TEN_DAYS_AND_A_HALF, WEEK, two_reaches, week_problems

NARROW = {CANAL_TOO_NARROW.code, OUTLET_TOO_NARROW.code}


@given(week_problems(narrow=False))
def test_where_nothing_is_narrow_every_rule_earns_its_certificate(problem):
    plan = solve(problem)

    assert certify(problem, plan).findings == ()
    assert sum(plan.awards_m3.values()) == pytest.approx(problem.supply_m3)


@given(week_problems(rules=("cea",)))
def test_each_hectare_equally_earns_its_certificate_on_any_network(problem):
    plan = solve(problem)

    assert certify(problem, plan).findings == ()


@given(week_problems(rules=("proportional",)))
def test_the_same_part_of_each_need_keeps_to_the_canals_unless_there_are_floors(problem):
    plan = solve(problem)

    codes = {finding.code for finding in certify(problem, plan).findings}
    floors = any(field.floor_m3 for field in problem.fields)
    assert codes <= (NARROW if floors else set())


@given(week_problems(rules=("cel", "talmud")))
def test_equal_cuts_and_halves_are_at_worst_too_much_for_a_canal(problem):
    plan = solve(problem)

    assert {finding.code for finding in certify(problem, plan).findings} <= NARROW


@given(week_problems())
def test_the_plan_comes_back_from_what_was_kept_byte_for_byte(problem):
    plan = solve(problem)

    again = solve(Problem.from_json(problem.as_json()))

    assert again.as_json() == plan.as_json()
    assert Plan.from_json(plan.as_json()) == plan


@given(week_problems())
def test_nobody_gets_more_than_the_need_or_less_than_the_least_share(problem):
    awards = solve(problem).awards_m3

    for field in problem.fields:
        assert field.floor_m3 * (1 - 1e-9) <= awards[field.id] <= field.claim_m3 * (1 + 1e-9)


@given(week_problems())
def test_turns_fill_the_cycle_at_every_outlet_that_has_any(problem):
    rosters = solve(problem).rosters

    for roster in rosters.values():
        assert sum(turn.minutes for turn in roster.turns) == problem.cycle_minutes


@given(week_problems())
def test_every_plot_is_held_by_its_claim_its_floor_or_something_that_is_there(problem):
    held_by = solve(problem).held_by

    channels = {f"canal {canal.id}" for canal in problem.canals}
    channels |= {f"outlet {outlet.id}" for outlet in problem.outlets}
    assert held_by.keys() == {field.id for field in problem.fields}
    assert {*held_by.values()} <= channels | {"claim", "floor", HEAD}


@pytest.mark.parametrize("rule", ["cea", "proportional", "cel", "talmud"])
def test_by_every_rule_it_is_said_what_holds_a_plot(rule):
    problem = two_reaches(rule=rule, canals=(), supply_m3=1800.0)
    fields = (replace(problem.fields[0], claim_m3=0.0), *problem.fields[1:])
    outlets = tuple(replace(outlet, canal=None) for outlet in problem.outlets)

    held_by = solve(replace(problem, fields=fields, outlets=outlets)).held_by

    assert [*held_by.values()] == ["claim", *[HEAD] * 5]


def test_a_full_canal_holds_those_below_it_and_leaves_the_rest_to_the_others():
    plan = solve(two_reaches())

    assert plan.awards_m3 == pytest.approx(
        dict.fromkeys(("W1-1", "W1-2", "W1-3"), 600.0)
        | {
            "W2-1": 200.0,
            "W2-2": 200.0,
            "W2-3": 200.0,
        }
    )
    assert plan.held_by["W1-1"] == "claim"
    assert plan.held_by["W2-3"] == "canal K2"


def test_losses_on_the_way_are_paid_from_the_supply():
    leaking = two_reaches()
    leaking = replace(
        leaking, canals=tuple(replace(c, efficiency=0.8, capacity_l_s=None) for c in leaking.canals)
    )

    plan = solve(leaking)

    used = {o: sum(a for f, a in plan.awards_m3.items() if f.startswith(o)) for o in ("W1", "W2")}
    assert cost_at_head(leaking) == pytest.approx({"W1": 1.25, "W2": 1.5625})
    assert used["W1"] * 1.25 + used["W2"] * 1.5625 == pytest.approx(2400)
    assert plan.awards_m3["W1-1"] == pytest.approx(plan.awards_m3["W2-1"])


def test_floors_come_before_the_level():
    problem = two_reaches(supply_m3=1500.0, canals=())
    problem = replace(problem, outlets=tuple(replace(o, canal=None) for o in problem.outlets))
    fields = list(problem.fields)
    fields[0] = replace(fields[0], floor_m3=500.0)

    awards = solve(replace(problem, fields=tuple(fields))).awards_m3

    assert awards["W1-1"] == pytest.approx(500)
    assert all(awards[f.id] == pytest.approx(200) for f in fields[1:])


def test_ten_and_a_half_days_are_filled_to_the_minute():
    wide = tuple(replace(canal, capacity_l_s=None) for canal in two_reaches().canals)

    plan = solve(two_reaches(cycle_minutes=TEN_DAYS_AND_A_HALF, canals=wide))

    assert [turn.minutes for turn in plan.rosters["W1"].turns] == [5040, 5040, 5040]
    assert plan.rosters["W2"].turns[1].starts_at_minute == 5040


def test_a_plot_that_gets_nothing_has_no_turn_and_its_neighbours_have_the_time():
    problem = two_reaches(rule="cel", supply_m3=300.0, canals=())
    fields = [replace(f, outlet="W1") for f in problem.fields]
    fields[2] = replace(fields[2], claim_m3=10.0)
    problem = replace(problem, fields=tuple(fields), outlets=(problem.outlets[0],))
    problem = replace(problem, outlets=(replace(problem.outlets[0], canal=None),))

    plan = solve(problem)

    assert plan.awards_m3["W1-3"] == 0
    assert [turn.id for turn in plan.rosters["W1"].turns] == [
        f.id for f in fields if f.id != "W1-3"
    ]
    assert sum(turn.minutes for turn in plan.rosters["W1"].turns) == WEEK


@pytest.mark.parametrize(
    ("rule", "floor_m3", "follows"),
    [
        ("cea", 0.0, True),
        ("cea", 10.0, True),
        ("proportional", 0.0, True),
        ("proportional", 10.0, False),
        ("cel", 0.0, False),
        ("talmud", 0.0, False),
    ],
)
def test_only_rules_with_one_rising_level_are_followed_canal_by_canal(rule, floor_m3, follows):
    problem = two_reaches(rule=rule)
    fields = tuple(replace(f, floor_m3=floor_m3) for f in problem.fields)

    assert follows_canals(replace(problem, fields=fields)) is follows
