"""Days and hours as a notebook has them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coopfarm.kernel.interval import Interval
from coopfarm.notebook.rules import times
from coopfarm.notebook.rules.times import Clock

CAIRO = ZoneInfo("Africa/Cairo")
TODAY = date(2026, 7, 6)
# The clock goes forward at the midnight before 24 April 2026, and back at the one after 29 October.
FORWARD, BACK = date(2026, 4, 24), date(2026, 10, 29)
moments = st.integers(0, 7 * 365 * 24 * 60).map(
    lambda minutes: datetime(2023, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
about_a_change = st.integers(-3 * 24 * 60, 3 * 24 * 60).map(
    lambda minutes: datetime(2026, 10, 29, 21, tzinfo=UTC) + timedelta(minutes=minutes)
)


def written(moment: datetime) -> str:
    """What somebody careful writes down: Arabic digits, and which of two hours it was."""
    local = moment.astimezone(CAIRO)
    came_twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    letter = ("", "") if not came_twice else ("أ", "ب")
    arabic = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    return f"{local:%H:%M}".translate(arabic) + letter[local.fold]


@given(start=moments | about_a_change, minutes=st.integers(1, 22 * 60))
@example(start=datetime(2026, 10, 29, 20, 30, tzinfo=UTC), minutes=45)
@example(start=datetime(2026, 4, 23, 21, 30, tzinfo=UTC), minutes=60)
def test_what_is_written_by_the_clock_is_read_as_the_same_stretch(
    start: datetime, minutes: int
) -> None:
    during = Interval(start, start + timedelta(minutes=minutes))
    starts = times.read_clock(written(during.start), field="starts")
    ends = times.read_clock(written(during.end), field="ends")

    read = times.stretch(start.astimezone(CAIRO).date(), starts, ends, CAIRO)

    assert read == during


@given(day=st.dates(date(2023, 1, 1), date(2030, 12, 31)))
def test_every_day_has_a_whole_day_and_the_next_begins_where_it_ends(day: date) -> None:
    today, tomorrow = (times.whole_day(day + timedelta(days=n), CAIRO) for n in (0, 1))

    assert today.end == tomorrow.start
    assert timedelta(hours=23) <= today.length <= timedelta(hours=25)


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("2026-07-03", date(2026, 7, 3)),
        ("٣/٧/٢٠٢٦", date(2026, 7, 3)),
        ("۳.۷", date(2026, 7, 3)),
        ("3-7", date(2026, 7, 3)),
        ("24/12", date(2025, 12, 24)),
    ],
)
def test_a_day_is_read_in_any_digits_and_the_latest_without_a_year(text: str, on: date) -> None:
    assert times.read_day(text, TODAY) == on


@pytest.mark.parametrize("text", ["", "Friday", "31/2", "2026-13-01", "3/7/26", "29/2"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(times.DayUnusable):
        times.read_day(text, TODAY)


@pytest.mark.parametrize(
    ("text", "shows"),
    [
        ("1:50", time(1, 50)),
        ("٠١:٥٠", time(1, 50)),
        ("0150", time(1, 50)),
        ("6", time(6)),
        ("6 pm", time(18)),
        ("٦ م", time(18)),
        ("12:10 ص", time(0, 10)),
        ("24:00", time(0)),
    ],
)
def test_a_time_is_read_as_people_write_it(text: str, shows: time) -> None:
    assert times.read_clock(text, field="starts").at == shows


@pytest.mark.parametrize("text", ["", "25:00", "24:30", "13 pm", "1:60", "noon", "1:5"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(times.ClockUnusable):
        times.read_clock(text, field="starts")


def test_an_hour_that_the_clock_skipped_is_refused() -> None:
    with pytest.raises(times.HourSkipped) as refused:
        times.moment(FORWARD, Clock(time(0, 30)), CAIRO, field="starts")

    assert "00:30" in str(refused.value)


def test_an_hour_that_came_twice_is_asked_about_and_a_letter_answers() -> None:
    with pytest.raises(times.HourTwice):
        times.moment(BACK, Clock(time(23, 30)), CAIRO, field="starts")

    first, second = (
        times.moment(BACK, times.read_clock(text, field="starts"), CAIRO, field="starts")
        for text in ("23:30a", "23:30 b")
    )
    assert second - first == timedelta(hours=1)


def test_the_second_hour_cannot_come_before_the_first() -> None:
    with pytest.raises(times.EndsFirst):
        times.stretch(BACK, Clock(time(23, 10), 2), Clock(time(23, 40), 1), CAIRO)
