"""Shapes on the ground, on both databases. The only module that knows GeoAlchemy2."""

import math
import sqlite3
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
import sqlalchemy as sa
from geoalchemy2 import Geometry
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy.dialects.sqlite.base import ischema_names
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import Function, FunctionElement
from sqlalchemy.types import TypeDecorator, UserDefinedType

from coopfarm.store.spatialite import blob, metadata, tables
from coopfarm.store.spatialite.geodesy import WGS84, area_m2, length_m
from coopfarm.store.spatialite.shapes import collected

__all__ = [
    "WGS84",
    "Shape",
    "add_spatial",
    "area_m2",
    "boxes_meet",
    "drop_spatial",
    "include_object",
    "intersects_box",
    "length_m",
    "read_fields",
    "touches_shape",
    "unread",
    "within_distance",
]

ShapeColumn = sa.ColumnElement[Any] | InstrumentedAttribute[Any]

# The shortest degree of latitude, and one of longitude on the equator, in m.
_LATITUDE_M, _LONGITUDE_M = 110_574.0, 111_320.0
_NEAR_POLE = 89.0


class _InSqlite(UserDefinedType[bytes]):
    """A SpatiaLite column, declared by the name of its kind and holding BLOBs.

    It is no GeoAlchemy2 type, so GeoAlchemy2's table events, which would add metadata and
    an index of their own, leave our tables alone; migrations call `add_spatial` instead.
    """

    cache_ok = True
    kind = "GEOMETRY"

    def get_col_spec(self, **_kw: object) -> str:
        return self.kind


_SQLITE_TYPES: dict[str, type[_InSqlite]] = {
    kind: type(f"_{kind.title()}InSqlite", (_InSqlite,), {"kind": kind, "cache_ok": True})
    for kind in blob.KINDS
}
# Reflection, and with it Alembic's comparison, finds the same types again.
ischema_names.update(_SQLITE_TYPES)


class _Given(FunctionElement[Any]):
    """A shape sent as a parameter: a BLOB to SQLite, EWKB to PostGIS."""

    inherit_cache = True


@compiles(_Given, "sqlite")
def _given_blob(element: _Given, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(next(iter(element.clauses)), **kw)


@compiles(_Given)
def _given_ewkb(element: _Given, compiler: SQLCompiler, **kw: Any) -> str:
    return f"ST_GeomFromEWKB({compiler.process(next(iter(element.clauses)), **kw)})"


class Shape(TypeDecorator[BaseGeometry]):
    """A column of shapely geometries in degrees of longitude and latitude (WGS 84).

    `kind` is GEOMETRY, POINT, … MULTIPOLYGON or GEOMETRYCOLLECTION; `dimension` is 3 with
    heights. A MULTI… column takes a single part and stores it as a MULTI… of one.
    Raises TypeError or ValueError (within sqlalchemy.exc.StatementError) for anything else.
    """

    impl = Geometry
    cache_ok = True

    def __init__(self, kind: str = "GEOMETRY", dimension: int = 2) -> None:
        self.kind = _known(kind)
        self.dimension = dimension
        typed = self.kind + ("Z" if dimension > 2 else "")
        super().__init__(typed, srid=WGS84, dimension=dimension, spatial_index=False)

    def load_dialect_impl(self, dialect: sa.Dialect | None) -> Any:
        # GeoAlchemy2's table events ask without a dialect, on PostgreSQL only.
        on_sqlite = dialect is not None and dialect.name == "sqlite"
        return _SQLITE_TYPES[self.kind]() if on_sqlite else self.impl

    def bind_expression(self, bindparam: sa.BindParameter[Any]) -> sa.ColumnElement[Any]:
        return _Given(bindparam)

    def column_expression(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        return column

    def process_bind_param(self, value: BaseGeometry | None, dialect: sa.Dialect) -> bytes | None:
        if value is None:
            return None
        shape = self._fitting(value)
        if dialect.name == "sqlite":
            return blob.encode(shape, WGS84)
        ewkb: bytes = shapely.to_wkb(shapely.set_srid(shape, WGS84), include_srid=True)
        return ewkb

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> BaseGeometry | None:
        if value is None:
            return None
        return blob.decode(value) if dialect.name == "sqlite" else shapely.from_wkb(value.data)

    def __repr__(self) -> str:
        flat = self.dimension == 2
        return f"Shape({self.kind!r})" if flat else f"Shape({self.kind!r}, {self.dimension})"

    def _fitting(self, value: object) -> BaseGeometry:
        if not isinstance(value, BaseGeometry):
            raise TypeError(f"a shape is a shapely geometry, not {type(value).__name__}")
        if shapely.get_srid(value) not in (0, WGS84):
            raise ValueError(f"a shape is in WGS 84, not EPSG:{shapely.get_srid(value)}")
        found = value.geom_type.upper()
        if self.kind not in ("GEOMETRY", found, f"MULTI{found}"):
            raise ValueError(f"a {self.kind} column takes no {found}")
        ordinates = 2 + int(value.has_z) + int(shapely.has_m(value))
        if self.kind != "GEOMETRY" and ordinates != self.dimension and not value.is_empty:
            raise ValueError(f"the column keeps {self.dimension} coordinates, not {ordinates}")
        return collected([value]) if self.kind == f"MULTI{found}" else value


class _BoxesMeet(FunctionElement[Any]):
    """What an index can tell: the box around a column's shape meets a box of four sides."""

    # Of a boolean SQLAlchemy makes `… IN (…) = 1` for SQLite, which then reads every row.
    type = sa.types.NULLTYPE
    inherit_cache = True


@compiles(_BoxesMeet, "sqlite")
def _by_rtree(element: _BoxesMeet, compiler: SQLCompiler, **kw: Any) -> str:
    """A list of rowids: joined to the R*Tree, SQLite may scan all of it for every row."""
    column, *sides = element.clauses
    stored = next(iter(column.base_columns))
    rowid: sa.ColumnClause[int] = sa.column("rowid")
    rowid.table = column.table
    index = compiler.preparer.quote(f"idx_{stored.table.name}_{stored.name}")
    west, south, east, north = (compiler.process(side, **kw) for side in sides)
    return (
        f"{compiler.process(rowid, **kw)} IN (SELECT pkid FROM {index} WHERE xmin <= {east}"  # noqa: S608 (names of ours)
        f" AND xmax >= {west} AND ymin <= {north} AND ymax >= {south})"
    )


@compiles(_BoxesMeet)
def _by_gist(element: _BoxesMeet, compiler: SQLCompiler, **kw: Any) -> str:
    column, *sides = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} && ST_MakeEnvelope({', '.join(sides)}, {WGS84})"


class _Near(FunctionElement[bool]):
    """Whether a column's shape is within so many metres of a shape."""

    type = sa.Boolean()
    inherit_cache = True


@compiles(_Near, "sqlite")
def _near_blob(element: _Near, compiler: SQLCompiler, **kw: Any) -> str:
    return f"PtDistWithin({compiler.process(element.clauses, **kw)})"


@compiles(_Near)
def _near_geography(element: _Near, compiler: SQLCompiler, **kw: Any) -> str:
    column, shape, metres = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"ST_DWithin(({column})::geography, ({shape})::geography, {metres})"


def unread(column: ShapeColumn) -> sa.ColumnElement[Any]:
    """A column of shapes as the database gives it, for `read_fields` to read many at once."""
    return sa.type_coerce(column, sa.types.NULLTYPE)


def read_fields(values: Sequence[Any]) -> NDArray[Any]:
    """The shapes that a column of fields gave by `unread`; none may be NULL."""
    if values and isinstance(values[0], bytes):
        return blob.decode_fields(values)
    return np.asarray(shapely.from_wkb(list(values)), dtype=object)


def boxes_meet(
    column: ShapeColumn, west: float, south: float, east: float, north: float
) -> sa.ColumnElement[Any]:
    """Rows the box around whose shape meets a box in degrees: what the index alone tells."""
    return _boxes_meet(column, (west, south, east, north))


def intersects_box(
    column: ShapeColumn, west: float, south: float, east: float, north: float
) -> sa.ColumnElement[bool]:
    """Rows whose shape shares at least a point with a box in degrees, found by the index."""
    return touches_shape(column, shapely.box(west, south, east, north))


def touches_shape(column: ShapeColumn, geometry: BaseGeometry) -> sa.ColumnElement[bool]:
    """Rows whose shape shares at least a point with the geometry, found by the index."""
    if geometry.is_empty:
        return sa.false()
    given = sa.literal(geometry, Shape())
    exactly = Function("ST_Intersects", column, given, type_=sa.Boolean())
    return sa.and_(_boxes_meet(column, geometry.bounds), exactly)


def within_distance(
    column: ShapeColumn, point: BaseGeometry, metres: float
) -> sa.ColumnElement[bool]:
    """Rows whose shape is at most so many geodesic metres from the point, found by the index."""
    if point.is_empty:
        return sa.false()
    near = _Near(column, sa.literal(point, Shape()), sa.literal(float(metres), sa.Float()))
    return sa.and_(_boxes_meet(column, _box_around(point, metres)), near)


def add_spatial(
    connection: sa.Connection,
    table: str,
    column: str,
    kind: str,
    *,
    srid: int = WGS84,
    dimension: int = 2,
) -> None:
    """Index a geometry column of a new table; on SQLite also declare and guard it.

    For migrations, after `op.create_table`. Raises ValueError for an unknown kind or where
    a row already holds something else.
    """
    known = _known(kind)
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(
            f"CREATE INDEX idx_{table}_{column} ON {table} USING gist ({column})"
        )
        return
    raw = _below(connection)
    if not tables.recover_column(raw, table, column, srid, known, dimension):
        raise ValueError(f"{table}.{column} holds something other than {known} in {srid}")
    tables.create_index(raw, table, column)


def drop_spatial(connection: sa.Connection, table: str, column: str) -> None:
    """Undo `add_spatial`, before the table is dropped or rebuilt by Alembic's batch mode."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f"DROP INDEX idx_{table}_{column}")
        return
    raw = _below(connection)
    tables.disable_index(raw, table, column)
    tables.discard_column(raw, table, column)


def include_object(
    item: SchemaItem, name: str | None, type_: str, reflected: bool, _compare_to: object
) -> bool:
    """For Alembic's env.py: look past the tables and indexes that spatial engines keep."""
    if not reflected or name is None:
        return True
    if type_ == "table":
        return name not in metadata.NAMES and not name.startswith("idx_")
    if isinstance(item, sa.Index):
        return not any(isinstance(column.type, Geometry) for column in item.columns)
    return True


def _below(connection: sa.Connection) -> sqlite3.Connection:
    """The sqlite3 connection, within the transaction: a function of SQL would hide its errors."""
    if not connection.in_transaction():
        connection.begin()
    raw = connection.connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        raise TypeError("the connection has no sqlite3 below it")
    return raw


def _known(kind: str) -> str:
    if kind.upper() not in blob.KINDS:
        raise ValueError(f"{kind} is no kind of geometry; one of {', '.join(blob.KINDS)} is")
    return kind.upper()


def _boxes_meet(column: ShapeColumn, box: blob.Box) -> sa.ColumnElement[Any]:
    return _BoxesMeet(column, *(sa.literal(float(side), sa.Float()) for side in box))


def _box_around(geometry: BaseGeometry, metres: float) -> blob.Box:
    """Degrees that hold everything within so many metres; all round the earth near a pole."""
    west, south, east, north = geometry.bounds
    high = metres / _LATITUDE_M
    steepest = min(max(abs(south), abs(north)) + high, _NEAR_POLE)
    wide = metres / (_LONGITUDE_M * math.cos(math.radians(steepest)))
    if steepest == _NEAR_POLE or west - wide < -180.0 or east + wide > 180.0:
        west, east, wide = -180.0, 180.0, 0.0
    return west - wide, south - high, east + wide, north + high
