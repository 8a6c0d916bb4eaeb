"""A cooperative whose farmers book its machines, for what is measured of that."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine

from benchmarks.clocks import took
from coopfarm.app import create_app
from coopfarm.config import Settings
from coopfarm.equipment.models import MachinePolicy
from coopfarm.land.models import Plot
from coopfarm.members import actions as members
from coopfarm.members.models import Cooperative, Member
from coopfarm.store import sqlite
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from tests import postgres
from tests.factories.machines import make_machine
from tests.land.making import make_plot, square
from tests.migrated import migrated

Farmer = tuple[FlaskClient, UUID]

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
FIRST = datetime(2026, 7, 2, 4, tzinfo=UTC)
SECRET = "only for the benchmark, long enough to be taken"  # noqa: S105 (of a throw-away database)
PIN, PHONE = "407319", "+2010000000"
MACHINES = 50
FARMERS = 20
# What a cooperative of the village sets: lengths, hours, a horizon, a limit and a quota.
LINES: list[dict[str, Any]] = [
    {"code": "min_minutes", "value": 30, "is_hard": True},
    {"code": "max_minutes", "value": 600, "is_hard": True},
    {"code": "horizon_days", "value": 60, "is_hard": True},
    {"code": "hours", "opens": "05:00", "closes": "22:00", "is_hard": True},
    {"code": "quota_hours", "value": 4_000, "days": 30, "is_hard": True},
]


@dataclass(frozen=True)
class Fields:
    """The program on a database of its own, with farmers signed in and machines to book."""

    app: Flask
    database: Database
    farmers: list[Farmer]
    machine_ids: list[UUID]

    def todo(self) -> Iterator[tuple[FlaskClient, dict[str, Any]]]:
        """One hour after another, of the next farmer on the next machine."""
        for number in range(15 * 40):
            client, plot_id = self.farmers[number % len(self.farmers)]
            starts = FIRST + timedelta(days=number // 15, hours=number % 15)
            yield (
                client,
                {
                    "machine_ids": [str(self.machine_ids[number % len(self.machine_ids)])],
                    "job": "plough",
                    "starts_at": starts.isoformat(),
                    "ends_at": (starts + timedelta(minutes=55)).isoformat(),
                    "plot_id": str(plot_id),
                },
            )


def learn(database: Database) -> None:
    """Count the rows, as autovacuum does after a minute and the program itself on SQLite."""
    with database.transaction() as session:
        sqlite.learn(session.connection())
    if database.engine.dialect.name == "postgresql":
        owner = Database(postgres.as_owner(database.engine.url.render_as_string(False)))
        with owner.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
        owner.dispose()
    database.engine.dispose()


@contextmanager
def database_of(engine: str) -> Iterator[tuple[str, Path]]:
    """The URL of a new database, and a folder beside it; PostgreSQL is a server for the while."""
    with ExitStack() as opened:
        folder = opened.enter_context(tempfile.TemporaryDirectory())
        if engine == "sqlite":
            url = f"sqlite:///{folder}/coopfarm.db"
            migrated(url)
        else:
            server = opened.enter_context(postgres.cluster())
            template = postgres.make_template(server, "coopfarm_booked", migrated)
            fresh = opened.enter_context(postgres.fresh_database(server, template))
            url = postgres.as_program(fresh)
        yield url, Path(folder)


@contextmanager
def fields_on(engine: str) -> Iterator[Fields]:
    with database_of(engine) as (url, folder):
        settings = Settings(
            folder, database_url=url, secret_key=SECRET, pepper=SECRET, worker="at-once"
        )
        app = create_app(settings, clock=lambda: NOW)
        database: Database = app.extensions["coopfarm_database"]
        yield Fields(app, database, *_settled(app, database))
        app.extensions["coopfarm_queue"].close()
        database.dispose()


def _settled(app: Flask, database: Database) -> tuple[list[Farmer], list[UUID]]:
    """Farmers with a session and a plot each, and machines with rules."""
    with database.transaction() as session:
        home = Cooperative(name="Al-Nur", timezone="Africa/Cairo", locale="ar_EG", made_at=NOW)
        session.add(home)
        session.flush()
        session.cooperative_id = home.id
        machines = [
            make_machine(session, f"T {number}", price_an_hour=40.0, hours_an_hour=1.0)
            for number in range(MACHINES)
        ]
        session.add(_rules())
        farmers = [_farmer(app, session, at) for at in range(FARMERS)]
        return farmers, [machine.id for machine in machines]


def _farmer(app: Flask, session: TenantSession, number: int) -> Farmer:
    farmer = Member(number=f"M-{number}", name=f"أمينة {number}", joined_on=date(2020, 1, 1))
    session.add(farmer)
    session.flush()
    members.give_role(session, farmer, "member")
    phone = f"{PHONE}{number:02}"
    account = members.open_account(session, farmer, secret=PIN, pepper=SECRET, phone=phone)
    token = members.begin_session(session, account, farmer, device="", now=NOW)
    plot: Plot = make_plot(
        session, f"P{number}", boundary=square(110 * number), holder_id=farmer.id
    )
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["token"] = token
    return client, plot.id


def _rules() -> MachinePolicy:
    return MachinePolicy(
        category="", version=1, state="in_force", lines=LINES, made_at=NOW, in_force_at=NOW
    )


def book(client: FlaskClient, wish: dict[str, Any], expected: int) -> None:
    answer = client.post("/api/v1/bookings", json=wish, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == expected, answer.text


def count_rows(fields: Fields) -> None:
    """Have PostgreSQL look at its rows, as it does by itself within a minute but in tests."""
    url = fields.database.engine.url.render_as_string(hide_password=False)
    if fields.database.engine.dialect.name == "postgresql":
        owner = create_engine(postgres.as_owner(url), isolation_level="AUTOCOMMIT")
        with owner.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
        owner.dispose()


def each(database: Database, act: Callable[[], object], times: int) -> float:
    """CPU seconds of one act, the database's process included."""

    def work() -> None:
        for _ in range(times):
            act()

    return took(database.engine, work).cpu_s / times
