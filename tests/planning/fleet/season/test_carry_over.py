import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.planning.fleet.season.carry_over import after_season, carried_over
from coopfarm.planning.fleet.season.problem import Plan
from coopfarm.planning.fleet.season.solve import solve
from tests.factories.season import season, seasons

amounts = st.floats(0, 100)


@pytest.mark.parametrize(
    ("before", "fair", "received", "after"),
    [
        (0.0, 2.0, 2.0, 0.0),
        (0.0, 2.0, 1.0, 1.0),
        (0.0, 2.0, 3.0, -1.0),
        (1.0, 2.0, 2.0, 0.8),
        (-1.0, 2.0, 2.0, -0.8),
        (2.0, 2.0, 0.0, 3.0),
        (-3.0, 2.0, 9.0, -3.0),
    ],
)
def test_what_was_missed_is_carried_over_and_a_fifth_lapses(before, fair, received, after):
    assert carried_over(before, fair, received, entitlement=3.0) == pytest.approx(after)


@given(st.floats(-1000, 1000), amounts, amounts, amounts)
def test_no_carry_over_is_more_than_one_season_owes(before, fair, received, entitlement):
    assert abs(carried_over(before, fair, received, entitlement)) <= entitlement


@given(st.floats(-10, 10))
def test_without_a_season_between_it_fades(before):
    balance = before
    for _ in range(20):
        balance = carried_over(balance, 0.0, 0.0, entitlement=10.0)

    assert abs(balance) <= abs(before) * 0.8**20 + 1e-12


def test_fair_is_the_same_for_all_but_not_more_than_wanted():
    problem = season([[5] * 6] * 3, wants=[1, 4, 4])

    after = after_season(problem, Plan({"m0": ("d0",), "m1": ("d1", "d2", "d3"), "m2": ("d4",)}))

    assert after == pytest.approx({"m0": 0.0, "m1": -1.0, "m2": 1.0})


@given(seasons())
def test_what_is_owed_to_some_was_had_by_others(problem):
    fresh = season(
        [[member.values.get(item.id, 0) for item in problem.items] for member in problem.members],
        [item.places for item in problem.items],
        [member.wants for member in problem.members],
    )

    after = after_season(fresh, solve(fresh))

    # Only what somebody had beyond two seasons' worth is let off.
    assert sum(after.values()) >= -1e-9


def test_whoever_went_short_is_first_next_season():
    first = season([[1]] * 2, wants=1)
    lost = next(member for member, items in solve(first).gets.items() if not items)
    owed = after_season(first, solve(first))

    second = season([[1]] * 2, wants=1, carry_over=[owed["m0"], owed["m1"]])

    assert solve(second).gets[lost] == ("d0",)
