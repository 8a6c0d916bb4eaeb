"""The map of a drawing on the wire: GeoJSON (RFC 7946), as static/js/map.js draws it."""

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from coopfarm.land.rules.strokes import DECIMALS


class Feature(NamedTuple):
    """A shape and its properties: see static/js/map.js for their names."""

    shape: BaseGeometry
    properties: Mapping[str, str | int | float]


def collection(features: Iterable[Feature]) -> str:
    """The features as the text of a FeatureCollection."""
    listed = list(features)
    shapes = np.array([feature.shape for feature in listed], dtype=object)
    drawn = shapely.to_geojson(shapely.transform(shapes, lambda at: np.round(at, DECIMALS)))
    parts = (
        f'{{"type":"Feature","properties":{json.dumps(feature.properties)},"geometry":{geometry}}}'
        for feature, geometry in zip(listed, drawn, strict=True)
    )
    return f'{{"type":"FeatureCollection","features":[{",".join(parts)}]}}'
