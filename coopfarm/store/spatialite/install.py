"""SpatiaLite's SQL functions on a connection of the standard library's sqlite3."""

import sqlite3
from collections.abc import Callable

from coopfarm.store.spatialite import formats, measures, metadata, shapes, tables
from coopfarm.store.spatialite.aggregates import AGGREGATES
from coopfarm.store.spatialite.calls import SqlFunction

_PURE: tuple[SqlFunction, ...] = (*formats.FUNCTIONS, *measures.FUNCTIONS, *shapes.FUNCTIONS)
_CURRENT_METADATA = 3  # what SpatiaLite answers for its layout of version 4 and later

_OF_COLUMNS: tuple[tuple[str, tuple[int, ...], Callable[..., int | None]], ...] = (
    ("RecoverGeometryColumn", (4, 5), tables.recover_column),
    ("AddGeometryColumn", (4, 5, 6), tables.add_column),
    ("DiscardGeometryColumn", (2,), tables.discard_column),
    ("CreateSpatialIndex", (2,), tables.create_index),
    ("RecoverSpatialIndex", (2,), tables.rebuild_index),
    ("DisableSpatialIndex", (2,), tables.disable_index),
    ("CheckSpatialIndex", (2,), tables.check_index),
    ("InsertEpsgSrid", (1,), metadata.know_srid),
)


def install(connection: sqlite3.Connection) -> None:
    """Teach the connection SpatiaLite's functions; reads and writes nothing.

    The functions that change tables hold the connection: it is freed when it is closed.
    """
    for function in _PURE:
        for name in function.names:
            for arity in function.arities:
                connection.create_function(name, arity, function.call, deterministic=True)
    for name, aggregate in AGGREGATES.items():
        connection.create_aggregate(name, 1, aggregate)
    _install_table_functions(connection)


def _install_table_functions(connection: sqlite3.Connection) -> None:
    """Functions that change tables, so never within a query's own reading of them."""
    for name, arities, change in _OF_COLUMNS:
        for arity in arities:
            connection.create_function(name, arity, _bound(change, connection))
    connection.create_function("CheckSpatialMetaData", 0, lambda: _layout_of(connection))
    for arity in (0, 1, 2):
        connection.create_function(
            "InitSpatialMetaData", arity, lambda *_: _initialised(connection)
        )
    connection.create_function("DropTable", 2, lambda _, name: tables.drop_table(connection, name))
    connection.create_function(
        "RenameTable", 3, lambda _, old, new: tables.rename_table(connection, old, new)
    )


def _bound(
    change: Callable[..., int | None], connection: sqlite3.Connection
) -> Callable[..., int | None]:
    return lambda *arguments: change(connection, *arguments)


def _layout_of(connection: sqlite3.Connection) -> int:
    return _CURRENT_METADATA if metadata.has_metadata(connection) else 0


def _initialised(connection: sqlite3.Connection) -> int:
    metadata.create_metadata(connection)
    return 1
