"""Things of the map as GeoJSON features (RFC 7946): WGS 84, right-hand rule, seven digits."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from coopfarm.maps.rules.layers import Drawn, Field, Value

DECIMALS: Final = 7  # of a degree: a centimetre on the ground


def feature(one: Drawn, fields: Sequence[Field]) -> dict[str, Any]:
    """One thing with what may be said of it."""
    return {
        "type": "Feature",
        "id": str(one.id),
        "geometry": None if one.shape is None else geometry(one.shape),
        "properties": {field.name: plain(one.facts.get(field.name)) for field in fields},
    }


def collection(things: Iterable[Drawn], fields: Sequence[Field]) -> str:
    """The things as the text of a FeatureCollection."""
    found = [feature(one, fields) for one in things]
    whole: Mapping[str, object] = {"type": "FeatureCollection", "features": found}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def geometry(shape: BaseGeometry) -> Any:
    """The shape as it is written: outer rings against the clock, holes with it."""
    return json.loads(shapely.to_geojson(rounded(shape)))


def rounded(shape: BaseGeometry) -> BaseGeometry:
    """The shape to the centimetre, its rings the right way round."""
    turned = shapely.orient_polygons(shape, exterior_cw=False)
    return shapely.transform(turned, lambda at: np.round(at, DECIMALS))


def plain(value: Value) -> str | int | float | bool | None:
    """A value as JSON has it: days and moments as ISO 8601."""
    return value.isoformat() if isinstance(value, date) else value
