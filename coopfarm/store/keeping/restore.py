"""An installation made anew from a backup, on either database."""

import sqlite3
from collections.abc import Mapping
from datetime import datetime

import psycopg
from sqlalchemy import Connection, Engine, func, insert, select
from sqlalchemy.exc import IntegrityError

from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_
from coopfarm.store import migrate
from coopfarm.store.epochs import Epoch
from coopfarm.store.keeping import bulk, rows
from coopfarm.store.keeping.archive import BackupDamaged, Reader
from coopfarm.store.keeping.checksums import checksums
from coopfarm.store.keeping.tables import Table, tables_of

_EPOCHS = Epoch.__tablename__


class BackupOfNewerProgram(Invalid):
    code = "backup-of-newer-program"
    words = N_(
        "%(file)s was made by a newer coopfarm (its tables are at %(revision)s, which this "
        "version does not know). Install that version or a later one, and restore again."
    )


class NotRestored(Invalid):
    code = "not-restored"
    words = N_(
        "%(file)s could not be restored as it was: %(where)s. Nothing was kept in the database."
    )


class DatabaseNotEmpty(Conflict):
    code = "database-not-empty"
    words = N_(
        "The database is in use already: it has %(found)s. A backup is restored into an empty "
        "one alone. Name another with COOPFARM_DATABASE_URL, or another folder with "
        "COOPFARM_DATA_DIR; nothing was changed."
    )


def restore(engine: Engine, backup: Reader, *, now: datetime) -> None:
    """Fill an empty database with a backup, compare, begin a new epoch, and bring it up to date.

    Raises BackupOfNewerProgram, DatabaseNotEmpty, BackupDamaged or NotRestored, and then the
    database holds no row.
    """
    manifest = backup.manifest
    if not migrate.knows(manifest.revision):
        raise BackupOfNewerProgram(file=backup.file.name, revision=manifest.revision)
    check_empty(engine)
    migrate.begin_at(engine, manifest.revision)
    unchecked = engine.execution_options(writes=True, references_unchecked=True)
    try:
        with bulk.written_once(engine), unchecked.begin() as connection:
            _fill_and_compare(connection, backup, now)
    except (IntegrityError, psycopg.IntegrityError, sqlite3.IntegrityError) as error:
        raise NotRestored(file=backup.file.name, where=_first_line(error)) from error
    except migrate.BrokenReferencesError as error:
        raise NotRestored(file=backup.file.name, where=str(error)) from error
    if manifest.revision != migrate.head():
        migrate.upgrade(engine)
    _learn(engine)


def check_empty(engine: Engine) -> None:
    """Raises DatabaseNotEmpty, which says what is there."""
    with rows.snapshot(engine) as connection:
        if "cooperatives" not in (tables := tables_of(connection)):
            return
        homes = connection.exec_driver_sql("SELECT name FROM cooperatives ORDER BY id").scalars()
        found = ", ".join(homes)
        if not found:
            held = {part.table for part in checksums(connection, tables)} - {_EPOCHS}
            found = ", ".join(f"rows in {table}" for table in sorted(held))
    if found:
        raise DatabaseNotEmpty(found=found)


def _fill_and_compare(connection: Connection, backup: Reader, now: datetime) -> None:
    rows.take_time(connection)
    tables = tables_of(connection)
    with bulk.bare(connection, list(tables)):
        _fill(connection, backup, tables)
        _compare(connection, backup, tables)
    migrate.check_references(connection)
    if _EPOCHS in tables:
        _begin_epoch(connection, datetime.fromisoformat(backup.manifest.made_at), now)


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", error)).partition("\n")[0]


def _fill(connection: Connection, backup: Reader, tables: Mapping[str, Table]) -> None:
    for name, columns in backup.manifest.columns.items():
        if name not in tables or tuple(columns) != tables[name].names:
            raise BackupDamaged(file=backup.file.name, where=f"the columns of {name}")
    if _EPOCHS in tables:
        connection.exec_driver_sql(f"DELETE FROM {_EPOCHS}")  # noqa: S608 (a name of ours)
    for part in backup.manifest.checksums:
        table = tables[part.table]
        for text in backup.lines(part):
            bulk.insert(connection, table, rows.values(text, table, connection.dialect.name))


def _compare(connection: Connection, backup: Reader, tables: Mapping[str, Table]) -> None:
    kept, found = backup.manifest.checksums, checksums(connection, tables)
    differing = [part for part in {**kept, **found} if kept.get(part) != found.get(part)]
    if differing:
        where = ", ".join(map(backup.manifest.named, differing))
        raise NotRestored(file=backup.file.name, where=f"these differ: {where}")


def _begin_epoch(connection: Connection, backup_of: datetime, now: datetime) -> None:
    lived = connection.scalar(select(func.max(Epoch.number))) or 0
    connection.execute(
        insert(Epoch), [{"number": lived + 1, "began_at": now, "backup_of": backup_of}]
    )


def _learn(engine: Engine) -> None:
    """Have PostgreSQL look at its tables, so that the first questions are answered fast."""
    if engine.dialect.name == "postgresql":
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("ANALYZE")
