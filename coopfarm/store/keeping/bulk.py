"""Filling empty tables fast: what watches single rows is taken off, and looks at all at the end.

On both databases foreign keys are checked for every row before the transaction ends; on
PostgreSQL exclusions too. Only the triggers of SQLite, which had watched the rows where the
backup was made, do not look again.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

from sqlalchemy import Connection, Engine

from coopfarm.store.keeping.tables import Table
from coopfarm.store.spatialite import tables as spatial

_OBJECTS: Final = """
SELECT type, name, sql, tbl_name FROM sqlite_master
WHERE type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY type, name"""

_CONSTRAINTS: Final = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(c.oid), relname
FROM pg_constraint c JOIN pg_class ON pg_class.oid = conrelid
WHERE connamespace = current_schema()::regnamespace AND contype IN ('f', 'x')
ORDER BY contype DESC, 1, 2"""

_INDEXES: Final = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid), relname
FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
WHERE relnamespace = current_schema()::regnamespace AND NOT EXISTS
  (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
ORDER BY 1"""

_WALLED: Final = """
SELECT relname FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relforcerowsecurity ORDER BY 1"""

_NUMBERED: Final = """
SELECT pg_get_serial_sequence(quote_ident(table_name), column_name), table_name, column_name
FROM information_schema.columns WHERE table_schema = current_schema()
  AND pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL"""


@contextmanager
def written_once(engine: Engine) -> Iterator[None]:
    """Within, a transaction on SQLite writes new rows to the file itself, and not to a log first.

    What it changes is kept beside the file until the commit, so that a power cut loses nothing.
    Where somebody else has the file open it goes on with the log.
    """
    if engine.dialect.name != "sqlite":
        yield
        return
    _keep_journal(engine, "DELETE")
    try:
        yield
    finally:
        _keep_journal(engine, "WAL")


def _keep_journal(engine: Engine, mode: str) -> None:
    connection = engine.raw_connection()
    try:
        with suppress(sqlite3.OperationalError):
            connection.cursor().execute(f"PRAGMA journal_mode={mode}")
    finally:
        connection.close()


@contextmanager
def bare(connection: Connection, tables: Sequence[str]) -> Iterator[None]:
    """Within, `tables` take rows unwatched; afterwards all is on again, and has looked."""
    if connection.dialect.name == "sqlite":
        again = _strip_sqlite(connection, tables)
    else:
        again = _strip_postgres(connection, tables)
    yield
    for statement in again:
        connection.exec_driver_sql(statement)
    if connection.dialect.name == "sqlite":
        _mend_sqlite(connection, tables)
    else:
        _count_on(connection, tables)


def insert(connection: Connection, table: Table, rows: Iterable[Sequence[Any]]) -> None:
    """Add rows, their values in the order of the table's columns."""
    names = ", ".join(f'"{name}"' for name in table.names)
    raw: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" * len(table.names))
        raw.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({places})', rows)  # noqa: S608 (names that the database gave)
        return
    with raw.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _strip_sqlite(connection: Connection, tables: Sequence[str]) -> list[str]:
    connection.exec_driver_sql("PRAGMA cache_size = -131072")
    found = connection.exec_driver_sql(_OBJECTS).all()
    ours = [one for one in found if one.tbl_name in tables]
    for one in ours:
        connection.exec_driver_sql(f'DROP {one.type} "{one.name}"')
    return [one.sql for one in ours]


def _mend_sqlite(connection: Connection, tables: Sequence[str]) -> None:
    raw = connection.connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        raise TypeError("the connection has no sqlite3 below it")
    for table in tables:
        for declared in spatial.declared_columns(raw, table):
            if declared.index_enabled:
                spatial.rebuild_index(raw, table, declared.column)


def _strip_postgres(connection: Connection, tables: Sequence[str]) -> list[str]:
    """Take off what slows rows down; the statements that put it back.

    Walls of row-level security stand in the way of their owner's COPY too.
    """
    connection.exec_driver_sql("SET LOCAL maintenance_work_mem = '256MB'")
    off, on = [], []
    for table, name, definition, of in connection.exec_driver_sql(_CONSTRAINTS):
        if of in tables:
            off.append(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            on.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    indexes = [one for one in connection.exec_driver_sql(_INDEXES) if one.relname in tables]
    off += [f"DROP INDEX {name}" for name, _, _ in indexes]
    on[:0] = [definition for _, definition, _ in indexes]
    off += [f'ALTER TABLE "{table}" DISABLE TRIGGER USER' for table in tables]
    on += [f'ALTER TABLE "{table}" ENABLE TRIGGER USER' for table in tables]
    for table in connection.exec_driver_sql(_WALLED).scalars().all():
        if table in tables:
            off.append(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
            on.append(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
    for statement in off:
        connection.exec_driver_sql(statement)
    return [statement.replace("%", "%%") for statement in on]


def _count_on(connection: Connection, tables: Sequence[str]) -> None:
    """Have every sequence go on after the highest number that a row has."""
    for sequence, table, column in connection.exec_driver_sql(_NUMBERED).all():
        if table in tables:
            connection.exec_driver_sql(
                f"SELECT setval('{sequence}', max({column})) FROM {table} HAVING count(*) > 0"  # noqa: S608 (names that the database gave)
            )
