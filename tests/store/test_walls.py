"""PostgreSQL itself keeps the cooperatives apart, whatever our code asks for."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from coopfarm.cli import door
from coopfarm.config import BadSettingError, Settings
from coopfarm.members.models import Cooperative, Household
from coopfarm.store import walls
from coopfarm.store.audit import APPEND_ONLY
from coopfarm.store.db import Database
from tests.conftest import PEPPER, Clock

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

WALLED = """
SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND EXISTS (
  SELECT FROM pg_policy WHERE polrelid = pg_class.oid AND polname = 'one_cooperative')
"""


@pytest.fixture
def neighbour_id(database: Database, clock: Clock) -> int:
    """Al-Amal next door, with one household."""
    with database.transaction() as session:
        home = Cooperative(name="Al-Amal", timezone="UTC", locale="en_GB", made_at=clock.now)
        session.add(home)
        session.flush()
        home_id = home.id
    with database.transaction(home_id) as session:
        session.add(Household(name="Zarzur"))
    return home_id


@pytest.fixture
def program(database: Database) -> Iterator[Connection]:
    """A plain connection of the program's role, without our session in front of it."""
    with database.engine.connect() as connection:
        yield connection


def see(connection: Connection, **seen: object) -> None:
    walls.open_to(connection, {name: str(value) for name, value in seen.items()})


def test_every_table_of_cooperatives_is_behind_the_wall(onlooker: Database) -> None:
    with onlooker.engine.connect() as connection:
        walled = set(connection.scalars(text(WALLED)))

        assert walled == set(walls.walled_tables(connection))
    assert {"members", "plots", "turns", "audit_events", "sign_ins", "acts"} <= walled


@pytest.mark.usefixtures("neighbour_id")
def test_who_names_no_cooperative_sees_and_writes_nothing(
    program: Connection, cooperative_id: int
) -> None:
    seen = program.scalar(select(func.count()).select_from(Household))

    assert seen == 0
    with pytest.raises(ProgrammingError, match="row-level security"):
        program.execute(
            Household.__table__.insert().values(
                cooperative_id=cooperative_id, id=uuid4(), name="Nobody's"
            )
        )


def test_another_cooperative_is_neither_read_nor_written(
    program: Connection, cooperative_id: int, neighbour_id: int
) -> None:
    see(program, cooperative=cooperative_id)

    changed = program.execute(text("UPDATE households SET name = 'ours now'")).rowcount
    removed = program.execute(text("DELETE FROM households")).rowcount

    assert (changed, removed) == (0, 0)
    with pytest.raises(ProgrammingError, match="row-level security"):
        program.execute(
            Household.__table__.insert().values(
                cooperative_id=neighbour_id, id=uuid4(), name="A guest"
            )
        )


def test_a_wall_closes_with_the_transaction_though_the_connection_lives_on(
    program: Connection, neighbour_id: int
) -> None:
    see(program, cooperative=neighbour_id)
    within = program.scalar(select(func.count()).select_from(Household))
    program.commit()

    assert within == 1
    assert program.scalar(select(func.count()).select_from(Household)) == 0


@pytest.mark.parametrize(
    "attempt",
    [
        "ALTER TABLE households DISABLE ROW LEVEL SECURITY",
        "DROP POLICY one_cooperative ON households",
        "SET SESSION AUTHORIZATION coop",
        "SET ROLE coop",
        "CREATE TABLE hers (id integer)",
        *(f"UPDATE {table} SET id = id" for table in APPEND_ONLY),  # noqa: S608 (names of ours)
        *(f"DELETE FROM {table}" for table in APPEND_ONLY),  # noqa: S608 (names of ours)
        "TRUNCATE households",
    ],
)
def test_the_program_cannot_take_a_wall_down(program: Connection, attempt: str) -> None:
    with pytest.raises(DBAPIError, match=r"must be owner|permission denied"):
        program.exec_driver_sql(attempt)


def test_it_is_known_which_role_the_walls_do_not_hold(
    program: Connection, onlooker: Database
) -> None:
    with onlooker.engine.connect() as owner:
        assert "superuser" in walls.passes(owner)
    assert walls.passes(program) == []


def test_production_does_not_start_as_a_role_that_the_walls_do_not_hold(
    database_url: str, owner_url: str, tmp_path: Path
) -> None:
    secrets = {"secret_key": PEPPER, "pepper": PEPPER, "environment": "production"}
    held = Settings(tmp_path, database_url, owner_url=owner_url, **secrets)
    passing = Settings(tmp_path, owner_url, **secrets)

    with door.opened(held) as opened:
        assert opened.engine.dialect.name == "postgresql"
    with pytest.raises(BadSettingError, match="COOPFARM_OWNER_URL"), door.opened(passing):
        pass
