"""The embedded database: one writer at a time, and nothing that was answered is lost."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from coopfarm.members.models import Cooperative
from coopfarm.store import sqlite
from coopfarm.store.db import Database

WRITES_EACH = 200
MADE_AT = datetime(2026, 7, 1, 8, tzinfo=UTC)


@pytest.fixture
def file(_migrated_file: Path, tmp_path: Path) -> Path:
    file = tmp_path / "coopfarm.db"
    file.write_bytes(_migrated_file.read_bytes())
    return file


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{file}")
    yield database
    database.dispose()


def a_cooperative(name: str) -> Cooperative:
    return Cooperative(name=name, timezone="UTC", locale="en_GB", made_at=MADE_AT)


def write(database: Database, name: str) -> None:
    with database.transaction() as session:
        session.add(a_cooperative(name))


def write_elsewhere(database: Database, name: str) -> None:
    """Write from another thread, and raise what it raises."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(write, database, name).result(timeout=5)


def count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count(Cooperative.id))) or 0


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)]
)
def test_every_connection_keeps_what_was_answered(
    database: Database, pragma: str, value: object
) -> None:
    with database.writing() as one, database.reading() as two:
        said = [session.scalar(text(f"PRAGMA {pragma}")) for session in (one, two)]

    assert said == [value, value]


def test_writers_wait_for_each_other_and_none_is_turned_away(database: Database) -> None:
    def write_many(who: str) -> None:
        for n in range(WRITES_EACH):
            write(database, f"{who} {n}")

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(write_many, who) for who in ("Amina", "Hamid")]:
            done.result()

    assert count(database) == 2 * WRITES_EACH


def test_a_transaction_that_may_write_begins_by_taking_the_writers_place(
    database: Database, file: Path
) -> None:
    with database.transaction() as session:
        session.scalar(select(func.count(Cooperative.id)))
        other = sqlite3.connect(file, timeout=0)

        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_readers_do_not_wait_for_the_writer_and_see_what_was_kept(database: Database) -> None:
    write(database, "Al-Nur")
    with database.transaction() as session:
        session.execute(text("DELETE FROM cooperatives"))

        with ThreadPoolExecutor(1) as thread:
            seen = thread.submit(count, database).result(timeout=5)

    assert (seen, count(database)) == (1, 0)


def test_a_reader_never_stands_in_a_writers_way(database: Database) -> None:
    write(database, "Al-Nur")
    with database.reading() as session:
        before = session.scalar(select(func.count(Cooperative.id)))

        write(database, "Al-Amal")

        assert session.scalar(select(func.count(Cooperative.id))) == before == 1


def test_a_session_that_reads_cannot_write(database: Database) -> None:
    with database.reading() as session:
        with pytest.raises(OperationalError, match="readonly"):
            session.execute(text("DELETE FROM cooperatives"))
        session.rollback()

    write(database, "Al-Nur")
    assert count(database) == 1


def test_a_writer_that_is_not_let_in_says_so_as_a_database_does(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "WAIT_SECONDS", 0.05)
    database = Database(f"sqlite:///{file}")

    with database.transaction() as session:
        session.connection()
        with pytest.raises(OperationalError, match="locked"):
            write_elsewhere(database, "Al-Amal")
    write(database, "Al-Nur")

    assert count(database) == 1
    database.dispose()


def test_a_writer_in_another_program_is_waited_for(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "WAIT_SECONDS", 0.05)
    database = Database(f"sqlite:///{file}")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(OperationalError, match="locked"):
        write(database, "Al-Nur")
    other.execute("ROLLBACK")
    other.close()
    write(database, "Al-Nur")

    assert count(database) == 1
    database.dispose()


def test_a_commit_that_fails_frees_the_writers_place(database: Database) -> None:
    session = database.writing()
    session.add(a_cooperative("Al-Nur"))
    session.flush()
    interruptions = iter([1])
    raw = session.connection().connection.driver_connection
    raw.set_progress_handler(lambda: next(interruptions, 0), 1)
    with pytest.raises(OperationalError, match="interrupted"):
        session.commit()
    session.close()

    write_elsewhere(database, "Al-Amal")

    assert count(database) == 1


def test_writers_of_different_files_do_not_wait_for_each_other(file: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.db"
    second.write_bytes(file.read_bytes())
    one, two = Database(f"sqlite:///{file}"), Database(f"sqlite:///{second}")

    with one.transaction() as session:
        session.connection()
        write_elsewhere(two, "Al-Nur")

    assert count(two) == 1
    one.dispose()
    two.dispose()


def test_a_new_file_is_its_owners_alone_and_those_beside_it_as_well(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'coopfarm.db'}")

    with database.writing() as session:
        session.execute(text("CREATE TABLE t (x INTEGER)"))
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
        session.commit()
    database.dispose()

    assert modes == dict.fromkeys(("coopfarm.db", "coopfarm.db-wal", "coopfarm.db-shm"), 0o600)
