"""Geometry columns of tables: what they may hold, and the R*Tree that finds their rows.

The R*Tree is keyed by rowid, so it serves tables with any primary key. VACUUM may renumber
the rows of a table without INTEGER PRIMARY KEY: follow it with `RecoverSpatialIndex`.
"""

import sqlite3
from typing import NamedTuple

from coopfarm.store.spatialite.blob import KINDS
from coopfarm.store.spatialite.metadata import create_metadata, has_metadata, know_srid

_COORDINATES = {"XY": 2, "XYZ": 3, "XYM": 3, "XYZM": 4}
_CLASS = {"XY": 0, "XYZ": 1000, "XYM": 2000, "XYZM": 3000}
_OF_NUMBER = {2: "XY", 3: "XYZ", 4: "XYZM"}

# The message is SpatiaLite's, so programs that look for it find it.
_GUARD = """
CREATE TRIGGER IF NOT EXISTS {trigger} BEFORE {event} ON {table} BEGIN
  SELECT RAISE(ABORT, {objection})
  WHERE GeometryConstraints(NEW.{column}, {geometry_class}, {srid}) <> 1;
END"""

_INDEX = "CREATE VIRTUAL TABLE IF NOT EXISTS {index} USING rtree(pkid, xmin, xmax, ymin, ymax)"

_ENTER = """
INSERT INTO {index}
SELECT {row}.rowid, MbrMinX({row}.{column}), MbrMaxX({row}.{column}), MbrMinY({row}.{column}),
  MbrMaxY({row}.{column})
{source} WHERE MbrMinX({row}.{column}) IS NOT NULL"""

_FOLLOW = "CREATE TRIGGER IF NOT EXISTS {trigger} AFTER {event} ON {table} BEGIN {steps} END"

_ASTRAY = """
SELECT (SELECT count(*) FROM {table} WHERE MbrMinX({column}) IS NOT NULL)
    <> (SELECT count(*) FROM {index})
  OR EXISTS (SELECT 1 FROM {table} AS t LEFT JOIN {index} AS i ON i.pkid = t.rowid
    WHERE MbrMinX(t.{column}) IS NOT NULL AND NOT coalesce(
      i.xmin <= MbrMinX(t.{column}) AND i.xmax >= MbrMaxX(t.{column})
      AND i.ymin <= MbrMinY(t.{column}) AND i.ymax >= MbrMaxY(t.{column}), 0))"""

_WRONG_ROW = "SELECT 1 FROM {table} WHERE GeometryConstraints({column}, ?, ?) <> 1 LIMIT 1"

_DECLARE = "INSERT OR REPLACE INTO geometry_columns VALUES (lower(?), lower(?), ?, ?, ?, 0)"
_ENABLE = """
UPDATE geometry_columns SET spatial_index_enabled = ?
WHERE f_table_name = lower(?) AND f_geometry_column = lower(?)"""
_ENABLED = """
SELECT spatial_index_enabled FROM geometry_columns
WHERE f_table_name = lower(?) AND f_geometry_column = lower(?)"""
_DISCARD = """
DELETE FROM geometry_columns WHERE f_table_name = lower(?) AND f_geometry_column = lower(?)"""
_DECLARED = "SELECT * FROM geometry_columns WHERE f_table_name = lower(?)"


class GeometryColumn(NamedTuple):
    """One row of `geometry_columns`."""

    table: str
    column: str
    geometry_class: int
    coordinates: int
    srid: int
    index_enabled: int


def recover_column(  # noqa: PLR0917 (SQL calls it by position)
    connection: sqlite3.Connection,
    table: str,
    column: str,
    srid: int,
    kind: str,
    dimension: str | int = "XY",
) -> int:
    """Declare an existing column to be geometry, and refuse every other value from now on.

    0 when a row already holds something else. Raises KeyError or ValueError for a dimension
    or kind that does not exist, pyproj.exceptions.CRSError for an SRID EPSG does not know.
    """
    letters = _OF_NUMBER[dimension] if isinstance(dimension, int) else dimension.upper()
    code = KINDS.index(_bare(kind)) + _CLASS[letters]
    wrong = _WRONG_ROW.format(table=_quoted(table), column=_quoted(column))
    if connection.execute(wrong, (code, srid)).fetchone():
        return 0
    create_metadata(connection)
    know_srid(connection, srid)
    connection.execute(_DECLARE, (table, column, code, _COORDINATES[letters], srid))
    _guard(connection, table, column, code, srid)
    return 1


def add_column(  # noqa: PLR0917 (SQL calls it by position)
    connection: sqlite3.Connection,
    table: str,
    column: str,
    srid: int,
    kind: str,
    dimension: str | int = "XY",
    not_null: int = 0,
) -> int:
    """Add a geometry column to a table that is there; only an empty one can be NOT NULL."""
    required = " NOT NULL DEFAULT ''" if not_null else ""
    connection.execute(
        f"ALTER TABLE {_quoted(table)} ADD COLUMN {_quoted(column)} {_bare(kind)}{required}"
    )
    return recover_column(connection, table, column, srid, kind, dimension)


def discard_column(connection: sqlite3.Connection, table: str, column: str) -> int:
    """Forget that a column is geometry, and accept any value in it again."""
    for prefix in ("ggi", "ggu"):
        connection.execute(f"DROP TRIGGER IF EXISTS {_trigger(prefix, table, column)}")
    return connection.execute(_DISCARD, (table, column)).rowcount


def create_index(connection: sqlite3.Connection, table: str, column: str) -> int:
    """Index the bounding boxes of a declared column, and keep the index with the rows.

    0 when the column was never declared.
    """
    if connection.execute(_ENABLE, (1, table, column)).rowcount == 0:
        return 0
    connection.execute(_INDEX.format(index=_index(table, column)))
    rebuild_index(connection, table, column)
    _follow(connection, table, column)
    return 1


def rebuild_index(connection: sqlite3.Connection, table: str, column: str) -> int:
    """Fill the index anew from the rows."""
    index = _index(table, column)
    source = f"FROM {_quoted(table)}"
    connection.execute(f"DELETE FROM {index}")  # noqa: S608 (a quoted name)
    connection.execute(
        _ENTER.format(index=index, row=_quoted(table), column=_quoted(column), source=source)
    )
    return 1


def disable_index(connection: sqlite3.Connection, table: str, column: str) -> int:
    """Drop the index of a column and what keeps it."""
    for prefix in ("gii", "giu", "gid"):
        connection.execute(f"DROP TRIGGER IF EXISTS {_trigger(prefix, table, column)}")
    connection.execute(f"DROP TABLE IF EXISTS {_index(table, column)}")
    return connection.execute(_ENABLE, (0, table, column)).rowcount


def check_index(connection: sqlite3.Connection, table: str, column: str) -> int | None:
    """1 when the index finds every row, 0 when it has gone astray, None when there is none."""
    enabled = connection.execute(_ENABLED, (table, column)).fetchone()
    if enabled is None or not enabled[0]:
        return None
    question = _ASTRAY.format(
        table=_quoted(table), column=_quoted(column), index=_index(table, column)
    )
    return int(not connection.execute(question).fetchone()[0])


def declared_columns(connection: sqlite3.Connection, table: str) -> list[GeometryColumn]:
    """The geometry columns of a table, as the file's own metadata has them."""
    if not has_metadata(connection):
        return []
    return [GeometryColumn(*row) for row in connection.execute(_DECLARED, (table,)).fetchall()]


def drop_table(connection: sqlite3.Connection, table: str) -> int:
    """Drop a table with its geometry columns' indexes and declarations."""
    for declared in declared_columns(connection, table):
        _forget(connection, table, declared.column)
    connection.execute(f"DROP TABLE IF EXISTS {_quoted(table)}")
    return 1


def rename_table(connection: sqlite3.Connection, old: str, new: str) -> int:
    """Rename a table, and everything that goes by its name."""
    columns = declared_columns(connection, old)
    for declared in columns:
        _forget(connection, old, declared.column)
    connection.execute(f"ALTER TABLE {_quoted(old)} RENAME TO {_quoted(new)}")
    for declared in columns:
        _declare_again(connection, new, declared)
    return 1


def _forget(connection: sqlite3.Connection, table: str, column: str) -> None:
    disable_index(connection, table, column)
    discard_column(connection, table, column)


def _declare_again(connection: sqlite3.Connection, table: str, was: GeometryColumn) -> None:
    letters = next(
        key for key, value in _CLASS.items() if value == was.geometry_class // 1000 * 1000
    )
    kind = KINDS[was.geometry_class % 1000]
    recover_column(connection, table, was.column, was.srid, kind, letters)
    if was.index_enabled:
        create_index(connection, table, was.column)


def _guard(
    connection: sqlite3.Connection, table: str, column: str, geometry_class: int, srid: int
) -> None:
    objection = f"{table}.{column} violates Geometry constraint [geom-type or SRID not allowed]"
    for prefix, event in (("ggi", "INSERT"), ("ggu", f"UPDATE OF {_quoted(column)}")):
        connection.execute(
            _GUARD.format(
                trigger=_trigger(prefix, table, column),
                event=event,
                table=_quoted(table),
                column=_quoted(column),
                objection="'" + objection.replace("'", "''") + "'",
                geometry_class=int(geometry_class),
                srid=int(srid),
            )
        )


def _follow(connection: sqlite3.Connection, table: str, column: str) -> None:
    """Triggers that let the index follow the rows, REPLACE included."""
    index = _index(table, column)
    leave = f"DELETE FROM {index} WHERE pkid = {{row}}.rowid;"  # noqa: S608 (a quoted name)
    enter = _ENTER.format(index=index, row="NEW", column=_quoted(column), source="") + ";"
    # REPLACE removes a row without telling DELETE triggers: its number may still be taken.
    arrive = leave.format(row="NEW") + enter
    followers = {
        "gii": ("INSERT", arrive),
        "giu": (f"UPDATE OF {_quoted(column)}", leave.format(row="OLD") + arrive),
        "gid": ("DELETE", leave.format(row="OLD")),
    }
    for prefix, (event, steps) in followers.items():
        trigger = _trigger(prefix, table, column)
        connection.execute(
            _FOLLOW.format(trigger=trigger, event=event, table=_quoted(table), steps=steps)
        )


def _bare(kind: str) -> str:
    """The name of a kind without its dimensions: POLYGON for `PolygonZ`."""
    return kind.upper().removesuffix("M").removesuffix("Z").strip()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _index(table: str, column: str) -> str:
    return _quoted(f"idx_{table}_{column}")


def _trigger(prefix: str, table: str, column: str) -> str:
    return _quoted(f"{prefix}_{table}_{column}")
