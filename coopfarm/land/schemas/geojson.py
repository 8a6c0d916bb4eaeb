"""GeoJSON (RFC 7946), also as a text sequence (RFC 8142): read strictly, no guessing."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NoReturn

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from coopfarm.land.rules import cells
from coopfarm.land.rules.cells import Cell
from coopfarm.land.rules.coordinates import WGS84
from coopfarm.land.schemas import refusals
from coopfarm.land.schemas.raw import CELL_LETTERS, MOST_FEATURES, RawFeature, RawFile

NumbersArray = NDArray[np.float64]

_SEPARATOR = "\x1e"
# A plot of more parts than this has more corners than are taken.
_MANY_PARTS = 1_000


def read(content: bytes) -> RawFile:
    """A FeatureCollection, a Feature, a bare geometry, or a sequence of these.

    Raises TextUnreadable, FileBroken and TooManyFeatures.
    """
    texts = _parsed(content)
    found = [feature for text in texts for feature in _features_of(text)]
    if len(found) > MOST_FEATURES:
        raise refusals.TooManyFeatures(most=MOST_FEATURES)
    features = [_feature(feature) for feature in found]
    columns = list(dict.fromkeys(name for f in features for name in f.values))
    return RawFile(columns, features, crs=_crs(texts[0]))


def _parsed(content: bytes) -> Sequence[Mapping[str, Any]]:
    """The one JSON text of a file, or the texts of a sequence; at least one object."""
    try:
        return [*_texts(content.decode("utf-8-sig"))]
    except UnicodeDecodeError as error:
        raise refusals.TextUnreadable(field="file", encoding="UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise refusals.FileBroken(reason=str(error)[:120]) from error


def _texts(text: str) -> Iterator[Mapping[str, Any]]:
    """Texts after record separators, or a line each, or one. Raises ValueError."""
    parts = [part for part in _parts(text) if part.strip()]
    if not parts:
        raise ValueError("nothing between the separators")
    for part in parts:
        yield _object(json.loads(part, parse_constant=_no_constant))


def _parts(text: str) -> Sequence[str]:
    if _SEPARATOR in text:
        return text.split(_SEPARATOR)
    first, newline, _ = text.strip().partition("\n")
    return text.split("\n") if newline and _is_whole(first) else [text]


def _is_whole(line: str) -> bool:
    """Whether a line is a JSON text of its own."""
    if not line.rstrip().endswith("}"):
        return False
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _object(found: object) -> Mapping[str, Any]:
    if not isinstance(found, dict) or found.get("type") not in _TYPES:
        raise ValueError("neither a FeatureCollection nor a Feature nor a geometry")
    return found


def _features_of(text: Mapping[str, Any]) -> Sequence[object]:
    if text["type"] == "FeatureCollection":
        found = text.get("features")
        return found if isinstance(found, list) else _refuse("no list of features")
    return [text if text["type"] == "Feature" else {"type": "Feature", "geometry": text}]


def _no_constant(word: str) -> float:
    """JSON has no NaN; a coordinate that is one is found where its shape is looked at."""
    return float(word)


def _feature(feature: object) -> RawFeature:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        _refuse("a feature that is none")
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        _refuse("properties that are no object")
    values = {cells.sound(name): _cell(value) for name, value in properties.items()}
    if "id" in feature:
        values.setdefault("id", _cell(feature["id"]))
    geometry = feature.get("geometry")
    if geometry is None:
        return RawFeature(values)
    try:
        return RawFeature(values, _shape(geometry))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, ShapelyError):
        return RawFeature(values, unreadable=True)


def _shape(geometry: Mapping[str, Any]) -> BaseGeometry:
    """The geometry drawn. Raises ValueError, TypeError, KeyError or ShapelyError."""
    if geometry["type"] == "GeometryCollection":
        return shapely.geometrycollections([_shape(part) for part in geometry["geometries"]])
    draw, drawn = _DRAWN_BY[geometry["type"]], geometry["coordinates"]
    return draw(drawn) if drawn else shapely.from_wkt(f"{geometry['type'].upper()} EMPTY")


def _polygon(rings: Sequence[object]) -> BaseGeometry:
    shell, *holes = (shapely.linearrings(_numbers(ring)) for ring in rings)
    return shapely.polygons(shell, holes or None)


def _polygons(parts: Sequence[Sequence[Sequence[object]]]) -> Any:
    """Many at once where there are very many: one by one they would take seconds."""
    if len(parts) <= _MANY_PARTS:
        return [_polygon(part) for part in parts]
    rings = [ring for part in parts for ring in part]
    corners = [len(ring) for ring in rings]
    if not all(corners) or not all(parts):
        raise ValueError("a part without corners")
    places = _numbers([place for ring in rings for place in ring])
    drawn = shapely.linearrings(places, indices=np.repeat(np.arange(len(rings)), corners))
    of_part = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    return shapely.polygons(drawn, indices=of_part)


def _numbers(positions: object) -> NumbersArray:
    """Positions as rows of two or three numbers. Raises ValueError for anything else."""
    array = np.array(positions)
    if array.ndim != 2 or array.dtype.kind not in "iuf" or array.shape[1] < 2:
        raise ValueError("positions that are no rows of numbers")
    return array[:, :3].astype(float)


_DRAWN_BY: Mapping[str, Callable[[Any], BaseGeometry]] = MappingProxyType(
    {
        "Point": lambda drawn: shapely.points(_numbers([drawn]))[0],
        "MultiPoint": lambda drawn: shapely.multipoints(_numbers(drawn)),
        "LineString": lambda drawn: shapely.linestrings(_numbers(drawn)),
        "MultiLineString": lambda drawn: shapely.multilinestrings(
            [shapely.linestrings(_numbers(line)) for line in drawn]
        ),
        "Polygon": _polygon,
        "MultiPolygon": lambda drawn: shapely.multipolygons(_polygons(drawn)),
    }
)


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, int | float):
        return value
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    # One letter more than is kept shows that it was longer.
    return cells.sound(said[: CELL_LETTERS + 1])


def _crs(whole: Mapping[str, Any]) -> str:
    """WGS 84, as RFC 7946 has it, unless the older `crs` member names another."""
    crs = whole.get("crs")
    if not isinstance(crs, dict) or not isinstance(crs.get("properties"), dict):
        return WGS84
    return str(crs["properties"].get("name") or WGS84)


def _refuse(reason: str) -> NoReturn:
    raise refusals.FileBroken(reason=reason)


_TYPES = frozenset({"FeatureCollection", "Feature", "GeometryCollection", *_DRAWN_BY})
