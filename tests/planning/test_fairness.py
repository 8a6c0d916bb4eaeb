import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.planning import fairness

some = st.lists(st.floats(0, 1e9), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("amounts", "gini", "jain", "theil"),
    [
        ((1, 2, 3, 4), 0.25, 0.833333, 0.106440),
        ((0, 0, 0, 10), 0.75, 0.25, 1.386294),
        ((7, 7, 7), 0.0, 1.0, 0.0),
        ((5,), 0.0, 1.0, 0.0),
    ],
)
def test_measures_give_their_published_values(amounts, gini, jain, theil):
    assert fairness.gini(amounts) == pytest.approx(gini, abs=1e-6)
    assert fairness.jain(amounts) == pytest.approx(jain, abs=1e-6)
    assert fairness.theil(amounts) == pytest.approx(theil, abs=1e-6)


@pytest.mark.parametrize("amounts", [(), (0.0,), (0.0, 0.0, 0.0)])
def test_where_nobody_has_anything_all_are_equal(amounts):
    assert fairness.gini(amounts) == 0
    assert fairness.jain(amounts) == 1
    assert fairness.theil(amounts) == 0
    assert fairness.head_tail_ratio(amounts) == 1


def test_the_least_ratio_is_one_of_nobody_and_zero_of_nothing():
    assert fairness.least_ratio(()) == 1
    assert fairness.least_ratio((0.0, 0.4)) == 0
    assert fairness.least_ratio((0.9, 0.4)) == 0.4


@pytest.mark.parametrize(
    ("ratios", "ratio"),
    [
        ((1.0,), 1.0),
        ((0.9, 0.6), 1.5),
        ((1.0, 0.8, 0.7, 0.5, 0.3, 0.1), 4.5),
        ((0.0, 0.5, 0.5), 0.0),
        ((0.5, 0.5, 0.0), math.inf),
        ((0.0, 0.5, 0.0), 1.0),
    ],
)
def test_the_head_is_compared_with_the_tail_by_thirds(ratios, ratio):
    assert fairness.head_tail_ratio(ratios) == pytest.approx(ratio)


def test_satisfaction_leaves_out_who_needs_nothing():
    satisfied = fairness.satisfaction((10, 0, 30), (20, 0, 30))

    assert satisfied.tolist() == [0.5, 1.0]


@pytest.mark.parametrize("amounts", [(1.0, -0.1), (1.0, math.nan), (math.inf,)])
def test_a_measure_refuses_what_is_no_amount(amounts):
    with pytest.raises(ValueError, match="finite amounts of 0 or more"):
        fairness.gini(amounts)


@given(some)
def test_measures_keep_their_bounds(amounts):
    n = len(amounts)

    assert 0 <= fairness.gini(amounts) <= 1
    assert 1 / n - 1e-9 <= fairness.jain(amounts) <= 1 + 1e-9
    assert 0 <= fairness.theil(amounts) <= math.log(n) + 1e-9


@given(st.lists(st.floats(1, 1e6), min_size=1, max_size=40), st.floats(1e-3, 1e3))
def test_measures_do_not_depend_on_the_unit(amounts, scale):
    scaled = np.array(amounts) * scale

    assert fairness.gini(scaled) == pytest.approx(fairness.gini(amounts), abs=1e-9)
    assert fairness.jain(scaled) == pytest.approx(fairness.jain(amounts), abs=1e-9)
    assert fairness.theil(scaled) == pytest.approx(fairness.theil(amounts), abs=1e-9)
