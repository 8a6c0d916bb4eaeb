import pytest
from hypothesis import given

from coopfarm.planning.rotation.rationing.explain import explain
from coopfarm.planning.rotation.rationing.problem import Claim, Problem
from coopfarm.planning.rotation.rationing.solve import solve
from tests.factories.planning import rationing_problems

CLAIMS = (
    Claim("Amina", 90, 2, 30),
    Claim("Bashir", 40, 1, 12),
    Claim("Chaimae", 200, 5, 20),
    Claim("Daoud", 15, 1, 10),
    Claim("Emna", 120, 2, 45),
    Claim("Farid", 60, 3, 0),
)


def _words(problem, **units):
    reasons = explain(problem, solve(problem), **units)
    return {name: " ".join(map(str, why)) for name, why in reasons.items()}


def test_under_equal_awards_each_reads_the_level_and_what_asking_more_would_bring():
    words = _words(Problem(260.0, "cea", CLAIMS), unit="m³", weight_unit="hectare")

    assert words["Chaimae"].replace("\N{NO-BREAK SPACE}", " ") == (
        "The level is 18.1818 m³ per hectare. You have 5, which comes to 90.9091 m³. "
        "You asked for 200 m³ and get 90.9091 m³. If you had asked for more you would still get "
        "90.9091 m³. Everybody who is neither at the floor nor fully served has the same level."
    )


def test_who_is_fully_served_or_at_the_floor_reads_so():
    words = _words(Problem(260.0, "cea", CLAIMS))

    assert "which is no more than that: you get all of it." in words["Daoud"]
    assert "Your floor of 45 is more than that, so you get the floor." in words["Emna"]


@pytest.mark.parametrize(
    ("rule", "supply", "name", "words"),
    [
        ("proportional", 300.0, "100", "Everybody gets the same 50 % of the claim"),
        ("cel", 300.0, "200", "200 − 100 = 100."),
        ("cel", 300.0, "100", "Yours of 100 is no more than the loss"),
        ("talmud", 200.0, "300", "everybody gets the same 75. Half of yours is 150; you get 75."),
        ("talmud", 400.0, "300", "everybody loses the same 75. Half of yours is 150; you lose 75."),
    ],
)
def test_each_rule_is_told_with_its_arithmetic(rule, supply, name, words):
    claims = tuple(Claim(str(amount), float(amount)) for amount in (100, 200, 300))

    assert words in _words(Problem(supply, rule, claims))[name]


def test_the_other_rules_say_that_floors_come_first_and_weights_do_not_count():
    words = _words(Problem(260.0, "proportional", CLAIMS))["Amina"]

    assert words.startswith("Floors are given first: 30 to you.")
    assert words.endswith("This rule looks at claims alone, so weights change nothing.")


@given(rationing_problems())
def test_everybody_gets_a_reason_whose_words_are_complete(problem):
    words = _words(problem)

    assert list(words) == [claim.id for claim in problem.claims]
    assert not any("%" in text.replace(" % of", "") for text in words.values())
