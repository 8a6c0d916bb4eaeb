"""Geometry as SpatiaLite keeps it in a column: WKB behind a header with SRID and bounding box.

Layout: https://www.gaia-gis.it/gaia-sins/BLOB-Geometry.html
"""

import struct
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Box = tuple[float, float, float, float]  # west, south, east, north, in the units of the SRID

KINDS = (
    "GEOMETRY",
    "POINT",
    "LINESTRING",
    "POLYGON",
    "MULTIPOINT",
    "MULTILINESTRING",
    "MULTIPOLYGON",
    "GEOMETRYCOLLECTION",
)
_POINT, _LINESTRING, _POLYGON = 1, 2, 3

# The class of a geometry is its kind, plus 1000 with Z, 2000 with M, 3000 with both.
DIMENSIONS = ("", " Z", " M", " ZM")
_ORDINATES = (2, 3, 3, 4)

_START, _LITTLE, _BOX_END, _ENTITY, _END = 0x00, 0x01, 0x7C, 0x69, 0xFE
_HEADER = struct.Struct("<BBi4dB")
_SMALLEST = _HEADER.size + 5
_BOX_AT, _BOX_END_AT = 6, 38
_ORDER = (">", "<")
# A MULTIPOLYGON of one part begins so behind the header, and its one mark stands there.
_MARK_AT = _HEADER.size + 8
_ONE_FIELD = struct.pack("<2IB", 6, 1, _ENTITY)
_REMEMBERED = 64  # the constant of a query and the row in hand; more would only hold memory


def encode(geometry: BaseGeometry, srid: int) -> bytes:
    """The BLOB of a geometry; an empty one has a box of NaN, which SQL reads as NULL.

    The layout knows no collection within a collection, so those are taken apart.
    """
    if geometry.geom_type == "GeometryCollection":
        geometry = shapely.GeometryCollection(list(simple_parts(geometry)))
    body = bytearray(shapely.to_wkb(geometry, byte_order=1, flavor="iso")[1:])
    for mark in list(_entity_marks(body, "<")):
        body[mark] = _ENTITY
    header = _HEADER.pack(_START, _LITTLE, srid, *geometry.bounds, _BOX_END)
    return b"".join((header, body, bytes((_END,))))


def decode(value: object) -> BaseGeometry | None:
    """The geometry of a BLOB with its SRID set; None for anything that is not a geometry."""
    return _decode(value) if is_framed(value) else None


def decode_fields(blobs: Sequence[bytes]) -> NDArray[Any]:
    """The geometries of many BLOBs, of which most are MULTIPOLYGONs of one part; no SRID is set."""
    return np.asarray(shapely.from_wkb([_wkb_of_field(blob) for blob in blobs]), dtype=object)


def _wkb_of_field(blob: bytes) -> bytes | None:
    """The WKB of a BLOB: without looking through it where it is one field of ours."""
    if blob[_HEADER.size : _MARK_AT + 1] == _ONE_FIELD and blob[1] == _LITTLE:
        return b"\x01" + blob[_HEADER.size : _MARK_AT] + b"\x01" + blob[_MARK_AT + 1 : -1]
    found = decode(blob)
    return None if found is None else shapely.to_wkb(found)


def is_framed(value: object) -> bool:
    """Whether a value carries the marks of a geometry; what is between them is not looked at."""
    return (
        isinstance(value, bytes)
        and len(value) >= _SMALLEST
        and value[0] == _START
        and value[1] in (0, _LITTLE)
        and value[_BOX_END_AT] == _BOX_END
        and value[-1] == _END
    )


def box_of(value: object) -> Box | None:
    """The bounding box in the header, without reading the coordinates behind it."""
    if not isinstance(value, bytes) or not is_framed(value):
        return None
    west, south, east, north = struct.unpack_from(f"{_ORDER[value[1]]}4d", value, _BOX_AT)
    return west, south, east, north


def class_of(value: object) -> int | None:
    """Kind and dimensions as one number: 6 is MULTIPOLYGON, 1006 is MULTIPOLYGON Z."""
    if not isinstance(value, bytes) or not is_framed(value):
        return None
    code: int = struct.unpack_from(f"{_ORDER[value[1]]}I", value, _HEADER.size)[0]
    return code if code % 1000 < len(KINDS) and code // 1000 < len(DIMENSIONS) else None


def srid_of(value: object) -> int | None:
    """The number of the coordinate system, from the header."""
    if not isinstance(value, bytes) or not is_framed(value):
        return None
    srid: int = struct.unpack_from(f"{_ORDER[value[1]]}i", value, 2)[0]
    return srid


def simple_parts(geometry: BaseGeometry) -> Iterator[BaseGeometry]:
    """The points, lines and polygons a geometry is made of, however deep."""
    if hasattr(geometry, "geoms"):
        for part in geometry.geoms:
            yield from simple_parts(part)
    else:
        yield geometry


@lru_cache(maxsize=_REMEMBERED)
def _decode(blob: bytes) -> BaseGeometry | None:
    endian = blob[1]
    body = bytearray(blob[_HEADER.size : -1])
    try:
        for mark in _entity_marks(body, _ORDER[endian]):
            if body[mark] != _ENTITY:
                return None
            body[mark] = endian
        geometry = shapely.from_wkb(bytes((endian,)) + body)
    except (struct.error, IndexError, shapely.errors.ShapelyError):
        return None
    return shapely.set_srid(geometry, srid_of(blob))


def _entity_marks(body: bytearray, order: str) -> Iterator[int]:
    """Where each part of a collection begins: WKB has its byte order there, the BLOB 0x69."""
    code, count = _two_numbers(body, 0, order)
    if code % 1000 <= _POLYGON:
        return
    at = 8
    for _ in range(count):
        yield at
        at += 1 + _length_of_simple(body, at + 1, order)


def _length_of_simple(body: bytearray, at: int, order: str) -> int:
    """Bytes of a point, line or polygon that begins with its class; IndexError for others."""
    code, count = _two_numbers(body, at, order)
    bytes_a_vertex = 8 * _ORDINATES[code // 1000]
    kind = code % 1000
    if kind == _POINT:
        return 4 + bytes_a_vertex
    if kind == _LINESTRING:
        return 8 + count * bytes_a_vertex
    if kind != _POLYGON:
        raise IndexError(f"a collection holds no parts of class {code}")
    length = 8
    for _ in range(count):
        vertices = int(struct.unpack_from(f"{order}I", body, at + length)[0])
        length += 4 + vertices * bytes_a_vertex
    return length


def _two_numbers(body: bytearray, at: int, order: str) -> tuple[int, int]:
    """A class and what follows it, which is a count for everything but points."""
    code, count = struct.unpack_from(f"{order}2I", body, at)
    return code, count
