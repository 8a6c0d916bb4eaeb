"""What every test may ask for."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from coopfarm.app import create_app
from coopfarm.config import Settings
from coopfarm.members.actions import hashing
from coopfarm.members.models import Cooperative
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from tests import postgres, quick
from tests.factories.members import Visitor
from tests.migrated import migrated

SHARED_DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
FULL_COST = hashing.cost
PEPPER = "a pepper for tests, long enough to be taken"


@pytest.fixture(scope="session", autouse=True)
def _quick() -> Iterator[None]:
    """What hundreds of apps would each do again is done once; hashes are as cheap as they get.

    Programs that a test starts are not touched by it.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": quick.Compiled()})
        patch.setattr(Flask, "url_rule_class", quick.Rule)
        patch.setattr(hashing, "cost", hashing.Cost(1, 8))
        yield


@pytest.fixture
def hashed_at_full_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a test of the hashes themselves."""
    monkeypatch.setattr(hashing, "cost", FULL_COST)


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """The path of a file of real data, or a skip that says it is not here."""

    def find(name: str) -> Path:
        path = SHARED_DATA / name
        if not path.exists():
            pytest.skip(f"real data is not beside the project: {name}")
        return path

    return find


class Clock:
    """Time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def _migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "migrated.db"
    migrated(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def _cluster() -> Iterator[str]:
    with postgres.cluster() as admin_url:
        yield admin_url


@pytest.fixture(scope="session")
def _template(_cluster: str) -> str:
    return postgres.make_template(_cluster, "coopfarm_migrated", migrated)


@pytest.fixture(scope="session")
def _spare(_cluster: str, _template: str) -> Iterator[postgres.Spare]:
    spare = postgres.Spare(_cluster, _template)
    yield spare
    spare.drop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database as every migration leaves it, on each of the two engines.

    It is a copy that nobody had before where the test comes as the owner of the tables too.
    """
    if request.param == "sqlite":
        file = tmp_path / "coopfarm.db"
        shutil.copy(request.getfixturevalue("_migrated_file"), file)
        yield f"sqlite:///{file}"
    elif "owner_url" in request.fixturenames:
        cluster, template = map(request.getfixturevalue, ("_cluster", "_template"))
        with postgres.fresh_database(cluster, template) as url:
            yield postgres.as_program(url)
    else:
        spare: postgres.Spare = request.getfixturevalue("_spare")
        yield postgres.as_program(spare.take())
        spare.clean()


@pytest.fixture
def owner_url(database_url: str) -> str:
    """The same database for the owner of its tables."""
    return postgres.as_owner(database_url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture
def onlooker(owner_url: str) -> Iterator[Database]:
    """The same database as its owner sees it, over every wall."""
    database = Database(owner_url)
    yield database
    database.dispose()


@pytest.fixture
def cooperative_id(database: Database, clock: Clock) -> int:
    """The cooperative Al-Nur, empty."""
    with database.transaction() as session:
        home = Cooperative(
            name="Al-Nur", timezone="Africa/Cairo", locale="ar_EG", made_at=clock.now
        )
        session.add(home)
        session.flush()
        return home.id


@pytest.fixture
def session(database: Database, cooperative_id: int) -> Iterator[TenantSession]:
    """A session of Al-Nur that may write; commit it for others to see."""
    with database.writing() as session:
        session.cooperative_id = cooperative_id
        yield session
        session.rollback()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        secret_key="a secret for tests, long enough to be taken",
        pepper=PEPPER,
        worker="at-once",
    )


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Iterator[Flask]:
    app = create_app(settings, clock=clock)
    app.testing = True
    yield app
    app.extensions["coopfarm_queue"].close()
    app.extensions["coopfarm_database"].dispose()


@pytest.fixture
def visitor(app: Flask, database: Database, cooperative_id: int) -> Callable[..., Visitor]:
    """Make somebody with roles, signed in: `visitor("manager")`."""

    def make(*roles: str, name: str = "Amina", number: str = "") -> Visitor:
        return Visitor.settle(
            app, database, cooperative_id, roles or ("member",), name=name, number=number
        )

    return make


@pytest.fixture
def july() -> Callable[..., datetime]:
    """`july(4, 6)`: 4 July 2026, 06:00 UTC."""
    return lambda day, hour=0, minute=0: datetime(2026, 7, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def today(clock: Clock) -> date:
    return clock.now.date()


@pytest.fixture
def settle(
    database: Database, cooperative_id: int
) -> Callable[[Callable[[TenantSession], Any]], Any]:
    """`settle(lambda session: make_machine(session).id)`: kept for everybody to see."""

    def make(what: Callable[[TenantSession], Any]) -> Any:
        with database.transaction(cooperative_id) as session:
            return what(session)

    return make


@pytest.fixture
def look(database: Database, cooperative_id: int) -> Iterator[TenantSession]:
    """A session that only reads."""
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        yield session
