"""Importing a scheme of 2,320 plots from GeoJSON into a new SQLite file, reader's process included.

Wall seconds, since two processes share the work; beside them GDAL reading the same file and
drawing the same shapes, and storing nothing. The scheme of Ahero where it lies beside the
project, else a grid of as many plots.
"""

import json
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyogrio.raw
import shapely

from coopfarm.land.actions import importing
from coopfarm.land.schemas import files
from coopfarm.land.schemas.ask import Ask
from coopfarm.members.models import Cooperative
from coopfarm.store import migrate
from coopfarm.store.db import Database

Row = tuple[str, float, str, float, str]

AHERO = Path(__file__).resolve().parents[1].parent / "shared/data/ahero_ke/plots.geojson"
PLOTS, MOST_PLOTS = 2_320, 20_000
NOW = datetime(2026, 7, 1, tzinfo=UTC)


def rows() -> list[Row]:
    """One row for each measurement: name, wall s, peer, its wall s, target."""
    content = AHERO.read_bytes() if AHERO.exists() else _grid(PLOTS)
    by_gdal = _wall_s(lambda: _by_gdal(content))
    with tempfile.TemporaryDirectory() as folder:
        database, home_id = _settled(Path(folder) / "coopfarm.db")
        found = [
            (f"{words} (wall)", _wall_s(lambda r=run: r(database, home_id, content)), target)
            for words, run, target in (
                ("dry run of 2,320 plots", _dry_run, "–"),
                ("import of 2,320 plots", _import, "≤ 10 s"),
                ("the same file again", _import, "–"),
            )
        ]
        database.dispose()
    read = _wall_s(lambda: files.read(_grid(MOST_PLOTS), Ask("plots")))
    found.append(("reading 20,000 plots, the most that is taken (wall)", read, "10 CPU s"))
    return [(words, s, "GDAL reading 2,320 plots", by_gdal, target) for words, s, target in found]


def _dry_run(database: Database, home_id: int, content: bytes) -> None:
    reading = files.read(content, Ask("plots"))
    with database.reading() as session:
        session.cooperative_id = home_id
        importing.dry_run(session, reading, make_outlets=True)


def _import(database: Database, home_id: int, content: bytes) -> None:
    reading = files.read(content, Ask("plots"))
    with database.transaction(home_id) as session:
        upload = importing.keep_upload(
            session, "plots", "plots.geojson", content, options={}, made_by=None, now=NOW
        )
        report = importing.import_(
            session, upload, reading, make_outlets=True, actor_id=None, now=NOW
        )
        assert report.total == PLOTS


def _settled(path: Path) -> tuple[Database, int]:
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database.engine)
    with database.transaction() as session:
        home = Cooperative(name="Al-Nur", timezone="Africa/Nairobi", locale="en_KE", made_at=NOW)
        session.add(home)
        session.flush()
        return database, home.id


def _by_gdal(content: bytes) -> None:
    _, _, shapes, _ = pyogrio.raw.read(content)
    shapely.from_wkb(shapes)


def _grid(plots: int) -> bytes:
    """Square plots of 66 m with 25 corners each, in blocks of 180."""
    features = []
    for number in range(plots):
        east, north = 35 + number % 100 * 0.0006, number // 100 * 0.0006
        shape = shapely.box(east, north, east + 0.0006, north + 0.0006).segmentize(0.0001)
        cells = {"code": f"P{number:05}", "block": f"B{number // 180:03}"}
        features.append(
            {"type": "Feature", "properties": cells, "geometry": shapely.geometry.mapping(shape)}
        )
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def _wall_s(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started
