"""The embedded database: one writer at a time, and nothing acknowledged is lost."""

import sqlite3
import threading
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

from coopfarm.store import spatialite

WAIT_SECONDS = 10.0

# FULL: with NORMAL a power cut loses commits that were already answered.
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=ON")

# As the documentation of SQLite suggests for ANALYZE.
_ROWS_LOOKED_AT = 400

_IN_MEMORY = ("", ":memory:")

_writers: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


class WaitingConnection(sqlite3.Connection):
    """A connection whose writers queue in order within the process.

    SQLite's own waiting is a lottery that starves; a lock in front of it is a queue.
    """

    def __init__(self, database: str | Path, *args: Any, **kwargs: Any) -> None:
        _make_private(database)
        super().__init__(database, *args, **kwargs)
        self._writer = _writers[str(database)]
        self._holds_writer = False
        self._has: dict[str, bool] = {}

    def have(self, setting: str, is_on: bool) -> None:
        """Turn a setting on or off, where it is not so already.

        SQLite forgets every prepared statement with each of these, and must plan them again.
        """
        if self._has.get(setting) is not is_on:
            self._has.pop(setting, None)
            self.execute(f"PRAGMA {setting}={'ON' if is_on else 'OFF'}")
            self._has[setting] = is_on

    def begin_writing(self) -> None:
        """Raises sqlite3.OperationalError when another writer does not finish in time."""
        if not self._writer.acquire(timeout=WAIT_SECONDS):
            raise sqlite3.OperationalError("database is locked by another writer")
        self._holds_writer = True
        try:
            self.execute("BEGIN IMMEDIATE")
        except sqlite3.Error:
            self._let_go()
            raise

    def commit(self) -> None:
        try:
            super().commit()
        except sqlite3.Error:
            # SQLAlchemy takes the transaction for ended: nobody else would roll it back.
            self.rollback()
            raise
        self._let_go()

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._let_go()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._let_go()

    def _let_go(self) -> None:
        if self._holds_writer:
            self._holds_writer = False
            self._writer.release()


def _make_private(database: str | Path) -> None:
    """Have a new file readable by its owner alone; SQLite makes the files beside it the same."""
    if str(database) in _IN_MEMORY or Path(database).exists():
        return
    with suppress(OSError):  # SQLite says better why there can be none
        Path(database).touch(mode=0o600)


def learn(connection: Connection) -> None:
    """Count a part of the rows, so that the right index is chosen; PostgreSQL does by itself."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA analysis_limit={_ROWS_LOOKED_AT}")
        connection.exec_driver_sql("ANALYZE")


def attach(engine: Engine) -> None:
    """Give every connection of the engine our settings, functions and transactions."""

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").fetchall()
        spatialite.install(connection)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        raw = connection.connection.driver_connection
        if not isinstance(raw, WaitingConnection):
            raise TypeError("an engine of ours makes waiting connections")
        options = connection.get_execution_options()
        try:
            raw.have("foreign_keys", not options.get("references_unchecked"))
            raw.have("query_only", bool(options.get("reads")))
            if options.get("writes"):
                raw.begin_writing()
            else:
                raw.execute("BEGIN")
        except sqlite3.OperationalError as error:
            raise OperationalError("BEGIN", None, error) from error
