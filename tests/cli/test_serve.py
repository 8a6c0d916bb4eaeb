"""Serving and working in processes of their own, from the outside."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from coopfarm.cli import main
from coopfarm.store.db import Database
from coopfarm.water import actions
from coopfarm.water.models import PlanRun
from coopfarm.water.rules import Wish
from tests.conftest import Clock
from tests.factories.members import make_member
from tests.factories.water import STARTS_AT, WEEK_MINUTES, settle_week

PATIENCE_SECONDS = 60


class Started:
    """A `coopfarm` command under way."""

    def __init__(self, settings: dict[str, str], *arguments: str) -> None:
        self._process = subprocess.Popen(
            # What runs in the background ignores the interrupt, and would hand that on.
            ["env", "--default-signal=INT", sys.executable, "-m", "coopfarm", *arguments],
            env=_without_our_settings() | settings | {"PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def end(self, how: int = signal.SIGTERM) -> tuple[int, str]:
        """Its exit code, and all that it said."""
        if self.is_running:
            self._process.send_signal(how)
        said, _ = self._process.communicate(timeout=PATIENCE_SECONDS)
        return self._process.returncode, said


def _without_our_settings() -> dict[str, str]:
    return {name: v for name, v in os.environ.items() if not name.startswith("COOPFARM_")}


@contextmanager
def _started(settings: dict[str, str], *arguments: str) -> Iterator[Started]:
    process = Started(settings, *arguments)
    try:
        yield process
    finally:
        process.end(signal.SIGKILL)


def _wait(process: Started, is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert process.is_running, process.end()[1]
        assert time.monotonic() < end, "nothing came of it"
        time.sleep(0.05)


def _page(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.read().decode()
    except (urllib.error.URLError, ConnectionError):
        return ""


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def settings(tmp_path: Path, database_url: str, owner_url: str) -> dict[str, str]:
    return {
        "COOPFARM_DATA_DIR": str(tmp_path),
        "COOPFARM_DATABASE_URL": database_url,
        "COOPFARM_OWNER_URL": owner_url,
    }


@pytest.fixture
def waiting_run(database: Database, cooperative_id: int, clock: Clock) -> Callable[[], str]:
    """A plan that was asked for when no worker was there; gives its state at this moment."""
    with database.transaction(cooperative_id) as session:
        settle_week(session, [make_member(session).id for _ in range(3)])
        wish = Wish(starts_at=STARTS_AT, cycle_minutes=WEEK_MINUTES, supply=60.0)
        actions.ask_for_plan(session, wish, asked_by=None, now=clock.now)

    def state() -> str:
        with database.reading() as session:
            session.cooperative_id = cooperative_id
            return session.scalars(select(PlanRun.state)).one()

    return state


def test_the_pages_are_served_where_it_was_said(
    settings: dict[str, str], cooperative_id: int, port: int
) -> None:
    address = f"http://127.0.0.1:{port}"

    with _started(settings, "run", "--port", str(port)) as server:
        _wait(server, lambda: bool(_page(address)))
        page = _page(f"{address}/sign-in")
        code, said = server.end(signal.SIGINT)

    assert 'name="csrf_token"' in page
    assert f"coopfarm is at {address}/" in said
    assert "Traceback" not in said
    assert code == 0


def test_the_server_takes_up_what_was_left_unfinished(
    settings: dict[str, str], waiting_run: Callable[[], str], port: int
) -> None:
    before = waiting_run()

    with _started(settings, "run", "--port", str(port)) as server:
        _wait(server, lambda: waiting_run() == "done")

    assert before == "queued"


def test_a_worker_outside_does_the_work_and_ends_when_it_is_told(
    settings: dict[str, str], waiting_run: Callable[[], str]
) -> None:
    with _started(settings | {"COOPFARM_WORKER": "outside"}, "worker") as worker:
        _wait(worker, lambda: waiting_run() == "done")
        code, said = worker.end(signal.SIGTERM)

    assert code == 0
    assert said == "Working. Ctrl-C ends it.\n"


def test_with_a_worker_outside_the_server_leaves_the_work_to_it(
    settings: dict[str, str], waiting_run: Callable[[], str], port: int
) -> None:
    outside = settings | {"COOPFARM_WORKER": "outside"}

    with _started(outside, "run", "--port", str(port)) as server:
        _wait(server, lambda: bool(_page(f"http://127.0.0.1:{port}")))

    assert waiting_run() == "queued"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_first_start_settles_the_village_and_a_second_leaves_it_as_it_is(
    settings: dict[str, str], database: Database, port: int, tmp_path: Path
) -> None:
    said, slips = [], []
    for _ in range(2):
        with _started(settings, "run", "--port", str(port)) as server:
            _wait(server, lambda: bool(_page(f"http://127.0.0.1:{port}")))
            said.append(server.end(signal.SIGINT)[1])
        slips.append((tmp_path / "demo-sign-ins.txt").read_text("utf-8"))

    assert "First start: settling the demo village" in said[0]
    assert "First start" not in said[1]
    assert slips[0] == slips[1]
    assert all(slips[0] in one for one in said)
    assert len(re.findall(r"(?:PIN|password) \S+", slips[0])) == 5
    assert (tmp_path / "demo-sign-ins.txt").stat().st_mode & 0o077 == 0


def test_a_port_that_is_taken_is_named(tmp_path: Path, port: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()

        told = CliRunner().invoke(
            main, ["run", "--port", str(port)], env={"COOPFARM_DATA_DIR": str(tmp_path)}
        )

    assert told.exit_code == 2
    assert f"cannot listen on 127.0.0.1, port {port}" in told.stderr
    assert "PORT=8001" in told.stderr


@pytest.mark.parametrize("port", ["0", "70000", "many"])
def test_a_port_that_cannot_be_is_refused(tmp_path: Path, port: str) -> None:
    told = CliRunner().invoke(
        main, ["run", "--port", port], env={"COOPFARM_DATA_DIR": str(tmp_path)}
    )

    assert told.exit_code == 2
    assert not (tmp_path / "coopfarm.db").exists()
