import pytest
from shapely import GeometryCollection, MultiLineString, Point

from coopfarm.land.rules import misdrawn, redrawing, remarks
from coopfarm.land.rules.flaws import Feature
from tests.land.making import line, point, square

IT = Feature(7, "P7")


def ring(east_m, side_m, north_m=0):
    far, top = east_m + side_m, north_m + side_m
    return line((east_m, north_m), (far, north_m), (far, top), (east_m, top), (east_m, north_m))


def together(*lines):
    return MultiLineString(lines)


def test_rings_within_rings_are_holes_and_islands():
    drawn = together(ring(0, 100), ring(20, 60, 20), ring(40, 20, 40), ring(200, 50))

    found = redrawing.redrawn("plots", drawn, IT)

    assert [len(shape.interiors) for shape in found.shapes] == [1, 0, 0]
    assert found.deeds == (remarks.LINES_CLOSED, remarks.HOLES_FROM_LINES, remarks.LINES_SPLIT)


def test_a_ring_drawn_in_two_pieces_is_whole():
    halves = together(line((0, 0), (100, 0), (100, 100)), line((0, 0), (0, 100), (100, 100)))

    found = redrawing.redrawn("plots", halves, IT)

    assert found.shapes[0].normalize().equals_exact(square(0, 0).geoms[0].normalize(), 1e-12)


@pytest.mark.parametrize(
    ("drawn", "refusal"),
    [
        (line((0, 0), (100, 0), (100, 100), (0, 2)), misdrawn.OpenLine),
        (line((0, 0), (100, 0), (0, 0)), misdrawn.NotALoop),
        (line((0, 0), (0, 0), (0, 0)), misdrawn.NotALoop),
        (together(*(ring(10 * n, 5) for n in range(501))), misdrawn.TooManyRings),
    ],
)
def test_lines_that_go_round_no_plot_are_refused_by_name(drawn, refusal):
    with pytest.raises(refusal, match="P7"):
        redrawing.redrawn("plots", drawn, IT)


def test_the_gap_of_an_open_line_is_told_in_metres():
    with pytest.raises(misdrawn.OpenLine, match=r"2 m apart"):
        redrawing.redrawn("plots", line((0, 0), (100, 0), (100, 100), (0, 2)), IT)


@pytest.mark.parametrize(
    ("kind", "taken"), [("plots", "Polygon"), ("canals", "LineString"), ("outlets", "Point")]
)
def test_of_a_mixed_collection_each_kind_takes_what_it_can_use(kind, taken):
    mixed = GeometryCollection(
        [GeometryCollection([square(0).geoms[0]]), line((0, 0), (50, 0)), point(3)]
    )

    found = redrawing.redrawn(kind, mixed, IT)

    assert found.shapes[0].geom_type == taken
    assert found.deeds == (remarks.PART_OF_COLLECTION,)


def test_a_plot_inside_another_is_cut_out_of_it():
    outer, inner = square(0, 0, 100).geoms[0], square(30, 30, 20).geoms[0]

    cut = redrawing.cut_out([outer, inner])

    assert list(cut) == [0]
    assert cut[0].area == pytest.approx(outer.area - inner.area)


def test_what_no_kind_can_use_stays_as_it_is():
    nothing = GeometryCollection([Point(1, 1)])

    assert redrawing.redrawn("plots", nothing, IT).shapes == [nothing]
