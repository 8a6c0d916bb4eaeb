"""The program as a process of its own, and people at it whose browser is this test."""

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from socket import create_server
from uuid import uuid4

from werkzeug.test import encode_multipart

from coopfarm.config import Settings
from tests.factories.members import Visitor

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str
    headers: Mapping[str, str]
    wall_s: float


@dataclass(frozen=True, slots=True)
class Running:
    """A server that runs: what it costs, and how to ask it."""

    pid: int
    port: int
    folder: Path

    def most_memory_mb(self) -> float:
        """The most memory the process ever had (VmHWM), without its readers."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]

    def readers_cpu_s(self) -> float:
        """Processor seconds of all its readers so far."""
        after_name = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(after_name[13]) + int(after_name[14])) / _TICKS

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        started = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        response = connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        connection.close()
        wall_s = time.perf_counter() - started
        return Answer(response.status, unescape(text), dict(response.headers), wall_s)


@dataclass(frozen=True, slots=True)
class Browser:
    """Somebody signed in, at the running server."""

    server: Running
    cookie: str
    token: str

    @classmethod
    def of(cls, visitor: Visitor, server: Running) -> "Browser":
        visitor.client.set_cookie("language", "en")
        token = visitor.token("/land/import")
        names = [cookie.key for cookie in visitor.client._cookies.values()]  # type: ignore[attr-defined]
        kept = {name: visitor.client.get_cookie(name) for name in names}
        cookie = "; ".join(f"{name}={one.value}" for name, one in kept.items() if one)
        return cls(server, cookie, token)

    def get(self, path: str) -> Answer:
        return self.server.ask("GET", path, Cookie=self.cookie, Accept="text/html")

    def post(self, path: str, fields: Mapping[str, object]) -> Answer:
        act = {"csrf_token": self.token, "idempotency_key": str(uuid4())}
        boundary, body = encode_multipart({**act, **fields})
        kind = f"multipart/form-data; boundary={boundary}"
        return self.server.ask(
            "POST", path, body, Cookie=self.cookie, Accept="text/html", Content_Type=kind
        )


@contextmanager
def running(settings: Settings, folder: Path) -> Iterator[Running]:
    """The program on the database of the settings; its temporary files go to `folder`."""
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    said = {
        "COOPFARM_DATA_DIR": str(settings.data_dir),
        "COOPFARM_DATABASE_URL": settings.database_url,
        "COOPFARM_SECRET_KEY": settings.secret_key,
        "COOPFARM_PEPPER": settings.pepper,
        "TMPDIR": str(folder),
    }
    with (settings.data_dir / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "coopfarm", "run", "--no-village", "--port", str(port)],
            env=os.environ | said,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        server = Running(process.pid, port, folder)
        try:
            _wait_for(server)
            yield server
        finally:
            process.terminate()
            process.wait()


def _wait_for(server: Running) -> None:
    for _ in range(1_200):
        try:
            server.ask("GET", "/sign-in")
        except ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("the server did not start")
