"""Hostile files through the reader, one after the other: what the slowest costs.

The corpus is that of `tests/land/hostile`; beside it the reader on one plot, which is mostly its
start. Then what the largest honest file makes a server grow by, from the form to the report.
"""

import compileall
import io
import math
import resource
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from werkzeug.datastructures import FileStorage

import coopfarm
from coopfarm.app import create_app
from coopfarm.config import Settings
from coopfarm.kernel.refusal import Refusal
from coopfarm.land.schemas import files
from coopfarm.land.schemas.ask import Ask
from coopfarm.members.models import Cooperative
from coopfarm.store import migrate
from coopfarm.store.db import Database
from tests.factories.members import Visitor
from tests.land.hostile.corpus import CORPUS
from tests.land.hostile.jsons import SQUARE, collection, drawn, feature, polygon, ring
from tests.land.hostile.server import Browser, running

Row = tuple[str, float, str, float, str]
PLOTS, CORNERS = 20_000, 30
_ROUND = [
    (math.cos(2 * math.pi * n / CORNERS), math.sin(2 * math.pi * n / CORNERS))
    for n in range(CORNERS)
]


def rows() -> list[Row]:
    """One row for each measurement: name, seconds or MB, peer, that of the peer, target."""
    # As where it is installed: else each reader would compile what was edited last.
    compileall.compile_dir(Path(coopfarm.__file__).parent, quiet=1)
    one_s, one_cpu_s = _cost(drawn(polygon(SQUARE)))
    cost = {name: _cost(case.make()) for name, case in CORPUS.items()}
    wall_s = sorted((wall, name) for name, (wall, _) in cost.items())
    cpu_s = sorted((cpu, name) for name, (_, cpu) in cost.items())
    most_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    (slowest_s, slowest), (middle_s, _) = wall_s[-1], wall_s[len(cost) // 2]
    (costliest_s, costliest), (middle_cpu_s, _) = cpu_s[-1], cpu_s[len(cost) // 2]
    count = len(cost)
    return [
        (
            f"slowest of {count} hostile files, “{slowest}” (wall)",
            slowest_s,
            "one plot",
            one_s,
            "≤ 2 s",
        ),
        (f"the middle of {count} hostile files (wall)", middle_s, "one plot", one_s, "≤ 2 s"),
        (f"costliest of them, “{costliest}” (CPU)", costliest_s, "one plot", one_cpu_s, "≤ 1.5 s"),
        ("the middle of them (CPU)", middle_cpu_s, "one plot", one_cpu_s, "–"),
        ("most memory of a reader, MB", most_mb, "its limit", 1024.0, "< 1"),
        (f"growth of a server by {PLOTS:,} honest plots, MB", _growth_mb(), "most", 100.0, "≤ 1"),
    ]


def _cost(content: bytes) -> tuple[float, float]:
    """Wall and processor seconds of reading it, readers included."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    own = time.process_time()
    with suppress(Refusal):
        files.read(content, Ask("plots"))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - started, cpu_s + time.process_time() - own


def _growth_mb() -> float:
    """What the server grows by from its first page to the report on the largest honest file."""
    with _settled() as (settings, visitor, folder), running(settings, folder) as server:
        browser = Browser.of(visitor, server)
        browser.get("/land/import")
        before_mb = server.most_memory_mb()
        file = FileStorage(io.BytesIO(_honest()), "plots.geojson")
        sent = browser.post("/land/import", {"kind": "plots", "file": file})
        where = sent.headers["Location"]
        browser.get(where)
        browser.post(f"{where}/read-as", {"step": "columns", "by_name": "1"})
        report = browser.get(where)
        assert "Before the import" in report.text
        return server.most_memory_mb() - before_mb


@contextmanager
def _settled() -> Iterator[tuple[Settings, Visitor, Path]]:
    """A new database, a manager who is signed in, and a folder for what is temporary."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "temporary"
        folder.mkdir()
        settings = Settings(
            data_dir=Path(place),
            database_url=f"sqlite:///{place}/coopfarm.db",
            secret_key=secrets.token_hex(),
            pepper=secrets.token_hex(),
        )
        app = create_app(replace(settings, worker="at-once"))
        database: Database = app.extensions["coopfarm_database"]
        migrate.upgrade(database.engine)
        with database.transaction() as session:
            made_at = app.extensions["coopfarm_clock"]()
            home = Cooperative(
                name="Al-Nur", timezone="Asia/Karachi", locale="en_PK", made_at=made_at
            )
            session.add(home)
            session.flush()
            home_id = home.id
        yield (
            settings,
            Visitor.settle(app, database, home_id, ("manager",), name="Amina", number=""),
            folder,
        )
        app.extensions["coopfarm_queue"].close()
        database.dispose()


def _honest() -> bytes:
    """A file of the largest size that is taken: a grid of round fields."""
    return collection(
        *(feature(polygon(_field(n)), code=f"P{n:05}", name=f"Field {n}") for n in range(PLOTS))
    )


def _field(number: int) -> list[list[float]]:
    east, north = 72 + number % 150 * 0.0006, 30 + number // 150 * 0.0006
    return ring([(east + 0.00025 * x, north + 0.00025 * y) for x, y in _ROUND])
