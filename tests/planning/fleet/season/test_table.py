import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.planning.fleet.season.table import BEST, points_of, season_of
from tests.factories.season import season, seasons

values = st.lists(st.one_of(st.just(0.0), st.floats(1e-9, 1e9)), min_size=1, max_size=12)


def _points(row):
    return points_of(np.array([row]))[0].tolist()


def test_the_best_item_of_everybody_counts_the_same():
    assert _points([8.0, 4.0, 2.0, 0.0]) == [1000, 500, 250, 0]
    assert _points([8e12, 4e12, 2e12, 0.0]) == [1000, 500, 250, 0]


def test_items_too_close_to_round_apart_are_kept_apart():
    assert _points([1e9, 1e9 - 1, 1e9 - 2, 1e-9, 2e-9]) == [1000, 999, 998, 1, 2]


def test_a_thousand_items_nearly_alike_have_a_thousand_different_points():
    row = (1e6 + np.arange(1000.0)).tolist()

    assert _points(row) == list(range(1, 1001))


@given(values)
def test_points_keep_the_order_of_the_values(row):
    points = _points(row)

    for mine, my_points in zip(row, points, strict=True):
        assert 0 <= my_points <= BEST
        assert (my_points > 0) == (mine > 0)
        for other, its_points in zip(row, points, strict=True):
            assert (mine < other) == (my_points < its_points)


@given(seasons())
def test_one_point_outweighs_all_that_the_order_can_add(problem):
    made = season_of(problem)

    by_order = made.worth - made.points * made.point

    assert (by_order >= 0).all()
    assert by_order.max(axis=1).sum() < made.point


def test_the_largest_season_stays_within_whole_numbers():
    made = season_of(season([[1.0]] * 20_000, wants=1))

    assert 0 < int(made.worth.max()) * 1_000 < 2**60
