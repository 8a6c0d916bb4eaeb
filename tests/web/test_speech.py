"""Moments, numbers and sentences as the reader says and writes them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask, g

from coopfarm.kernel.interval import Interval
from coopfarm.kernel.words import N_, Phrase
from coopfarm.web import request, times, tongue, words, written
from tests.conftest import Clock

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Reader = Callable[..., AbstractContextManager[None]]
DUG = Phrase("test-dug", N_("%(who)s dug %(length_m)s m on %(on)s."))


@pytest.fixture
def reader(app: Flask) -> Reader:
    """Somebody who reads a page in a locale and lives in a time zone."""

    @contextmanager
    def read(locale: str, timezone: str = "Africa/Cairo") -> Iterator[None]:
        with app.test_request_context("/"):
            g.me = request.Me(
                member_id=None,  # type: ignore[arg-type]
                account_id=None,  # type: ignore[arg-type]
                name="Amina",
                cooperative_id=1,
                cooperative_name="Al-Nur",
                roles=frozenset({"member"}),
                locale=locale,
                timezone=timezone,
            )
            yield

    return read


def cairo(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of July 2026 in Cairo's summer time, as UTC."""
    return datetime(2026, 7, day, hour, minute, tzinfo=UTC) - timedelta(hours=3)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (cairo(3, 1, 40), "night between Thursday and Friday 3 July, 01:40"),
        (cairo(2, 23, 0), "night between Thursday and Friday 3 July, 23:00"),
        (cairo(2, 18, 0), "night between Thursday and Friday 3 July, 18:00"),
        (cairo(3, 5, 59), "night between Thursday and Friday 3 July, 05:59"),
        (cairo(3, 6, 0), "Friday 3 July, 06:00"),
        (cairo(3, 17, 59), "Friday 3 July, 17:59"),
    ],
)
def test_a_night_is_named_by_both_its_days(reader: Reader, moment: datetime, said: str) -> None:
    with reader("en_GB"):
        assert times.when(moment) == said


def test_an_arabic_reader_is_told_in_arabic_digits_and_with_an_arabic_comma(
    reader: Reader,
) -> None:
    with reader("ar_EG"):
        said = times.when(cairo(3, 1, 40))

    assert said.endswith("، ٠١:٤٠")
    assert "الخميس" in said
    assert "الجمعة" in said


def test_a_moment_is_told_in_the_cooperatives_own_time(reader: Reader) -> None:
    moment = datetime(2026, 7, 3, 22, 30, tzinfo=UTC)

    clocks = []
    for zone in ("Africa/Cairo", "Asia/Karachi", "Africa/Casablanca"):
        with reader("en_GB", zone):
            clocks.append((times.clock(moment), times.day(moment)))

    assert clocks == [
        ("01:30", "Saturday 4 July"),
        ("03:30", "Saturday 4 July"),
        ("23:30", "Friday 3 July"),
    ]


@pytest.mark.parametrize(
    ("minutes", "english", "arabic"),
    [(0, "0 min", "٠"), (45, "45 min", "٤٥"), (60, "1 h", "١"), (75, "1 h 15 min", "١٥")],
)
def test_durations_are_hours_and_minutes(
    reader: Reader, minutes: int, english: str, arabic: str
) -> None:
    with reader("en_GB"):
        assert times.duration(minutes) == english
    with reader("ar_EG"):
        assert arabic in times.duration(minutes)


def test_what_is_far_is_counted_in_days(reader: Reader, clock: Clock) -> None:
    with reader("en_GB"):
        said = [
            times.until(clock.now + timedelta(minutes=minutes)) for minutes in (-5, 59, 1439, 1500)
        ]

    assert said == ["0 min", "59 min", "23 h 59 min", "1 d 1 h"]


def test_days_of_the_moon_are_those_of_umm_al_qura(reader: Reader) -> None:
    with reader("en_GB"):
        english, beyond = times.hijri(date(2027, 2, 8)), times.hijri(date(2200, 1, 1))
    with reader("ar_EG"):
        arabic = times.hijri(date(2027, 2, 8))

    assert (english, beyond) == ("1 Ramadan 1448", "")
    assert arabic.startswith("١ رمضان")


def test_a_turn_stands_in_the_middle_of_its_day(reader: Reader) -> None:
    turn = Interval(cairo(3, 1, 40), cairo(3, 3, 0))

    with reader("en_GB"):
        around = times.around(turn)

    assert around.length == timedelta(hours=24)
    assert around.start < turn.start < turn.end < around.end


@pytest.mark.parametrize(
    ("value", "english", "arabic"),
    [
        (1234567, "1,234,567", "١٬٢٣٤٬٥٦٧"),
        (0.0, "0", "٠"),
        (1234.6, "1,235", "١٬٢٣٥"),
        (12.34, "12.3", "١٢٫٣"),
        (1.5, "1.5", "١٫٥"),
        (0.1234, "0.123", "٠٫١٢٣"),
        (-2.5, "-2.5", "٢٫٥"),
    ],
)
def test_numbers_say_as_much_as_is_worth_saying(
    reader: Reader, value: float, english: str, arabic: str
) -> None:
    with reader("en_GB"):
        assert tongue.number(value) == english
    with reader("ar_EG"):
        assert arabic in tongue.number(value)


@pytest.mark.parametrize("value", [1e15, 1e28, -1e300, 10**299, float("inf"), float("nan")])
def test_a_number_nobody_can_read_is_written_short(reader: Reader, value: float) -> None:
    with reader("ar_EG"):
        assert 0 < len(tongue.number(value)) < 10


def test_a_locale_brings_its_direction_and_its_digits(reader: Reader) -> None:
    seen = {}
    for locale in ("en_GB", "ar_EG", "ar_MA", "ur_PK"):
        with reader(locale):
            seen[locale] = (tongue.text_direction(), tongue.digits("40"))

    assert seen["en_GB"] == ("ltr", "40")
    assert seen["ar_EG"] == ("rtl", "٤٠")
    assert seen["ar_MA"] == ("rtl", "40")


def test_a_sentence_is_said_with_its_facts_as_the_page_writes_them(reader: Reader) -> None:
    said = DUG(who="Amina", length_m=1250, on=date(2026, 7, 4))

    with reader("en_GB"):
        now, kept = words.say(said), words.say(said.as_json())

    assert now == kept == "Amina dug 1,250 m on Saturday 4 July."


@pytest.mark.parametrize("typed", ["2026-02-30", "2026-13-45", "0000-00-00"])
def test_a_day_that_is_none_is_said_as_it_was_typed(reader: Reader, typed: str) -> None:
    with reader("en_GB"):
        assert words.say(written.NotADay(field="from", given=typed).sentence).startswith(
            f"from: “{typed}” is not a day."
        )


def test_a_rule_and_a_crop_are_said_by_their_names(reader: Reader) -> None:
    with reader("en_GB"):
        assert words.shown("rule", "cea") == "each hectare equally"
        assert words.shown("rule", "no such rule") == "no such rule"
    with reader("ar_EG"):
        assert words.shown("rule", "cea") != "each hectare equally"


@pytest.mark.parametrize(
    ("asked", "locale"),
    [("ar", "ar_EG"), ("en", "en_GB"), ("fr, ar;q=0.5", "ar_EG"), ("fr", "en_GB"), ("", "en_GB")],
)
def test_a_stranger_is_answered_as_the_browser_asks(app: Flask, asked: str, locale: str) -> None:
    with app.test_request_context("/", headers={"Accept-Language": asked}):
        assert tongue.locale() == locale
