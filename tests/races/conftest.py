"""Servers of two workers on each database, and a village of two hundred phones before them."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from coopfarm.store.db import Database
from tests import postgres
from tests.races import unguarded
from tests.races.server import Group, Mother
from tests.races.village import NOW, Village, settle

PEOPLE = 200
Open = Callable[..., tuple[Village, Group]]


@pytest.fixture(scope="session")
def mother() -> Iterator[Mother]:
    mother = Mother()
    yield mother
    mother.end()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def fresh(
    engine: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], str]]:
    """The owner's URL of a new database, as often as it is asked for."""
    with ExitStack() as made:

        def make() -> str:
            if engine == "sqlite":
                file = tmp_path_factory.mktemp("races") / "coopfarm.db"
                shutil.copy(request.getfixturevalue("_migrated_file"), file)
                return f"sqlite:///{file}"
            cluster, template = map(request.getfixturevalue, ("_cluster", "_template"))
            return made.enter_context(postgres.fresh_database(cluster, template))

        yield make


@pytest.fixture(scope="module")
def open_village(
    mother: Mother, fresh: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Open]:
    """`open_village("locks", people=8)`: a village that is served without a guard."""
    with ExitStack() as opened:

        def open_one(*without: str, people: int = PEOPLE) -> tuple[Village, Group]:
            owner = fresh()
            for one in unguarded.DROPPED.keys() & without:
                drop(owner, one)
            url = postgres.as_program(owner)
            database = Database(url)
            opened.callback(database.dispose)
            village = settle(database, people)
            folder: Path = tmp_path_factory.mktemp("served")
            others = [guard for guard in without if guard not in unguarded.DROPPED]
            group = opened.enter_context(mother.group(url, folder, NOW, *others))
            return village, group

        yield open_one


def drop(owner: str, guard: str) -> None:
    database = Database(owner)
    with database.engine.begin() as connection:
        unguarded.DROPPED[guard](connection)
    database.dispose()


@pytest.fixture(scope="module")
def served(open_village: Open) -> tuple[Village, Group]:
    """The program as it is."""
    return open_village()
