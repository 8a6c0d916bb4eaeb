"""The map on the wire: GeoJSON (RFC 7946), with what static/js/map.js draws features by."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

DECIMALS = 6  # of a degree: a tenth of a metre on the ground

Property = str | int | float | list[str]


@dataclass(frozen=True, slots=True)
class Feature:
    """A shape and its properties: see static/js/map.js for their names."""

    shape: BaseGeometry
    properties: Mapping[str, Property]


def collection(features: Iterable[Feature]) -> str:
    """The features as the text of a FeatureCollection; the same features, the same text."""
    listed = list(features)
    shapes = np.array([feature.shape for feature in listed], dtype=object)
    drawn = shapely.to_geojson(shapely.transform(shapes, lambda at: np.round(at, DECIMALS)))
    parts = (
        f'{{"type":"Feature","properties":{_compact(feature.properties)},"geometry":{geometry}}}'
        for feature, geometry in zip(listed, drawn, strict=True)
    )
    return f'{{"type":"FeatureCollection","features":[{",".join(parts)}]}}'


def _compact(properties: Mapping[str, Property]) -> str:
    return json.dumps(properties, ensure_ascii=False, separators=(",", ":"))
