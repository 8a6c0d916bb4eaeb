"""What the rules of booking say of a booking: laws that hold whatever the numbers are."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.equipment.rules.kinds import KINDS, in_words
from coopfarm.equipment.rules.lines import BadPolicyLine, checked, kept
from coopfarm.equipment.rules.policy import Asked, Has, Line, Policy, policy_of
from coopfarm.kernel.interval import Interval

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
CAIRO = ZoneInfo("Africa/Cairo")

stretches = st.builds(
    lambda ahead, minutes: Interval(
        NOW + timedelta(minutes=15 * ahead), NOW + timedelta(minutes=15 * ahead + minutes)
    ),
    st.integers(1, 4 * 24 * 40),
    st.integers(15, 48 * 60),
)
asks = st.builds(
    lambda during, booked: Asked(
        "Tractor", during, NOW, CAIRO, open_bookings=len(booked), booked=tuple(booked)
    ),
    stretches,
    st.lists(stretches, max_size=8),
)
numbers = st.integers(0, 3000)


def is_refused(asked: Asked, **line: Any) -> bool:
    return bool(Policy(1, "", (Line(**line),)).check(asked).refused)


@pytest.mark.parametrize(
    "code", ["max_minutes", "horizon_days", "open_bookings", "quota_bookings", "quota_hours"]
)
@given(asked=asks, one=numbers, other=numbers, days=st.integers(1, 30))
def test_a_smaller_limit_never_accepts_more(
    code: str, asked: Asked, one: int, other: int, days: int
) -> None:
    strict, mild = sorted((one, other))

    refused = [is_refused(asked, code=code, value=value, days=days) for value in (strict, mild)]

    assert refused[0] >= refused[1]


@pytest.mark.parametrize("code", ["min_minutes", "notice_hours"])
@given(asked=asks, one=numbers, other=numbers)
def test_a_larger_demand_never_accepts_more(code: str, asked: Asked, one: int, other: int) -> None:
    mild, strict = sorted((one, other))

    refused = [is_refused(asked, code=code, value=value) for value in (strict, mild)]

    assert refused[0] >= refused[1]


@given(asked=asks, limit=st.integers(0, 9), days=st.integers(1, 10))
def test_a_quota_counts_the_fullest_period_that_holds_the_booking(
    asked: Asked, limit: int, days: int
) -> None:
    every = [asked.during, *asked.booked]
    period = timedelta(days=days)
    # Every period there is, by steps as fine as bookings are: quarters of an hour.
    first = asked.during.start - period + timedelta(minutes=15)
    begins = [first + timedelta(minutes=15 * step) for step in range(days * 96)]
    fullest = max(sum(b <= one.start < b + period for one in every) for b in begins)

    refused = is_refused(asked, code="quota_bookings", value=limit, days=days)

    assert refused == (fullest > limit)


@given(asked=asks, limit=st.integers(0, 90), days=st.integers(1, 10))
def test_a_quota_of_hours_adds_what_begins_in_the_fullest_period(
    asked: Asked, limit: int, days: int
) -> None:
    every = [asked.during, *asked.booked]
    period = timedelta(days=days)
    first = asked.during.start - period + timedelta(minutes=15)
    begins = [first + timedelta(minutes=15 * step) for step in range(days * 96)]
    minutes = max(
        sum(one.length / timedelta(minutes=1) for one in every if b <= one.start < b + period)
        for b in begins
    )

    refused = is_refused(asked, code="quota_hours", value=limit, days=days)

    assert refused == (round(minutes / 60, 2) > limit)


@given(asked=asks, value=numbers)
def test_a_line_that_only_warns_refuses_nothing_and_says_the_same(asked: Asked, value: int) -> None:
    lines = [Line("max_minutes", value=value, is_hard=is_hard) for is_hard in (True, False)]

    hard, soft = (Policy(1, "", (line,)).check(asked) for line in lines)

    assert soft.refused == ()
    assert [one.facts for one in soft.warned] == [one.facts for one in hard.refused]


@given(asked=asks, shortest=st.integers(15, 600), more=st.integers(0, 600))
def test_the_nearest_length_is_one_that_the_rules_allow(
    asked: Asked, shortest: int, more: int
) -> None:
    longest = shortest + more
    lines = (Line("max_minutes", value=longest), Line("min_minutes", value=shortest))
    policy = Policy(1, "", lines)

    length = policy.nearest_length(asked.during.length)

    other = Asked("Tractor", Interval(NOW, NOW + length), NOW, CAIRO)
    assert not policy.check(other).refused
    if not policy.check(asked).refused:
        assert length == asked.during.length


def test_a_line_for_a_role_is_held_against_nobody_else() -> None:
    line = Line("max_minutes", value=60, role="agent")
    during = Interval(NOW + timedelta(hours=1), NOW + timedelta(hours=3))
    mine = [Asked("Tractor", during, NOW, CAIRO, frozenset({role})) for role in ("agent", "member")]

    refused = [bool(Policy(1, "", (line,)).check(asked).refused) for asked in mine]

    assert refused == [True, False]


def test_a_refusal_cites_the_line_the_version_and_the_category() -> None:
    lines = (Line("min_minutes", value=1), Line("max_minutes", value=60))
    during = Interval(NOW + timedelta(hours=1), NOW + timedelta(hours=3))

    (refusal,) = Policy(4, "tractor", lines).check(Asked("T", during, NOW, CAIRO)).refused

    assert {"line": 2, "version": 4, "category": "tractor"}.items() <= refusal.facts.items()
    assert str(refusal).startswith("Rule 2 of version 4 (tractor): T is booked for at most 60")


def test_machines_booked_together_are_held_against_the_rules_of_each() -> None:
    trailer = Policy(7, "trailer", (Line("max_minutes", value=60),), machine="Trailer")
    rules = Policy(1, "tractor", (Line("max_minutes", value=600),), also=(trailer,))
    during = Interval(NOW + timedelta(hours=1), NOW + timedelta(hours=3))

    (refusal,) = rules.check(Asked("Tractor", during, NOW, CAIRO)).refused

    assert (refusal.facts["version"], refusal.facts["machine"]) == (7, "Trailer")


def test_rules_of_a_category_count_the_bookings_of_that_category() -> None:
    during = Interval(NOW + timedelta(hours=1), NOW + timedelta(hours=3))
    asked = Asked("T", during, NOW, CAIRO, open_bookings=5, of_category={"tractor": Has((), 1)})
    line = Line("open_bookings", value=2)

    refused = [Policy(1, of, (line,)).check(asked).refused for of in ("tractor", "combine")]

    assert [len(one) for one in refused] == [0, 1]


@pytest.mark.parametrize(
    ("ends", "refused"), [(datetime(2026, 7, 2, 21, tzinfo=UTC), False), (None, True)]
)
def test_nothing_reaches_into_a_day_that_is_closed(ends: datetime | None, refused: bool) -> None:
    starts = datetime(2026, 7, 2, 18, tzinfo=UTC)  # Thursday 21:00 in Cairo, Friday is closed
    during = Interval(starts, ends or datetime(2026, 7, 2, 22, tzinfo=UTC))

    said = is_refused(Asked("T", during, NOW, CAIRO), code="weekdays", weekdays=(4,))

    assert said == refused


def test_a_season_may_go_over_the_new_year() -> None:
    winter = {"code": "season", "opens": "11-15", "closes": "02-01"}
    days = [datetime(2026, 12, 24, 8, tzinfo=UTC), datetime(2026, 7, 24, 8, tzinfo=UTC)]
    during = [Interval(day, day + timedelta(hours=2)) for day in days]

    refused = [is_refused(Asked("T", one, NOW, CAIRO), **winter) for one in during]

    assert refused == [False, True]


GOOD = [
    {"code": "min_minutes", "value": 60},
    {"code": "max_minutes", "value": 600, "is_hard": False},
    {"code": "notice_hours", "value": 1.5},
    {"code": "approval", "value": 0, "role": "member"},
    {"code": "hours", "opens": "06:00", "closes": "18:30"},
    {"code": "weekdays", "weekdays": [4, 5]},
    {"code": "season", "opens": "05-15", "closes": "02-29"},
    {"code": "quota_hours", "value": 12, "days": 7, "role": "agent"},
    {"code": "hold_hours", "value": 4},
]


@pytest.mark.parametrize("sent", GOOD)
def test_a_line_is_kept_as_it_was_meant(sent: dict[str, Any]) -> None:
    line = checked(sent)

    assert policy_of(1, "", [kept(line)]).lines == (line,)
    assert kept(checked(kept(line))) == kept(line)
    assert [*in_words(line)]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"code": "whatever"}, "code"),
        ({}, "code"),
        ({"code": ["hours"]}, "code"),
        ({"code": "min_minutes"}, "value"),
        ({"code": "min_minutes", "value": -1}, "value"),
        ({"code": "min_minutes", "value": 2.5}, "value"),
        ({"code": "min_minutes", "value": True}, "value"),
        ({"code": "min_minutes", "value": float("nan")}, "value"),
        ({"code": "max_minutes", "value": 10}, "value"),
        ({"code": "quota_hours", "value": 5}, "days"),
        ({"code": "quota_hours", "value": 5, "days": 0}, "days"),
        ({"code": "quota_hours", "value": 5, "days": 1.5}, "days"),
        ({"code": "hours", "opens": "6", "closes": "18:00"}, "opens"),
        ({"code": "hours", "opens": "18:00", "closes": "06:00"}, "closes"),
        ({"code": "season", "opens": "02-30", "closes": "06-01"}, "opens"),
        ({"code": "season", "opens": "05-01", "closes": "00-01"}, "closes"),
        ({"code": "weekdays", "weekdays": []}, "weekdays"),
        ({"code": "weekdays", "weekdays": [0, 1, 2, 3, 4, 5, 6]}, "weekdays"),
        ({"code": "weekdays", "weekdays": "045"}, "weekdays"),
        ({"code": "min_minutes", "value": 5, "role": "king"}, "role"),
        ({"code": "hold_hours", "value": 5, "role": "member"}, "role"),
    ],
)
def test_a_line_that_says_nothing_is_refused_by_its_field(sent: dict[str, Any], field: str) -> None:
    with pytest.raises(BadPolicyLine) as refused:
        checked(sent)

    assert refused.value.field == field


def test_every_sort_of_line_has_words() -> None:
    lines = {
        code: Line(code, value=3, days=1, opens="06:00", closes="18:00", weekdays=(4,))
        for code in KINDS
    }

    said = {code: [str(one) for one in in_words(line)] for code, line in lines.items()}

    assert all(words and "%(" not in words[0] for words in said.values())
