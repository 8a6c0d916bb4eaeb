"""Reference evapotranspiration against the worked examples of FAO-56 and real stations."""

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from refet import calcs

from coopfarm.kernel.refusal import Several
from coopfarm.planning.need import gaps, reference
from coopfarm.planning.need import problems as no
from coopfarm.planning.need.gaps import WeatherColumns, daylight_hours, extraterrestrial_mj_m2
from coopfarm.planning.need.reference import reference_et, work_out
from coopfarm.planning.need.weather import Station, WeatherDay, read_weather_csv

KONYA = Station(latitude_deg=37.984, elevation_m=1031.0)
BRUSSELS = Station(latitude_deg=50.8, elevation_m=100.0, wind_height_m=10.0)
LYON = Station(latitude_deg=45 + 43 / 60, elevation_m=200.0)
BANGKOK = Station(latitude_deg=13 + 44 / 60, elevation_m=2.0)
EXAMPLE_18 = WeatherDay(
    date(2015, 7, 6),
    tmin_c=12.3,
    tmax_c=21.5,
    rh_min_pct=63.0,
    rh_max_pct=84.0,
    wind_m_s=2.78,
    sunshine_h=9.25,
)
JULY_4 = date(2016, 7, 4)


def one_day(day_of_year, **measured):
    return WeatherColumns(
        np.array([day_of_year]), **{k: np.array([v]) for k, v in measured.items()}
    )


def codes(found):
    return [note.code for note in found.notes]


def test_example_18_brussels_on_a_july_day():
    found = reference_et(BRUSSELS, [EXAMPLE_18])

    assert found.eto_mm[0] == pytest.approx(3.88, abs=0.005)


def test_example_18_agrees_at_every_step():
    weather = one_day(
        187,
        tmin_c=12.3,
        tmax_c=21.5,
        rh_min_pct=63.0,
        rh_max_pct=84.0,
        wind_m_s=2.78,
        sunshine_h=9.25,
    )

    steps = work_out(BRUSSELS, weather)

    assert steps.saturation_kpa[0] == pytest.approx(1.997, abs=0.001)
    assert steps.vapour_kpa[0] == pytest.approx(1.409, abs=0.001)
    assert steps.u2_m_s[0] == pytest.approx(2.078, abs=0.002)
    assert steps.sky_mj_m2[0] == pytest.approx(41.09, abs=0.02)
    assert steps.rs_mj_m2[0] == pytest.approx(22.07, abs=0.01)
    assert steps.clear_mj_m2[0] == pytest.approx(30.90, abs=0.01)
    assert steps.net_mj_m2[0] == pytest.approx(13.28, abs=0.01)
    assert daylight_hours(50.8, np.array([187]))[0] == pytest.approx(16.1, abs=0.05)


def test_example_17_bangkok_in_april():
    weather = one_day(105, tmin_c=25.6, tmax_c=34.8, vapour_kpa=2.85, wind_m_s=2.0, sunshine_h=8.5)

    steps = work_out(BANGKOK, weather)

    assert steps.sky_mj_m2[0] == pytest.approx(38.06, abs=0.01)
    assert daylight_hours(BANGKOK.latitude_deg, np.array([105]))[0] == pytest.approx(
        12.31, abs=0.01
    )
    assert steps.rs_mj_m2[0] == pytest.approx(22.65, abs=0.01)
    assert steps.net_mj_m2[0] == pytest.approx(14.33, abs=0.01)
    assert steps.saturation_kpa[0] == pytest.approx(4.42, abs=0.01)
    assert monthly_eto_mm(steps, t_mean=30.2, ground_mj_m2=0.14) == pytest.approx(5.72, abs=0.005)


def monthly_eto_mm(steps, *, t_mean, ground_mj_m2):
    """A month also warms the ground; over a day FAO-56 eq. 42 leaves that out."""
    return calcs.etsz(
        rn=steps.net_mj_m2[0],
        g=ground_mj_m2,
        tmean=t_mean,
        u2=steps.u2_m_s[0],
        vpd=steps.saturation_kpa[0] - steps.vapour_kpa[0],
        es_slope=calcs.es_slope(t_mean),
        psy=0.000665 * calcs.air_pressure(BANGKOK.elevation_m)[0],
        cn=900,
        cd=0.34,
    )


def test_example_20_lyon_with_temperatures_alone():
    weather = one_day(196, tmin_c=14.8, tmax_c=26.6)

    steps = work_out(LYON, weather)

    assert steps.vapour_kpa[0] == pytest.approx(1.6835, abs=0.0005)
    assert steps.rs_mj_m2[0] == pytest.approx(22.29, abs=0.01)
    assert steps.u2_m_s[0] == pytest.approx(2.0)
    assert steps.eto_mm[0] == pytest.approx(4.56, abs=0.005)


def test_examples_8_and_9_southern_hemisphere():
    third_of_september = np.array([246])

    assert extraterrestrial_mj_m2(-20.0, third_of_september)[0] == pytest.approx(32.19, abs=0.01)
    assert daylight_hours(-20.0, third_of_september)[0] == pytest.approx(11.67, abs=0.01)


def test_example_10_rio_in_may():
    weather = one_day(135, tmin_c=20.0, tmax_c=25.0, sunshine_h=7.1)

    filled = gaps.radiation_mj_m2(Station(-(22 + 54 / 60), 0.0), weather)

    assert filled.values[0] == pytest.approx(14.46, abs=0.02)


def test_examples_3_and_5_vapour_pressure():
    at_min, at_max = gaps.saturation_kpa(np.array([15.0, 24.5]))
    by_humidity = gaps.vapour_kpa(
        one_day(1, tmin_c=18.0, tmax_c=25.0, rh_min_pct=54.0, rh_max_pct=82.0)
    )

    assert (at_min + at_max) / 2 == pytest.approx(2.390, abs=0.001)
    assert by_humidity.values[0] == pytest.approx(1.7015, abs=0.0005)


def test_konyas_published_column_is_reproduced_day_by_day(shared_data):
    text = shared_data("weather/konya_tr_2015_2016_full.csv").read_text(encoding="utf-8")
    days = read_weather_csv(text).days
    published = np.array([day.eto_mm for day in days])

    found = reference_et(KONYA, [replace(day, eto_mm=None) for day in days])

    assert np.abs(found.eto_mm - published).max() < 0.001
    assert codes(found) == ["vapour-from-mean-humidity"]


def test_the_week_of_kashkadarya_takes_59_57_mm(shared_data):
    text = shared_data("weather/konya_tr_2015_2016_full.csv").read_text(encoding="utf-8")
    week = [day for day in read_weather_csv(text).days if JULY_4 <= day.on <= date(2016, 7, 10)]

    given_column = reference_et(KONYA, week).eto_mm.sum()
    worked_out = reference_et(KONYA, [replace(day, eto_mm=None) for day in week]).eto_mm.sum()

    assert given_column == pytest.approx(59.57, rel=0.001)
    assert worked_out == pytest.approx(59.57, rel=0.001)


def test_each_substitution_is_said_with_the_days_it_stands_for():
    days = [WeatherDay(JULY_4 + timedelta(days=n), tmin_c=17.0, tmax_c=30.0) for n in range(7)]

    found = reference_et(KONYA, days)

    assert codes(found) == ["dew-point-taken", "radiation-from-temperature", "wind-taken"]
    assert str(found.notes[2]) == (
        "Wind was not measured on 7 of 7 days; 2 m/s is taken, as FAO-56 says."
    )


@pytest.mark.parametrize(
    ("measured", "vapour_kpa"),
    [
        ({"vapour_kpa": 1.1, "tdew_c": 5.0}, 1.1),
        ({"tdew_c": 14.0, "rh_mean_pct": 10.0}, 1.598),
        ({"rh_min_pct": 54.0, "rh_max_pct": 82.0, "rh_mean_pct": 10.0}, 1.7015),
        ({"rh_max_pct": 82.0, "rh_mean_pct": 10.0}, 1.692),
        ({"rh_mean_pct": 68.0}, 1.779),
        ({"rh_min_pct": 54.0}, 1.711),
        ({}, 2.064),
    ],
)
def test_vapour_comes_from_the_best_that_was_measured(measured, vapour_kpa):
    weather = one_day(1, tmin_c=18.0, tmax_c=25.0, **measured)

    filled = gaps.vapour_kpa(weather)

    assert filled.values[0] == pytest.approx(vapour_kpa, abs=0.001)


def test_each_day_is_filled_by_itself():
    days = [
        WeatherDay(JULY_4, 17.0, 30.0, rs_mj_m2=27.0, wind_m_s=3.0, tdew_c=10.0),
        WeatherDay(JULY_4 + timedelta(days=1), 17.0, 30.0, sunshine_h=11.0, tdew_c=10.0),
        WeatherDay(JULY_4 + timedelta(days=2), 17.0, 30.0, wind_m_s=3.0, rh_max_pct=80.0),
    ]

    found = reference_et(KONYA, days)

    alone = [reference_et(KONYA, [day]).eto_mm[0] for day in days]
    assert found.eto_mm.tolist() == pytest.approx(alone)
    assert [(note.code, note.facts["days"]) for note in found.notes] == [
        ("vapour-from-highest-humidity", 1),
        ("radiation-from-sunshine", 1),
        ("radiation-from-temperature", 1),
        ("wind-taken", 1),
    ]


def test_a_coast_is_taken_to_be_sunnier_for_the_same_swing_of_temperature():
    weather = one_day(196, tmin_c=14.8, tmax_c=20.0)

    inland, coast = (
        gaps.radiation_mj_m2(Station(45.0, 5.0, is_coastal=sea), weather).values[0]
        for sea in (False, True)
    )

    assert coast / inland == pytest.approx(0.19 / 0.16)


def test_radiation_from_temperature_is_never_above_the_cloudless_sky():
    weather = one_day(196, tmin_c=5.0, tmax_c=40.0)

    steps = work_out(KONYA, weather)

    assert steps.rs_mj_m2[0] == pytest.approx(steps.clear_mj_m2[0])


def test_radiation_above_the_top_of_the_air_is_set_aside_and_said():
    found = reference_et(KONYA, [WeatherDay(date(2016, 12, 21), 0.0, 9.0, rs_mj_m2=35.0)])

    assert "radiation-not-possible" in codes(found)
    assert "radiation-from-temperature" in codes(found)
    assert 0 < found.eto_mm[0] < 3


def test_no_more_sunshine_than_daylight_is_counted():
    weather = one_day(355, tmin_c=0.0, tmax_c=9.0, sunshine_h=14.0)

    filled = gaps.radiation_mj_m2(KONYA, weather)

    assert filled.values[0] == pytest.approx(
        0.75 * extraterrestrial_mj_m2(KONYA.latitude_deg, np.array([355]))[0]
    )


def test_a_day_with_its_own_evapotranspiration_is_used_as_given():
    days = [
        WeatherDay(JULY_4, eto_mm=8.25, rain_mm=2.0),
        replace(EXAMPLE_18, on=JULY_4 + timedelta(days=1)),
    ]

    found = reference_et(BRUSSELS, days)

    assert found.eto_mm[0] == 8.25
    assert found.eto_mm[1] == pytest.approx(3.88, abs=0.01)
    assert found.rain_mm[0] == 2.0
    assert math.isnan(found.rain_mm[1])
    assert codes(found)[0] == "eto-given"


def test_no_day_without_temperature_is_guessed():
    days = [EXAMPLE_18, WeatherDay(JULY_4, tmin_c=17.0, rs_mj_m2=20.0)]

    with pytest.raises(no.NoTemperature) as caught:
        reference_et(BRUSSELS, days)

    assert "2016-07-04" in str(caught.value)


def test_a_long_list_of_days_is_cut_with_dots():
    days = [JULY_4 + timedelta(days=n) for n in range(30)]

    named = reference.named(days)

    assert named.endswith("2016-07-13, …")


def test_days_that_cannot_be_are_refused_together():
    days = [
        WeatherDay(JULY_4, tmin_c=30.0, tmax_c=17.0),
        WeatherDay(JULY_4, tmin_c=float("nan"), tmax_c=17.0),
    ]

    with pytest.raises(Several) as caught:
        reference_et(KONYA, days)

    assert {type(p) for p in caught.value.problems} == {no.UnusableDay, no.RepeatedDay}


def test_a_long_record_is_worked_out_in_blocks_as_if_it_were_one():
    days, warm = 40_000, np.array([17.0, 18.0, 19.0])
    weather = WeatherColumns(
        np.resize(np.arange(1, 366), days), np.resize(warm, days), np.resize(warm, days) + 12.0
    )

    steps = work_out(KONYA, weather)

    last = work_out(KONYA, weather.rows(days - 1, days))
    assert len(steps.eto_mm) == days
    assert steps.eto_mm[-1] == last.eto_mm[0]
    assert {phrase.code: count for phrase, count in steps.substitutes} == {
        "dew-point-taken": days,
        "radiation-from-temperature": days,
        "wind-taken": days,
    }


def test_columns_keep_a_day_without_temperature_as_unknown():
    weather = WeatherColumns(np.array([186, 187]), np.array([17.0, np.nan]), np.array([30.0, 31.0]))

    steps = work_out(KONYA, weather)

    assert np.isnan(steps.eto_mm).tolist() == [False, True]


@given(
    latitude=st.floats(-60, 60),
    day=st.integers(1, 366),
    tmin=st.floats(-10, 30),
    swing=st.floats(0, 25),
    humidity=st.floats(5, 100),
    wind=st.floats(0, 12),
)
def test_evapotranspiration_is_what_the_sky_can_drive(
    *, latitude, day, tmin, swing, humidity, wind
):
    weather = one_day(day, tmin_c=tmin, tmax_c=tmin + swing, rh_mean_pct=humidity, wind_m_s=wind)

    eto_mm = work_out(Station(latitude, 300.0), weather).eto_mm[0]

    # Most of this weather is nowhere: 55 °C in midwinter at 60° south gives -3.8, in a storm 30.7.
    assert -4 < eto_mm < 32
