import math
from dataclasses import replace

import pytest

from coopfarm.kernel.refusal import Refusal
from coopfarm.planning.week.problem import Canal, Field, Outlet, Problem, check, need_at_head
from tests.factories.week import two_reaches


def _refusal(problem: Problem) -> Refusal:
    with pytest.raises(Refusal) as refused:
        check(problem)
    return refused.value


def test_a_week_that_can_be_planned_is_let_pass():
    assert check(two_reaches()) is None


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"cycle_minutes": 0}, "cycle-not-positive", "A cycle of 0 minutes has no turns."),
        ({"cycle_minutes": -5}, "cycle-not-positive", "A cycle of -5 minutes has no turns."),
        ({"rule": "first-come"}, "unknown-rule", "first-come is no rule"),
        ({"supply_m3": 0.0}, "supply-is-zero", "The supply is 0."),
        ({"supply_m3": -3.0}, "supply-is-zero", "The supply is -3."),
        ({"supply_m3": math.nan}, "supply-is-zero", "The supply is nan."),
        ({"supply_m3": math.inf}, "supply-is-zero", "The supply is inf."),
        ({"supply_m3": 3601.0}, "supply-above-need", "The supply is 100.0278 % of what"),
    ],
)
def test_what_cannot_be_is_named(change, code, words):
    refusal = _refusal(two_reaches(**change))

    assert refusal.code == code
    assert words in str(refusal)


def test_a_plot_without_an_outlet_is_named():
    problem = two_reaches()
    lost = Field("lonely", "", 10.0, 100.0)

    refusal = _refusal(replace(problem, fields=(*problem.fields, lost)))

    assert str(refusal).startswith("Plot lonely has no outlet")


def test_a_canal_that_feeds_itself_is_named_with_its_circle():
    circle = (Canal("K1", "K2"), Canal("K2", "K1"))

    refusal = _refusal(two_reaches(canals=circle))

    assert refusal.code == "canal-feeds-itself"
    assert "K1 ← K2 ← K1" in str(refusal)


def test_nothing_needed_is_nothing_to_share():
    problem = two_reaches()
    dry = tuple(replace(f, claim_m3=0.0) for f in problem.fields)

    assert _refusal(replace(problem, fields=dry)).code == "nothing-needed"


def test_a_least_share_above_the_supply_is_told_in_percent():
    problem = two_reaches(supply_m3=1800.0)
    least = tuple(replace(f, floor_m3=0.7 * f.claim_m3) for f in problem.fields)

    refusal = _refusal(replace(problem, fields=least))

    assert str(refusal).startswith(
        "A least share of 70 % for everybody is more than the supply of 50 %."
    )


@pytest.mark.parametrize("rule", ["cea", "proportional", "cel", "talmud"])
def test_a_least_share_that_a_canal_cannot_carry_is_refused_by_every_rule(rule):
    problem = two_reaches(rule=rule)
    least = tuple(replace(f, floor_m3=300.0) for f in problem.fields)

    refusal = _refusal(replace(problem, fields=least))

    assert refusal.code == "least-share-too-wide-for-canal"
    assert "1.4881 l/s at canal K2, which carries 0.9921 l/s" in str(refusal)


def test_a_least_share_that_an_outlet_cannot_pass_is_refused():
    problem = two_reaches()
    least = tuple(replace(f, floor_m3=100.0) for f in problem.fields)
    narrow = (Outlet("W1", "K1", capacity_l_s=0.2), problem.outlets[1])

    refusal = _refusal(replace(problem, fields=least, outlets=narrow))

    assert str(refusal).startswith("A least share for everybody takes 0.496 l/s at outlet W1,")


def test_a_roster_by_shares_wants_every_share_written():
    problem = two_reaches()
    by_shares = (replace(problem.outlets[0], basis="shares"), problem.outlets[1])
    fields = (replace(problem.fields[0], shares=0.0), *problem.fields[1:])

    refusal = _refusal(replace(problem, outlets=by_shares, fields=fields))

    assert refusal.facts == {"plot": "W1-2", "outlet": "W1"}


def test_the_need_at_the_head_pays_for_losses():
    leaking = (Canal("K1", efficiency=0.8), Canal("K2", "K1", efficiency=0.5))

    assert need_at_head(two_reaches(canals=leaking)) == pytest.approx(1800 / 0.8 + 1800 / 0.4)
