"""Which crop stands, which weather is known and which weeks have been, on any day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.cli import village_files as files

PLOT = {
    "winter_crop": "wheat",
    "winter_sown": "11-14",
    "summer_crop": "maize",
    "summer_sown": "05-20",
}
PLOTS = [told for told, _ in files.features("plots.geojson")]


@pytest.mark.parametrize(
    ("on", "crop", "sown_on"),
    [
        (date(2026, 5, 19), "wheat", date(2025, 11, 14)),
        (date(2026, 5, 20), "maize", date(2026, 5, 20)),
        (date(2026, 11, 13), "maize", date(2026, 5, 20)),
        (date(2026, 11, 14), "wheat", date(2026, 11, 14)),
        (date(2028, 2, 29), "wheat", date(2027, 11, 14)),
    ],
)
def test_the_crop_sown_last_is_the_one_that_stands(on: date, crop: str, sown_on: date) -> None:
    assert files.crop_on(PLOT, on) == (crop, sown_on)


@given(on=st.dates(date(2025, 1, 1), date(2040, 12, 31)))
def test_no_crop_is_older_than_a_year_or_sown_tomorrow(on: date) -> None:
    for plot in PLOTS:
        _, sown_on = files.crop_on(plot, on)

        assert timedelta(0) <= on - sown_on <= timedelta(days=366)


def test_weather_after_the_file_is_that_of_its_last_year() -> None:
    days = dict(files.weather(date(2028, 3, 1)))

    assert days[date(2027, 7, 4)] == days[date(2026, 7, 4)]
    assert days[date(2028, 2, 29)] == days[date(2026, 2, 28)]
    assert len(days) == (date(2028, 3, 1) - date(2025, 1, 1)).days + 1


def test_weather_is_told_to_the_end_of_the_file_even_when_asked_for_less() -> None:
    days = [on for on, _ in files.weather(date(2026, 1, 1))]

    assert days[-1] == date(2026, 12, 31)


def test_only_weeks_that_have_ended_are_history() -> None:
    before_the_sixth_ended = datetime(2026, 3, 21, 3, 59, tzinfo=UTC)

    weeks = files.weeks_before(before_the_sixth_ended)

    assert len(weeks) == 5
    assert weeks[0].during.start == datetime(2026, 2, 7, 4, 0, tzinfo=UTC)
    assert len(files.weeks_before(before_the_sixth_ended + timedelta(minutes=1))) == 6


@pytest.mark.parametrize(
    ("today", "begun"),
    [
        (date(2026, 11, 22), date(2026, 11, 21)),
        (date(2026, 11, 21), date(2026, 11, 21)),
        (date(2026, 11, 20), date(2026, 11, 14)),
    ],
)
def test_the_week_to_plan_began_on_the_last_saturday(today: date, begun: date) -> None:
    week = files.week_of(today)

    assert week.during.start.date() == begun
    assert week.during.length == timedelta(days=7)


def test_a_week_in_which_the_clocks_change_is_as_long_as_any_other() -> None:
    week = files.week_of(date(2026, 4, 20))

    assert week.during.start == datetime(2026, 4, 18, 4, 0, tzinfo=UTC)
    assert week.during.length == timedelta(days=7)
