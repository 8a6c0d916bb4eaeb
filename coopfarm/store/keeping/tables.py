"""The tables of ours that a database has, whatever its revision, and how their values look.

They are read from the database and not from the models, so that a backup of an older version
is read and restored by the same lines.
"""

from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection

from coopfarm.store.spatialite import metadata

# What a column holds → how its values are written; what is more special comes first.
_KINDS: Final[tuple[tuple[type[sa.types.TypeEngine[Any]], str], ...]] = (
    (sa.Boolean, "flag"),
    (sa.DateTime, "instant"),
    (sa.Date, "day"),
    (sa.JSON, "json"),
    (sa.LargeBinary, "bytes"),
    (sa.Integer, "integer"),
    (sa.Float, "number"),
    (sa.Uuid, "id"),
    (sa.String, "text"),
)
_NOT_OURS: Final = ("alembic_version", "sqlite_sequence")


class Column(NamedTuple):
    """`kind` is flag, instant, day, json, bytes, integer, number, id, text or shape."""

    name: str
    kind: str
    nullable: bool = False


class Table(NamedTuple):
    """`key` are the columns of its primary key, in their order."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def of_cooperatives(self) -> bool:
        return "cooperative_id" in self.names

    @property
    def has_rows_of_none(self) -> bool:
        """Whether rows may belong to no cooperative at all."""
        own = [column for column in self.columns if column.name == "cooperative_id"]
        return not own or own[0].nullable


def tables_of(connection: Connection) -> dict[str, Table]:
    """Every table of ours by its name; none in an empty database.

    Raises TypeError for a column whose type has no written form yet.
    """
    found = sa.inspect(connection)
    names = sorted(filter(_is_ours, found.get_table_names()))
    if not names:
        return {}
    shapes = set(map(tuple, connection.exec_driver_sql(_SHAPES)))
    columns = found.get_multi_columns(filter_names=names)
    keys = found.get_multi_pk_constraint(filter_names=names)
    key_of = {name: tuple(key["constrained_columns"]) for (_, name), key in keys.items() if key}
    return {
        name: Table(
            name,
            tuple(
                Column(
                    one["name"],
                    "shape" if (name, one["name"]) in shapes else _kind(name, one["type"]),
                    one["nullable"],
                )
                for one in sorted(of_table, key=lambda one: one["name"])
            ),
            key_of[name],
        )
        for (_, name), of_table in sorted(columns.items(), key=lambda pair: pair[0][1])
    }


_SHAPES: Final = "SELECT f_table_name, f_geometry_column FROM geometry_columns"


def _is_ours(name: str) -> bool:
    beside = name in metadata.NAMES or name in _NOT_OURS
    return not beside and not name.startswith(("idx_", "huey_", "sqlite_"))


def _kind(table: str, stored: sa.types.TypeEngine[object]) -> str:
    for known, kind in _KINDS:
        if isinstance(stored, known):
            return kind
    raise TypeError(f"{table}: a backup has no form for {stored!r}")
