import pytest
from shapely import LineString, Point

from coopfarm.land.rules.landings import km_between, landings

CANAL = LineString([(31.0, 30.0), (31.1, 30.0)])


def offered(*bounds, crs="EPSG:32636"):
    return {"crs": crs, "title": f"a system ({crs})", "bounds": bounds or None}


def test_the_nearest_system_stands_first():
    far, near = offered(37, 30, 37.1, 30.1, crs="far"), offered(31, 30, 31.1, 30.1, crs="near")

    found = landings([far, near], CANAL)

    assert [landing.crs for landing in found] == ["near", "far"]
    assert found[0].km == 0
    assert found[1].km == pytest.approx(569, rel=0.01)


def test_of_two_in_one_place_the_likelier_stays_first():
    likely, other = offered(31.201, 30, 31.3, 30.1, crs="a"), offered(31.2, 30, 31.3, 30.1, crs="b")

    assert [landing.crs for landing in landings([likely, other], CANAL)] == ["a", "b"]


def test_a_system_without_a_place_or_a_cooperative_without_one_has_no_distance():
    assert [landing.km for landing in landings([offered()], CANAL)] == [None]
    assert [landing.km for landing in landings([offered(31, 30, 32, 31)], None)] == [None]


def test_ways_that_are_no_systems_are_left_out():
    assert landings([{"layer": "east"}], CANAL) == []


def test_a_degree_along_a_meridian_is_111_km():
    assert km_between(Point(31, 30), Point(31, 31)) == pytest.approx(111.2, abs=0.3)
