"""Numbers, days and pages as people write them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.kernel.numerals import whole
from coopfarm.kernel.refusal import Refusal
from coopfarm.web import written
from tests.factories.members import Visitor

LISTS = ("/members", "/land/plots", "/map/", "/notebook", "/notebook/mine")
HANDS = ("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12.5", 12.5),
        (" 60 ", 60),
        ("٦٠٫٥", 60.5),
        ("۱٬۲۳۴٫۵", 1234.5),
        ("1,234,567", 1234567),
        ("-0.5", -0.5),
        ("+3", 3),
        ("1 000", 1000),
    ],
)
def test_numbers_are_read_in_any_digits(typed: str, number: float) -> None:
    assert written.number(typed, field="supply") == number


@pytest.mark.parametrize(
    "typed", ["many", "1e5", "nan", "inf", "1.2.3", "1,23", "0x10", "--1", "1" * 25, "½", "1\0"]
)
def test_what_is_no_number_is_refused_by_its_field(typed: str) -> None:
    with pytest.raises(written.NotANumber) as refused:
        written.number(typed, field="supply")

    assert refused.value.field == "supply"
    assert len(str(refused.value.facts["given"])) <= 40


@pytest.mark.parametrize("typed", ["", "   "])
def test_what_was_left_out_is_missing(typed: str) -> None:
    with pytest.raises(written.FieldMissing):
        written.number(typed, field="supply")
    with pytest.raises(written.FieldMissing):
        written.day(typed, field="starts_on")


@given(st.integers(0, 10**15), st.sampled_from(HANDS))
def test_a_number_is_the_same_in_every_hand(number: int, hand: str) -> None:
    typed = str(number).translate(str.maketrans("0123456789", hand))

    assert written.number(typed, field="supply") == number
    assert whole(typed, 10**18) == number


@given(st.text(max_size=30))
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    refused = []
    for read in (written.number, written.day):
        try:
            read(typed, field="given")
        except Refusal as refusal:
            refused.append(refusal.field)

    assert set(refused) <= {"given"}


@pytest.mark.parametrize("typed", ["2026-07-04", "٢٠٢٦-٠٧-٠٤", " ۲۰۲۶-۰۷-۰۴ "])
def test_days_are_read_in_any_digits(typed: str) -> None:
    assert written.day(typed, field="starts_on") == date(2026, 7, 4)


@pytest.mark.parametrize("typed", ["2026-02-30", "4 July", "2026-7", "0000-01-01"])
def test_what_is_no_day_is_refused_by_its_field(typed: str) -> None:
    with pytest.raises(written.NotADay) as refused:
        written.day(typed, field="starts_on")

    assert refused.value.field == "starts_on"


@pytest.mark.parametrize(
    ("typed", "hour"), [("7", 7), ("٧:٣٠", 7.5), ("۱۶.۰۰", 16), (" 00:15 ", 0.25)]
)
def test_an_hour_is_read_in_any_digits(typed: str, hour: float) -> None:
    assert written.hour(typed, field="starts") == time(int(hour), round(hour % 1 * 60))


@pytest.mark.parametrize("typed", ["24:00", "7:60", "noon", "7:3", "-1", "130"])
def test_what_is_no_hour_is_refused_by_the_name_of_its_field(typed: str) -> None:
    with pytest.raises(written.NotAnHour) as refused:
        written.hour(typed, field="starts")

    assert refused.value.field == "starts"


def test_an_hour_is_that_of_the_cooperative_and_must_come_once() -> None:
    """Egypt puts its clocks forward at midnight on 24 April 2026, and back on 30 October."""
    cairo = ZoneInfo("Africa/Cairo")

    moment = written.moment(date(2026, 7, 4), time(7, 30), cairo, field="starts")

    assert moment == datetime(2026, 7, 4, 4, 30, tzinfo=UTC)
    with pytest.raises(written.HourSkipped):
        written.moment(date(2026, 4, 24), time(0, 30), cairo, field="starts")
    with pytest.raises(written.HourTwice):
        written.moment(date(2026, 10, 29), time(23, 30), cairo, field="starts")


@pytest.mark.parametrize("typed", ["", "0", "-1", "x", "²", "9" * 5000])
def test_no_page_that_is_asked_for_breaks_a_list(
    visitor: Callable[..., Visitor], typed: str
) -> None:
    manager = visitor("manager", "member")

    answers = {path: manager.get(f"{path}?page={typed}").status_code for path in LISTS}

    assert answers == dict.fromkeys(LISTS, 200)


@pytest.mark.parametrize(("typed", "page"), [("٣", 3), ("3", 3), ("x", 1), ("9" * 5000, 9999)])
def test_the_page_is_read_in_any_digits(app: Flask, typed: str, page: int) -> None:
    with app.test_request_context(f"/land/plots?page={typed}"):
        assert written.page() == page
