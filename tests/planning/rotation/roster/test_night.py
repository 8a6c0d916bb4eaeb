import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.planning.rotation.roster.night import night_minutes, shifted_start
from coopfarm.planning.rotation.roster.solve import solve
from tests.factories.planning import roster_problems


@pytest.mark.parametrize(
    ("start", "minutes", "night"),
    [
        (12 * 60, 60, 0),
        (17 * 60 + 59, 2, 1),
        (18 * 60, 12 * 60, 12 * 60),
        (5 * 60, 120, 60),
        (6 * 60, 12 * 60, 0),
        (23 * 60, 24 * 60, 12 * 60),
        (0, 3 * 1440 + 30, 3 * 720 + 30),
        (1440 + 20 * 60, 30, 30),
        (20 * 60, 0, 0),
    ],
)
def test_night_is_from_six_in_the_evening_to_six_in_the_morning(start, minutes, night):
    assert night_minutes(start, minutes) == night


@given(st.integers(0, 1439), st.integers(0, 20_000))
def test_night_minutes_are_counted_like_minute_by_minute(start, minutes):
    by_hand = sum(1 for m in range(start, start + minutes) if not 360 <= m % 1440 < 1080)

    assert night_minutes(start, minutes) == by_hand


@given(roster_problems().filter(lambda p: p.cycle_minutes % 1440 == 0), st.integers(0, 1439))
def test_over_two_years_everybody_has_half_of_the_turn_at_night(problem, start):
    plan = solve(problem)

    for turn in plan.turns:
        nights = [
            night_minutes(shifted_start(start, year) + turn.starts_at_minute, turn.minutes)
            for year in (0, 1)
        ]
        assert sum(nights) == turn.minutes


def test_the_shift_comes_back_after_two_years():
    assert [shifted_start(18 * 60, year) for year in (0, 1, 2)] == [1080, 360, 1080]


@given(roster_problems(), st.integers(0, 1439))
def test_a_cycle_of_ten_and_a_half_days_alternates_by_itself(problem, start):
    plan = solve(type(problem)(15_120, problem.holders))

    for turn in plan.turns:
        this = night_minutes(start + turn.starts_at_minute, turn.minutes)
        following = night_minutes(start + 15_120 + turn.starts_at_minute, turn.minutes)
        assert this + following == turn.minutes
