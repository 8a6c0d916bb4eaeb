"""Where a plot lies, about."""

from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box

from coopfarm.land.rules import coarse

degrees = st.floats(-179.9, 179.9), st.floats(-80.0, 80.0)


@given(*degrees)
def test_a_cell_is_about_a_kilometre_and_holds_the_plot(east: float, north: float) -> None:
    plot = box(east, north, east + 0.0004, north + 0.0004)

    near = coarse.cell(plot)

    assert abs(near.y - plot.centroid.y) <= 0.00501
    assert abs(near.x - plot.centroid.x) <= 0.02501


@given(*degrees)
def test_nothing_finer_than_the_cell_shows(east: float, north: float) -> None:
    near = coarse.cell(Point(east, north))

    assert {round(value * 1000) % 5 for value in (near.x, near.y)} == {0}
    assert near == coarse.cell(near)


def test_neighbours_of_one_cell_are_not_told_apart() -> None:
    plots = [box(31.2412, 30.0441, 31.2419, 30.0448), box(31.2481, 30.0412, 31.2488, 30.0419)]

    assert [coarse.cell(plot) for plot in plots] == [Point(31.245, 30.045)] * 2
