from datetime import date

import pytest

from coopfarm.land.rules import cells


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("12.5", 12.5),
        ("١٢٫٥", 12.5),
        ("۱۲", 12.0),
        (" 7 ", 7.0),
        ("3,5", 3.5),
        (4, 4.0),
        (0.25, 0.25),
    ],
)
def test_numbers_are_read_in_any_digits(cell, expected):
    assert cells.number(cell) == expected


@pytest.mark.parametrize(
    "cell", ["", "many", "NaN", float("nan"), float("inf"), True, "1e400", None]
)
def test_what_is_no_finite_number_is_refused(cell):
    with pytest.raises(ValueError, match="not"):
        cells.number(cell)


def test_a_whole_number_has_no_fraction():
    assert cells.whole("7.0") == 7
    with pytest.raises(ValueError, match="not whole"):
        cells.whole("2.5")


def test_codes_that_are_numbers_are_written_without_a_point():
    assert cells.text(12.0) == "12"
    assert cells.text(float("nan")) == ""
    assert cells.text("  B 01 \n") == "B 01"


def test_days_are_read_year_first():
    assert cells.day("2026-07-04") == date(2026, 7, 4)
    assert cells.day("2018-06-11T00:00:00") == date(2018, 6, 11)


@pytest.mark.parametrize(
    ("cell", "expected"), [("Against", True), ("with", False), (-1, True), (1, False)]
)
def test_a_direction_is_with_or_against_the_line(cell, expected):
    assert cells.against_line(cell) is expected


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("cotton", "cotton"),
        ("Cotton", "cotton"),
        ("Winter wheat", "winter_wheat"),
        ("Date palm", "dates"),
        ("Teff", "teff"),
    ],
)
def test_crops_are_known_by_code_and_by_name(word, code):
    assert cells.crop(word) == code
