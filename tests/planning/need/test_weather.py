"""Reading a file of weather: whole, or not at all, and each problem by its name."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.kernel.refusal import Refusal, Several
from coopfarm.planning.need import problems as no
from coopfarm.planning.need.weather import (
    MOST_PROBLEMS,
    Station,
    WeatherDay,
    faults,
    read_weather_csv,
)

HEADING = "date,tmin_c,tmax_c,rain_mm\n"
ARABIC_INDIC = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")
PERSIAN = str.maketrans("0123456789.", "۰۱۲۳۴۵۶۷۸۹٫")


def refusal_of(text: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_weather_csv(text)
    return caught.value


@pytest.mark.parametrize(
    ("name", "days", "first", "measured"),
    [
        ("konya_tr_2015_2016_full", 731, date(2015, 1, 1), ("rs_mj_m2", "rh_mean_pct", "wind_m_s")),
        ("faisalabad_pk_1995_2009", 5479, date(1995, 1, 1), ("rs_mj_m2", "rain_mm")),
        ("tunis_1990_2002_eto", 4534, date(1990, 1, 1), ("eto_mm", "rain_mm")),
        ("hyderabad_2000_2010_eto", 4018, date(2000, 1, 1), ("eto_mm", "tmax_c")),
    ],
)
def test_real_weather_files_are_read_whole(shared_data, name, days, first, measured):
    text = shared_data(f"weather/{name}.csv").read_text(encoding="utf-8")

    read = read_weather_csv(text)

    assert len(read.days) == days
    assert read.days[0].on == first
    assert read.notes == ()
    assert all(getattr(day, field) is not None for day in read.days for field in measured)


def test_days_come_in_order_whatever_their_order_in_the_file():
    read = read_weather_csv(HEADING + "2016-07-05,17,28,0\n2016-07-04,20,29,1.5\n")

    assert read.days == (
        WeatherDay(date(2016, 7, 4), tmin_c=20.0, tmax_c=29.0, rain_mm=1.5),
        WeatherDay(date(2016, 7, 5), tmin_c=17.0, tmax_c=28.0, rain_mm=0.0),
    )


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffdate,tmin,tmax\r\n2016-07-04,19.9,29.4\r\n",
        "Date;Tmin (°C);Tmax (°C)\n2016/7/4;19,9;29,4\n",
        "day\tT max [C]\tT min [C]\n2016-07-04 00:00:00\t29.4\t19.9\n",
        '\n"date","tmin","tmax"\n\n"2016.07.04","19,9","29.4"\n,,\n',
        "التاريخ,الحرارة الصغرى,الحرارة العظمى (م)\n٢٠١٦-٠٧-٠٤,١٩٫٩,٢٩٫٤\n",
        "تاریخ;tmin;tmax\n۲۰۱۶-۰۷-۰۴;۱۹٫۹;۲۹٫۴\n",
    ],
)
def test_the_same_day_is_read_however_the_file_is_written(text):
    read = read_weather_csv(text)

    assert read.days == (WeatherDay(date(2016, 7, 4), tmin_c=19.9, tmax_c=29.4),)


@given(
    tmin=st.floats(-59, 20).map(lambda t: round(t, 2)),
    digits=st.sampled_from([ARABIC_INDIC, PERSIAN, {}]),
)
def test_any_digits_are_the_same_number(tmin, digits):
    text = HEADING + f"2016-07-04,{tmin:.2f},40,0".translate(digits)

    read = read_weather_csv(text)

    assert read.days[0].tmin_c == tmin


def test_an_empty_cell_is_not_measured_rather_than_nothing():
    read = read_weather_csv(HEADING + "2016-07-04,17,28,\n2016-07-05,17,28\n")

    assert [day.rain_mm for day in read.days] == [None, None]


def test_columns_that_are_not_understood_are_listed():
    read = read_weather_csv("date,tmin,tmax,cloud,tmax_f\n2016-07-04,17,28,3,82\n")

    assert [str(note) for note in read.notes] == [
        "These columns were not understood and are not used: cloud, tmax_f."
    ]


def test_wind_that_names_its_height_is_brought_to_the_station():
    text = "date,tmin,tmax,u10\n2016-07-04,17,28,2.78\n"

    read = read_weather_csv(text, wind_height_m=2.0)

    assert read.days[0].wind_m_s == pytest.approx(2.079, abs=0.001)
    assert [note.code for note in read.notes] == ["wind-rescaled"]


def test_wind_already_at_the_stations_height_is_left_as_it_is():
    read = read_weather_csv("date,tmin,tmax,u10\n2016-07-04,17,28,2.78\n", wind_height_m=10.0)

    assert read.days[0].wind_m_s == pytest.approx(2.78)
    assert read.notes == ()


@pytest.mark.parametrize(
    ("row", "kind", "facts"),
    [
        (",17,28,0", no.DayMissing, {"line": 2}),
        ("4 July,17,28,0", no.NotADay, {"line": 2, "value": "4 July"}),
        ("2016-02-30,17,28,0", no.NotADay, {"line": 2}),
        ("1395-04-14,17,28,0", no.NotADay, {"line": 2, "value": "1395-04-14"}),
        ("2016-07-04,x,28,0", no.NotANumber, {"line": 2, "column": "tmin_c", "value": "x"}),
        ("2016-07-04,17,NaN,0", no.NotANumber, {"column": "tmax_c", "value": "NaN"}),
        ("2016-07-04,17,28,inf", no.NotANumber, {"column": "rain_mm"}),
        ("2016-07-04,17,28,1e3", no.NotANumber, {"column": "rain_mm"}),
        ("2016-07-04,17,28," + "9" * 400, no.NotANumber, {"column": "rain_mm"}),
        ("2016-07-04,17,82,0", no.OutOfRange, {"column": "tmax_c", "most": 60.0, "unit": "°C"}),
        ("2016-07-04,17,28,-1", no.OutOfRange, {"column": "rain_mm", "least": 0.0}),
        ("2016-07-04,-99,28,0", no.OutOfRange, {"column": "tmin_c", "value": -99.0}),
        ("2016-07-04,28,17,0", no.LowAboveHigh, {"line": 2, "column": "tmin_c", "most": 17.0}),
        ("2016-07-04,17,5,28,0", no.RowTooLong, {"line": 2, "cells": 5, "columns": 4}),
        ("2016-07-04,17,,0", no.NothingToGoBy, {"line": 2, "on": date(2016, 7, 4)}),
    ],
)
def test_a_row_that_cannot_be_used_is_named_by_line_and_column(row, kind, facts):
    refusal = refusal_of(HEADING + row + "\n")

    found = refusal.problems if isinstance(refusal, Several) else (refusal,)
    named = next(problem for problem in found if type(problem) is kind)
    assert facts.items() <= named.facts.items()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", no.NoDays),
        ("\n \n", no.NoDays),
        (HEADING, no.NoDays),
        ("tmin_c,tmax_c\n17,28\n", no.NoDayColumn),
        ("date,tmin_c,rain_mm\n2016-07-04,17,0\n", no.NoTemperatureColumns),
        ("date,tmin,tmax,t_max\n2016-07-04,17,28,28\n", no.ColumnTwice),
        ("date,tmin,tmax\n2016-07-04,17," + '"' + "x" * 200_000 + '"', no.NotATable),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_reason(text, kind):
    refusal = refusal_of(text)

    assert type(refusal) is kind


def test_a_day_that_stands_twice_is_refused_with_both_lines():
    refusal = refusal_of(HEADING + "2016-07-04,17,28,0\n\n2016-07-04,18,29,0\n")

    assert str(refusal) == "Line 4: 2016-07-04 stands already in line 2. Keep one of them."


def test_all_problems_are_told_at_once():
    refusal = refusal_of(HEADING + "2016-07-04,17,28,0\nx,1,2,3\n2016-07-04,40,30,-5\n")

    assert isinstance(refusal, Several)
    assert {type(problem) for problem in refusal.problems} == {
        no.NotADay,
        no.DayTwice,
        no.OutOfRange,
        no.LowAboveHigh,
    }


def test_reading_stops_when_nobody_would_read_further():
    refusal = refusal_of(HEADING + "x,y,z,w\n" * 100_000)

    assert isinstance(refusal, Several)
    assert len(refusal.problems) <= MOST_PROBLEMS + 5
    assert isinstance(refusal.problems[-1], no.ReadingStopped)


def test_humidity_and_dew_point_must_fit_their_day():
    day = WeatherDay(date(2016, 7, 4), 17.0, 28.0, tdew_c=30.0, rh_min_pct=80.0, rh_max_pct=40.0)

    found = {fault.column: fault.above for fault in faults(day)}

    assert found == {"tdew_c": "tmax_c", "rh_min_pct": "rh_max_pct"}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"latitude_deg": 91.0, "elevation_m": 0.0}, "latitude_deg"),
        ({"latitude_deg": float("nan"), "elevation_m": 0.0}, "latitude_deg"),
        ({"latitude_deg": 38.0, "elevation_m": 9000.0}, "elevation_m"),
        ({"latitude_deg": 38.0, "elevation_m": 0.0, "wind_height_m": 0.0}, "wind_height_m"),
    ],
)
def test_a_station_that_cannot_be_is_refused_by_name(facts, field):
    with pytest.raises(no.BadStation) as caught:
        Station(**facts)

    assert caught.value.field == field


@given(st.text(max_size=200))
def test_no_text_is_read_without_a_reason_or_a_day(text):
    try:
        read = read_weather_csv(text)
    except Refusal:
        return

    assert read.days
