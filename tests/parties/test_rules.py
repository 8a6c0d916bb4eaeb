"""Rules of work parties and duty: without an app, without a database."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.kernel.interval import Interval
from coopfarm.parties.rules import crew, duty, policy
from coopfarm.parties.rules import refusals as no

CAIRO = ZoneInfo("Africa/Cairo")
ids = st.uuids()


def between(day: int, start: float, end: float, month: int = 7) -> Interval:
    midnight = datetime(2026, month, day, tzinfo=CAIRO)
    return Interval(midnight + timedelta(hours=start), midnight + timedelta(hours=end))


@pytest.mark.parametrize(
    ("during", "is_refused"),
    [
        (between(3, 7, 11.5), False),
        (between(3, 7, 11.6), True),
        (between(3, 13.5, 16), False),
        (between(3, 13, 16), True),
        (between(2, 11, 14), False),
        (between(2, 22, 36), True),
    ],
)
def test_nobody_is_called_at_the_hour_of_friday_prayer(during: Interval, is_refused: bool) -> None:
    if not is_refused:
        policy.check_hours(during, CAIRO, policy.Terms())
        return
    with pytest.raises(no.PartyAtPrayer):
        policy.check_hours(during, CAIRO, policy.Terms())


def test_the_hour_of_prayer_is_the_cooperatives_to_choose() -> None:
    policy.check_hours(between(3, 7, 14), CAIRO, policy.Terms(friday_from="", friday_until=""))


def test_in_ramadan_nobody_is_called_after_the_afternoon() -> None:
    policy.check_hours(between(24, 8, 15.5, month=2), CAIRO, policy.Terms())

    with pytest.raises(no.PartyInRamadanEvening):
        policy.check_hours(between(24, 12, 16, month=2), CAIRO, policy.Terms())


@given(st.lists(ids, unique=True), st.integers(1, 1440), st.none() | ids)
def test_hours_credited_sum_to_zero(came: list[UUID], minutes: int, holder: UUID | None) -> None:
    lines = crew.credited(came, minutes, holder)

    assert sum(lines.values()) == 0
    assert all(lines.values())


@given(
    st.integers(1, 10**6),
    st.dictionaries(ids, st.floats(0, 1e6, allow_nan=False), min_size=1),
)
def test_duty_sums_to_the_need_and_is_within_a_minute_of_proportional(
    need: int, measures: dict[UUID, float]
) -> None:
    total = sum(measures.values())
    if not total:
        with pytest.raises(duty.NobodyToOwe):
            duty.spread(need, measures)
        return

    parts = duty.spread(need, measures)

    assert sum(parts.values()) == need
    for one, part in parts.items():
        assert abs(part - need * measures[one] / total) < 1 + 1e-6


def test_the_role_of_whoever_joins_is_what_the_crew_misses() -> None:
    needs = {"spraying": 1}

    assert crew.role_for({"leading", "spraying"}, needs, []) == ("leader", "")
    assert crew.role_for({"leading", "spraying"}, needs, [("leader", "")]) == ("skill", "spraying")
    assert crew.role_for({"spraying"}, needs, [("skill", "spraying")]) == ("hand", "")
