from dataclasses import replace

import pytest
from hypothesis import given

from coopfarm.planning.week.explain import explain
from coopfarm.planning.week.problem import Canal, Outlet, Problem
from coopfarm.planning.week.solve import solve
from tests.factories.week import WEEK, two_reaches, week_problems


def _said(problem: Problem, plot: str) -> str:
    return "\n".join(str(sentence) for sentence in explain(problem, solve(problem))[plot])


@given(week_problems())
def test_every_plot_is_told_its_reasons_in_whole_sentences(problem):
    plan = solve(problem)

    reasons = explain(problem, plan)

    assert list(reasons) == [field.id for field in problem.fields]
    with_turn = {turn.id for roster in plan.rosters.values() for turn in roster.turns}
    for plot, said in reasons.items():
        assert said
        assert all("%(" not in str(sentence) for sentence in said)
        assert any(sentence.code.startswith("why-your-turn") for sentence in said) or (
            plot not in with_turn
        )


def test_who_is_held_by_a_full_canal_is_told_which():
    problem = two_reaches()

    assert "Canal K2 is full." in _said(problem, "W2-2")
    assert "That comes to 200 m³ for each hectare. You have 1 ha: 200 of the 600" in _said(
        problem, "W2-2"
    )


def test_who_is_held_by_a_full_outlet_is_told_which():
    problem = two_reaches(canals=())
    narrow = 600 * 1000 / (WEEK * 60)
    outlets = (Outlet("W1"), Outlet("W2", capacity_l_s=narrow))

    assert "Outlet W2 is full." in _said(replace(problem, outlets=outlets), "W2-1")


def test_who_is_fully_served_is_told_so_and_nothing_of_canals():
    said = _said(two_reaches(), "W1-1")

    assert said.startswith("Your plot needs 600 m³ and gets all of it.")
    assert "full" not in said


def test_with_wide_channels_the_one_level_is_the_same_for_all():
    problem = _without_canals()

    said = _said(problem, "W1-1")

    assert "Each hectare that is short gets the same 300 m³. You have 1 ha: 300 of the 600" in said
    assert "All the water there is was shared out." in said
    assert "Had more been asked for your plot, it would still get the same." in said


def test_asking_for_more_is_spoken_of_only_where_it_gains_nothing():
    said = _said(_without_canals(rule="proportional"), "W1-1")

    assert "Everybody gets the same 50 % of the need: 300 of 600 m³." in said
    assert "Had more been asked" not in said


def test_a_plot_at_its_least_share_is_told_so_and_others_that_it_may_be_more():
    problem = _without_canals()
    fields = (replace(problem.fields[0], floor_m3=500.0), *problem.fields[1:])
    problem = replace(problem, fields=fields)

    assert "gets the least share promised to everybody: 500 of the 600 m³" in _said(problem, "W1-1")
    assert "Only the least share promised to everybody may come to more" in _said(problem, "W1-2")


def test_a_plot_without_need_is_told_that_none_is_set_aside():
    problem = _without_canals()
    fields = (replace(problem.fields[0], claim_m3=0.0), *problem.fields[1:])

    said = _said(replace(problem, fields=fields, supply_m3=1500.0), "W1-1")

    assert said == "Your plot needs no water in this period, so none is set aside for it."


@pytest.mark.parametrize(
    ("rule", "words"),
    [("cel", "bears the same loss of 300 m³"), ("talmud", "Half of yours is 300 m³")],
)
def test_cuts_and_halves_are_told_in_their_own_arithmetic(rule, words):
    assert words in _said(_without_canals(rule=rule), "W2-1").replace("\N{NO-BREAK SPACE}", " ")


def test_amounts_counted_at_the_head_are_said_to_be_so_where_canals_leak():
    problem = two_reaches(rule="cel")
    leaking = tuple(replace(c, efficiency=0.8, capacity_l_s=None) for c in problem.canals)

    assert "for 1 m³ at your plot 1.25 m³ must leave there" in _said(
        replace(problem, canals=leaking), "W1-1"
    )


@pytest.mark.parametrize(
    ("basis", "words"),
    [
        ("award", "1,800 m³"),
        ("area", "3 hectare"),
        ("shares", "6 share"),
        ("equal", "3 plot"),
        ("crop", "1,800 m³ of need"),
    ],
)
def test_the_unit_of_the_turns_is_named(basis, words):
    problem = two_reaches(supply_m3=3600.0)
    problem = replace(
        problem,
        canals=(Canal("K1"), Canal("K2", "K1")),
        outlets=tuple(replace(outlet, basis=basis) for outlet in problem.outlets),
        fields=tuple(replace(f, shares=2.0) for f in problem.fields),
    )

    assert f"for {words}: " in _said(problem, "W1-3")


def _without_canals(**more) -> Problem:
    problem = two_reaches(canals=(), supply_m3=1800.0)
    outlets = tuple(replace(outlet, canal=None) for outlet in problem.outlets)
    return replace(problem, outlets=outlets, **more)
