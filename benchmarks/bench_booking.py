"""What a booking costs the server and its database, beside the same rows only inserted.

CPU seconds of one request through the whole program: who asks, the key of the act, the rules,
the locks, the rows, the charges, the audit and the stored answer. On PostgreSQL the CPU of the
process that serves the connection counts too. Each is the mean of many bookings, since the
server's own time is told in ticks of 10 ms. PostgreSQL is a server of its own for the while.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text

from benchmarks.clocks import took
from coopfarm.app import create_app
from coopfarm.config import Settings
from coopfarm.equipment.models import Machine, MachinePolicy
from coopfarm.land.models import Plot
from coopfarm.members import actions as members
from coopfarm.members.models import Cooperative, Member
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from tests import postgres
from tests.factories.machines import make_machine
from tests.land.making import make_plot, square
from tests.migrated import migrated

Row = tuple[str, float, str, float, str]
Farmer = tuple[FlaskClient, UUID]

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
FIRST = datetime(2026, 7, 2, 4, tzinfo=UTC)
SECRET = "only for the benchmark, long enough to be taken"  # noqa: S105 (of a throw-away database)
PIN, PHONE = "407319", "+2010000000"
MACHINES = 50
FARMERS = 20
BOOKINGS = 200
BARE = "its rows, only inserted"
WARM_UP = 20
# What a cooperative of the village sets: lengths, hours, a horizon, a limit and a quota.
LINES: list[dict[str, Any]] = [
    {"code": "min_minutes", "value": 30, "is_hard": True},
    {"code": "max_minutes", "value": 600, "is_hard": True},
    {"code": "horizon_days", "value": 60, "is_hard": True},
    {"code": "hours", "opens": "05:00", "closes": "22:00", "is_hard": True},
    {"code": "quota_hours", "value": 4_000, "days": 30, "is_hard": True},
]
TABLES = ("bookings", "machine_times", "machine_charges", "person_times", "plot_times")
TABLES_TOO = ("audit_events", "acts")


def rows() -> list[Row]:
    """One row for each measurement: name, CPU s, peer, its CPU s, target."""
    return [*_on_sqlite(), *_on_postgres()]


def main() -> None:
    """Print the table."""
    for name, measured, peer, beside, target in rows():
        print(f"{name:<66} {measured:>9.5f}  {peer:<36} {beside:>9.5f}  {target}")


def _on_sqlite() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/coopfarm.db"
        migrated(url)
        return _measured(url, Path(folder), "SQLite", "≤ 10 ms")


def _on_postgres() -> list[Row]:
    with ExitStack() as opened:
        server = opened.enter_context(postgres.cluster())
        template = postgres.make_template(server, "coopfarm_booking", migrated)
        url = opened.enter_context(postgres.fresh_database(server, template))
        folder = opened.enter_context(tempfile.TemporaryDirectory())
        return _measured(postgres.as_program(url), Path(folder), "PostgreSQL", "≤ 12 ms")


def _measured(url: str, folder: Path, name: str, target: str) -> list[Row]:
    settings = Settings(
        folder, database_url=url, secret_key=SECRET, pepper=SECRET, worker="at-once"
    )
    app = create_app(settings, clock=lambda: NOW)
    database: Database = app.extensions["coopfarm_database"]
    farmers, machine_ids = _settled(app, database)
    todo = _todo(farmers, machine_ids)
    taken = next(todo)
    for one in (taken, *islice(todo, WARM_UP)):
        _book(*one, 201)
    queries = _queries(database, lambda: _book(*next(todo), 201))
    booked = _each(database, lambda: _book(*next(todo), 201), BOOKINGS)
    refused = _each(database, lambda: _book(*taken, 409), BOOKINGS // 2)
    bare, ping = _inserting(database), _pinging()
    app.extensions["coopfarm_queue"].close()
    database.dispose()
    return [
        (
            f"a booking on {name} ({queries} statements)",
            booked,
            "its rows, only inserted",
            bare,
            target,
        ),
        (f"the same on {name}", booked, "a Flask ping", ping, "–"),
        (
            f"one that is refused on {name}, with three others offered",
            refused,
            "a Flask ping",
            ping,
            "–",
        ),
    ]


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
        return [_farmer(app, session, at) for at in range(FARMERS)], _ids(machines)


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


def _ids(machines: list[Machine]) -> list[UUID]:
    return [machine.id for machine in machines]


def _rules() -> MachinePolicy:
    return MachinePolicy(
        category="", version=1, state="in_force", lines=LINES, made_at=NOW, in_force_at=NOW
    )


def _todo(
    farmers: list[Farmer], machine_ids: list[UUID]
) -> Iterator[tuple[FlaskClient, dict[str, Any]]]:
    """One hour after another, of the next farmer on the next machine."""
    for number in range(15 * 40):
        client, plot_id = farmers[number % len(farmers)]
        starts = FIRST + timedelta(days=number // 15, hours=number % 15)
        yield (
            client,
            {
                "machine_ids": [str(machine_ids[number % len(machine_ids)])],
                "job": "plough",
                "starts_at": starts.isoformat(),
                "ends_at": (starts + timedelta(minutes=55)).isoformat(),
                "plot_id": str(plot_id),
            },
        )


def _book(client: FlaskClient, wish: dict[str, Any], expected: int) -> None:
    answer = client.post("/api/v1/bookings", json=wish, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == expected, answer.text


def _each(database: Database, act: Callable[[], object], times: int) -> float:
    """CPU seconds of one act, the database's process included."""

    def work() -> None:
        for _ in range(times):
            act()

    return took(database.engine, work).cpu_s / times


def _queries(database: Database, act: Callable[[], object]) -> int:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    act()
    event.remove(database.engine, "before_cursor_execute", note)
    return len(sent)


def _inserting(database: Database) -> float:
    """The rows of one booking, written as they are to tables without constraints, and committed."""
    kept = {}
    with database.engine.begin() as connection:
        for table in (*TABLES, *TABLES_TOO):
            every = f"SELECT * FROM {table}"  # noqa: S608 (a name of ours)
            connection.exec_driver_sql(f"CREATE TEMPORARY TABLE bare_{table} AS {every} LIMIT 2")
            kept[table] = f"INSERT INTO bare_{table} {every} LIMIT 1"

    def insert() -> None:
        with database.engine.begin() as connection:
            for statement in kept.values():
                connection.execute(text(statement))

    return _each(database, insert, BOOKINGS)


def _pinging() -> float:
    app = Flask("ping")
    app.add_url_rule("/", view_func=lambda: "pong")
    client = app.test_client()
    client.get("/")
    began = time.process_time()
    for _ in range(BOOKINGS):
        client.get("/")
    return (time.process_time() - began) / BOOKINGS


if __name__ == "__main__":
    main()
