from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from coopfarm.kernel.interval import Interval
from coopfarm.planning.fleet.campaign.clock import WorkingClock
from coopfarm.planning.fleet.campaign.weather import Booked, explain, shift

TUNIS = ZoneInfo("Africa/Tunis")
HOURS = WorkingClock.daily(TUNIS, date(2026, 6, 1), 14, time(6), time(18))
MINUTE = timedelta(minutes=1)


def _at(day: int, hour: int) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=TUNIS)


def _booked(name: str, day: int, start: int, end: int) -> Booked:
    return Booked(name, Interval(_at(day, start), _at(day, end)))


QUEUE = (
    _booked("Amina", 1, 6, 10),
    _booked("Bashir", 1, 10, 14),
    _booked("Chaimae", 1, 14, 18),
    _booked("Daoud", 2, 12, 15),
)
RAIN = Interval(_at(1, 8), _at(1, 12))


def test_rain_shifts_the_queue_and_keeps_its_order():
    shifted = {s.id: s for s in shift(QUEUE, RAIN, HOURS)}

    assert shifted["Amina"].stretches == (
        Interval(_at(1, 6), _at(1, 8)),
        Interval(_at(1, 12), _at(1, 14)),
    )
    assert shifted["Bashir"].stretches == (Interval(_at(1, 14), _at(1, 18)),)
    assert shifted["Chaimae"].stretches == (Interval(_at(2, 6), _at(2, 10)),)


def test_who_lost_time_is_told_and_who_did_not():
    lost = {s.id: (s.begins_later, s.ends_later) for s in shift(QUEUE, RAIN, HOURS)}

    assert lost["Amina"] == (timedelta(), timedelta(hours=4))
    assert lost["Bashir"] == (timedelta(hours=4), timedelta(hours=4))
    assert lost["Chaimae"] == (timedelta(hours=16), timedelta(hours=16))
    assert lost["Daoud"] == (timedelta(), timedelta())


def test_each_is_told_in_words():
    amina, bashir, _, daoud = (explain(s, RAIN) for s in shift(QUEUE, RAIN, HOURS))

    assert amina.code == "weather-goes-on-later"
    assert amina.facts["minutes"] == 240
    assert bashir.code == "weather-begins-later"
    assert bashir.facts["start"] == _at(1, 14)
    assert daoud.code == "weather-nothing-lost"


def test_rain_at_night_takes_nothing():
    night = Interval(_at(1, 19), _at(2, 5))

    assert all(s.ends_later == timedelta() for s in shift(QUEUE, night, HOURS))


def test_a_booking_by_night_stays_where_it_is():
    night = Booked("Emna", Interval(_at(1, 20), _at(1, 22)))

    (stays,) = shift((night,), Interval(_at(1, 19), _at(1, 23)), HOURS)

    assert stays.stretches == (night.during,)


@st.composite
def _queues(draw) -> tuple[Booked, ...]:
    at, queue = _at(1, 6), []
    for number in range(draw(st.integers(1, 8))):
        start = at + draw(st.integers(0, 300)) * MINUTE
        at = start + draw(st.integers(1, 600)) * MINUTE
        queue.append(Booked(f"member {number}", Interval(start, at)))
    return tuple(queue)


@given(_queues(), st.integers(0, 3000), st.integers(1, 1500))
def test_nobody_overlaps_is_overtaken_loses_work_or_works_in_the_rain(queue, start, minutes):
    rain = Interval(_at(1, 6) + start * MINUTE, _at(1, 6) + (start + minutes) * MINUTE)

    shifted = shift(queue, rain, HOURS)

    by_day = [
        (booked, now)
        for booked, now in zip(queue, shifted, strict=True)
        if _worked((booked.during,)) > timedelta()
    ]
    assert [s.id for s in shifted] == [booked.id for booked in queue]
    assert all(_worked((b.during,)) == _worked(now.stretches) for b, now in by_day)
    assert all(
        before.stretches[-1].end <= after.stretches[0].start
        for (_, before), (_, after) in pairwise(by_day)
    )
    assert not any(s.overlaps(rain) for _, now in by_day for s in now.stretches)


def _worked(stretches) -> timedelta:
    minutes = (HOURS.minute_of(s.end) - HOURS.minute_of(s.start) for s in stretches)
    return timedelta(minutes=round(sum(minutes)))
