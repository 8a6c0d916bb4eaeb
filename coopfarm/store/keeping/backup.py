"""A backup taken while others write, and tried before anybody relies on it."""

import hmac
import os
import sqlite3
import tempfile
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from itertools import chain, islice
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, Engine, event

from coopfarm.kernel.refusal import Conflict
from coopfarm.kernel.words import N_
from coopfarm.store import migrate
from coopfarm.store.db import make_engine
from coopfarm.store.keeping import rows
from coopfarm.store.keeping.archive import Manifest, Reader, Writer
from coopfarm.store.keeping.checksums import Checksum, Part, Sum, parts
from coopfarm.store.keeping.restore import restore
from coopfarm.store.keeping.tables import Table, tables_of

_MARK_DIGITS = 8


class BackupExists(Conflict):
    code = "backup-exists"
    words = N_(
        "There is a file %(file)s already, and it may be a good backup. Name another file; "
        "nothing was written."
    )


class NothingToBackUp(Conflict):
    code = "nothing-to-back-up"
    words = N_(
        "The database has no tables of coopfarm yet. Look at COOPFARM_DATA_DIR and "
        "COOPFARM_DATABASE_URL: is it the right one?"
    )


def back_up(engine: Engine, file: Path, *, pepper: str, now: datetime) -> Manifest:
    """Write everything, as it is at one moment, to a new file, and restore that for a trial.

    The trial is a restore into a temporary SQLite file, whichever database it comes from; its
    rows are compared with the checksums taken in the snapshot. The file gets
    its name once all of that held.
    Raises BackupExists, NothingToBackUp, BackupDamaged or NotRestored, and leaves no file.
    """
    if file.exists():
        raise BackupExists(file=str(file))
    unproven = file.with_name(f"{file.name}.unproven")
    unproven.unlink(missing_ok=True)
    try:
        manifest = _write(engine, unproven, pepper=pepper, now=now)
        rehearse(unproven, now=now)
        _keep(unproven, file)
    finally:
        unproven.unlink(missing_ok=True)
    return manifest


def rehearse(file: Path, *, now: datetime) -> None:
    """Restore a backup into a database that is thrown away.

    Raises as `restore` does.
    """
    with tempfile.TemporaryDirectory(prefix="coopfarm-trial-") as folder:
        scratch = make_engine(f"sqlite:///{Path(folder) / 'trial.db'}")
        event.listen(scratch, "connect", _not_to_last)
        try:
            with Reader(file) as backup:
                restore(scratch, backup, now=now)
        finally:
            scratch.dispose()


def _not_to_last(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def pepper_mark(pepper: str) -> str:
    """Tells whether another pepper is the same one, and too little to guess it from.

    Empty for none.
    """
    if not pepper:
        return ""
    mark = hmac.digest(pepper.encode(), b"coopfarm: which pepper is it", "sha256").hex()
    return mark[:_MARK_DIGITS]


def _write(engine: Engine, file: Path, *, pepper: str, now: datetime) -> Manifest:
    with rows.snapshot(engine) as connection, Writer(file) as writer:
        tables = tables_of(connection)
        if "cooperatives" not in tables:
            raise NothingToBackUp
        manifest = Manifest(
            checksums=_copy(connection, tables, writer),
            columns={name: table.names for name, table in tables.items()},
            revision=migrate.revision_of(connection) or "",
            made_at=now.isoformat(),
            engine=engine.dialect.name,
            program=version("coopfarm"),
            epoch=_epoch(connection, tables),
            pepper_mark=pepper_mark(pepper),
            cooperatives=_cooperatives(connection),
        )
        writer.seal(manifest)
    return manifest


def _copy(
    connection: Connection, tables: Mapping[str, Table], writer: Writer
) -> dict[Part, Checksum]:
    """Write every part that has rows; their checksums."""
    taken = {}
    for part, texts in parts(connection, tables):
        first = list(islice(texts, 1))
        if not first:
            continue
        counted = Sum()
        with writer.part(part) as entry:
            for count, text in chain(first, texts):
                counted.add(count, text)
                entry.write(text)
        taken[part] = counted.checksum
    return taken


def _cooperatives(connection: Connection) -> dict[int, str]:
    homes = connection.exec_driver_sql("SELECT id, name FROM cooperatives ORDER BY id")
    return {home.id: home.name for home in homes}


def _epoch(connection: Connection, tables: Mapping[str, Table]) -> str | None:
    """None in databases of versions that had no epochs yet."""
    if "epochs" not in tables:
        return None
    newest = "SELECT id FROM epochs ORDER BY number DESC LIMIT 1"
    return UUID(str(connection.exec_driver_sql(newest).scalar_one())).hex


def _keep(unproven: Path, file: Path) -> None:
    """Give the file its name, once it is on the disk."""
    with unproven.open("rb") as opened:
        os.fsync(opened.fileno())
    unproven.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
