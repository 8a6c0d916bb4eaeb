from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coopfarm.kernel.interval import Interval
from coopfarm.planning.fleet.campaign.clock import BeyondWorkingHours, WorkingClock

CAIRO = ZoneInfo("Africa/Cairo")
WEEK = WorkingClock.daily(CAIRO, date(2026, 6, 1), 7, time(6), time(18))
MINUTE = timedelta(minutes=1)


def _cairo(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=CAIRO)


@st.composite
def clocks(draw) -> WorkingClock:
    """Stretches of a minute to a day with pauses between them, some of no length."""
    at = datetime(2026, 3, 1, tzinfo=UTC)
    stretches = []
    for _ in range(draw(st.integers(1, 6))):
        at += draw(st.integers(0, 900)) * MINUTE
        end = at + draw(st.integers(1, 1440)) * MINUTE
        stretches.append(Interval(at, end))
        at = end
    return WorkingClock(tuple(stretches))


moments = st.integers(-2000, 16_000).map(lambda m: datetime(2026, 3, 1, tzinfo=UTC) + m * MINUTE)


def test_a_day_of_twelve_hours_has_720_minutes_and_nights_have_none():
    assert WEEK.minutes == 7 * 720
    assert WEEK.minute_of(_cairo(1, 6)) == 0
    assert WEEK.minute_of(_cairo(1, 17, 30)) == 690
    assert WEEK.minute_of(_cairo(1, 23)) == WEEK.minute_of(_cairo(2, 6)) == 720


def test_work_goes_on_in_the_morning_and_ends_in_the_evening():
    assert WEEK.moment_of(720) == _cairo(2, 6)
    assert WEEK.end_of(720) == _cairo(1, 18)


def test_two_hours_of_work_from_five_in_the_evening_end_at_seven_in_the_morning():
    start = WEEK.minute_of(_cairo(1, 17))

    stretches = WEEK.stretches_between(start, start + 120)

    assert stretches == (
        Interval(_cairo(1, 17), _cairo(1, 18)),
        Interval(_cairo(2, 6), _cairo(2, 7)),
    )


def test_work_may_begin_as_long_as_it_ends_while_the_plot_is_ripe():
    ripe = Interval(_cairo(1, 20), _cairo(3, 12))

    assert WEEK.window_of(ripe, 300) == (720, 720 + 720 + 360 - 300)
    assert WEEK.window_of(ripe, 1_081) is None


def test_hours_past_midnight_belong_to_the_day_on_which_they_begin():
    nights = WorkingClock.daily(CAIRO, date(2026, 6, 1), 2, time(20), time(4))

    assert nights.minutes == 2 * 480
    assert nights.end_of(480) == _cairo(2, 4)


def test_a_night_in_which_the_clocks_change_has_the_hours_that_pass():
    # In the night to 24 April 2026 Egypt goes to summer time: midnight becomes one o'clock.
    night = WorkingClock.daily(CAIRO, date(2026, 4, 23), 1, time(20), time(4))

    assert night.minutes == 7 * 60


def test_hours_that_are_taken_away_are_gone():
    rain = Interval(_cairo(1, 8), _cairo(1, 10))

    assert WEEK.without(rain).minutes == WEEK.minutes - 120
    assert WEEK.without(rain).moment_of(120) == _cairo(1, 10)


def test_more_work_than_there_are_hours_is_refused():
    with pytest.raises(BeyondWorkingHours, match="come to 5,040 minutes"):
        WEEK.moment_of(5_040)
    with pytest.raises(BeyondWorkingHours):
        WEEK.end_of(5_041)


def test_stretches_that_overlap_are_no_clock():
    with pytest.raises(ValueError, match="follow each other"):
        WorkingClock((Interval(_cairo(1, 6), _cairo(1, 9)), Interval(_cairo(1, 8), _cairo(1, 10))))


@given(clocks(), st.floats(0, 1))
def test_a_minute_becomes_a_moment_and_that_minute_again(clock, part):
    minute = round(part * clock.minutes, 3)
    assume(minute < clock.minutes)

    assert clock.minute_of(clock.moment_of(minute)) == pytest.approx(minute, abs=1e-6)
    assert clock.minute_of(clock.end_of(minute)) == pytest.approx(minute, abs=1e-6)


@given(clocks(), st.integers(0, 5), st.floats(0, 1, exclude_max=True))
def test_a_moment_of_work_becomes_a_minute_and_that_moment_again(clock, place, part):
    stretch = clock.stretches[place % len(clock.stretches)]
    moment = stretch.start + timedelta(seconds=int(part * stretch.length.total_seconds()))

    assert clock.moment_of(clock.minute_of(moment)) == moment


@given(clocks(), moments, moments)
def test_the_clock_never_goes_back(clock, one, other):
    early, late = sorted((one, other))

    assert 0 <= clock.minute_of(early) <= clock.minute_of(late) <= clock.minutes


@given(clocks(), st.floats(0, 1), st.floats(0, 1))
def test_stretches_of_work_are_as_long_as_the_work(clock, one, other):
    begin, end = sorted((int(one * clock.minutes), int(other * clock.minutes)))
    assume(begin < end)

    stretches = clock.stretches_between(begin, end)

    assert sum((s.length for s in stretches), timedelta()) == (end - begin) * MINUTE


@given(clocks(), moments, st.integers(1, 3000))
def test_what_weather_takes_away_is_what_it_covers(clock, start, minutes):
    hole = Interval(start, start + minutes * MINUTE)

    left = clock.without(hole)

    assert not any(stretch.overlaps(hole) for stretch in left.stretches)
    covered = clock.minute_of(hole.end) - clock.minute_of(hole.start)
    assert left.minutes == pytest.approx(clock.minutes - covered)
