"""What a vector tile costs: of 273 plots and of 30,000; made anew, made before, and unchanged.

Fields of twelve corners, about a hectare each. CPU seconds of one request of an officer through
the whole program, the process of PostgreSQL that serves the connection among them; beside it the
same fields read and written as GeoJSON by GEOS, which packs nothing.
"""

import gzip
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final
from uuid import uuid4

import numpy as np
import shapely
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from benchmarks.booked import NAMES, NOW, PHONE, PIN, SECRET, database_of, each, learn
from coopfarm.app import create_app
from coopfarm.config import Settings
from coopfarm.land.models import Plot
from coopfarm.maps.rules.tiles import around
from coopfarm.maps.schemas.tiles import SHELF
from coopfarm.members import actions as members
from coopfarm.members.models import Cooperative
from coopfarm.store.db import Database
from tests.factories.members import make_member

Row = tuple[str, float, str, float, str]

ACROSS, DOWN, FEW = 200, 150, 273
WEST, SOUTH, FAR_EAST = 31.0, 30.0, 33.0
# Stretches of land: where each begins, how many fields it has in a row, and altogether.
STRETCHES: Final = ((WEST, ACROSS, ACROSS * DOWN), (FAR_EAST, 17, FEW))
STEP_DEG, CORNERS = 0.0011, 12
CROPS: Final = ("wheat", "rice", "maize", "clover")
ROWS_AT_ONCE: Final = 1_000
TIMES = 20
# From its sixth time on psycopg has a statement prepared by the server.
PREPARED = 6
PACKED: Final = {"Accept-Encoding": "gzip"}


def rows() -> Iterator[Row]:
    """One row for each measurement: name, CPU s, peer, its CPU s, target."""
    for engine, name in NAMES.items():
        with database_of(engine) as (url, folder):
            settings = Settings(
                folder, database_url=url, secret_key=SECRET, pepper=SECRET, worker="at-once"
            )
            app = create_app(settings, clock=lambda: NOW)
            database: Database = app.extensions["coopfarm_database"]
            client = settled(app, database, STRETCHES)
            learn(database)
            yield from _measured(app, database, client, name)
            app.extensions["coopfarm_queue"].close()
            database.dispose()


def _measured(app: Flask, database: Database, client: FlaskClient, name: str) -> Iterator[Row]:
    few = around(FAR_EAST + 0.009, SOUTH + 0.009, 13)
    many = around(WEST + STEP_DEG * ACROSS / 2, SOUTH + STEP_DEG * DOWN / 2, 9)
    for tile, count, target in ((few, FEW, "≤ 10 ms, ≤ 12 kB"), (many, ACROSS * DOWN, "≤ 0.7 s")):
        path = f"/map/tiles/{tile.z}/{tile.x}/{tile.y}.mvt?layers=plots"
        got = client.get(path, headers=PACKED)
        known = PACKED | {"If-None-Match": got.headers["ETag"]}
        assert client.get(path, headers=known).status_code == 304
        sent = f"{len(gzip.decompress(got.data)):,} bytes, {len(got.data):,} packed"
        asked: list[tuple[str, Callable[[], object], str]] = [
            (
                f"tile of {count:,} plots on {name}, {sent}",
                partial(_anew, app, client, path),
                target,
            ),
            ("the same, made before", partial(client.get, path, headers=PACKED), "–"),
            ("the same, unchanged (304)", partial(client.get, path, headers=known), "–"),
        ]
        if count == FEW:
            whole = partial(_anew, app, client, path.partition("?")[0])
            asked.insert(1, ("the same with all other layers, which are empty", whole, "–"))
        peer = _as_geojson(count)
        for said, ask, wanted in asked:
            for _ in range(PREPARED if count == FEW else 1):
                ask()
            times = TIMES if count == FEW else 3
            yield said, each(database, ask, times), "GEOS writing them as GeoJSON", peer, wanted


def _anew(app: Flask, client: FlaskClient, path: str) -> None:
    app.extensions.pop(SHELF, None)
    client.get(path, headers=PACKED)


def _as_geojson(count: int) -> float:
    fields = [field(n, 0) for n in range(count)]
    began = time.process_time()
    shapely.to_geojson(fields)
    return time.process_time() - began


def settled(
    app: Flask, database: Database, stretches: Sequence[tuple[float, int, int]]
) -> FlaskClient:
    """An officer with a session, and stretches of land."""
    with database.transaction() as session:
        home = Cooperative(name="Al-Nur", timezone="Africa/Cairo", locale="ar_EG", made_at=NOW)
        session.add(home)
        session.flush()
        session.cooperative_id = home.id
        officer = make_member(session, "officer")
        account = members.open_account(
            session, officer, secret=PIN, pepper=SECRET, phone=f"{PHONE}99"
        )
        token = members.begin_session(
            session, account, officer, device="", now=NOW, second_factor="code"
        )
        made = [
            _row(home.id, number, west, across)
            for west, across, count in stretches
            for number in range(count)
        ]
        for start in range(0, len(made), ROWS_AT_ONCE):
            session.execute(insert(Plot), made[start : start + ROWS_AT_ONCE])
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["token"] = token
    return client


def _row(home_id: int, number: int, west: float, across: int) -> dict[str, Any]:
    down, right = divmod(number, across)
    return {
        "cooperative_id": home_id,
        "id": uuid4(),
        "code": f"{west}-{number}",
        "gross_area_m2": 10_000.0,
        "net_area_m2": 10_000.0,
        "crop": CROPS[number % len(CROPS)],
        "boundary": shapely.MultiPolygon([field(right, down, west)]),
    }


def field(right: int, down: int, west: float = WEST) -> shapely.Polygon:
    """A field with corners all around it, each a little off."""
    angles = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    wobble = 1 + 0.1 * np.sin(7 * angles + right + down)
    middle = (west + STEP_DEG * right, SOUTH + STEP_DEG * down)
    around_it = np.column_stack((np.cos(angles), np.sin(angles))) * wobble[:, None]
    return shapely.Polygon(around_it * 0.45 * STEP_DEG + middle)


if __name__ == "__main__":
    for row in rows():
        print(*row)
