"""One door to the database, embedded or served."""

import pytest
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from coopfarm.members.models import Cooperative
from coopfarm.store.db import Database, make_engine
from tests.conftest import Clock


@pytest.fixture
def served(database: Database) -> Database:
    if database.engine.dialect.name != "postgresql":
        pytest.skip("the embedded database has no network")
    return database


def a_cooperative(clock: Clock) -> Cooperative:
    return Cooperative(name="Al-Nur", timezone="UTC", locale="en_GB", made_at=clock.now)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_the_address_of_postgresql_means_the_same(scheme: str) -> None:
    engine = make_engine(f"{scheme}://coop@localhost/village")

    assert engine.url == make_url("postgresql+psycopg://coop@localhost/village")


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ArgumentError):
        make_engine("the village")


def test_what_is_within_a_transaction_is_kept_whole(database: Database, clock: Clock) -> None:
    with database.transaction() as session:
        session.add(a_cooperative(clock))

    with database.reading() as session:
        assert session.scalars(select(Cooperative.name)).all() == ["Al-Nur"]


def test_what_fails_leaves_no_trace(database: Database, clock: Clock) -> None:
    def fail() -> None:
        with database.transaction() as session:
            session.add(a_cooperative(clock))
            session.flush()
            raise RuntimeError("the light went out")

    with pytest.raises(RuntimeError, match="light"):
        fail()

    with database.reading() as session:
        assert session.scalars(select(Cooperative)).all() == []


def test_a_session_that_reads_cannot_write(database: Database) -> None:
    with database.reading() as session, pytest.raises(DBAPIError, match=r"read-?only"):
        session.execute(text("DELETE FROM cooperatives"))


def test_a_session_that_writes_can_follow_one_that_reads(database: Database, clock: Clock) -> None:
    with database.reading() as session:
        session.scalars(select(Cooperative)).all()

    with database.transaction() as session:
        session.add(a_cooperative(clock))

    with database.reading() as session:
        assert len(session.scalars(select(Cooperative)).all()) == 1


def test_a_served_database_is_not_waited_for_without_end(served: Database) -> None:
    with served.writing() as session:
        said = {
            name: session.scalar(text(f"SHOW {name}"))
            for name in ("lock_timeout", "statement_timeout", "TimeZone")
        }
        raw = session.connection().connection.driver_connection
        network = raw.info.get_parameters()

    assert said == {"lock_timeout": "3s", "statement_timeout": "30s", "TimeZone": "UTC"}
    assert (network["connect_timeout"], network["tcp_user_timeout"]) == ("2", "2000")


def test_a_connection_that_was_cut_while_it_rested_is_replaced(served: Database) -> None:
    with served.reading() as session:
        ours = session.scalar(text("SELECT pg_backend_pid()"))
    other = Database(served.engine.url.render_as_string(hide_password=False))
    with other.writing() as session:
        session.execute(text("SELECT pg_terminate_backend(:ours)"), {"ours": ours})

    with served.reading() as session:
        assert session.scalar(text("SELECT 1")) == 1
    other.dispose()


def test_what_is_asked_often_stays_prepared_though_readers_roll_back(served: Database) -> None:
    for _ in range(10):
        with served.reading() as session:
            session.execute(select(Cooperative))
            session.rollback()

    with served.reading() as session:
        prepared = session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()

    assert any("FROM cooperatives" in statement for statement in prepared)


def test_what_may_be_seen_is_a_value_and_never_a_word_of_the_statement(served: Database) -> None:
    with served.reading() as session:
        session.show_phone("'; ROLLBACK; --")

        seen = session.scalar(text("SELECT current_setting('coopfarm.phone')"))
        mode = session.scalar(text("SHOW transaction_read_only"))

    assert (seen, mode) == ("'; ROLLBACK; --", "on")
