import numpy as np
import pytest
import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Point, Polygon, box, wkt

from coopfarm.land.rules import flaws, shapes
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
        ("plots", LineString([(72, 30), (72, 31), (73, 31), (72, 30)]), flaws.ClosedLine),
        ("plots", LineString([(72, 30), (72, 31)]), flaws.PlotNotAnArea),
        ("plots", Point(72, 30), flaws.PlotNotAnArea),
        ("plots", Polygon(), flaws.EmptyShape),
        ("plots", triangle(float("nan")), flaws.NotFinite),
        ("plots", triangle(float("inf")), flaws.NotFinite),
        ("plots", Point(72, 30).buffer(0.1, quad_segs=600), flaws.TooManyVertices),
        ("canals", FIELD, flaws.CanalNotALine),
        ("canals", MultiLineString([[(0, 0), (1, 1)], [(5, 5), (6, 6)]]), flaws.LineInPieces),
        ("outlets", FIELD, flaws.OutletNotAPoint),
        ("outlets", wkt.loads("MULTIPOINT (1 1, 2 2)"), flaws.OutletNotAPoint),
    ],
)
def test_a_shape_that_cannot_be_is_refused_by_name(kind, shape, refusal):
    with pytest.raises(refusal) as refused:
        shapes.as_stored(kind, shape, IT)

    assert "P7" in str(refused.value)


def test_pieces_of_a_canal_that_meet_are_joined():
    pieces = MultiLineString([[(0, 0), (1, 1)], [(1, 1), (2, 2)]])

    found = shapes.as_stored("canals", pieces, IT)

    assert found == LineString([(0, 0), (1, 1), (2, 2)])


def test_an_outlet_may_be_drawn_as_its_watercourse():
    assert shapes.as_stored("outlets", LineString([(0, 0), (1, 1)]), IT).geom_type == "LineString"


def test_a_boundary_that_crosses_itself_is_named_with_the_place():
    bow = MultiPolygon([wkt.loads("POLYGON ((72 30, 72.2 30.2, 72.2 30, 72 30.2, 72 30))")])

    with pytest.raises(flaws.CrossesItself, match=r"longitude 72\.100000, latitude 30\.100000"):
        shapes.check_valid(bow, IT)


def test_a_hole_outside_its_plot_is_named_with_the_reason():
    holed = Polygon(box(0, 0, 1, 1).exterior, [box(5, 5, 6, 6).exterior])

    with pytest.raises(flaws.InvalidShape, match="Hole lies outside shell"):
        shapes.check_valid(MultiPolygon([holed]), IT)


def test_metres_taken_for_degrees_are_refused_with_the_coordinate():
    drawn = box(640_000, 9_984_000, 640_100, 9_984_100)

    with pytest.raises(flaws.NotOnEarth, match="640100, 9984000"):
        shapes.check_on_earth(drawn, drawn, IT)


def test_overlapping_neighbours_are_named_and_touching_ones_are_not():
    step = 0.001
    plots = [
        ("A", box(72, 30, 72 + step, 30 + step)),
        ("B", box(72 + step, 30, 72 + 2 * step, 30 + step)),
        ("C", box(72 + 1.9 * step, 30, 72 + 3 * step, 30 + step)),
    ]

    found = [str(overlap) for overlap in shapes.overlaps(plots)]

    assert len(found) == 1
    assert found[0].startswith("Plots B and C overlap by 1,0")
