"""When a pest is expected, and where the numbers come from."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from coopfarm.planning.pests import problems as no
from coopfarm.planning.pests.degree_days import Cutoff, Method
from coopfarm.planning.pests.species import DEVELOPMENTS, Development, developments_of
from coopfarm.planning.pests.temperatures import DayRange
from coopfarm.planning.pests.window import predict
from coopfarm.planning.quantities import NotPositive

FIRST = date(2026, 3, 1)
(TUTA,) = developments_of("Tuta absoluta")


def steady(temperature_c, days, since=FIRST):
    return [DayRange(since + timedelta(days=n), temperature_c, temperature_c) for n in range(days)]


def said(prediction):
    return [caveat.code for caveat in prediction.caveats]


@pytest.mark.parametrize(("at_c", "expected_days"), [(20, 35), (25, 25), (30, 19)])
def test_a_leafminer_takes_as_long_as_at_that_temperature_in_the_laboratory(at_c, expected_days):
    prediction = predict(TUTA, FIRST, steady(at_c, 60))

    assert prediction.opens_on == FIRST + timedelta(days=expected_days - 1)
    assert prediction.closes_on == prediction.opens_on + timedelta(days=1)
    assert prediction.is_measured


def test_what_was_warm_before_the_biofix_does_not_count():
    measured = steady(25, 60)

    prediction = predict(TUTA, FIRST + timedelta(days=10), measured)

    assert prediction.opens_on == FIRST + timedelta(days=34)


def test_the_window_reaches_from_the_warmest_to_the_coolest_earlier_year():
    measured = steady(20, 10)
    after = FIRST + timedelta(days=10)

    prediction = predict(
        TUTA, FIRST, measured, [steady(28, 60, after), steady(18, 60, after), steady(8, 60, after)]
    )

    left = TUTA.degree_days_c - 10 * 12
    assert prediction.so_far_c == pytest.approx(120)
    assert prediction.opens_on == after + timedelta(days=int(left / 20))
    assert prediction.closes_on == after + timedelta(days=int(left / 10) + 1)
    assert not prediction.is_measured
    assert said(prediction)[-2:] == ["window-by-earlier-years", "window-not-reached"]


def test_without_enough_warmth_there_is_no_window():
    prediction = predict(TUTA, FIRST, steady(20, 10))

    assert (prediction.opens_on, prediction.closes_on) == (None, None)
    assert prediction.target_c == 416.7


def test_every_prediction_says_where_its_numbers_are_from():
    words = [str(caveat) for caveat in predict(TUTA, FIRST, steady(25, 40)).caveats]

    assert "European Journal of Entomology" in words[0]
    assert "2015" in words[0]
    assert "look in the field" in words[0]
    assert words[1] == (
        "The source does not say how it counted; single-sine with a horizontal cut-off is used."
    )


def test_days_beyond_the_numbers_are_said():
    measured = [*steady(25, 5), *steady(40, 2, FIRST + timedelta(days=5))]

    prediction = predict(TUTA, FIRST, measured)

    assert str(prediction.caveats[-1]) == (
        "2 days were hotter than 37.3 °C, where the numbers end: the pest may be late."
    )


@pytest.mark.parametrize("biofix", [FIRST - timedelta(days=1), FIRST + timedelta(days=5)])
def test_a_biofix_that_was_not_measured_is_refused(biofix):
    with pytest.raises(no.BiofixNotMeasured) as refused:
        predict(TUTA, biofix, steady(25, 5))

    assert "2026-03-05" in str(refused.value)


def test_days_that_do_not_follow_each_other_are_no_outlook():
    with pytest.raises(ValueError, match="do not follow each other"):
        predict(TUTA, FIRST, steady(25, 5), [steady(25, 5, FIRST + timedelta(days=9))])


def test_the_corn_earworm_counts_as_its_model_does():
    rows = developments_of("Helicoverpa zea")

    assert [row.degree_days_c for row in rows] == [40.5, 122.2, 242.8, 422.3]
    assert {(row.method, row.thresholds.cutoff) for row in rows} == {
        (Method.SINGLE_SINE, Cutoff.INTERMEDIATE)
    }


@pytest.mark.parametrize("row", DEVELOPMENTS, ids=lambda row: f"{row.pest}: {row.event}")
def test_no_number_ships_without_a_source_and_a_year(row):
    assert row.source.strip()
    assert row.place.strip()
    assert 1900 <= row.year <= 2026


@pytest.mark.parametrize(
    ("change", "refusal", "field"),
    [
        ({"source": " "}, no.NumberWithoutSource, "source"),
        ({"year": 0}, no.NumberWithoutSource, "year"),
        ({"degree_days_c": 0.0}, NotPositive, "degree_days_c"),
        ({"upper_c": 5.0}, no.ThresholdsCross, "upper"),
    ],
)
def test_an_officers_own_numbers_need_the_same(change, refusal, field):
    with pytest.raises(refusal) as refused:
        replace(TUTA, **change)

    assert isinstance(TUTA, Development)
    assert refused.value.field == field
