import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from coopfarm.land.rules import repairing
from tests.land.making import square


def test_a_loop_at_a_corner_goes_and_the_field_stays():
    corners = [(0, 0), (100, 0), (100, 100), (1, 100), (-1, 102), (-1, 100), (1, 102), (0, 100)]
    looped = MultiPolygon([Polygon(corners)])

    valid = repairing.made_valid(looped)

    assert valid.is_valid
    assert repairing.is_same_land(10_000, valid.area)


def test_a_hole_outside_its_plot_is_dropped_and_one_inside_stays():
    hole, stray = box(10, 10, 20, 20).exterior, box(500, 0, 501, 1).exterior
    drawn = MultiPolygon([Polygon(box(0, 0, 100, 100).exterior, [hole, stray])])

    assert repairing.made_valid(drawn).area == 10_000 - 100


def test_a_line_there_and_back_encloses_nothing():
    assert repairing.made_valid(MultiPolygon([Polygon([(0, 0), (5, 0), (9, 0)])])).is_empty


def test_two_percent_of_the_area_is_the_most_a_repair_may_change():
    assert repairing.is_same_land(1_000, 980)
    assert repairing.is_same_land(1_000, 1_020)
    assert not repairing.is_same_land(1_000, 979)
    assert not repairing.is_same_land(0, 500)


@given(seed=st.integers(0, 10_000), corners=st.integers(3, 60))
def test_whatever_is_scribbled_the_repair_is_valid_or_none(seed, corners):
    places = np.random.default_rng(seed).uniform(0, 0.001, (corners, 2))

    valid = repairing.made_valid(MultiPolygon([Polygon(places)]))

    assert valid is None or valid.is_valid
    assert valid is None or valid.geom_type == "MultiPolygon"


def test_what_is_sound_stays_as_it_is():
    assert shapely.equals(repairing.made_valid(square(0)), square(0))
