"""Degree-days: the published table, and the laws that every method obeys."""

import csv
import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.planning.pests import problems as no
from coopfarm.planning.pests.degree_days import Cutoff, Method, Thresholds, degree_days
from coopfarm.planning.pests.temperatures import DayRange

FIRST = date(2026, 7, 1)
SINGLE = (Method.SINGLE_SINE, Method.SINGLE_TRIANGLE)
DOUBLE = (Method.DOUBLE_SINE, Method.DOUBLE_TRIANGLE)
PAIRS = st.sampled_from([*zip(DOUBLE, SINGLE, strict=True)])
OF_THE_TABLE = {
    "sng_tri": Method.SINGLE_TRIANGLE,
    "dbl_tri": Method.DOUBLE_TRIANGLE,
    "sng_sine": Method.SINGLE_SINE,
    "dbl_sine": Method.DOUBLE_SINE,
}
# Case 5, 60 to 100 °F and a night of 75: the table says 24.88, the half-days of its own Table 4
# give 27.125. The seven others of its column agree with them.
MISPRINT = ("60", "100", "75", "dbl_tri")

temperatures = st.integers(-300, 500).map(lambda tenths: tenths / 10)
methods = st.sampled_from(Method)
cutoffs = st.sampled_from(Cutoff)


def ascending(count):
    """So many different temperatures, the lowest first."""
    return st.lists(temperatures, min_size=count, max_size=count, unique=True).map(sorted)


@st.composite
def nights_and_days(draw):
    lows_and_highs = draw(st.lists(st.tuples(temperatures, temperatures), min_size=1, max_size=4))
    return days(*(sorted(pair) for pair in lows_and_highs))


def days(*lows_and_highs):
    return [
        DayRange(FIRST + timedelta(days=n), low, high)
        for n, (low, high) in enumerate(lows_and_highs)
    ]


def warmth(lows_and_highs, thresholds, method=Method.SINGLE_SINE):
    return [day.degree_days for day in degree_days(lows_and_highs, thresholds, method)]


def total(lows_and_highs, thresholds, method):
    return degree_days(lows_and_highs, thresholds, method)[-1].total


def published(path):
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            night_and_day = [(float(row["temp_min"]), float(row["temp_max"]))]
            night_and_day.append((float(row["temp_nextmin"]),) * 2)
            for column, method in OF_THE_TABLE.items():
                key = (row["temp_min"], row["temp_max"], row["temp_nextmin"], column)
                yield key, days(*night_and_day), method, float(row[column])


def test_the_table_of_zalom_1983_is_met_to_its_last_digit(shared_data):
    thresholds = Thresholds(55, 90)

    found = {
        key: (warmth(two_days, thresholds, method)[0], expected)
        for key, two_days, method, expected in published(shared_data("pests/zalom83_tbl7.csv"))
    }

    assert len(found) == 48
    assert found.pop(MISPRINT) == (27.125, 24.88)
    assert all(ours == pytest.approx(theirs, abs=0.0061) for ours, theirs in found.values())


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        (Method.SINGLE_TRIANGLE, 11.39),
        (Method.SINGLE_SINE, 11.85),
        (Method.DOUBLE_TRIANGLE, 10.62),
        (Method.DOUBLE_SINE, 11.31),
    ],
)
def test_a_day_between_cool_nights_counts_as_published(method, expected):
    assert warmth(days((50, 82), (45, 70)), Thresholds(55, 90), method)[0] == pytest.approx(
        expected, abs=0.006
    )


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("cutoff", Cutoff)
@pytest.mark.parametrize(("at", "expected"), [(9.0, 0.0), (10.0, 0.0), (25.0, 15.0), (30.0, 20.0)])
def test_a_day_of_one_temperature_counts_what_lies_above_the_threshold(
    method, cutoff, at, expected
):
    assert warmth(days((at, at)), Thresholds(10, 30, cutoff), method) == [expected]


@pytest.mark.parametrize(
    ("cutoff", "expected"),
    [(Cutoff.HORIZONTAL, 20.0), (Cutoff.INTERMEDIATE, 16.0), (Cutoff.VERTICAL, 0.0)],
)
@pytest.mark.parametrize("method", Method)
def test_a_day_above_the_upper_threshold_counts_by_its_cut_off(method, cutoff, expected):
    assert warmth(days((33, 35)), Thresholds(10, 30, cutoff), method) == [pytest.approx(expected)]


def test_intermediate_warmth_is_never_below_none():
    assert warmth(days((48, 50)), Thresholds(10, 20, Cutoff.INTERMEDIATE)) == [0.0]


@pytest.mark.parametrize("method", SINGLE)
@given(nights_and_days(), ascending(2), cutoffs)
def test_warmth_is_what_a_curve_sampled_all_day_gives(method, some_days, both, cutoff):
    lower, upper = both
    low, high = some_days[0].tmin, some_days[0].tmax

    found = warmth(some_days[:1], Thresholds(lower, upper, cutoff), method)[0]

    curve = [_temperature(method, low, high, (n + 0.5) / 4000) for n in range(4000)]
    rate = [_rate(cutoff, lower, upper, t) for t in curve]
    assert found == pytest.approx(max(0.0, sum(rate) / 4000), abs=0.05)


def _temperature(method, low, high, share):
    if method is Method.SINGLE_SINE:
        return (low + high) / 2 + (high - low) / 2 * math.sin(math.pi * (share - 0.5))
    return low + (high - low) * share


def _rate(cutoff, lower, upper, t):
    if t <= upper:
        return max(0.0, t - lower)
    past = {
        Cutoff.HORIZONTAL: upper - lower,
        Cutoff.INTERMEDIATE: 2 * upper - lower - t,
        Cutoff.VERTICAL: 0.0,
    }
    return past[cutoff]


@given(nights_and_days(), ascending(3), methods)
def test_a_higher_lower_threshold_never_gives_more(some_days, three, method):
    *both, upper = three

    more, less = (warmth(some_days, Thresholds(lower, upper), method) for lower in both)

    assert all(m >= n - 1e-9 for m, n in zip(more, less, strict=True))


@given(nights_and_days(), ascending(3), methods)
def test_a_higher_upper_threshold_never_gives_less(some_days, three, method):
    lower, *both = three

    less, more = (warmth(some_days, Thresholds(lower, upper), method) for upper in both)

    assert all(m >= n - 1e-9 for m, n in zip(more, less, strict=True))


@given(nights_and_days(), ascending(2), methods, st.integers(0, 100))
def test_warmer_days_never_give_less_with_a_horizontal_cut_off(some_days, both, method, tenths):
    warmer = [DayRange(d.on, d.tmin, d.tmax + tenths / 10) for d in some_days]

    assert (
        total(warmer, Thresholds(*both), method)
        >= total(some_days, Thresholds(*both), method) - 1e-9
    )


@given(nights_and_days(), ascending(3), methods)
def test_what_lies_between_thresholds_adds_up(some_days, three, method):
    lowest, middle, highest = three

    below, above, both = (
        warmth(some_days, Thresholds(*pair), method)
        for pair in ((lowest, middle), (middle, highest), (lowest, highest))
    )

    assert [x + y for x, y in zip(below, above, strict=True)] == pytest.approx(both, abs=1e-9)


@given(nights_and_days(), ascending(2), cutoffs, methods)
def test_the_total_is_the_sum_of_the_days(some_days, both, cutoff, method):
    warm_days = degree_days(some_days, Thresholds(*both, cutoff), method)

    for n, day in enumerate(warm_days):
        assert day.total == pytest.approx(sum(d.degree_days for d in warm_days[: n + 1]))


@given(nights_and_days(), ascending(2), methods)
def test_no_cut_off_gives_more_than_the_horizontal(some_days, both, method):
    flat, *others = (
        warmth(some_days, Thresholds(*both, cutoff), method)
        for cutoff in (Cutoff.HORIZONTAL, Cutoff.INTERMEDIATE, Cutoff.VERTICAL)
    )
    without = warmth(some_days, Thresholds(both[0]), method)

    assert all(f >= o for other in others for f, o in zip(flat, other, strict=True))
    assert all(w >= f for w, f in zip(without, flat, strict=True))
    assert all(0 <= f <= both[1] - both[0] + 1e-9 for f in flat)


@given(nights_and_days(), temperatures)
def test_the_sine_lies_above_the_triangle_and_both_between_mean_and_extremes(some_days, lower):
    thresholds = Thresholds(lower)

    sine, triangle = (warmth(some_days, thresholds, method) for method in SINGLE)

    for day, of_sine, of_triangle in zip(some_days, sine, triangle, strict=True):
        mean = max(0.0, (day.tmin + day.tmax) / 2 - lower)
        extremes = (max(0.0, day.tmin - lower) + max(0.0, day.tmax - lower)) / 2
        assert mean - 1e-9 <= of_triangle <= of_sine + 1e-9
        assert of_sine <= extremes + 1e-9


@given(PAIRS, st.lists(temperatures, min_size=1, max_size=4), temperatures, ascending(2), cutoffs)
def test_a_double_method_is_the_single_one_where_every_night_is_the_same(
    pair, above, low, both, cutoff
):
    double, single = pair
    some_days = days(*((low, low + abs(swing)) for swing in above))
    thresholds = Thresholds(*both, cutoff)

    assert warmth(some_days, thresholds, double) == warmth(some_days, thresholds, single)


@given(PAIRS, ascending(3), ascending(2), cutoffs)
def test_a_double_day_is_the_mean_of_the_two_single_days_of_its_nights(pair, three, both, cutoff):
    double, single = pair
    before, after, high = three
    thresholds = Thresholds(*both, cutoff)

    found = warmth(days((before, high), (after, high)), thresholds, double)[0]

    halves = warmth(days((before, high), (after, high)), thresholds, single)
    assert found == pytest.approx(sum(halves) / 2)


def test_a_night_may_be_warmer_than_the_day_before_it():
    found = warmth(days((10, 14), (16, 20)), Thresholds(5), Method.DOUBLE_TRIANGLE)[0]

    assert found == pytest.approx((7 + 10) / 2)


def test_the_last_day_of_a_double_method_takes_its_own_night():
    some_days = days((10, 30), (14, 26))

    last = warmth(some_days, Thresholds(12), Method.DOUBLE_SINE)[-1]

    assert last == warmth(some_days, Thresholds(12), Method.SINGLE_SINE)[-1]


def test_no_days_give_no_degree_days():
    assert degree_days([], Thresholds(10)) == ()


@pytest.mark.parametrize(
    ("lower", "upper", "refusal", "field"),
    [
        (math.nan, None, no.ThresholdUnusable, "lower"),
        (math.inf, None, no.ThresholdUnusable, "lower"),
        (10.0, math.nan, no.ThresholdUnusable, "upper"),
        (10.0, 999.0, no.ThresholdUnusable, "upper"),
        (10.0, 10.0, no.ThresholdsCross, "upper"),
        (30.0, 10.0, no.ThresholdsCross, "upper"),
    ],
)
def test_thresholds_that_cannot_be_are_refused(lower, upper, refusal, field):
    with pytest.raises(refusal) as refused:
        Thresholds(lower, upper)

    assert refused.value.field == field
