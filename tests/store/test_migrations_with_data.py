"""Every released schema, with data in it, to the schema of now, back, and up again."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from coopfarm.store import migrate
from coopfarm.store.db import make_engine
from coopfarm.store.keeping.checksums import Checksum, Part, checksums
from coopfarm.store.keeping.rows import open_to, snapshot
from coopfarm.store.keeping.tables import Table, tables_of
from tests import postgres
from tests.store.released import first_tables

RELEASED = [first_tables]


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database on each of the two engines."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'old.db'}")
        yield engine
        engine.dispose()
        return
    with postgres.fresh_database(request.getfixturevalue("_cluster")) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture(params=RELEASED, ids=lambda released: released.REVISION)
def old(request: pytest.FixtureRequest, engine: Engine) -> Callable[[], dict[Part, Checksum]]:
    """A database of a released version; gives the checksums of what that version had."""
    migrate.upgrade(engine, request.param.REVISION)
    with engine.execution_options(writes=True).begin() as connection:
        request.param.fill(connection)
    with engine.connect() as connection:
        tables = tables_of(connection)

    def seen() -> dict[Part, Checksum]:
        with snapshot(engine) as connection:
            return checksums(connection, _in_the_kinds_of_now(tables, tables_of(connection)))

    return seen


def _in_the_kinds_of_now(then: dict[str, Table], now: dict[str, Table]) -> dict[str, Table]:
    """The tables and columns of then, all of which have to be there."""
    found = {}
    for name, table in then.items():
        kinds = {column.name: column for column in now[name].columns}
        found[name] = table._replace(columns=tuple(kinds[column] for column in table.names))
    return found


def _refused(engine: Engine, statement: str) -> str:
    with engine.execution_options(writes=True).connect() as connection:
        open_to(connection, 1)
        with pytest.raises(DBAPIError) as refusal:
            connection.execute(text(statement))
    return str(refusal.value.orig)


def _guards_refuse(engine: Engine) -> bool:
    changed = "UPDATE audit_events SET verb = 'nothing happened'"
    removed = "DELETE FROM audit_events"
    moved = (
        "UPDATE turns SET is_live = true, outlet_id ="
        " (SELECT outlet_id FROM turns WHERE cooperative_id = 1 AND place = 0), starts_at ="
        " (SELECT starts_at FROM turns WHERE cooperative_id = 1 AND place = 0)"
        " WHERE cooperative_id = 1 AND place = 1"
    )
    lost = "UPDATE turns SET plot_id = rotation_id WHERE cooperative_id = 1"
    return (
        "audit_events_append_only" in _refused(engine, changed)
        and "audit_events_append_only" in _refused(engine, removed)
        and "turns_no_overlap" in _refused(engine, moved)
        and "foreign key" in _refused(engine, lost).lower()
    )


def test_there_is_data_in_every_table_with_every_column_empty_and_filled(
    engine: Engine, old: Callable[[], dict[Part, Checksum]]
) -> None:
    seen = old()

    with engine.connect() as connection:
        tables = tables_of(connection)
        uneven = [
            f"{table.name}.{column.name}"
            for table in tables.values()
            for column in table.columns
            if column.nullable and not _is_both(connection, table.name, column.name)
        ]
    assert {part.table for part in seen} == set(tables)
    assert uneven == []


def _is_both(connection: Connection, table: str, column: str) -> bool:
    """Whether a column is empty in some rows and filled in others."""
    asked = f'SELECT DISTINCT "{column}" IS NULL FROM "{table}"'  # noqa: S608 (names that the database gave)
    return len(connection.scalars(text(asked)).all()) == 2


def test_up_down_and_up_again_every_row_is_as_it_was(
    engine: Engine, old: Callable[[], dict[Part, Checksum]], request: pytest.FixtureRequest
) -> None:
    before = old()
    revision = request.node.callspec.params["old"].REVISION

    migrate.upgrade(engine)
    up = old()
    migrate.downgrade(engine, revision)
    down = old()
    migrate.upgrade(engine)
    again = old()

    assert up == down == again == before
    assert migrate.differences(engine) == []


def test_the_guards_stand_at_every_stop(
    engine: Engine, old: Callable[[], dict[Part, Checksum]], request: pytest.FixtureRequest
) -> None:
    revision = request.node.callspec.params["old"].REVISION
    stood = [_guards_refuse(engine)]

    migrate.upgrade(engine)
    stood.append(_guards_refuse(engine))
    migrate.downgrade(engine, revision)
    stood.append(_guards_refuse(engine))

    assert stood == [True, True, True]
    assert old()


def test_shapes_are_found_by_their_index_after_the_move(
    engine: Engine, old: Callable[[], dict[Part, Checksum]]
) -> None:
    asked = {
        "sqlite": "SELECT count(*) FROM idx_plots_boundary JOIN plots ON plots.rowid = pkid"
        " WHERE xmax >= 31.1 AND cooperative_id = 1",
        "postgresql": "SELECT count(*) FROM plots"
        " WHERE boundary && ST_MakeEnvelope(31.1, 29, 40, 31, 4326) AND cooperative_id = 1",
    }[engine.dialect.name]

    def found() -> int:
        with engine.connect() as connection:
            open_to(connection, 1)
            return connection.scalar(text(asked)) or 0

    old()
    before = found()
    migrate.upgrade(engine)

    assert found() == before > 0
