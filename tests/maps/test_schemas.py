"""The map as GeoJSON."""

import json

from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point

from coopfarm.maps.schemas.geojson import Feature, collection


def test_features_keep_their_order_their_words_and_six_decimals() -> None:
    features = [
        Feature(LineString([(29.12345678, 30.0), (29.2, 30.98765432)]), {"name": "ترعة"}),
        Feature(Point(29.5, 30.5), {"arrow": 90}),
    ]

    told = json.loads(collection(features))

    assert told["type"] == "FeatureCollection"
    line, point = told["features"]
    assert line["geometry"]["coordinates"] == [[29.123457, 30.0], [29.2, 30.987654]]
    assert line["properties"] == {"name": "ترعة"}
    assert point["geometry"] == {"type": "Point", "coordinates": [29.5, 30.5]}


def test_no_land_is_an_empty_collection() -> None:
    assert json.loads(collection([])) == {"type": "FeatureCollection", "features": []}


@given(
    at=st.tuples(st.floats(-180, 180), st.floats(-90, 90)),
    name=st.text(),
)
def test_whatever_a_feature_is_called_the_text_is_json_and_the_same_again(
    at: tuple[float, float], name: str
) -> None:
    feature = Feature(Point(at), {"name": name, "says": [name]})

    text = collection([feature])

    (told,) = json.loads(text)["features"]
    assert told["properties"]["name"] == name
    assert max(abs(a - b) for a, b in zip(told["geometry"]["coordinates"], at, strict=True)) < 1e-6
    assert collection([feature]) == text
