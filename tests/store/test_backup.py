"""Backups: complete at one moment, proven at once, and noticed when a byte is wrong."""

import hashlib
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from coopfarm.store import epochs, migrate
from coopfarm.store.db import make_engine
from coopfarm.store.keeping import restore as restoring
from coopfarm.store.keeping.archive import BackupDamaged, NotABackup, Reader
from coopfarm.store.keeping.backup import BackupExists, NothingToBackUp, back_up, rehearse
from coopfarm.store.keeping.checksums import Checksum, Part, checksums
from coopfarm.store.keeping.restore import (
    BackupOfNewerProgram,
    DatabaseNotEmpty,
    NotRestored,
    restore,
)
from coopfarm.store.keeping.rows import open_to, snapshot
from tests import postgres
from tests.store.released import first_tables

NOW = datetime(2026, 7, 5, 12, tzinfo=UTC)
LATER = datetime(2026, 7, 6, 12, tzinfo=UTC)
PEPPER = "a pepper that is in no backup, and long enough"
ENGINES = ("sqlite", "postgresql")


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Engine]]:
    """`empty("sqlite")`: an engine on a database without a single table."""
    closers: list[Callable[[], object]] = []

    def make(kind: str) -> Engine:
        if kind == "sqlite":
            url = f"sqlite:///{tmp_path / f'{len(closers)}.db'}"
        else:
            fresh = postgres.fresh_database(request.getfixturevalue("_cluster"))
            url = fresh.__enter__()
            closers.append(lambda: fresh.__exit__(None, None, None))
        engine = make_engine(url)
        closers.append(engine.dispose)
        return engine

    yield make
    for close in reversed(closers):
        close()


def filled(engine: Engine) -> Engine:
    """Two cooperatives with about twenty rows in each of the first tables, brought up to date."""
    migrate.upgrade(engine, first_tables.REVISION)
    with engine.execution_options(writes=True).begin() as connection:
        first_tables.fill(connection)
    migrate.upgrade(engine)
    return engine


@pytest.fixture(params=ENGINES)
def source(request: pytest.FixtureRequest, empty: Callable[[str], Engine]) -> Engine:
    return filled(empty(request.param))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "village.backup"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a SQLite database."""
    folder = tmp_path_factory.mktemp("kept")
    engine = filled(make_engine(f"sqlite:///{folder / 'village.db'}"))
    back_up(engine, folder / "village.backup", pepper=PEPPER, now=NOW)
    engine.dispose()
    return folder / "village.backup"


def sums(engine: Engine) -> dict[Part, Checksum]:
    with snapshot(engine) as connection:
        return checksums(connection)


def without_epochs(found: Mapping[Part, Checksum]) -> dict[Part, Checksum]:
    return {part: checksum for part, checksum in found.items() if part.table != "epochs"}


def of_cooperatives(found: Mapping[Part, Checksum]) -> dict[Part, Checksum]:
    return {part: checksum for part, checksum in found.items() if part.cooperative_id}


def restored(file: Path, engine: Engine) -> Engine:
    with Reader(file) as backup:
        restore(engine, backup, now=LATER)
    return engine


def epoch_of(engine: Engine) -> UUID:
    with Session(engine) as session:
        return epochs.current(session)


def asked(engine: Engine, statement: str, home: int = 1) -> object:
    with engine.connect() as connection:
        open_to(connection, home)
        return connection.scalar(text(statement))


@pytest.mark.parametrize("target", ENGINES)
def test_what_is_restored_is_what_was_there_on_either_database(
    source: Engine, empty: Callable[[str], Engine], target: str, file: Path
) -> None:
    manifest = back_up(source, file, pepper=PEPPER, now=NOW)

    engine = restored(file, empty(target))

    assert dict(manifest.checksums) == sums(source)
    assert without_epochs(sums(engine)) == without_epochs(sums(source))
    assert {part.cooperative_id for part in manifest.checksums} == {None, 1, 2}
    assert migrate.differences(engine) == []


@pytest.mark.parametrize("target", ENGINES)
def test_after_a_restore_guards_indexes_and_numbers_work_on(
    kept: Path, empty: Callable[[str], Engine], target: str
) -> None:
    engine, plain = empty(target), empty(target)
    migrate.upgrade(plain)

    restored(kept, engine)

    assert watchers(engine) == watchers(plain)
    with engine.execution_options(writes=True).connect() as connection:
        open_to(connection, 1)
        with pytest.raises(DBAPIError, match="append_only"):
            connection.execute(text("UPDATE audit_events SET verb = 'nothing happened'"))
    with engine.execution_options(writes=True).begin() as connection:
        columns = "name, timezone, locale, area_unit, field_efficiency, made_at"
        founded = connection.scalar(
            text(
                f"INSERT INTO cooperatives ({columns})"  # noqa: S608 (names of ours)
                " VALUES ('Al-Amal', 'UTC', 'en_GB', 'ha', 0.6, '2026-07-01') RETURNING id"
            )
        )
    assert founded == 3
    if target == "sqlite":
        indexed = "SELECT CheckSpatialIndex('plots', 'boundary')"
        assert (asked(engine, indexed), asked(engine, "PRAGMA integrity_check")) == (1, "ok")


def watchers(engine: Engine) -> set[str]:
    """Indexes, triggers and constraints, by what they say."""
    lite = "SELECT name || coalesce(sql, '') FROM sqlite_master WHERE type IN ('index', 'trigger')"
    full = (
        "SELECT conname || pg_get_constraintdef(oid) || convalidated FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace"
        " UNION SELECT tgname || pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger"
        " WHERE NOT tgisinternal"
        " UNION SELECT indexname || indexdef FROM pg_indexes WHERE schemaname = 'public'"
        " UNION SELECT relname || relforcerowsecurity || relrowsecurity FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    )
    with engine.connect() as connection:
        return set(connection.scalars(text(lite if engine.dialect.name == "sqlite" else full)))


def test_a_restore_begins_a_new_epoch_and_remembers_what_it_is_a_backup_of(
    source: Engine, empty: Callable[[str], Engine], file: Path
) -> None:
    manifest = back_up(source, file, pepper=PEPPER, now=NOW)

    engine = restored(file, empty("sqlite"))

    assert manifest.epoch == epoch_of(source).hex
    assert epoch_of(engine) != epoch_of(source)
    assert asked(engine, "SELECT count(*) FROM epochs") == 2
    newest = "SELECT backup_of FROM epochs WHERE number = 2"
    assert str(asked(engine, newest)).startswith("2026-07-05 12:00:00")


def test_a_backup_under_load_is_of_one_moment_and_turns_no_writer_away(
    source: Engine, file: Path, empty: Callable[[str], Engine]
) -> None:
    """Each writer moves a share from plot to plot and writes that down, both or neither."""
    stop, begun = threading.Event(), threading.Semaphore(0)
    url = source.url.render_as_string(hide_password=False)

    def write(home: int) -> int:
        engine, moved = make_engine(url), 0
        while not stop.is_set():
            with engine.execution_options(writes=True).begin() as connection:
                open_to(connection, home)
                _move_a_share(connection, home, moved)
            moved += 1
            begun.release()
        engine.dispose()
        return moved

    with ThreadPoolExecutor(2) as threads:
        writers = [threads.submit(write, home) for home in (1, 2)]
        for _ in range(10):
            begun.acquire(timeout=10)
        manifest = back_up(source, file, pepper=PEPPER, now=NOW)
        stop.set()
        moved = [writer.result(timeout=30) for writer in writers]

    engine = restored(file, empty("sqlite"))
    noted = [manifest.checksums[Part("audit_events", home)].rows - 20 for home in (1, 2)]
    assert min(moved) > 0
    assert all(0 <= then <= at_last for then, at_last in zip(noted, moved, strict=True))
    for home, then in zip((1, 2), noted, strict=True):
        given = f"SELECT sum(shares) FROM plots WHERE cooperative_id = {home}"  # noqa: S608 (a number)
        edited = f"SELECT max(edition) FROM plots WHERE cooperative_id = {home}"  # noqa: S608 (a number)
        assert (asked(engine, given), asked(engine, edited)) == (25.0, then + 1)


def _move_a_share(connection: object, home: int, moved: int) -> None:
    giver, taker = (first_tables.an_id("plots", home, 2 * (moved + n) % 20) for n in (0, 1))
    for plot, by in ((giver, -1), (taker, 1)):
        connection.execute(
            text(
                f"UPDATE plots SET shares = shares + ({by}), edition = {moved + 2}"  # noqa: S608 (numbers)
                " WHERE id = :id"
            ),
            {"id": plot.hex if connection.dialect.name == "sqlite" else plot},
        )
    first_tables._put(
        connection,
        "audit_events",
        **first_tables._audit_events(home, 1000 + moved) | {"actor_id": None, "on_behalf_of": None},
    )


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_corrupt_byte_anywhere_is_noticed(
    data: st.DataObject, kept: Path, tmp_path: Path
) -> None:
    content = bytearray(kept.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    (tmp_path / "corrupt").write_bytes(content)

    with pytest.raises((BackupDamaged, NotABackup)):
        Reader(tmp_path / "corrupt")


@pytest.mark.parametrize("left", [0, 1, 50, 87, 5000, -1])
def test_a_file_that_was_cut_off_is_no_backup(kept: Path, tmp_path: Path, left: int) -> None:
    (tmp_path / "cut").write_bytes(kept.read_bytes()[:left])

    with pytest.raises(NotABackup):
        Reader(tmp_path / "cut")


def test_a_corrupt_row_is_named_by_table_and_cooperative(kept: Path, tmp_path: Path) -> None:
    content = bytearray(kept.read_bytes())
    with zipfile.ZipFile(kept) as archive:
        begins = archive.getinfo("plots/2.jsonl").header_offset
    content[begins + 100] ^= 1
    (tmp_path / "corrupt").write_bytes(content)

    with pytest.raises(BackupDamaged) as damage:
        Reader(tmp_path / "corrupt")

    assert "corrupt is damaged: plots of cooperative 2 (Kashkadarya 50 %)." in str(damage.value)


def test_a_row_that_was_changed_with_care_is_noticed_too(kept: Path, tmp_path: Path) -> None:
    """The seal alone can be made anew; the checksums in the list of contents remain."""
    changed = tmp_path / "changed"
    with zipfile.ZipFile(kept) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.replace("الطاحونة".encode(), "المدرسة".encode()))
        new.comment = old.comment
    seal_again(changed)

    with Reader(changed) as backup, pytest.raises(BackupDamaged, match="plots of cooperative 1"):
        backup.check()
    with pytest.raises(BackupDamaged, match="plots of cooperative 1"):
        rehearse(changed, now=LATER)


def seal_again(file: Path) -> None:
    content = file.read_bytes()[:-64]
    file.write_bytes(content + hashlib.sha256(content).hexdigest().encode())


def test_the_database_in_use_is_left_alone_and_told_by_name(source: Engine, kept: Path) -> None:
    before = sums(source)

    with pytest.raises(DatabaseNotEmpty) as refusal:
        restored(kept, source)

    assert "it has قرية النور, Kashkadarya 50 %." in str(refusal.value)
    assert sums(source) == before


def test_accounts_without_a_cooperative_are_not_overwritten_either(
    kept: Path, empty: Callable[[str], Engine]
) -> None:
    engine = empty("sqlite")
    migrate.upgrade(engine)
    with engine.execution_options(writes=True).begin() as connection:
        first_tables._put(connection, "accounts", **first_tables._accounts(1, 1))

    with pytest.raises(DatabaseNotEmpty) as refusal:
        restored(kept, engine)

    assert "it has rows in accounts." in str(refusal.value)


@pytest.mark.parametrize("target", ENGINES)
def test_an_empty_database_that_is_up_to_date_takes_a_backup(
    kept: Path, empty: Callable[[str], Engine], target: str
) -> None:
    engine = empty(target)
    migrate.upgrade(engine)

    restored(kept, engine)

    assert asked(engine, "SELECT count(*) FROM accounts") == 40


@pytest.mark.parametrize("target", ENGINES)
def test_a_backup_of_an_older_version_is_restored_and_brought_up_to_date(
    empty: Callable[[str], Engine], file: Path, target: str
) -> None:
    old = empty("sqlite")
    migrate.upgrade(old, first_tables.REVISION)
    with old.execution_options(writes=True).begin() as connection:
        first_tables.fill(connection)
    manifest = back_up(old, file, pepper=PEPPER, now=NOW)

    engine = empty(target)
    migrate.upgrade(engine)
    restored(file, engine)

    assert (manifest.revision, manifest.epoch) == (first_tables.REVISION, None)
    assert migrate.differences(engine) == []
    assert asked(engine, "SELECT count(*) FROM members WHERE cooperative_id = 1") == 20
    assert asked(engine, "SELECT count(*) FROM epochs") == 1


def test_a_backup_of_a_newer_version_is_refused(
    kept: Path, tmp_path: Path, empty: Callable[[str], Engine]
) -> None:
    newer, engine = tmp_path / "newer", empty("sqlite")
    with zipfile.ZipFile(kept) as old, zipfile.ZipFile(newer, "w") as new:
        for name in old.namelist():
            said = old.read(name)
            new.writestr(name, said.replace(b'"revision": "2026', b'"revision": "2031'))
        new.comment = old.comment
    seal_again(newer)

    with pytest.raises(BackupOfNewerProgram) as refusal:
        restored(newer, engine)

    assert "Install that version or a later one" in str(refusal.value)
    with engine.connect() as connection:
        assert migrate.revision_of(connection) is None


def test_what_the_database_itself_refuses_leaves_it_empty(
    kept: Path, empty: Callable[[str], Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = empty("sqlite")
    fill = restoring._fill

    def lose_a_household(connection: object, *rest: object) -> None:
        fill(connection, *rest)
        connection.exec_driver_sql("DELETE FROM households")

    monkeypatch.setattr(restoring, "_fill", lose_a_household)
    with pytest.raises(NotRestored, match="households of cooperative 1"):
        restored(kept, engine)

    assert asked(engine, "SELECT count(*) FROM members") == 0
    monkeypatch.undo()
    assert asked(restored(kept, engine), "SELECT count(*) FROM members") == 40


def test_a_database_that_is_broken_gets_no_backup_that_seems_good(
    empty: Callable[[str], Engine], file: Path
) -> None:
    engine = filled(empty("sqlite"))
    unchecked = engine.execution_options(writes=True, references_unchecked=True)
    with unchecked.begin() as connection:
        connection.execute(text("DELETE FROM weather_stations"))

    with pytest.raises(NotRestored) as refusal:
        back_up(engine, file, pepper=PEPPER, now=NOW)

    assert "days_of_weather" in str(refusal.value)
    assert list(file.parent.glob("village.backup*")) == []


def test_a_file_that_is_there_is_never_replaced(kept: Path, empty: Callable[[str], Engine]) -> None:
    before = kept.read_bytes()

    with pytest.raises(BackupExists):
        back_up(empty("sqlite"), kept, pepper=PEPPER, now=NOW)

    assert kept.read_bytes() == before


def test_there_is_nothing_to_back_up_before_the_first_start(
    empty: Callable[[str], Engine], file: Path
) -> None:
    with pytest.raises(NothingToBackUp):
        back_up(empty("sqlite"), file, pepper=PEPPER, now=NOW)

    assert not file.exists()


def test_the_file_is_its_owners_alone_and_holds_no_secret(kept: Path) -> None:
    with zipfile.ZipFile(kept) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())

    assert kept.stat().st_mode & 0o077 == 0
    assert PEPPER.encode() not in everything
    assert "أمينة 3".encode() in everything


@pytest.fixture
def keeper(
    request: pytest.FixtureRequest, empty: Callable[[str], Engine]
) -> Iterator[Callable[[], Engine]]:
    """Engines on empty databases whose owner is no superuser: walls stand before it too."""
    admin = make_url(request.getfixturevalue("_cluster")).set(drivername="postgresql")
    role = "DO $$ BEGIN CREATE ROLE keeper LOGIN; EXCEPTION WHEN duplicate_object THEN END $$"
    engines: list[Engine] = []

    def make() -> Engine:
        url = empty("postgresql").url
        where = admin.set(database=url.database).render_as_string(hide_password=False)
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(role)
            connection.execute("GRANT ALL ON SCHEMA public TO keeper")
        engines.append(
            make_engine(url.set(username="keeper").render_as_string(hide_password=False))
        )
        return engines[-1]

    yield make
    for engine in engines:
        engine.dispose()


def test_an_owner_behind_walls_backs_up_and_restores_every_cooperative(
    keeper: Callable[[], Engine], kept: Path, file: Path
) -> None:
    engine = restored(kept, keeper())

    manifest = back_up(engine, file, pepper=PEPPER, now=LATER)

    with Reader(kept) as first:
        assert of_cooperatives(manifest.checksums) == of_cooperatives(first.manifest.checksums)
    assert without_epochs(sums(restored(file, keeper()))) == without_epochs(sums(engine))
