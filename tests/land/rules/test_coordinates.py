from coopfarm.land.rules import coordinates
from coopfarm.land.rules.coordinates import Extent

IN_KENYA_M = Extent(714_000, 9_980_000, 720_000, 9_990_000)


def codes(extent, near):
    return [candidate.code for candidate in coordinates.candidates(extent, near)]


def test_small_numbers_are_offered_as_degrees():
    assert codes(Extent(65.7, 39.0, 65.9, 39.1), None) == ["EPSG:4326"]


def test_large_numbers_are_offered_as_the_zones_around_the_cooperative():
    assert codes(IN_KENYA_M, (34.9, -0.13))[:3] == ["EPSG:32736", "EPSG:32735", "EPSG:32737"]


def test_zones_go_round_the_earth():
    assert codes(IN_KENYA_M, (179.0, 10.0))[:3] == ["EPSG:32660", "EPSG:32659", "EPSG:32601"]


def test_a_cooperative_without_land_is_near_the_city_of_its_time_zone():
    lon, lat = coordinates.city_of("Asia/Karachi")

    assert (round(lon), round(lat)) == (67, 25)
    assert coordinates.city_of("UTC") is None


def test_the_refusal_offers_what_would_work():
    refused = coordinates.CoordinateSystemMissing(coordinates.candidates(IN_KENYA_M, (34.9, -0.13)))

    first = refused.alternatives[0]
    assert (first["crs"], first["title"]) == ("EPSG:32736", "UTM 36S (EPSG:32736)")
    assert "EPSG:32736" in str(refused)
