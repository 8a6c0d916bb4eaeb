"""How long a start takes, and how much memory the idle program holds.

`coopfarm run` in a process of its own, on a free port and a fresh data folder: the first start
settles the village and plans its weeks, the second only serves. Wall seconds from the start of
the process to the sign-in page; memory is what the kernel says the process holds (VmRSS).
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

Row = tuple[str, float, str, float, str]

IDLE_SECONDS = 3.0
PATIENCE_SECONDS = 180.0
LEAST = (
    "import flask, waitress; app = flask.Flask('least'); "
    "app.add_url_rule('/sign-in', view_func=lambda: 'sign in'); "
    "waitress.serve(app, host='127.0.0.1', port={port})"
)
Command = Callable[[int], list[str]]


def rows() -> list[Row]:
    """One row for each measurement: name, what was measured, peer, the same of it, target."""
    with tempfile.TemporaryDirectory() as folder:
        first = _start(_coopfarm, folder)
        second = _start(_coopfarm, folder)
    least = _start(_least, "")
    beside = "Flask and waitress, one page"
    return [
        ("first start with the village (wall)", first.wall_s, beside, least.wall_s, "–"),
        ("second start to the sign-in page (wall)", second.wall_s, beside, least.wall_s, "< 5 s"),
        ("second start to the sign-in page", second.cpu_s, beside, least.cpu_s, "–"),
        ("idle memory, MB", second.held_mb, beside, least.held_mb, "< 150 MB"),
    ]


class Start(NamedTuple):
    """What it took until the sign-in page answered, and what is held when nothing is asked."""

    wall_s: float
    cpu_s: float
    held_mb: float


def main() -> None:
    """Print the table."""
    for name, measured, peer, beside, target in rows():
        print(f"{name:<44} {measured:>9.2f}  {peer:<36} {beside:>9.2f}  {target}")


def _coopfarm(port: int) -> list[str]:
    return [sys.executable, "-m", "coopfarm", "run", "--port", str(port)]


def _least(port: int) -> list[str]:
    return [sys.executable, "-c", LEAST.format(port=port)]


def _start(command: Command, folder: str) -> Start:
    port = _free_port()
    started = time.perf_counter()
    with _running(command(port), folder) as process:
        page = f"http://127.0.0.1:{port}/sign-in"
        while not _answers(page):
            assert process.poll() is None, "it ended before it served"
            assert time.perf_counter() - started < PATIENCE_SECONDS, "it never served"
            time.sleep(0.02)
        wall_s, cpu_s = time.perf_counter() - started, _cpu_s(process.pid)
        time.sleep(IDLE_SECONDS)
        return Start(wall_s, cpu_s, _held_mb(process.pid))


@contextmanager
def _running(command: list[str], folder: str) -> Iterator["subprocess.Popen[bytes]"]:
    environ = {name: v for name, v in os.environ.items() if not name.startswith("COOPFARM_")}
    process = subprocess.Popen(  # noqa: S603 (our own program)
        command, env=environ | {"COOPFARM_DATA_DIR": folder}, stdout=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


def _answers(page: str) -> bool:
    try:
        with urllib.request.urlopen(page, timeout=5) as answer:  # noqa: S310 (our own server)
            return bool(answer.read())
    except (urllib.error.URLError, ConnectionError):
        return False


def _cpu_s(process_id: int) -> float:
    """User and system time of the process so far: fields 14 and 15 of proc(5) stat."""
    after_name = Path(f"/proc/{process_id}/stat").read_text("utf-8").rpartition(")")[2].split()
    return sum(map(int, after_name[11:13])) / os.sysconf("SC_CLK_TCK")


def _held_mb(process_id: int) -> float:
    for line in Path(f"/proc/{process_id}/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


if __name__ == "__main__":
    main()
