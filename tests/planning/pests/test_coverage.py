"""How much of an area takes part in a campaign, and who is missing."""

import json

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from coopfarm.planning.pests.coverage import Inside, Parcel, coverage_of
from coopfarm.planning.pests.problems import AreaUnusable

FOUR = [Parcel(f"plot {n}", 1000.0 * (n + 1), box(n, 0, n + 1, 1)) for n in range(4)]


def test_the_share_of_land_is_counted_not_that_of_plots():
    found = coverage_of(box(0, 0, 4, 1), FOUR, {"plot 3", "plot 1"})

    assert found.total_m2 == pytest.approx(10_000)
    assert found.percent == pytest.approx(60)


def test_missing_neighbours_come_largest_first():
    found = coverage_of(box(0, 0, 4, 1), FOUR, {"plot 1"})

    assert [one.id for one in found.missing] == ["plot 3", "plot 2", "plot 0"]


def test_a_plot_counts_with_the_part_that_lies_inside():
    found = coverage_of(box(0, 0, 1.25, 1), FOUR, {"plot 0"})

    assert found.plots == (Inside("plot 0", 1000.0), Inside("plot 1", 500.0))
    assert found.percent == pytest.approx(100 * 1000 / 1500)


def test_plots_that_only_touch_are_not_inside():
    found = coverage_of(box(0, 0, 1.0000001, 1), FOUR, set())

    assert [one.id for one in found.plots] == ["plot 0"]


def test_an_area_without_plots_has_no_coverage():
    found = coverage_of(box(10, 10, 11, 11), FOUR, {"plot 0"})

    assert (found.percent, found.plots, found.missing) == (0.0, (), ())


@given(st.sets(st.sampled_from([parcel.id for parcel in FOUR])), st.floats(0.1, 4))
def test_one_more_who_takes_part_never_lowers_coverage(taking_part, width):
    area = box(0, 0, width, 1)
    before = coverage_of(area, FOUR, taking_part)

    after = coverage_of(area, FOUR, taking_part | {"plot 0"})

    assert 0 <= before.percent <= after.percent <= 100 + 1e-9
    assert sum(one.inside_m2 for one in after.missing) + after.covered_m2 == pytest.approx(
        after.total_m2
    )


def test_everybody_who_takes_part_is_the_whole(shared_data):
    fields = json.loads(shared_data("ahero_ke/plots.geojson").read_text("utf-8"))["features"]
    shapes = [shapely.from_geojson(json.dumps(field["geometry"])) for field in fields]
    parcels = [Parcel(str(n), 4350.0, shape) for n, shape in enumerate(shapes)]
    around = shapely.box(*shapely.total_bounds(shapes))

    found = coverage_of(around, parcels, {parcel.id for parcel in parcels})

    assert len(found.plots) == 2320
    assert found.percent == pytest.approx(100)
    assert found.total_m2 == pytest.approx(2320 * 4350)


@pytest.mark.parametrize(
    "area",
    [
        shapely.Polygon(),
        shapely.Point(0, 0),
        shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]),
    ],
)
def test_an_area_that_encloses_nothing_is_refused(area):
    with pytest.raises(AreaUnusable):
        coverage_of(area, FOUR, set())
