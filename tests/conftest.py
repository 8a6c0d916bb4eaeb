"""What every test may ask for."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from coopfarm.app import create_app
from coopfarm.config import Settings
from coopfarm.members.models import Cooperative
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from tests import postgres
from tests.factories.members import Visitor
from tests.migrated import migrated

SHARED_DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
PEPPER = "a pepper for tests, long enough to be taken"


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


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database with every migration run, on each of the two engines."""
    if request.param == "sqlite":
        file = tmp_path / "coopfarm.db"
        shutil.copy(request.getfixturevalue("_migrated_file"), file)
        yield f"sqlite:///{file}"
        return
    admin_url = request.getfixturevalue("_cluster")
    template = postgres.make_template(admin_url, "coopfarm_migrated", migrated)
    with postgres.fresh_database(admin_url, template) as url:
        yield postgres.as_program(url)


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
