"""A gateway for tests: a server of this machine that remembers what it was asked."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest


@dataclass
class Asked:
    """What the server heard, and what it answers to each request in turn (200 at the end)."""

    url: str = ""
    bodies: list[str] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)


@pytest.fixture
def listening() -> Iterator[Asked]:
    asked = Asked()

    class Remembers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            asked.bodies.append(self.rfile.read(length).decode())
            status, body = asked.answers.pop(0) if asked.answers else (200, "ok")
            self.send_response(status)
            self.send_header("Location", asked.url)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Remembers)
    asked.url = f"http://127.0.0.1:{server.server_port}/send"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield asked
    server.shutdown()
    thread.join()
    server.server_close()
