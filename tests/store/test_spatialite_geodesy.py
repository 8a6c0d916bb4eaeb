import math
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyproj import Geod

from coopfarm.store.spatialite import geodesy

EARTH = Geod(ellps="WGS84")

longitudes = st.floats(-180, 180)
latitudes = st.floats(-65, 65)
bearings = st.floats(0, 360)


def polygon_around(lon, lat, radius_m, corners):
    angles = np.linspace(0, 360, corners, endpoint=False)
    east, north, _ = EARTH.fwd(
        np.full(corners, lon), np.full(corners, lat), angles, np.full(corners, radius_m)
    )
    return shapely.Polygon(np.column_stack((east, north)))


def along_edges(polygon, step_m):
    """Points on the geodesics between the corners, as pyproj walks them."""
    corners = shapely.get_coordinates(polygon)
    walked = [corners]
    for (lon_1, lat_1), (lon_2, lat_2) in pairwise(corners):
        stretch = EARTH.inv(lon_1, lat_1, lon_2, lat_2)[2]
        walked.append(EARTH.npts(lon_1, lat_1, lon_2, lat_2, int(stretch / step_m) + 1))
    return np.vstack(walked)


def walked_distance_m(point, polygon, step_m):
    edge = along_edges(polygon, step_m)
    here = np.full(len(edge), point.x), np.full(len(edge), point.y)
    return EARTH.inv(*here, edge[:, 0], edge[:, 1])[2].min()


@given(longitudes, latitudes, bearings, st.floats(0, 100_000))
def test_the_distance_of_two_points_is_that_of_pyproj(lon, lat, bearing, metres):
    east, north, _ = EARTH.fwd(lon, lat, bearing, metres)

    found = geodesy.distance_m(shapely.Point(lon, lat), shapely.Point(east, north))

    assert found == pytest.approx(metres, abs=1e-6)


@st.composite
def a_point_and_a_field(draw):
    """At most 100 km apart; the field has edges of 30 m to 50 km."""
    lon, lat, metres = draw(longitudes), draw(latitudes), draw(st.floats(1_000, 90_000))
    radius_m = draw(st.sampled_from([30, 300, 3_000, 30_000]))
    assume(metres > 1.2 * radius_m)
    east, north, _ = EARTH.fwd(lon, lat, draw(bearings), metres)
    assume(abs(east) < 179)
    return shapely.Point(lon, lat), polygon_around(east, north, radius_m, draw(st.integers(3, 8)))


@settings(max_examples=60, deadline=None)
@given(a_point_and_a_field())
def test_the_distance_to_a_field_is_within_a_thousandth_up_to_100_km(shapes):
    point, field = shapes
    rough_m = EARTH.inv(point.x, point.y, *shapely.get_coordinates(field)[0])[2]

    found = geodesy.distance_m(point, field)

    assert found == pytest.approx(walked_distance_m(point, field, rough_m / 500), rel=1e-3)


def test_shapes_that_meet_are_no_distance_apart():
    one, other = shapely.box(71, 30, 71.1, 30.1), shapely.box(71.05, 30.05, 71.2, 30.2)

    assert geodesy.distance_m(one, other) == 0


def test_the_way_over_the_date_line_is_the_short_one():
    west, east = shapely.box(179.9, 0, 179.95, 0.1), shapely.box(-179.95, 0, -179.9, 0.1)

    found = geodesy.distance_m(west, east)

    assert found == pytest.approx(EARTH.inv(179.95, 0, -179.95, 0)[2], rel=1e-4)


def test_far_away_is_roughly_right():
    egypt, pakistan = shapely.box(30.9, 30.0, 31.0, 30.1), shapely.box(72.0, 30.0, 72.1, 30.1)

    found = geodesy.distance_m(egypt, pakistan)

    assert found == pytest.approx(EARTH.inv(31.0, 30.1, 72.0, 30.1)[2], rel=0.02)


def test_nothing_is_at_no_distance():
    assert geodesy.distance_m(shapely.Point(), shapely.Point(1, 2)) is None


@pytest.mark.parametrize("turned", [False, True])
def test_the_area_of_a_field_takes_its_holes_away_whichever_way_the_rings_turn(turned):
    field = shapely.Polygon(
        [(71, 30), (71.01, 30), (71.01, 30.01), (71, 30.01)],
        [[(71.002, 30.002), (71.004, 30.002), (71.004, 30.004)]],
    )
    outer = abs(EARTH.polygon_area_perimeter(*field.exterior.xy)[0])
    hole = abs(EARTH.polygon_area_perimeter(*field.interiors[0].xy)[0])

    found = geodesy.area_m2(shapely.MultiPolygon([field.reverse() if turned else field]))

    assert found == pytest.approx(outer - hole, rel=1e-12)


def test_lengths_are_of_lines_and_perimeters_of_polygons():
    line = shapely.LineString([(71, 30), (71.01, 30), (71.01, 30.01)])
    field = shapely.box(71, 30, 71.01, 30.01)
    both = shapely.GeometryCollection([line, field, shapely.Point(0, 0)])

    found = geodesy.length_m(both), geodesy.perimeter_m(both), geodesy.area_m2(line)

    assert found[0] == pytest.approx(EARTH.geometry_length(line))
    assert found[1] == pytest.approx(EARTH.geometry_length(field.exterior))
    assert found[2] == 0
    assert not any(map(math.isnan, found))
