"""The schema comes from the migrations, and they leave nothing to say."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, inspect, text

from coopfarm.store import migrate
from coopfarm.store.db import make_engine


@pytest.fixture
def engine(owner_url: str) -> Iterator[Engine]:
    engine = make_engine(owner_url)
    yield engine
    engine.dispose()


def guards(engine: Engine) -> set[str]:
    """What autogenerate cannot see: triggers, exclusions and checks, by name."""
    asked = (
        "SELECT name || coalesce(sql, '') FROM sqlite_master"
        if engine.dialect.name == "sqlite"
        else "SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace"
        " UNION SELECT tgname || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
        " UNION SELECT indexname || indexdef FROM pg_indexes WHERE schemaname = 'public'"
    )
    with engine.connect() as connection:
        return {in_any_order(said) for said in connection.scalars(text(asked))}


def in_any_order(said: str) -> str:
    """A table built anew has the same lines, not always in the same order."""
    return "\n".join(sorted(line.strip(',\t" ') for line in said.splitlines()))


def test_the_migrations_make_what_the_models_say(engine: Engine) -> None:
    assert migrate.differences(engine) == []


def test_down_and_up_again_leaves_no_difference(engine: Engine) -> None:
    before = guards(engine)

    migrate.downgrade(engine, "base")
    migrate.upgrade(engine)

    assert guards(engine) == before
    assert migrate.differences(engine) == []


def test_all_the_way_down_leaves_no_table_of_ours(engine: Engine) -> None:
    migrate.downgrade(engine, "base")

    left = set(inspect(engine).get_table_names())
    assert left & set(migrate.METADATA.tables) == set()


def test_migrating_what_is_up_to_date_changes_nothing(engine: Engine) -> None:
    before = guards(engine)

    migrate.upgrade(engine)

    assert guards(engine) == before


def test_tables_of_the_queue_are_not_taken_for_ours(engine: Engine) -> None:
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("CREATE TABLE huey_more (id integer)"))

    assert migrate.differences(engine) == []


def test_a_difference_is_named(engine: Engine) -> None:
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(text("CREATE TABLE stray (id integer)"))

    assert "stray" in str(migrate.differences(engine))
