"""Hours fit for spraying: the wet bulb, the limits, and the file they are read from."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.kernel.refusal import Refusal, Several
from coopfarm.planning.pests import problems as no
from coopfarm.planning.pests import spray_hours as spray
from coopfarm.planning.pests.hours import AirHour, read_hours

HEADING = "hour,temperature_c,humidity_pct,wind_km_h,rain_mm\n"


def hour(place=6, temperature_c=20.0, humidity_pct=50.0, wind_km_h=8.0, rain_mm=0.0):
    return AirHour(str(place), place, temperature_c, humidity_pct, wind_km_h, rain_mm)


def judged(*hours, **limits):
    return spray.judge_hours(hours, spray.SprayLimits(**limits))


def reasons(judgement):
    return [reason.code for reason in judgement.reasons]


def refusal_of(*rows):
    with pytest.raises(Refusal) as caught:
        read_hours(HEADING + "\n".join(rows) + "\n")
    return caught.value


@pytest.mark.parametrize(
    ("temperature_c", "humidity_pct", "expected_c"),
    [(20, 50, 13.70), (30, 50, 22.30), (35, 20, 19.30), (25, 80, 22.33)],
)
def test_the_wet_bulb_is_that_of_stull(temperature_c, humidity_pct, expected_c):
    assert spray.wet_bulb_c(temperature_c, humidity_pct) == pytest.approx(expected_c, abs=0.005)


@given(st.integers(10, 35), st.integers(20, 99))
def test_the_wet_bulb_is_near_that_of_the_psychrometer(temperature_c, humidity_pct):
    found = spray.wet_bulb_c(temperature_c, humidity_pct)

    assert found == pytest.approx(_psychrometer(temperature_c, humidity_pct), abs=0.55)


def _psychrometer(temperature_c, humidity_pct):
    """FAO-56 eq. 15 at 101.3 kPa, solved for the wet bulb by halving."""

    def saturated(t_c):
        return 0.6108 * math.exp(17.27 * t_c / (t_c + 237.3))

    vapour_kpa = saturated(temperature_c) * humidity_pct / 100
    low, high = -30.0, temperature_c
    for _ in range(60):
        wet = (low + high) / 2
        told = saturated(wet) - 0.000662 * 101.3 * (temperature_c - wet)
        low, high = (wet, high) if told < vapour_kpa else (low, wet)
    return (low + high) / 2


@given(st.integers(5, 50), st.integers(5, 99), st.integers(1, 10))
def test_damper_air_has_a_smaller_delta_t(temperature_c, humidity_pct, more):
    damper = min(100.0, humidity_pct + more)

    assert spray.delta_t_c(temperature_c, damper) <= spray.delta_t_c(temperature_c, humidity_pct)


@pytest.mark.parametrize("air", [(25.0, 4.9), (50.1, 50.0), (-20.1, 50.0)])
def test_air_outside_the_formula_has_no_delta_t_and_is_not_fit(air):
    judgement = judged(hour(temperature_c=air[0], humidity_pct=air[1]))[0]

    assert judgement.delta_t_c is None
    assert reasons(judgement) == ["spray-delta-t-unknown"]


def test_saturated_air_has_no_delta_t_below_none():
    assert spray.delta_t_c(20.0, 100.0) == 0.0


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, []),
        ({"humidity_pct": 85.0}, ["spray-delta-t-too-low"]),
        ({"humidity_pct": 30.0}, ["spray-delta-t-too-high"]),
        ({"wind_km_h": 2.9}, ["spray-too-still"]),
        ({"wind_km_h": 3.0}, []),
        ({"wind_km_h": 15.0}, []),
        ({"wind_km_h": 15.1}, ["spray-too-windy"]),
        ({"rain_mm": 0.1}, ["spray-rain-falls"]),
        (
            {"temperature_c": 38.0, "wind_km_h": 0.0, "rain_mm": 2.0},
            ["spray-delta-t-too-high", "spray-too-still", "spray-rain-falls"],
        ),
    ],
)
def test_an_hour_is_fit_unless_something_speaks_against_it(change, why):
    judgement = judged(hour(**change))[0]

    assert reasons(judgement) == why
    assert judgement.ok is (not why)


def test_an_hour_is_fit_at_either_end_of_delta_t():
    both = judged(hour(), least_delta_t_c=6.30)[0], judged(hour(), most_delta_t_c=6.30)[0]

    assert [judgement.delta_t_c for judgement in both] == [6.3, 6.3]
    assert all(judgement.ok for judgement in both)


def test_rain_within_the_dry_hours_of_the_label_spoils_the_hours_before_it():
    hours = [hour(place) for place in range(6, 12)]
    hours[3] = hour(9, rain_mm=0.4)

    judgements = judged(*hours, dry_hours=3)

    assert [judgement.ok for judgement in judgements] == [True, False, False, False, False, False]
    assert str(judgements[1].reasons[0]) == "Rain of 0.4 mm in the hour 9 washes it off."
    assert reasons(judgements[4]) == reasons(judgements[5]) == ["spray-rain-unknown"]


def test_an_hour_left_out_is_not_taken_for_a_dry_one():
    assert reasons(judged(hour(6), hour(8), dry_hours=2)[0]) == ["spray-rain-unknown"]


def test_hours_go_past_midnight():
    read = read_hours(HEADING + "22,20,50,5,0\n23,20,50,5,0\n0,20,50,5,0\n01:00,20,50,5,0\n")

    assert [one.place for one in read] == [22, 23, 24, 25]
    assert [one.hour for one in read] == ["22", "23", "0", "01:00"]


@pytest.mark.parametrize(
    "written",
    [
        ("2026-07-04T23:00", "2026-07-05T00:00"),
        ("2026-07-04 23:00:00", "2026-07-05 00:00:00"),
        ("2026-07-04T23:00+05:30", "2026-07-05T00:00+05:30"),
        ("٢٣", "٠"),
    ],
)
def test_hours_are_read_however_they_are_written(written):
    first, second = read_hours(HEADING + "".join(f"{at},20,50,5,0\n" for at in written))

    assert second.place - first.place == 1
    assert (first.hour, second.hour) == written


@pytest.mark.parametrize(
    ("row", "refusal", "field", "said"),
    [
        ("24,20,50,5,0", no.NotAnHour, "hour", "“24” is not a full hour"),
        ("7:30,20,50,5,0", no.NotAnHour, "hour", "not a full hour"),
        ("2026-07-04,20,50,5,0", no.NotAnHour, "hour", "not a full hour"),
        ("2026-07-04T07:30,20,50,5,0", no.NotAnHour, "hour", "not a full hour"),
        (",20,50,5,0", no.CellMissing, "hour", "nothing is written"),
        ("7,20,101,5,0", no.OutOfRange, "humidity_pct", "between 0 and 100 %"),
        ("7,20,-1,5,0", no.OutOfRange, "humidity_pct", "-1 cannot be"),
        ("7,68,50,5,0", no.OutOfRange, "temperature_c", "between -60 and 60 °C"),
        ("7,20,50,-2,0", no.OutOfRange, "wind_km_h", "-2 cannot be"),
        ("7,20,50,5,-0.1", no.OutOfRange, "rain_mm", "-0.1 cannot be"),
        ("7,20,nan,5,0", no.NotANumber, "humidity_pct", "“nan” is not a number"),
        ("7,20,50,5,", no.CellMissing, "rain_mm", "nothing is written"),
        ("6,20,50,5,0", no.HourNotAfter, "hour", "6 comes after 6"),
        ("5,20,50,5,0", no.HourNotAfter, "hour", "5 comes after 6"),
    ],
)
def test_an_hour_that_cannot_be_is_refused_by_line_and_field(row, refusal, field, said):
    refused = refusal_of("6,20,50,5,0", row)

    assert isinstance(refused, refusal)
    assert (refused.facts["line"], refused.field) == (3, field)
    assert said in str(refused)


def test_every_problem_of_a_line_is_told():
    refused = refusal_of("25,20,120,x,0")

    assert isinstance(refused, Several)
    assert [problem.field for problem in refused.problems] == [
        "hour",
        "humidity_pct",
        "wind_km_h",
    ]


def test_a_missing_column_is_named():
    with pytest.raises(no.ColumnMissing) as refused:
        read_hours("hour,temperature_c,humidity_pct,wind_km_h\n6,20,50,5\n")

    assert refused.value.field == "rain_mm"
