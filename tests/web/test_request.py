"""What a view may ask of the request: numbers and days in any script."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields

from coopfarm.kernel.refusal import Refusal
from coopfarm.web import request

HANDS = ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹")


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
    assert request.number(typed, field="supply") == number


@pytest.mark.parametrize(
    "typed", ["many", "1e5", "nan", "inf", "1.2.3", "1,23", "0x10", "--1", "1" * 25, "½", "1\0"]
)
def test_what_is_no_number_is_refused_by_its_field(typed: str) -> None:
    with pytest.raises(request.NotANumber) as refused:
        request.number(typed, field="supply")

    assert refused.value.field == "supply"
    assert len(str(refused.value.facts["given"])) <= 40


@pytest.mark.parametrize("typed", ["", "   "])
def test_what_was_left_out_is_missing(typed: str) -> None:
    with pytest.raises(request.FieldMissing):
        request.number(typed, field="supply")
    with pytest.raises(request.FieldMissing):
        request.day(typed, field="starts_on")


@given(st.integers(0, 10**15), st.sampled_from(HANDS))
def test_a_number_is_the_same_in_every_hand(number: int, hand: str) -> None:
    written = str(number).translate(str.maketrans("0123456789", hand))

    assert request.number(written, field="supply") == number


@given(st.text(max_size=30))
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    refused = []
    for read in (request.number, request.day):
        try:
            read(typed, field="given")
        except Refusal as refusal:
            refused.append(refusal.field)

    assert set(refused) <= {"given"}


@pytest.mark.parametrize("typed", ["2026-07-04", "٢٠٢٦-٠٧-٠٤", " ۲۰۲۶-۰۷-۰۴ "])
def test_days_are_read_in_any_digits(typed: str) -> None:
    assert request.day(typed, field="starts_on") == date(2026, 7, 4)


@pytest.mark.parametrize("typed", ["2026-02-30", "4 July", "2026-7", "0000-01-01"])
def test_what_is_no_day_is_refused_by_its_field(typed: str) -> None:
    with pytest.raises(request.NotADay) as refused:
        request.day(typed, field="starts_on")

    assert refused.value.field == "starts_on"


class PlotSchema(Schema):
    code = fields.String(required=True)
    corners = fields.List(fields.List(fields.Float()))


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "code"),
        ({"code": 7}, "code"),
        ({"code": "P1", "owner": "x"}, "owner"),
        ({"code": "P1", "corners": [[1, 2], [3, "x"]]}, "corners.1.1"),
        ([], "body"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_body_of_another_shape_is_refused_by_its_first_misfit(
    app: Flask, sent: Any, field: str
) -> None:
    with (
        app.test_request_context("/", method="POST", json=sent),
        pytest.raises(request.FieldUnusable) as refused,
    ):
        request.sent(PlotSchema())

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("header", "edition"),
    [('"3f2a-7"', 7), ('W/"3f2a-7"', 7), ('"3f2a-7:br"', 7), ('"12"', 12), ("12", 12)],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_edition_is_what_an_etag_ends_in(app: Flask, header: str, edition: int) -> None:
    with app.test_request_context("/", headers={"If-Match": header}):
        assert request.if_match() == edition


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_etag_without_an_edition_is_none(app: Flask) -> None:
    for header in ("", "*", '"abc"', '"3f2a-"'):
        with (
            app.test_request_context("/", headers={"If-Match": header}),
            pytest.raises(request.EditionMissing),
        ):
            request.if_match()
