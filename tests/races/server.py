"""The program served by several processes behind one door, any of which may be killed.

Run as a module it is the mother of all servers of a run: she reads one JSON object a line, forks
a group of workers for each, and answers with the group's process and port. Importing the
program once is most of what starting it costs.
"""

import contextlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any, Final

import waitress

from coopfarm.app import create_app
from coopfarm.config import Settings
from tests.races import unguarded

WORKERS: Final = 2
THREADS: Final = 4
SECRET: Final = "a secret for races, long enough to be taken"
PEPPER: Final = "a pepper for races, long enough to be taken"
# Waitress takes no more connections than this; it would let the others wait.
_PHONES: Final = 900


@dataclass(frozen=True)
class Group:
    """The workers of one server, their keeper, and the port they share."""

    keeper: int
    port: int

    def workers(self) -> list[int]:
        """Those who run at this moment; the keeper starts another for one who was killed."""
        told = Path(f"/proc/{self.keeper}/task/{self.keeper}/children").read_text("utf-8")
        return [int(one) for one in told.split()]

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.keeper, signal.SIGTERM)


class Mother:
    """Starts groups of workers; all of them end with her."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.races.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        )

    @contextmanager
    def group(
        self, url: str, folder: Path, now: datetime, *without: str, workers: int = WORKERS
    ) -> Iterator[Group]:
        """Workers of the program on a database, some of its guards taken away."""
        told = {"url": url, "folder": str(folder), "now": now.isoformat(), "workers": workers}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(told | {"without": without}) + "\n")
        self._process.stdin.flush()
        group = Group(**json.loads(self._process.stdout.readline()))
        assert group.port, "a worker could not start"
        try:
            yield group
        finally:
            group.end()

    def end(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._process.stdout.close()


def main() -> None:
    """Fork a keeper for every line that is read, until there are no more."""
    keepers: list[int] = []
    for line in sys.stdin:
        told = json.loads(line)
        # Bound and never listened at: it keeps the port for workers yet to come.
        place = _bound(0)
        told["port"] = place.getsockname()[1]
        heard, told["ready"] = os.pipe()
        keeper = os.fork()
        if keeper == 0:
            _keep(told)
        keepers.append(keeper)
        os.close(told["ready"])
        is_up = all(os.read(heard, 1) for _ in range(told["workers"]))
        told["port"] = told["port"] if is_up else 0
        print(json.dumps({"keeper": keeper, "port": told["port"]}), flush=True)  # noqa: T201 (the answer)
    for keeper in keepers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(keeper, signal.SIGTERM)
    for keeper in keepers:
        os.waitpid(keeper, 0)


def _bound(port: int) -> socket.socket:
    """A socket at a port that several processes share: the kernel deals the phones out."""
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    found.bind(("127.0.0.1", port))
    return found


def _keep(told: dict[str, Any]) -> None:
    """Start workers, and another for each that dies, until told to end. Never returns."""
    workers: set[int] = set()

    def end(_signal: int, _frame: FrameType | None) -> None:
        for worker in workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stdin.close()
    while True:
        while len(workers) < told["workers"]:
            worker = os.fork()
            if worker == 0:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                _serve(told)
            workers.add(worker)
        dead, how = os.wait()
        workers.discard(dead)
        if os.WIFEXITED(how):  # it was not killed: another would fare no better
            end(signal.SIGTERM, None)


def _serve(told: dict[str, Any]) -> None:
    """Be one worker. Never returns."""
    settings = Settings(
        data_dir=Path(told["folder"]),
        database_url=told["url"],
        secret_key=SECRET,
        pepper=PEPPER,
        worker="outside",
    )
    now = datetime.fromisoformat(told["now"])
    app = create_app(settings, clock=lambda: now)
    who = str(os.getpid())
    app.after_request(lambda response: response.headers.set("X-Worker", who) or response)
    for guard in told["without"]:
        unguarded.TAKEN_AWAY[guard](app)
    logging.getLogger("waitress").setLevel(logging.ERROR)  # as `coopfarm run` does
    door = _bound(told["port"])
    door.listen(1024)
    os.write(told["ready"], b".")
    waitress.serve(
        app,
        sockets=[door],
        threads=THREADS,
        connection_limit=_PHONES,
        asyncore_use_poll=True,
        ident=None,
        _quiet=True,
    )
    os._exit(0)


if __name__ == "__main__":
    main()
