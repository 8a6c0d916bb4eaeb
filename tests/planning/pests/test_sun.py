"""When the sun rises and sets, and the nights in which inversions are to be expected."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.kernel.interval import Interval
from coopfarm.planning.pests.sun import daylight, inversions

CAIRO = (31.24, 30.04)


@pytest.mark.parametrize(
    ("on", "rises", "sets"),
    [
        # By the almanac, in UTC; the formula leaves refraction and the sun's own width out.
        (date(2026, 7, 4), "02:59", "17:00"),
        (date(2026, 12, 21), "04:47", "14:59"),
    ],
)
def test_the_sun_rises_and_sets_as_the_almanac_says_to_some_minutes(
    on: date, rises: str, sets: str
) -> None:
    found = daylight(on, *CAIRO)

    assert found is not None
    for moment, told in ((found.start, rises), (found.end, sets)):
        expected = datetime.fromisoformat(f"{on}T{told}+00:00")
        assert abs(moment - expected) <= timedelta(minutes=8)


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.floats(-180, 180), st.floats(-60, 60))
def test_a_day_and_the_night_after_it_make_up_about_a_day(
    on: date, longitude_deg: float, latitude_deg: float
) -> None:
    today = daylight(on, longitude_deg, latitude_deg)
    tomorrow = daylight(on + timedelta(days=1), longitude_deg, latitude_deg)

    assert today is not None
    assert tomorrow is not None
    assert abs(tomorrow.start - today.start - timedelta(days=1)) < timedelta(minutes=10)


def test_where_the_sun_does_not_set_nothing_is_said() -> None:
    midsummer = datetime(2026, 6, 21, tzinfo=UTC)
    whole_day = Interval(midsummer, midsummer + timedelta(days=1))

    assert daylight(date(2026, 6, 21), 20.0, 75.0) is None
    assert [*inversions(whole_day, 20.0, 75.0)] == []


def test_inversions_are_expected_from_two_hours_before_sunset_to_one_after_sunrise() -> None:
    def met(first: int, last: int) -> int:
        day = datetime(2026, 7, 4, tzinfo=UTC)
        during = Interval(day + timedelta(hours=first), day + timedelta(hours=last))
        return len([*inversions(during, *CAIRO)])

    assert [met(5, 13), met(2, 4), met(13, 16), met(0, 24)] == [0, 1, 1, 2]
