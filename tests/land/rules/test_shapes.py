import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, MultiPolygon, Point, Polygon, box, wkt

from coopfarm.land.rules import misdrawn, shapes
from coopfarm.land.rules.flaws import Feature


def triangle(lat):
    with np.errstate(invalid="ignore"):
        return Polygon([(72, 30), (72, lat), (73, 31)])


IT = Feature(7, "P7")
FIELD = box(72, 30, 72.001, 30.001)


def test_a_plot_becomes_a_multipolygon_without_heights():
    high = wkt.loads("POLYGON Z ((72 30 5, 72 31 5, 73 31 5, 72 30 5))")

    found = shapes.as_stored("plots", high, IT)

    assert found.geom_type == "MultiPolygon"
    assert not shapely.has_z(found)


@pytest.mark.parametrize(
    ("kind", "shape", "refusal"),
    [
        ("plots", LineString([(72, 30), (72, 31)]), misdrawn.PlotNotAnArea),
        ("plots", Point(72, 30), misdrawn.PlotNotAnArea),
        ("plots", Polygon(), misdrawn.EmptyShape),
        ("canals", FIELD, misdrawn.CanalNotALine),
        ("canals", MultiLineString([[(0, 0), (1, 1)], [(5, 5), (6, 6)]]), misdrawn.LineInPieces),
        ("outlets", FIELD, misdrawn.OutletNotAPoint),
        ("outlets", wkt.loads("MULTIPOINT (1 1, 2 2)"), misdrawn.OutletNotAPoint),
    ],
)
def test_a_shape_that_cannot_be_is_refused_by_name(kind, shape, refusal):
    with pytest.raises(refusal) as refused:
        shapes.as_stored(kind, shape, IT)

    assert "P7" in str(refused.value)


@pytest.mark.parametrize(
    ("shape", "refusal"),
    [
        (Polygon(), misdrawn.EmptyShape),
        (triangle(float("nan")), misdrawn.NotFinite),
        (triangle(float("inf")), misdrawn.NotFinite),
        (Point(72, 30).buffer(0.1, quad_segs=600), misdrawn.TooManyVertices),
    ],
)
def test_a_drawing_that_cannot_be_is_refused_before_it_is_looked_at(shape, refusal):
    with pytest.raises(refusal, match="P7"):
        shapes.check_drawn(shape, IT)


def test_pieces_of_a_canal_that_meet_are_joined():
    pieces = MultiLineString([[(0, 0), (1, 1)], [(1, 1), (2, 2)]])

    found = shapes.as_stored("canals", pieces, IT)

    assert found == LineString([(0, 0), (1, 1), (2, 2)])


def test_an_outlet_may_be_drawn_as_its_watercourse():
    assert shapes.as_stored("outlets", LineString([(0, 0), (1, 1)]), IT).geom_type == "LineString"


def test_pieces_that_nearly_meet_are_joined_whichever_way_they_were_drawn():
    pieces = MultiLineString([[(0, 0), (0.001, 0)], [(0.002, 0), (0.00101, 0)]])

    found = shapes.as_stored("canals", pieces, IT)

    assert shapely.get_coordinates(found)[:, 0].tolist() == [0, 0.001, 0.00101, 0.002]


def test_a_boundary_that_crosses_itself_is_named_with_the_place():
    bow = MultiPolygon([wkt.loads("POLYGON ((72 30, 72.2 30.2, 72.2 30, 72 30.2, 72 30))")])

    refused = shapes.refusal(shapes.fault(bow), IT)

    assert isinstance(refused, misdrawn.CrossesItself)
    assert "longitude 72.100000, latitude 30.100000" in str(refused)


def test_a_hole_outside_its_plot_is_named_with_the_reason():
    holed = Polygon(box(0, 0, 1, 1).exterior, [box(5, 5, 6, 6).exterior])

    refused = shapes.refusal(shapes.fault(MultiPolygon([holed])), IT)

    assert isinstance(refused, misdrawn.InvalidShape)
    assert "Hole lies outside shell" in str(refused)


def test_metres_taken_for_degrees_are_refused_with_the_coordinate():
    drawn = box(640_000, 9_984_000, 640_100, 9_984_100)

    with pytest.raises(misdrawn.NotOnEarth, match="640100, 9984000"):
        shapes.check_on_earth(drawn, drawn, IT)


@pytest.mark.parametrize(
    ("shape", "refusal"),
    [
        (Polygon([(179.9, 0), (-179.9, 0), (-179.9, 0.1), (179.9, 0.1)]), misdrawn.CrossesDateLine),
        (box(10, 89.9, 11, 90), misdrawn.AtThePole),
        (box(10, -89.9, 11, -89), misdrawn.AtThePole),
    ],
)
def test_where_no_map_in_degrees_can_show_a_plot_it_is_refused(shape, refusal):
    with pytest.raises(refusal, match="P7"):
        shapes.check_on_earth(shape, shape, IT)


@pytest.mark.parametrize(
    ("area_m2", "refusal"),
    [(0.0, misdrawn.NoArea), (0.9, misdrawn.NoArea), (1e8 + 1, misdrawn.TooLarge)],
)
def test_a_plot_has_an_area_of_a_field(area_m2, refusal):
    with pytest.raises(refusal, match="P7"):
        shapes.check_area(area_m2, IT)


@given(corners=st.integers(3, 1_900), east=st.floats(-170, 170), north=st.floats(-80, 80))
def test_an_outline_has_at_most_200_corners_and_lies_where_the_shape_does(corners, east, north):
    turns = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    ragged = 0.001 + 0.0005 * np.sin(turns * 50)
    shape = Polygon(
        np.column_stack([east + ragged * np.cos(turns), north + ragged * np.sin(turns)])
    )

    drawn = shapes.outline(shape)

    assert shapely.get_num_coordinates(drawn) <= 200
    assert shape.buffer(1e-9).envelope.contains(drawn)


@pytest.mark.parametrize("shape", [None, Polygon(), triangle(float("nan")), box(0, 0, 500, 500)])
def test_what_no_map_can_draw_has_no_outline(shape):
    assert shapes.outline(shape) is None
