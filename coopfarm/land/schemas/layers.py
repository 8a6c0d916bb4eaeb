"""Shapefile and GeoPackage, read by GDAL. Only the short-lived reader imports this."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

# A Shapefile without its index of offsets can be read all the same.
os.environ["SHAPE_RESTORE_SHX"] = "YES"

import numpy as np
import pyogrio
import shapely
from pyogrio import raw
from shapely.errors import ShapelyError

from coopfarm.land.rules.cells import Cell
from coopfarm.land.schemas import archives, letters, refusals
from coopfarm.land.schemas.raw import MOST_FEATURES, RawFeature, RawFile

_SHAPEFILE = b"\x00\x00\x27\x0a"


def read_shapefile(content: bytes, layer: str | None, encoding: str | None, into: Path) -> RawFile:
    """The zipped Shapefile called `layer`, or the only one in the zip."""
    path, name = archives.unpack(content, layer, into)
    said = letters.free(path.with_suffix(".dbf"), path.with_suffix(".cpg"))
    whole = _read(_checked(path), None, name)
    read_in = encoding or said
    features = [replace(f, values=letters.read(f.values, read_in)) for f in whole.features]
    columns = list(letters.read(dict.fromkeys(whole.columns), read_in))
    return replace(whole, columns=columns, features=features)


def texts(content: bytes, layer: str | None, into: Path) -> Sequence[Mapping[str, str]]:
    """The texts of each row of a zipped Shapefile, each byte read as one letter."""
    path, name = archives.unpack(content, layer, into)
    letters.free(path.with_suffix(".dbf"), path.with_suffix(".cpg"))
    return [
        {column: cell for column, cell in feature.values.items() if isinstance(cell, str)}
        for feature in _read(_checked(path), None, name).features
    ]


def _checked(path: Path) -> Path:
    """The same path. Raises FileBroken where a .shp does not begin like one."""
    with path.open("rb") as shp:
        if shp.read(4) != _SHAPEFILE:
            raise refusals.FileBroken(reason="the .shp is no Shapefile")
    return path


def read_geopackage(content: bytes, layer: str | None, into: Path) -> RawFile:
    """The layer of that name, or the only one with shapes."""
    path = into / "layer.gpkg"
    path.write_bytes(content)
    try:
        found = [str(name) for name, drawn in pyogrio.list_layers(path) if drawn is not None]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise refusals.FileBroken(reason=_reason(error)) from error
    if layer is not None and layer not in found:
        raise refusals.NoSuchLayer(field="layer", layer=layer, layers=", ".join(found))
    if layer is None and len(found) != 1:
        counts = [int(pyogrio.read_info(path, layer=name)["features"]) for name in found]
        raise refusals.SeveralLayers(found, counts)
    name = layer or found[0]
    return _read(path, name, name)


def _read(path: Path, layer: str | None, name: str) -> RawFile:
    try:
        meta, _, shapes, cells = raw.read(path, layer=layer, max_features=MOST_FEATURES + 1)
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.GeometryError,
        pyogrio.errors.FeatureError,
        UnicodeDecodeError,
        LookupError,
        ValueError,
    ) as error:
        raise refusals.FileBroken(reason=_reason(error)) from error
    columns = [str(field) for field in meta["fields"]]
    if shapes is not None and len(shapes) > MOST_FEATURES:
        raise refusals.TooManyFeatures(most=MOST_FEATURES)
    return RawFile(columns, list(_features(columns, shapes, cells)), meta["crs"], name)


def _features(
    columns: Sequence[str], shapes: Sequence[bytes | None] | None, cells: Sequence[Any]
) -> Iterator[RawFeature]:
    count = len(shapes) if shapes is not None else len(cells[0]) if cells else 0
    for place in range(count):
        values = {c: _cell(values[place]) for c, values in zip(columns, cells, strict=True)}
        wkb = shapes[place] if shapes is not None else None
        try:
            yield RawFeature(values, None if wkb is None else shapely.from_wkb(wkb))
        except ShapelyError:
            yield RawFeature(values, unreadable=True)


def _cell(value: Any) -> Cell:
    """A plain cell from what GDAL gives: NaN and NaT are blanks."""
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else str(np.datetime_as_string(value, unit="D"))
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and value != value:  # noqa: PLR0124 (only NaN differs from itself)
        return None
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _reason(error: Exception) -> str:
    """GDAL's reason, without the name of our temporary file."""
    return str(error).split(": ", 1)[-1].replace("\n", " ")[:120]
