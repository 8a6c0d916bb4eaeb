"""CSV: cells by column, with a shape as WKT or as longitude and latitude, or with none."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from coopfarm.land.rules import cells, columns
from coopfarm.land.schemas import refusals
from coopfarm.land.schemas.raw import MOST_FEATURES, RawFeature, RawFile

# Every byte is a letter of it, so that nothing is lost on the way to another encoding.
WHOLE = "iso-8859-1"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")

_DELIMITERS = (",", ";", "\t", "|")
_LONGEST_CELL = 2_000_000
_MOST_COLLECTIONS = 100


def read(content: bytes, kind: str, chosen: Mapping[str, str], encoding: str | None) -> RawFile:
    """A table with a line of headings. Raises TextUnreadable, FileBroken, TooManyFeatures."""
    names, rows = _table(_text(content, encoding))
    column_of = columns.match(kind, names, chosen).column_of
    return RawFile(names, [_feature(row, column_of) for row in rows])


def texts(text: str) -> Sequence[Mapping[str, str]]:
    """The cells of each row by heading. Raises FileBroken, NoSuchFormat, TooManyFeatures."""
    return _table(text)[1]


def _table(text: str) -> tuple[Sequence[str], Sequence[Mapping[str, str]]]:
    headings, *lines = _lines(text)
    # No other blanks: read byte by byte, half a letter may look like one.
    names = [heading.strip(" \t\r\n") for heading in headings]
    while names and not names[-1]:
        names.pop()
    if not names or len(set(names)) < len(names) or not all(names):
        raise refusals.FileBroken(reason="a heading is missing or stands twice")
    rows = [dict(zip(names, line, strict=False)) for line in lines if any(line)]
    if len(rows) > MOST_FEATURES:
        raise refusals.TooManyFeatures(most=MOST_FEATURES)
    return names, rows


def _text(content: bytes, said: str | None) -> str:
    encoding = "utf-16" if content.startswith(UTF_16) else said or "utf-8-sig"
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError) as error:
        raise refusals.TextUnreadable(field="encoding", encoding=said or "UTF-8") from error


def _lines(text: str) -> Sequence[Sequence[str]]:
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    csv.field_size_limit(_LONGEST_CELL)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise refusals.FileBroken(reason=str(error)) from error
    if not lines or "\0" in text:
        raise refusals.NoSuchFormat(field="file")
    return lines


def _feature(row: Mapping[str, str], column_of: Mapping[str, str]) -> RawFeature:
    try:
        return RawFeature(row, next(_shapes(row, column_of), None))
    except (ValueError, ShapelyError):
        return RawFeature(row, unreadable=True)


def _shapes(row: Mapping[str, str], column_of: Mapping[str, str]) -> Iterator[BaseGeometry]:
    """The shape of a row, if its cells draw one. Raises ValueError or ShapelyError."""
    wkt = row.get(column_of.get("wkt", ""), "").strip()
    if wkt.upper().count("COLLECTION") > _MOST_COLLECTIONS:
        raise ValueError("collections in collections, which take longer the deeper they are")
    if wkt:
        yield shapely.from_wkt(wkt.partition(";")[2] if wkt.startswith("SRID=") else wkt)
    lon, lat = (row.get(column_of.get(name, ""), "").strip() for name in ("lon", "lat"))
    if lon or lat:
        yield shapely.Point(cells.number(lon), cells.number(lat))
