"""KML (OGC 12-007r2), screened first: no DTD, no entities, not large and not deep."""

import io
from collections.abc import Iterator, Sequence
from typing import NoReturn
from xml.etree.ElementTree import Element

import numpy as np
import shapely
from defusedxml import DefusedXmlException  # type: ignore[import-untyped]  # it has no stubs
from defusedxml.ElementTree import (  # type: ignore[import-untyped]  # it has no stubs
    ParseError,
    iterparse,
)
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from coopfarm.land.rules import cells
from coopfarm.land.rules.coordinates import WGS84
from coopfarm.land.schemas import archives, refusals
from coopfarm.land.schemas.raw import MOST_FEATURES, RawFeature, RawFile

MOST_BYTES = 5 * 1024 * 1024
MOST_DEEP = 100

_MULTI = "MultiGeometry"


def read(content: bytes) -> RawFile:
    """The placemarks of a KML document, each with its own cells and the folder it lies in.

    Raises FileTooLarge, FileBroken, NoSuchFormat and TooManyFeatures.
    """
    if len(content) > MOST_BYTES:
        raise refusals.FileTooLarge(field="file", most_mb=MOST_BYTES // 1024**2)
    try:
        features = list(_features(content))
    except DefusedXmlException as error:
        raise refusals.FileBroken(reason="a document type or entities, which no map has") from error
    except (ParseError, ValueError, LookupError) as error:
        raise refusals.FileBroken(reason=str(error)[:120]) from error
    columns = list(dict.fromkeys(name for feature in features for name in feature.values))
    return RawFile(columns, features, crs=WGS84)


def packed(content: bytes) -> bytes | None:
    """The document of a KMZ; None for a zip without one, or with a Shapefile. Raises as unpack."""
    document = archives.only_member(content, ".kml")
    return None if archives.only_member(content, ".shp") is not None else document


def _features(content: bytes) -> Iterator[RawFeature]:
    """Each placemark as it ends. Raises what the parser does, and the refusals of read."""
    open_now: list[Element] = []
    folders: list[str] = []
    found = 0
    for event, element in iterparse(io.BytesIO(content), events=("start", "end"), forbid_dtd=True):
        name = _name(element)
        if event == "start":
            _check_start(open_now, name)
            open_now.append(element)
            continue
        open_now.pop()
        if name == "name" and open_now and _name(open_now[-1]) == "Folder":
            folders.append(_text(element))
        elif name == "Folder" and folders and element.find("{*}name") is not None:
            folders.pop()
        elif name == "Placemark":
            found += 1
            if found > MOST_FEATURES:
                raise refusals.TooManyFeatures(field="file", most=MOST_FEATURES)
            yield _feature(element, folders[-1] if folders else "")
            element.clear()


def _check_start(open_now: Sequence[Element], name: str) -> None:
    if not open_now and name != "kml":
        raise refusals.NoSuchFormat(field="file")
    if len(open_now) >= MOST_DEEP:
        _refuse("elements within elements, too deep")


def _feature(placemark: Element, folder: str) -> RawFeature:
    values = _cells(placemark)
    if folder:
        values.setdefault("folder", folder)
    drawn = [shape for part in placemark if (shape := _name(part)) in _DRAWN_BY or shape == _MULTI]
    if not drawn:
        return RawFeature(values)
    try:
        return RawFeature(values, _shape(next(p for p in placemark if _name(p) == drawn[0])))
    except (ValueError, ShapelyError):
        return RawFeature(values, unreadable=True)


def _cells(placemark: Element) -> dict[str, cells.Cell]:
    """Name, description and extended data, and nothing of how the map is to look."""
    values: dict[str, cells.Cell] = {}
    for part in placemark:
        if _name(part) in {"name", "description"} and _text(part):
            values[_name(part)] = _text(part)
    for data in placemark.iterfind("{*}ExtendedData//*"):
        if _name(data) == "SimpleData":
            _keep(values, data, _text(data))
        elif _name(data) == "Data":
            said = data.find("{*}value")
            _keep(values, data, "" if said is None else _text(said))
    return values


def _keep(values: dict[str, cells.Cell], data: Element, said: str) -> None:
    name = cells.text(data.get("name"))
    if name:
        values[name] = said


def _shape(element: Element) -> BaseGeometry:
    """The shape drawn. Raises ValueError or ShapelyError."""
    if _name(element) != _MULTI:
        return _DRAWN_BY[_name(element)](element)
    parts = [_shape(part) for part in element if _name(part) in _DRAWN_BY or _name(part) == _MULTI]
    kinds = {part.geom_type for part in parts}
    gather = _GATHERED_BY.get(kinds.pop()) if len(kinds) == 1 else None
    return gather(parts) if gather else shapely.geometrycollections(parts)


def _point(element: Element) -> BaseGeometry:
    return shapely.points(_places(element)[0])


def _line(element: Element) -> BaseGeometry:
    return shapely.linestrings(_places(element))


def _polygon(element: Element) -> BaseGeometry:
    shells, holes = (
        [
            shapely.linearrings(_places(ring))
            for ring in element.iterfind(f"{{*}}{side}/{{*}}LinearRing")
        ]
        for side in ("outerBoundaryIs", "innerBoundaryIs")
    )
    if not shells:
        return shapely.Polygon()
    return shapely.polygons(shells[0], holes or None)


_DRAWN_BY = {"Point": _point, "LineString": _line, "LinearRing": _line, "Polygon": _polygon}
_GATHERED_BY = {
    "Point": shapely.multipoints,
    "LineString": shapely.multilinestrings,
    "Polygon": shapely.multipolygons,
}


def _places(element: Element) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Tuples of longitude, latitude and perhaps height, as rows. Raises ValueError."""
    found = element.find("{*}coordinates")
    rows = [place.split(",")[:3] for place in (_text(found) if found is not None else "").split()]
    if not rows or min(map(len, rows)) < 2:
        raise ValueError("no coordinates")
    least = min(map(len, rows))
    return np.array([[float(number) for number in row[:least]] for row in rows])


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Element) -> str:
    return cells.text("".join(element.itertext()))


def _refuse(reason: str) -> NoReturn:
    raise refusals.FileBroken(reason=reason)
