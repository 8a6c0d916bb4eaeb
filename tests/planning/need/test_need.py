"""The need of plots: a real valley, and laws that hold for any."""

import json
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.kernel.refusal import Several
from coopfarm.planning.need import need, plots
from coopfarm.planning.need.need import need_of
from coopfarm.planning.need.plots import CroppedPlot, Terms
from coopfarm.planning.need.reference import ReferenceEt, reference_et
from coopfarm.planning.need.weather import Station, read_weather_csv

START, END = date(2016, 7, 4), date(2016, 7, 11)
SOWN = date(2016, 4, 20)
COEFFICIENTS = {"cotton": 1.17, "orchard": 1.10, "alfalfa": 0.95, "vineyard": 0.70, "maize": 1.20}


def make_reference(eto_mm=8.0, rain_mm=0.0, days=7):
    on = tuple(START + timedelta(days=n) for n in range(days))
    return ReferenceEt(on, np.full(days, eto_mm), np.full(days, rain_mm), ())


def make_plot(plot_id="P1", crop="cotton", area_m2=10_000.0, sown_on=SOWN):
    return CroppedPlot(plot_id, crop, area_m2, sown_on)


def week_of(plots_to_water, reference, **terms):
    return need_of(plots_to_water, reference, start=START, end=END, terms=Terms(**terms))


@pytest.fixture
def kashkadarya(shared_data):
    text = shared_data("kashkadarya_uz/plots.geojson").read_text(encoding="utf-8")
    return [
        CroppedPlot(p["plot_code"], p["crop"], p["area_ha"] * 10_000)
        for p in (feature["properties"] for feature in json.loads(text)["features"])
    ]


@pytest.fixture
def konya(shared_data):
    text = shared_data("weather/konya_tr_2015_2016_full.csv").read_text(encoding="utf-8")
    return read_weather_csv(text).days


def test_the_real_valley_needs_1_142_997_m3(kashkadarya, konya):
    reference = reference_et(Station(37.984, 1031.0), konya)

    needs = week_of(kashkadarya, reference, coefficients=COEFFICIENTS)

    total_m3 = sum(plot.need_m3 for plot in needs)
    assert len(needs) == 426
    assert round(total_m3) == 1_142_997
    assert round(0.6 * total_m3) == 685_798


def test_the_real_valley_needs_the_same_when_its_evapotranspiration_is_worked_out(
    kashkadarya, konya
):
    measured = [replace(day, eto_mm=None) for day in konya]

    needs = week_of(
        kashkadarya, reference_et(Station(37.984, 1031.0), measured), coefficients=COEFFICIENTS
    )

    assert sum(plot.need_m3 for plot in needs) == pytest.approx(1_142_997, rel=0.0001)


def test_the_steps_of_a_real_plot_show_its_arithmetic(kashkadarya, konya):
    reference = reference_et(Station(37.984, 1031.0), konya)

    first = week_of(kashkadarya, reference, coefficients=COEFFICIENTS)[0]

    assert [str(step) for step in first.steps] == [
        "From 2016-07-04 to 2016-07-10 (7 days) the reference evapotranspiration adds up to"
        " 59.57 mm.",
        "Cotton takes 1.17 of it: 69.69 mm.",
        "6.076 ha at 69.69 mm need 4,235 m³.",
    ]


def test_a_plot_needs_what_its_crop_takes_at_its_age():
    before_full_growth = make_plot(sown_on=START - timedelta(days=55))

    found = week_of([before_full_growth], make_reference())[0]

    kc = [0.35 + (day - 30) / 50 * 0.82 for day in range(56, 63)]
    assert found.need_m3 == pytest.approx(8.0 * sum(kc) * 10)


def test_water_lost_in_the_field_is_asked_for_too():
    found = week_of([make_plot(crop="alfalfa")], make_reference(), field_efficiency=0.8)[0]

    assert found.need_m3 == pytest.approx(8.0 * 7 * 0.95 * 10 / 0.8)
    assert str(found.steps[-1]) == (
        "Of the water let onto the plot 80 % reach the roots, so the plot needs 665 m³."
    )


def test_rain_counts_only_when_asked_to():
    reference = make_reference(rain_mm=5.0)

    plain, less = (
        week_of([make_plot(crop="alfalfa")], reference, count_rain=counts)[0]
        for counts in (False, True)
    )

    assert plain.need_m3 - less.need_m3 == pytest.approx(0.8 * 35.0 * 10)
    assert "Rain gave 35 mm, of which 80 % count: 25.2 mm are left." in map(str, less.steps)


def test_a_flood_of_rain_leaves_no_need_rather_than_less_than_none():
    found = week_of([make_plot(crop="alfalfa")], make_reference(rain_mm=50.0), count_rain=True)[0]

    assert found.need_m3 == 0.0


@pytest.mark.parametrize(
    ("plot", "says"),
    [
        (make_plot(crop="fallow", sown_on=None), "Fallow takes no water in these days."),
        (
            make_plot(crop="winter_wheat", sown_on=date(2015, 11, 1)),
            "Winter wheat sown on 2015-11-01 is not in the field in these days and takes no water.",
        ),
    ],
)
def test_a_plot_that_needs_nothing_says_why(plot, says):
    found = week_of([plot], make_reference())[0]

    assert found.need_m3 == 0.0
    assert str(found.steps[-1]) == says


def test_fixed_coefficients_stand_instead_of_the_table_and_others_take_nothing():
    listed = [make_plot("A", "Cotton", sown_on=None), make_plot("B", "wheat-other", sown_on=None)]

    found = week_of(listed, make_reference(), coefficients={"cotton": 1.0})

    assert [plot.need_m3 for plot in found] == [pytest.approx(560.0), 0.0]


def test_days_without_weather_are_named():
    with pytest.raises(need.NoWeather) as caught:
        week_of([make_plot()], make_reference(days=5))

    assert str(caught.value) == (
        "There is no weather for 2 of the 7 days of the period: 2016-07-09, 2016-07-10."
        " Import these days, or plan other days."
    )


def test_a_day_whose_evapotranspiration_is_unknown_has_no_weather():
    with pytest.raises(need.NoWeather):
        week_of([make_plot()], make_reference(eto_mm=float("nan")))


def test_rain_that_was_not_measured_is_not_taken_for_none():
    with pytest.raises(need.RainNotMeasured):
        week_of([make_plot()], make_reference(rain_mm=float("nan")), count_rain=True)


@pytest.mark.parametrize("area_m2", [0.0, -5.0, float("nan"), float("inf")])
def test_a_plot_without_an_area_is_named(area_m2):
    with pytest.raises(plots.BadPlotArea) as caught:
        week_of([make_plot("K-7", area_m2=area_m2)], make_reference())

    assert "Plot K-7" in str(caught.value)
    assert caught.value.field == "plots[0].area_m2"


def test_a_crop_that_is_not_known_is_named_with_the_closest_that_are():
    with pytest.raises(plots.UnknownCrop) as caught:
        week_of([make_plot("K-7", crop="coton")], make_reference())

    assert "Plot K-7 has the crop “coton”" in str(caught.value)
    assert {"crop": "cotton"} in caught.value.alternatives


def test_a_seasonal_crop_without_its_sowing_date_is_named():
    with pytest.raises(plots.PlotNotSown) as caught:
        week_of([make_plot("K-7", sown_on=None)], make_reference())

    assert "Plot K-7 has Cotton and no sowing date" in str(caught.value)


def test_all_plots_that_cannot_be_counted_are_told_at_once():
    listed = [make_plot("A", area_m2=0.0), make_plot("B", crop="?"), make_plot("B", sown_on=None)]

    with pytest.raises(Several) as caught:
        week_of(listed, make_reference())

    assert [type(problem) for problem in caught.value.problems] == [
        plots.BadPlotArea,
        plots.UnknownCrop,
        plots.PlotTwice,
        plots.PlotNotSown,
    ]


@pytest.mark.parametrize("end", [START, START - timedelta(days=1), date(9999, 1, 1)])
def test_a_period_that_runs_backwards_or_for_ever_is_refused(end):
    with pytest.raises(need.BadPeriod):
        need_of([make_plot()], make_reference(), start=START, end=end)


@pytest.mark.parametrize(
    ("terms", "kind"),
    [
        ({"field_efficiency": 0.0}, plots.BadFieldEfficiency),
        ({"field_efficiency": 1.1}, plots.BadFieldEfficiency),
        ({"field_efficiency": float("nan")}, plots.BadFieldEfficiency),
        ({"coefficients": {"cotton": -1.0}}, plots.BadCoefficient),
        ({"coefficients": {"cotton": float("nan")}}, plots.BadCoefficient),
        ({"coefficients": {"cotton": 117.0}}, plots.BadCoefficient),
    ],
)
def test_terms_that_cannot_be_are_refused(terms, kind):
    with pytest.raises(kind):
        Terms(**terms)


@given(
    area_m2=st.floats(1, 1e7),
    times=st.floats(0.1, 10),
    eto_mm=st.floats(0.1, 12),
    crop=st.sampled_from(["cotton", "alfalfa", "rice", "dates"]),
)
def test_need_grows_in_step_with_the_land(area_m2, times, eto_mm, crop):
    listed = [make_plot("A", crop, area_m2), make_plot("B", crop, area_m2 * times)]

    one, other = week_of(listed, make_reference(eto_mm))

    assert other.need_m3 == pytest.approx(one.need_m3 * times)


@given(cut=st.integers(1, 6), eto_mm=st.lists(st.floats(0.1, 12), min_size=7, max_size=7))
def test_the_need_of_a_week_is_that_of_its_parts(cut, eto_mm):
    reference = replace(make_reference(), eto_mm=np.array(eto_mm))
    middle = START + timedelta(days=cut)

    whole, first, rest = (
        need_of([make_plot()], reference, start=a, end=b)[0].need_m3
        for a, b in ((START, END), (START, middle), (middle, END))
    )

    assert whole == pytest.approx(first + rest)


def test_the_same_inputs_give_the_same_bytes():
    listed = [make_plot(str(n), area_m2=1000.0 + n) for n in range(50)]

    first, second = (week_of(listed, make_reference()) for _ in range(2))

    assert repr(first) == repr(second)
