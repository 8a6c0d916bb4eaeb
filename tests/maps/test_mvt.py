"""Vector tiles: what is written reads back as what was drawn."""

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from coopfarm.kernel.interval import Interval
from coopfarm.maps.queries import layers, tiles
from coopfarm.maps.queries.areas import Area
from coopfarm.maps.rules.tiles import BUFFER, EXTENT, Tile, around
from coopfarm.maps.schemas import mvt
from coopfarm.store.tenancy import TenantSession
from tests.land.making import make_plot, point
from tests.maps import decoding

WORLD = Tile(0, 0, 0)


def drawn(*shapes: shapely.Geometry, tile: Tile = WORLD) -> list[dict]:
    """What is read back of these shapes, numbered from 1."""
    ids = range(1, len(shapes) + 1)
    body = mvt.layer("plots", tile, ids, np.array(shapes, dtype=object), [{}] * len(shapes))
    found = decoding.layers(body)
    return list(found["plots"]["features"].values()) if found else []


def turns(ring: list[tuple[int, int]]) -> int:
    """Twice the area, positive clockwise on the screen, where y goes down."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True))


def test_a_point_in_the_middle_of_the_world_is_in_the_middle_of_its_tile() -> None:
    (found,) = drawn(Point(0, 0))

    assert (found["kind"], found["parts"]) == (1, [[(2048, 2048)]])


def test_lines_and_fields_keep_their_corners_and_lose_the_closing_one() -> None:
    line, field = drawn(LineString([(0, 0), (90, 0)]), box(-90, 0, 0, 66.51326044311186))

    assert line["parts"] == [[(2048, 2048), (3072, 2048)]]
    assert field["kind"] == 3
    assert sorted(field["parts"][0]) == [(1024, 1024), (1024, 2048), (2048, 1024), (2048, 2048)]


def test_outer_rings_turn_one_way_and_holes_the_other_however_they_were_drawn() -> None:
    hole = [(-20, -20), (20, -20), (20, 20), (-20, 20)]
    shell = [(-60, -60), (60, -60), (60, 60), (-60, 60)]

    for field in (Polygon(shell, [hole]), Polygon(shell[::-1], [hole[::-1]])):
        (found,) = drawn(field)
        assert [turns(ring) > 0 for ring in found["parts"]] == [True, False]


def test_what_is_too_small_for_the_grid_is_left_out_with_its_holes() -> None:
    speck = Polygon(box(0, 0, 0.01, 0.01).exterior, [box(0.004, 0.004, 0.005, 0.005).exterior])

    (found,) = drawn(speck, box(10, 10, 20, 20))

    assert found["id"] == 2


def test_a_field_of_several_parts_is_one_feature() -> None:
    (found,) = drawn(MultiPolygon([box(0, 0, 10, 10), box(30, 0, 40, 10)]))

    assert len(found["parts"]) == 2


def test_what_reaches_over_the_side_is_cut_off_at_the_buffer() -> None:
    tile = Tile(3, 4, 3)

    (found,) = drawn(box(-20, -20, 100, 80), tile=tile)

    xs, ys = zip(*found["parts"][0], strict=True)
    assert (min(xs), max(xs)) == (-BUFFER, EXTENT + BUFFER)
    assert (min(ys), max(ys)) == (-BUFFER, EXTENT + BUFFER)


def test_a_field_that_only_touches_the_buffer_leaves_no_line_behind() -> None:
    edge = 180 + BUFFER / EXTENT * 360

    found = drawn(box(edge, 0, edge + 10, 10))

    assert found == []


def test_nothing_makes_an_empty_layer() -> None:
    assert mvt.layer("plots", WORLD, [], np.array([], dtype=object), []) == b""


def test_every_kind_of_property_reads_back() -> None:
    facts = {"crop": "قمح", "plots": 7, "minus": -3, "part": 0.25, "dry": True}
    shapes = np.array([Point(1, 1), Point(2, 2)], dtype=object)

    body = mvt.layer("cells", WORLD, [1 << 47, 2], shapes, [facts, {"plots": 1}])

    found = decoding.layers(body)["cells"]
    assert (found["extent"], found["version"]) == (4096, 2)
    assert found["features"][1 << 47]["properties"] == facts
    assert found["features"][2]["properties"] == {"plots": 1}


@settings(max_examples=60, deadline=None)
@given(
    at=st.tuples(st.floats(-170, 170), st.floats(-80, 80)),
    z=st.integers(4, 18),
    corners=st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=3, max_size=12),
)
def test_any_field_is_drawn_within_a_unit_of_where_it_lies(
    at: tuple[float, float], z: int, corners: list[tuple[float, float]]
) -> None:
    tile = around(*at, z)
    west, south, east, north = tile.box
    wide, high = (east - west) / 4, (north - south) / 4
    middle = ((west + east) / 2, (south + north) / 2)
    field = shapely.MultiPoint(corners).convex_hull
    field = shapely.transform(field, lambda xy: xy * (wide, high) + middle)

    found = drawn(field, tile=tile)

    placed = shapely.transform(field, lambda at: mvt.on_grid(tile, at))
    if placed.geom_type == "Polygon" and placed.area > 4 * placed.length:
        (one,) = found
        ring = Polygon(one["parts"][0])
        assert ring.hausdorff_distance(placed) < 1.5
    for one in found:
        assert one["kind"] != 3 or all(turns(ring) for ring in one["parts"])


def test_a_point_lies_in_the_tile_around_it() -> None:
    tile = around(31.2, 30.05, 14)

    west, south, east, north = tile.box
    assert west < 31.2 < east
    assert south < 30.05 < north
    assert math.isclose((east - west) / (1 + 2 * BUFFER / EXTENT), 360 / 2**14)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_our_tiles_say_what_those_of_postgis_say(session: TenantSession) -> None:
    spot = point(500)
    ring = Polygon(spot.buffer(0.004).exterior, [spot.buffer(0.001).exterior])
    make_plot(session, "P1", boundary=MultiPolygon([ring]), crop="rice")
    for n in range(30):
        field = box(72 + 0.002 * n, 0.01, 72.0018 + 0.002 * n, 0.0118)
        make_plot(session, f"Q{n}", boundary=MultiPolygon([field]), crop="wheat" if n % 2 else None)
    now = datetime(2026, 7, 1, tzinfo=UTC)
    area = Area(session.cooperative_id or 0, "Al-Nur", "UTC", None, frozenset({"manager"}))
    asked = layers.Asked(area, Interval(now, now + timedelta(days=1)))

    for z in (10, 13, 14, 15):
        tile = around(72.004, 0.0105, z)
        ours = decoding.layers(mvt.layer("plots", tile, *tiles.plots(session, tile, asked)))
        theirs = decoding.layers(tiles.made_by_postgis(session, tile, asked, "plots"))
        assert ours.keys() == theirs.keys() == {"plots"}
        assert ours["plots"]["features"].keys() == theirs["plots"]["features"].keys()
        for one, other in zip(*(_by_id(each) for each in (ours, theirs)), strict=True):
            assert one["properties"] == other["properties"]
            assert _placed(one).hausdorff_distance(_placed(other)) <= 1.5
            assert [turns(r) > 0 for r in one["parts"]] == [turns(r) > 0 for r in other["parts"]]


def _by_id(found: dict) -> list[dict]:
    return [feature for _, feature in sorted(found["plots"]["features"].items())]


def _placed(feature: dict) -> Polygon:
    return Polygon(feature["parts"][0], feature["parts"][1:])
