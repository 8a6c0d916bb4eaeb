"""The small map of a page of the import: outlines in few corners, each with its state."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from coopfarm.land.rules import outlines

DECIMALS: Final = 6  # of a degree: a tenth of a metre on the ground
# What a screen of this many points across cannot show is left out.
POINTS_ACROSS: Final = 4_000


@dataclass(frozen=True, slots=True)
class Drawn:
    """A shape in degrees as it is drawn: `state` says how, `place` is its row on the page."""

    shape: BaseGeometry
    state: str
    place: str = ""
    name: str = ""


def as_json(drawn: Iterable[Drawn]) -> str:
    """The shapes as the text of a GeoJSON FeatureCollection, simplified; the same every time."""
    listed = [one for one in drawn if not one.shape.is_empty]
    shapes = _small(np.array([one.shape for one in listed], dtype=object))
    parts = (
        f'{{"type":"Feature","properties":{_properties(one)},"geometry":{geometry}}}'
        for one, geometry in zip(listed, shapely.to_geojson(shapes), strict=True)
    )
    return f'{{"type":"FeatureCollection","features":[{",".join(parts)}]}}'


def _small(shapes: np.ndarray) -> np.ndarray:
    if not len(shapes):
        return shapes
    west, south, east, north = shapely.total_bounds(shapes)
    least = max(east - west, north - south) / POINTS_ACROSS
    tolerance, sound = min(least, 1e-4), shapely.is_valid(shapes)
    simple = shapes.copy()
    simple[sound] = shapely.simplify(shapes[sound], tolerance, preserve_topology=False)
    # A crossed area would first be searched for its crossings, which can take minutes.
    simple[~sound] = [outlines.simpler(shape, tolerance) for shape in shapes[~sound]]
    kept = np.where(shapely.is_empty(simple), shapes, simple)
    return np.array(shapely.transform(kept, lambda at: np.round(at, DECIMALS)))


def _properties(one: Drawn) -> str:
    said: Mapping[str, str] = {"state": one.state, "place": one.place, "name": one.name}
    plain = {name: value for name, value in said.items() if value}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
