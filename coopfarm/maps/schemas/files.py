"""The land as files for other programs: CSV, GeoJSON, GeoPackage."""

import csv
import io
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from coopfarm.kernel.spreadsheet import cell
from coopfarm.maps.rules.layers import Drawn, Field, Layer
from coopfarm.maps.schemas import features

FORMATS: Final = ("gpkg", "geojson", "csv")
MEDIA_TYPES: Final = {
    "gpkg": "application/geopackage+sqlite3",
    "geojson": "application/geo+json",
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
}
# https://www.geopackage.org/spec131/#extension_schema
_ALIASES: Final = """
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
  mime_type TEXT, constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE IF NOT EXISTS gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
  scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
INSERT INTO gpkg_extensions VALUES ('gpkg_data_columns', NULL, 'gpkg_schema',
  'http://www.geopackage.org/spec121/#extension_schema', 'read-write');
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A layer to be written: its fields for this reader, and its name in their words."""

    layer: Layer
    title: str
    fields: Sequence[Field]
    things: Sequence[Drawn]


@dataclass(frozen=True, slots=True)
class File:
    """A file to send."""

    name: str
    media_type: str
    content: bytes


def written(sheets: Sequence[Sheet], form: str, name: str, say: Callable[[Field], str]) -> File:
    """The sheets in one of FORMATS: one file, or a zip of one for each where several need it.

    `say` gives the name of a field in the reader's language, for programs that show such.
    """
    if form == "gpkg":
        return File(f"{name}.gpkg", MEDIA_TYPES[form], geopackage(sheets, say))
    write = _csv if form == "csv" else _geojson
    parts = {f"{sheet.layer.name}.{form}": write(sheet) for sheet in sheets}
    if len(parts) == 1:
        ((part, content),) = parts.items()
        return File(f"{name}-{part}", MEDIA_TYPES[form], content)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return File(f"{name}.zip", MEDIA_TYPES["zip"], packed.getvalue())


def _geojson(sheet: Sheet) -> bytes:
    return features.collection(sheet.things, sheet.fields).encode()


def _csv(sheet: Sheet) -> bytes:
    """A table with shapes as WKT; it begins with a mark by which spreadsheets know its letters."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["id", *(field.name for field in sheet.fields), "wkt"])
    for one in sheet.things:
        cells = [cell(features.plain(one.facts.get(field.name))) for field in sheet.fields]
        table.writerow([str(one.id), *cells, _wkt(one)])
    return text.getvalue().encode("utf-8-sig")


def _wkt(one: Drawn) -> str:
    return "" if one.shape is None else str(features.rounded(one.shape).wkt)


def geopackage(sheets: Sequence[Sheet], say: Callable[[Field], str]) -> bytes:
    """A GeoPackage with the shapes to their last digit, so that it can be imported again."""
    # GDAL is 60 MB of memory: only who exports needs it.
    from pyogrio import raw  # noqa: PLC0415 (as said)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "land.gpkg"
        for sheet in sheets:
            raw.write(
                path,
                geometry=np.array([_wkb(one) for one in sheet.things], dtype=object),
                field_data=[_column(name, kind, sheet) for name, kind in _columns(sheet)],
                fields=[name for name, _ in _columns(sheet)],
                geometry_type=sheet.layer.geometry,
                layer=_table(sheet),
                crs="EPSG:4326",
                driver="GPKG",
                append=path.exists(),
                nan_as_null=True,
            )
        _name_columns(path, sheets, say)
        return path.read_bytes()


def _columns(sheet: Sheet) -> Sequence[tuple[str, str]]:
    return [("id", "text"), *((field.name, field.kind) for field in sheet.fields)]


def _wkb(one: Drawn) -> bytes | None:
    return None if one.shape is None else shapely.to_wkb(one.shape)


def _column(name: str, kind: str, sheet: Sheet) -> Any:
    """A column as GDAL takes it: what is not known is null."""
    if name == "id":
        return np.array([str(one.id) for one in sheet.things], dtype=object)
    values = [one.facts.get(name) for one in sheet.things]
    if kind == "number":
        return np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    if kind == "day":
        return np.array([np.datetime64("NaT") if v is None else v for v in values], "datetime64[D]")
    said = [None if v in (None, "") else str(features.plain(v)) for v in values]
    return np.array(said, dtype=object)


def _table(sheet: Sheet) -> str:
    """The layer's name in the reader's language, as a table can be called."""
    return sheet.title.replace('"', "").replace("'", "").strip() or sheet.layer.name


def _name_columns(path: Path, sheets: Sequence[Sheet], say: Callable[[Field], str]) -> None:
    """Give each column its name in words, which map programs show in its place."""
    with closing(sqlite3.connect(path)) as package, package:
        package.executescript(_ALIASES)
        for sheet in sheets:
            names: Mapping[str, str] = {say(field): field.name for field in sheet.fields}
            package.executemany(
                "INSERT INTO gpkg_data_columns (table_name, column_name, name, title)"
                " VALUES (?, ?, ?, ?)",
                [(_table(sheet), column, words, words) for words, column in names.items()],
            )
