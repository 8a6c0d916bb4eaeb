"""Every hostile file through the real pages of a real server, as docs/uploads.md promises."""

import io
import os
import re
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from werkzeug.datastructures import FileStorage

from coopfarm.app import create_app
from coopfarm.config import Settings
from coopfarm.kernel.refusal import all_refusals
from coopfarm.land.schemas import glance
from coopfarm.members.models import Cooperative
from coopfarm.store.db import Database
from tests.conftest import PEPPER
from tests.factories.members import Visitor
from tests.land.hostile.case import Hostile
from tests.land.hostile.corpus import AT_A_GLANCE, CORPUS
from tests.land.hostile.server import Answer, Browser, Running, running

GROWTH_MB = 100
# Far more than the 2 s of a quiet machine, which the benchmark measures.
PATIENCE_S = 30
AT_ONCE = 2
# Starting readers is most of the time: of the files that need one, this many are left out for
# each that is tried, unless the environment asks for all.
LEFT_OUT = 0 if "COOPFARM_EVERY_HOSTILE_FILE" in os.environ else 3
_TROUBLE = ("Traceback", "Something went wrong on our side", "was written down for repair")


def _chosen() -> list[str]:
    need = [name for name in CORPUS if name not in AT_A_GLANCE and "49 MB" not in name]
    left_out = {name for place, name in enumerate(need) if place % (LEFT_OUT + 1)}
    return [name for name in CORPUS if name not in left_out]


CHOSEN = _chosen()


@dataclass(frozen=True)
class Told:
    """What the pages said to one file, one after the other."""

    answers: tuple[Answer, ...]

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", self.answers[-1].text))


@pytest.fixture(scope="module")
def place(tmp_path_factory, _migrated_file):
    """A folder with a database of its own; what is measured here does not depend on which."""
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copy(_migrated_file, folder / "coopfarm.db")
    return folder


@pytest.fixture(scope="module")
def people(place):
    """Two managers of one cooperative, signed in."""
    settings = Settings(
        data_dir=place,
        database_url=f"sqlite:///{place / 'coopfarm.db'}",
        secret_key="a secret for tests, long enough to be taken",
        pepper=PEPPER,
    )
    app = create_app(replace(settings, worker="at-once"))
    database: Database = app.extensions["coopfarm_database"]
    with database.transaction() as session:
        made_at = app.extensions["coopfarm_clock"]()
        home = Cooperative(name="Al-Nur", timezone="Asia/Karachi", locale="en_PK", made_at=made_at)
        session.add(home)
        session.flush()
        home_id = home.id
    yield (
        settings,
        [
            Visitor.settle(app, database, home_id, ("manager",), name=name, number="")
            for name in ("Amina", "Bilal")
        ],
    )
    app.extensions["coopfarm_queue"].close()
    database.dispose()


@pytest.fixture(scope="module")
def server(place, people):
    settings, _ = people
    folder = place / "temporary"
    folder.mkdir()
    with running(settings, folder) as started:
        yield started


@pytest.fixture(scope="module")
def browsers(server, people):
    _, visitors = people
    return [Browser.of(visitor, server) for visitor in visitors]


def send(browser: Browser, case: Hostile) -> Told:
    """Send the file, and go to the page that follows."""
    file = FileStorage(io.BytesIO(case.make()), case.filename)
    answers = [browser.post("/land/import", {"kind": "plots", "file": file})]
    while answers[-1].status == 303 and len(answers) < 6:
        where = answers[-1].headers["Location"]
        page = browser.get(where)
        while page.status == 503:
            time.sleep(0.5)
            page = browser.get(where)
        answers.append(page)
    return Told(tuple(answers))


@pytest.fixture(scope="module")
def before_mb(server: Running, browsers) -> float:
    """The most memory of the server before the first file, after a page of each kind."""
    browsers[0].get("/land/import")
    return server.most_memory_mb()


@pytest.fixture(scope="module")
def told(before_mb: float, server: Running, browsers) -> dict[str, Told]:
    """What was said to each file, two sent at once."""
    waiting = [CORPUS[name] for name in CHOSEN]
    said: dict[str, Told] = {}

    def work(browser: Browser) -> None:
        while waiting:
            case = waiting.pop(0)
            said[case.name] = send(browser, case)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(work, browser) for browser in browsers]:
            done.result()
    return said


def words_of(codes: tuple[str, ...]) -> list[re.Pattern[str]]:
    """What the pages say for these codes, whatever the facts."""
    known = {kind.code: kind.words for kind in all_refusals()}
    parts = (re.split(r"%\(\w+\)s", known[code]) for code in codes if code in known)
    return [re.compile(".{0,400}?".join(map(re.escape, part))) for part in parts]


def test_the_corpus_is_large_enough():
    assert len(CORPUS) >= 60


@pytest.mark.parametrize("name", CHOSEN)
def test_a_hostile_file_is_refused_in_words_or_read_honestly(told, name):
    case, said = CORPUS[name], told[name]

    statuses = [answer.status for answer in said.answers]
    assert max(statuses) < 500, said.text
    assert not [trouble for trouble in _TROUBLE if trouble in said.text]
    assert max(answer.wall_s for answer in said.answers) < PATIENCE_S
    if statuses[-1] == 200:
        # The next question of the import, or what it would do.
        assert "read-as" in said.answers[-1].text or any(
            found.search(said.text) for found in words_of(case.said)
        ), said.text[:600]
    else:
        assert any(found.search(said.text) for found in words_of(case.said)), said.text[:600]
        assert case.what in said.text


@pytest.mark.xfail(
    reason="two files of over 20 MB at once: 208 MB, see docs/uploads.md", strict=False
)
def test_the_server_grows_by_less_than_100_mb(before_mb, told, server):
    assert told

    assert server.most_memory_mb() - before_mb <= GROWTH_MB


def test_a_form_over_the_limit_is_refused_in_words(browsers):
    file = FileStorage(io.BytesIO(b"{" + b" " * glance.MOST_BYTES), "plots.geojson")

    answer = browsers[0].post("/land/import", {"kind": "plots", "file": file})

    assert answer.status == 413
    assert "Files may have 20 MB" in answer.text


def test_others_are_served_while_hostile_files_are_read(browsers):
    costly = CORPUS["a layer that is counted for ever"]
    one, other = browsers
    quiet_s = _ninety_fifth(other)

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(lambda: [send(one, costly) for _ in range(2)])
        meanwhile_s = _ninety_fifth(other)
        reading.result()

    # The tenth of a second is for machines that have other things to do as well.
    assert meanwhile_s <= 2 * quiet_s + 0.1


def _ninety_fifth(browser: Browser) -> float:
    """The 95th percentile of the seconds that a page takes."""
    walls = sorted(browser.get("/land/").wall_s for _ in range(40))
    return walls[37]


def test_nothing_is_left_behind_and_nothing_lies_elsewhere(told, server, place):
    names = {path.name for path in place.iterdir()}

    assert list(server.folder.iterdir()) == []
    assert not [name for name in names if name.endswith((".shp", ".kml", ".gpkg", ".zip"))]
    assert not Path("plots.shp").exists()
