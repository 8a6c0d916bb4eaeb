"""Reading daily temperatures: whole, or not at all, and each problem by its name."""

from datetime import date, timedelta

import pytest

from coopfarm.kernel.refusal import Refusal, Several
from coopfarm.planning.pests import problems as no
from coopfarm.planning.pests.table import MOST_PROBLEMS
from coopfarm.planning.pests.temperatures import DayRange, earlier_years, read_days

HEADING = "date,tmin,tmax\n"


def refusal_of(text, lower=10.0):
    with pytest.raises(Refusal) as caught:
        read_days(text, lower=lower)
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        "date,tmin,tmax\n2026-07-01,17.5,31\n2026-07-02,18,32\n",
        "\ufeffdate;tmax;tmin\r\n2026-07-01;31;17,5\r\n2026-07-02;32;18\r\n",
        "Date\tRain\tTmin (°C)\tTmax (°C)\n2026-07-01\t0\t17.5\t31\n2026-07-02\t\t18\t32\n",
        "date,tmin_c,tmax_c\n٢٠٢٦-٠٧-٠١,١٧٫٥,٣١\n۲۰۲۶-۰۷-۰۲,۱۸,۳۲\n",
    ],
)
def test_days_are_read_however_the_file_is_written(text):
    assert read_days(text, lower=10.0) == (
        DayRange(date(2026, 7, 1), 17.5, 31.0),
        DayRange(date(2026, 7, 2), 18.0, 32.0),
    )


@pytest.mark.parametrize("name", ["konya_tr_2015_2016_full", "tunis_1990_2002_eto"])
def test_files_of_weather_are_files_of_temperatures(shared_data, name):
    text = shared_data(f"weather/{name}.csv").read_text("utf-8")

    read = read_days(text, lower=10.0)

    assert len(read) == len(text.splitlines()) - 1


def test_a_lower_threshold_in_fahrenheit_lets_fahrenheit_in():
    assert read_days(HEADING + "2026-07-01,96,110\n", lower=55.0)[0].tmax == 110.0


@pytest.mark.parametrize(
    ("row", "refusal", "field", "said"),
    [
        ("2026-07-01,30,20", no.LowAboveHigh, "tmin", "30 is above tmax of the same day, 20"),
        ("2026-07-01,NaN,20", no.NotANumber, "tmin", "“NaN” is not a number"),
        ("2026-07-01,inf,20", no.NotANumber, "tmin", "“inf” is not a number"),
        ("2026-07-01,,20", no.CellMissing, "tmin", "nothing is written there"),
        ("2026-07-01,10", no.CellMissing, "tmax", "nothing is written there"),
        ("2026-07-01,-99,20", no.TemperatureOutOfRange, "tmin", "between -60 and 60"),
        ("2026-07-01,50,75", no.TemperatureOutOfRange, "tmax", "taken to be in °C"),
        ("1/7/2026,10,20", no.NotADay, "date", "“1/7/2026” is not a day"),
        ("2026-02-30,10,20", no.NotADay, "date", "is not a day"),
        ("1405-04-10,10,20", no.NotADay, "date", "Gregorian"),
        (",10,20", no.CellMissing, "date", "nothing is written there"),
        ("2026-07-01,10,20,5", no.RowTooLong, None, "has 4 cells, the first line 3"),
    ],
)
def test_a_row_that_cannot_be_is_refused_by_line_and_field(row, refusal, field, said):
    refused = refusal_of(HEADING + "2026-06-30,10,20\n" + row + "\n")

    assert isinstance(refused, refusal)
    assert (refused.facts["line"], refused.field) == (3, field)
    assert said in str(refused)


@pytest.mark.parametrize(
    ("text", "refusal", "said"),
    [
        ("", no.NoRows, "date, tmin, tmax"),
        ("\n\n", no.NoRows, "date, tmin, tmax"),
        (HEADING, no.NoRows, "The file has no rows"),
        ("date,tmin\n2026-07-01,1\n", no.ColumnMissing, "there is no column tmax"),
        ("2026-07-01,10,20\n", no.ColumnMissing, "there is no column date"),
        ("date,tmin,tmin_c,tmax\n2026-07-01,1,1,2\n", no.ColumnTwice, "tmin and tmin_c"),
        ('date,tmin,tmax\n2026-07-01,"' + "1\n" * 9000, no.NotATable, "Save it as CSV"),
    ],
)
def test_a_file_without_the_columns_is_refused(text, refusal, said):
    refused = refusal_of(text)

    assert isinstance(refused, refusal)
    assert said in str(refused)


def test_days_left_out_are_named():
    refused = refusal_of(HEADING + "2026-07-01,10,20\n2026-07-04,10,20\n")

    assert isinstance(refused, no.DaysMissing)
    assert (refused.facts["line"], refused.facts["missing"]) == (3, 2)
    assert "2026-07-04 follows 2026-07-01" in str(refused)


@pytest.mark.parametrize("second", ["2026-07-01", "2026-06-30"])
def test_a_day_twice_or_before_its_neighbour_is_refused(second):
    refused = refusal_of(HEADING + f"2026-07-01,10,20\n{second},10,20\n")

    assert isinstance(refused, no.DayNotAfter)
    assert refused.facts["line"] == 3


def test_every_problem_is_told_at_once():
    refused = refusal_of(HEADING + "2026-07-01,x,99\n2026-07-40,30,20\n")

    assert isinstance(refused, Several)
    assert [problem.code for problem in refused.problems] == [
        "pest-not-a-number",
        "pest-temperature-out-of-range",
        "pest-not-a-day",
        "pest-low-above-high",
    ]


def test_reading_stops_where_nobody_would_read_on():
    refused = refusal_of(HEADING + "x,1,2\n" * 1000)

    assert isinstance(refused, Several)
    assert len(refused.problems) == MOST_PROBLEMS + 1
    assert isinstance(refused.problems[-1], no.ReadingStopped)


def test_earlier_years_go_on_as_they_did_then():
    stored = [
        DayRange(date(2022, 1, 1) + timedelta(days=n), float(n % 7), 20.0 + n % 5)
        for n in range((date(2024, 2, 27) - date(2022, 1, 1)).days + 1)
    ]
    by_day = {day.on: day for day in stored}

    outlooks = earlier_years(stored, date(2024, 2, 27), 3)

    assert [[day.on for day in outlook] for outlook in outlooks] == [
        [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)]
    ] * 2
    assert [day.tmin for day in outlooks[0]] == [
        by_day[date(2023, 2, 28)].tmin,
        by_day[date(2023, 2, 28)].tmin,
        by_day[date(2023, 3, 1)].tmin,
    ]


def test_a_year_with_a_gap_is_no_outlook():
    stored = [DayRange(date(2023, 3, 1), 1, 2), DayRange(date(2024, 2, 29), 1, 2)]

    assert len(earlier_years(stored, date(2024, 2, 29), 1)) == 1
    assert earlier_years(stored, date(2024, 2, 29), 2) == ()
    assert earlier_years([], date(2024, 2, 29), 2) == ()
