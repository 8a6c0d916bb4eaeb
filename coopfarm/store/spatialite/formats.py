"""Geometry in and out of SQL: text, WKB, GeoJSON, and the extended forms with an SRID."""

from functools import partial

import shapely
from shapely.geometry.base import BaseGeometry

from coopfarm.store.spatialite import blob
from coopfarm.store.spatialite.calls import SqlFunction, SqlValue, asks, both, or_null

_GEOJSON_SRID = 4326  # RFC 7946, section 4
_AS_MANY_AS_NEEDED = 15


def _from_text(text: str, srid: int = 0) -> bytes:
    return blob.encode(shapely.from_wkt(text), srid)


def _from_wkb(wkb: bytes, srid: int = 0) -> bytes:
    return blob.encode(shapely.from_wkb(wkb), srid)


def _from_ewkt(text: str) -> bytes:
    head, separator, body = text.partition(";")
    if not separator:
        return _from_text(text)
    return _from_text(body, int(head.upper().removeprefix("SRID=")))


def _from_ewkb(wkb: str | bytes) -> bytes:
    geometry = shapely.from_wkb(wkb)
    return blob.encode(geometry, shapely.get_srid(geometry))


def _from_geojson(text: str) -> bytes:
    return blob.encode(shapely.from_geojson(text), _GEOJSON_SRID)


def _as_text(geometry: BaseGeometry) -> str:
    return str(shapely.to_wkt(geometry, rounding_precision=-1))


def _as_ewkt(geometry: BaseGeometry) -> str:
    return f"SRID={shapely.get_srid(geometry)};{_as_text(geometry)}"


def _as_ewkb(geometry: BaseGeometry) -> str:
    with_srid = shapely.get_srid(geometry) > 0
    return str(shapely.to_wkb(geometry, hex=True, byte_order=1, include_srid=with_srid))


def _as_geojson(geometry: BaseGeometry, decimals: int = _AS_MANY_AS_NEEDED, _form: int = 0) -> str:
    if decimals < _AS_MANY_AS_NEEDED:
        geometry = shapely.transform(geometry, lambda xy: xy.round(decimals), include_z=None)
    return str(shapely.to_geojson(geometry))


def _kind_of(value: SqlValue) -> str | None:
    code = blob.class_of(value)
    return None if code is None else blob.KINDS[code % 1000] + blob.DIMENSIONS[code // 1000]


def _is_allowed(value: SqlValue, kind: str | int, srid: int, *_dimension: SqlValue) -> int:
    """1 for NULL and for a sound geometry of that class and SRID, 0 or -1 for others.

    Class 0 and its multiples of a thousand allow every kind, as SpatiaLite does.
    """
    if value is None:
        return 1
    if blob.decode(value) is None:
        return -1
    allowed = blob.KINDS.index(kind.upper()) if isinstance(kind, str) else kind
    fits = allowed % 1000 == 0 or blob.class_of(value) == allowed
    return int(fits and blob.srid_of(value) == srid)


FUNCTIONS = (
    SqlFunction((*both("GeomFromText"), "ST_WKTToSQL"), (1, 2), or_null(_from_text)),
    SqlFunction((*both("GeomFromWKB"), "ST_WKBToSQL"), (1, 2), or_null(_from_wkb)),
    SqlFunction(both("GeomFromEWKT"), (1,), or_null(_from_ewkt)),
    SqlFunction(both("GeomFromEWKB"), (1,), or_null(_from_ewkb)),
    SqlFunction(both("GeomFromGeoJSON"), (1,), or_null(_from_geojson)),
    SqlFunction(both("AsText"), (1,), asks(_as_text)),
    SqlFunction(both("AsEWKT"), (1,), asks(_as_ewkt)),
    SqlFunction(both("AsBinary"), (1,), asks(partial(shapely.to_wkb, byte_order=1, flavor="iso"))),
    SqlFunction(both("AsEWKB"), (1,), asks(_as_ewkb)),
    SqlFunction(both("AsGeoJSON"), (1, 2, 3), asks(_as_geojson)),
    SqlFunction(both("GeometryType"), (1,), _kind_of),
    SqlFunction(both("SRID"), (1,), blob.srid_of),
    SqlFunction(("GeometryConstraints",), (3, 4), _is_allowed),
)
