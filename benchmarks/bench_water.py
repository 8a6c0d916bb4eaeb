"""How long a whole plan of an outlet takes, and the farmer's page, beside the least they could.

CPU seconds of one process on the embedded database, medians of several runs.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from coopfarm.app import create_app
from coopfarm.config import Settings
from coopfarm.land.models import Nakka, Outlet, Plot
from coopfarm.members import actions as members
from coopfarm.members.models import Cooperative, Member
from coopfarm.planning.week.certify import certify
from coopfarm.planning.week.explain import explain
from coopfarm.planning.week.problem import Canal, Field, Problem
from coopfarm.planning.week.problem import Outlet as Gate
from coopfarm.planning.week.solve import solve
from coopfarm.store import migrate
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from coopfarm.water import actions, planner
from coopfarm.water.models import DayOfWeather, WeatherStation
from coopfarm.water.rules import Wish

Row = tuple[str, float, str, float, str]

PLOTS = 50
STARTS_AT = datetime(2026, 7, 4, 6, tzinfo=UTC)
NOW = STARTS_AT + timedelta(hours=1)
WEEK_MINUTES = 7 * 24 * 60
WISH = Wish(starts_at=STARTS_AT, cycle_minutes=WEEK_MINUTES, supply=60.0)
PIN = "407319"
PHONE = "+201000000000"


def rows() -> list[Row]:
    """One row for each measurement: name, CPU s, peer, its CPU s, target."""
    with tempfile.TemporaryDirectory() as folder, _village(Path(folder)) as (database, settings):
        return [*_plans(database), *_pages(database, settings), *_weeks()]


def main() -> None:
    """Print the table."""
    for name, measured, peer, beside, target in rows():
        print(f"{name:<60} {measured:>9.5f}  {peer:<32} {beside:>9.5f}  {target}")


@contextmanager
def _village(folder: Path) -> Iterator[tuple[Database, Settings]]:
    """A cooperative with one outlet of fifty plots, each with its own farmer and nakka."""
    secret = "only for the benchmark, long enough to be taken"  # noqa: S105 (of a throw-away file)
    settings = Settings(folder, secret_key=secret, pepper=secret, worker="at-once")
    database = Database(settings.database)
    migrate.upgrade(database.engine)
    with database.transaction() as session:
        home = Cooperative(
            name="Al-Nur", timezone="Africa/Cairo", locale="ar_EG", made_at=STARTS_AT
        )
        session.add(home)
        session.flush()
        session.cooperative_id = home.id
        _settle(session)
        farmer = session.get_one(Member, (home.id, UUID(int=PLOTS // 2)))
        members.open_account(session, farmer, secret=PIN, pepper=secret, phone=PHONE)
    yield database, settings
    database.dispose()


def _settle(session: TenantSession) -> None:
    outlet = Outlet(code="W1", capacity_l_s=200.0)
    station = WeatherStation(name="Al-Nur", latitude_deg=30.0, elevation_m=20.0)
    session.add_all([outlet, station])
    session.flush()
    for number in range(1, PLOTS + 1):
        member = Member(id=UUID(int=number), number=f"M-{number}", name=f"أمينة {number}")
        member.joined_on = date(2020, 1, 1)
        nakka = Nakka(outlet_id=outlet.id, label=f"N{number}")
        session.add_all([member, nakka])
        session.flush()
        plot = Plot(
            code=f"W1-{number:02}", outlet_id=outlet.id, nakka_id=nakka.id, holder_id=member.id
        )
        plot.place_from_head, plot.filling_minutes = number, 5.0
        plot.gross_area_m2 = plot.net_area_m2 = 4_000.0 + 137 * number
        plot.crop, plot.sown_on = ("cotton", "maize", "rice")[number % 3], date(2026, 5, 1)
        session.add(plot)
    session.add_all(
        DayOfWeather(
            station_id=station.id,
            on_day=STARTS_AT.date() + timedelta(days=day),
            measured={"tmin_c": 22.0, "tmax_c": 36.0 + day / 2, "rs_mj_m2": 27.0, "wind_m_s": 2.4},
        )
        for day in range(8)
    )


def _plans(database: Database) -> Iterator[Row]:
    bare = _cpu_seconds(_bare_inserts(database))
    beside = f"the same {2 * PLOTS + 1} rows, only inserted"
    name = f"a plan of {PLOTS} plots, from rows to stored"
    yield name, _cpu_seconds(lambda: _plan(database)), beside, bare, "≤ 0.14 s"
    name = "the same with the three other rules beside it"
    yield name, _cpu_seconds(lambda: _plan(database, beside=True)), beside, bare, "–"


def _plan(database: Database, *, beside: bool = False, publish: bool = False) -> None:
    with database.transaction(1) as session:
        home = session.get_one(Cooperative, 1)
        draft = planner.work_out(session, home, WISH)
        if beside:
            draft = planner.compare(draft, lambda *_: True)
        plan = planner.keep(session, draft, actor_id=None, now=NOW)
        assert plan.is_certified
        if publish:
            actions.give_notice(session, plan, "The canal is low.", actor_id=None, now=NOW)
            actions.put_in_force(session, plan, actor_id=None, now=NOW)


def _bare_inserts(database: Database) -> Callable[[], None]:
    """A plan's rows as bare tuples, written in one transaction to tables without constraints."""
    _plan(database)
    tables = ("rotations", "allotments", "turns")
    kept: dict[str, list[tuple[Any, ...]]] = {}
    with database.engine.begin() as connection:
        for table in tables:
            every = f"SELECT * FROM {table}"  # noqa: S608 (a name of ours)
            kept[table] = [tuple(row) for row in connection.exec_driver_sql(every)]
            connection.exec_driver_sql(f"CREATE TABLE bare_{table} AS {every} LIMIT 0")

    def insert() -> None:
        with database.transaction() as session:
            raw: Any = session.connection().connection.driver_connection
            for table, values in kept.items():
                places = ", ".join("?" * len(values[0]))
                write = f"INSERT INTO bare_{table} VALUES ({places})"  # noqa: S608 (a name of ours)
                raw.executemany(write, values)

    return insert


def _pages(database: Database, settings: Settings) -> Iterator[Row]:
    _plan(database, publish=True)
    app = create_app(settings, clock=lambda: NOW)
    client = _signed_in(app, database, settings)
    ping = Flask("ping")
    ping.add_url_rule("/", view_func=lambda: "pong")
    pinger = ping.test_client()
    beside = _cpu_seconds(lambda: pinger.get("/"), times=200)
    for name, path in _addresses(client).items():
        queries = _queries(app, lambda path=path: client.get(path))
        measured = _cpu_seconds(lambda path=path: client.get(path), times=200)
        yield f"{name} ({queries} queries)", measured, "a Flask ping", beside, "≤ 10 ms, ≤ 6"
    app.extensions["coopfarm_queue"].close()
    app.extensions["coopfarm_database"].dispose()


def _signed_in(app: Flask, database: Database, settings: Settings) -> FlaskClient:
    with database.transaction() as session:
        admitted = members.sign_in(session, [PHONE], PIN, pepper=settings.pepper, now=NOW)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["token"] = admitted.token
    return client


def _addresses(client: FlaskClient) -> dict[str, str]:
    page = client.get("/").get_data(as_text=True)
    assert "W1-25" in page
    why = page[page.index("/turns/") :].split('"')[0]
    return {"the farmer's page": "/", "why this time and this much": why}


def _queries(app: Flask, ask: Callable[[], object]) -> int:
    sent = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    engine = app.extensions["coopfarm_database"].engine
    event.listen(engine, "before_cursor_execute", note)
    ask()
    event.remove(engine, "before_cursor_execute", note)
    return len(sent)


def _weeks() -> Iterator[Row]:
    problem = _district(10_000, 200, 20)
    plan = solve(problem)
    solving = _cpu_seconds(lambda: solve(problem), times=5)
    name = "10,000 plots, 200 outlets, 20 canals: awards and turns"
    yield name, solving, "their certificate", _cpu_seconds(lambda: certify(problem, plan)), "–"
    name = "the reasons of 10,000 plots"
    yield name, _cpu_seconds(lambda: explain(problem, plan)), "awards and turns", solving, "–"


def _district(plots: int, outlets: int, canals: int) -> Problem:
    fields = tuple(Field(f"p{at}", f"W{at % outlets}", 600.0, 10_000.0 + at) for at in range(plots))
    gates = tuple(Gate(f"W{at}", f"K{at % canals}", capacity_l_s=50.0) for at in range(outlets))
    chain = tuple(Canal(f"K{at}", f"K{at - 1}" if at else None, None, 0.99) for at in range(canals))
    return Problem(WEEK_MINUTES, plots * 330.0, "cea", fields, gates, chain)


def _cpu_seconds(run: Callable[[], object], times: int = 9) -> float:
    run()
    taken = []
    for _ in range(times):
        started = time.process_time()
        run()
        taken.append(time.process_time() - started)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
