"""The running program and a browser in front of it."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from tests import postgres
from tests.factories.members import Visitor

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 740}
LAPTOP = {"width": 1200, "height": 800}


@dataclass
class Village:
    """A served village: where it is, and how its people get in."""

    url: str
    ways_in: dict[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def from_slip(cls, url: str, slip: str) -> "Village":
        found = re.findall(r"\(([^)]*)\): (\S+)  \w+ (\S+)", slip)
        ways = {roles.split(",")[0]: (name, secret) for roles, name, secret in reversed(found)}
        return cls(url, ways)


@contextmanager
def _served(data_dir: Path, **settings: str) -> Iterator[Village]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COOPFARM_")}
    server = subprocess.Popen(
        [sys.executable, "-m", "coopfarm", "run", "--port", str(port)],
        env=kept | {"COOPFARM_DATA_DIR": str(data_dir)} | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, server)
        yield Village.from_slip(url, (data_dir / "demo-sign-ins.txt").read_text("utf-8"))
    finally:
        server.terminate()
        server.communicate(timeout=20)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(720):
        if server.poll() is not None:
            pytest.fail(f"the server ended: {server.communicate()[0].decode()[-2000:]}")
        try:
            urllib.request.urlopen(f"{url}/sign-in", timeout=5).close()
        except OSError:
            time.sleep(0.25)
        else:
            return
    pytest.fail("the server did not answer within three minutes")


@pytest.fixture(scope="session")
def village(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    """The demo village on the embedded database."""
    with _served(tmp_path_factory.mktemp("village")) as served:
        yield served


@pytest.fixture(scope="session")
def village_on_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Village]:
    """The demo village on PostgreSQL with PostGIS."""
    with postgres.cluster() as admin_url, postgres.fresh_database(admin_url) as url:
        data_dir = tmp_path_factory.mktemp("village-on-postgres")
        urls = {
            "COOPFARM_DATABASE_URL": postgres.as_program(url),
            "COOPFARM_OWNER_URL": url,
        }
        with _served(data_dir, **urls) as served:
            yield served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.fail("Chromium is missing. As root: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield chromium
        chromium.close()


@dataclass
class Person:
    """Somebody signed in at a browser, and what that browser complained about."""

    page: Page
    village: Village
    complaints: list[str]

    def visit(self, path: str) -> Page:
        answer = self.page.goto(self.village.url + path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        return self.page

    def done(self) -> None:
        """To be called at the end: a page must not break its own security policy."""
        assert self.complaints == []


@pytest.fixture(scope="session")
def _signed_in() -> dict[tuple[str, str, str], Any]:
    """What a browser keeps of a sign-in, by village, role and language: one each is enough."""
    return {}


@pytest.fixture
def person(
    browser: Browser, _signed_in: dict[tuple[str, str, str], Any]
) -> Iterator[Callable[..., Person]]:
    """`person(village, "manager", language="ar", screen=LAPTOP, javascript=True)`."""
    contexts: list[BrowserContext] = []

    def at_the_browser(village: Village, role: str, *, language: str = "en", **more: Any) -> Person:
        who = (village.url, role, language)
        context = browser.new_context(
            viewport=more.get("screen", PHONE if role == "member" else LAPTOP),
            java_script_enabled=more.get("javascript", True),
            locale=language,
            storage_state=_signed_in.get(who),
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if who not in _signed_in:
            context.add_cookies([{"name": "language", "value": language, "url": village.url}])
            _sign_in(page, village, role)
            _signed_in[who] = context.storage_state()
        return Person(page, village, complaints)

    yield at_the_browser
    for context in contexts:
        context.close()


def _sign_in(page: Page, village: Village, role: str) -> None:
    """By name and secret; the second factor is set up another time."""
    name, secret = village.ways_in[role]
    page.goto(f"{village.url}/sign-in" + ("" if role == "member" else "?console=1"))
    page.fill("#field-name", name)
    page.fill("#field-secret", secret)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "second-factor" in url or "sign-in" not in url)
    if "second-factor" in page.url:
        page.click("form[action$=later] button")
        page.wait_for_url(lambda url: "sign-in" not in url)


class Handler(WSGIRequestHandler):
    """Answers while there is a signal."""

    has_signal = True

    def handle_one_request(self) -> None:
        if type(self).has_signal:
            super().handle_one_request()
        else:
            self.close_connection = True


@dataclass
class Line:
    """Where the program of this test is, and the line to it, which can be cut."""

    url: str
    handler: type[Handler]


@pytest.fixture
def served(app: Flask) -> Iterator[Line]:
    # What is compressed while it is read is closed late, which the suite takes for a fault.
    app.config["COMPRESS_STREAMS"] = False
    handler = type("Handler", (Handler,), {})
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=handler)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield Line(f"http://127.0.0.1:{server.server_port}", handler)
    server.shutdown()
    serving.join()
    server.server_close()


IS_LEARNT = "caches.match('/outbox', { ignoreVary: true }).then(Boolean)"


@dataclass
class Phone:
    """A phone that is handed from one member to another, and what it keeps."""

    browser: Browser
    line: Line
    store: Path
    context: BrowserContext
    page: Page

    @classmethod
    def new(cls, browser: Browser, line: Line, store: Path, **more: Any) -> "Phone":
        context = browser.browser_type.launch_persistent_context(
            store,
            executable_path=CHROMIUM,
            args=FLAGS,
            viewport=PHONE,
            locale="en",
            **more,
        )
        context.set_default_timeout(15_000)
        context.add_cookies([{"name": "language", "value": "en", "url": line.url}])
        return cls(browser, line, store, context, context.pages[0])

    def hand_to(self, who: Visitor) -> "Phone":
        """As who is signed in already."""
        cookie = who.client.get_cookie("coopfarm")
        assert cookie is not None
        self.context.add_cookies(
            [{"name": "coopfarm", "value": cookie.value, "url": self.line.url}]
        )
        return self

    def visit(self, path: str) -> Page:
        self.page.goto(self.line.url + path)
        return self.page

    def learn(self) -> Page:
        """Look at the first page until what is read without a signal is on the phone."""
        page = self.visit("/")
        for _ in range(150):
            if page.evaluate(IS_LEARNT):
                break
            page.wait_for_timeout(100)
        return self.visit("/")

    def lose_signal(self) -> None:
        """The browser knows it; a worker that starts later would not, so the line is cut too."""
        self.line.handler.has_signal = False
        self.context.set_offline(True)

    def find_signal(self) -> None:
        self.line.handler.has_signal = True
        self.context.set_offline(False)

    def restart(self) -> "Phone":
        """Switched off and on again, without a signal."""
        self.context.close()
        again = Phone.new(self.browser, self.line, self.store)
        self.context, self.page = again.context, again.page
        self.lose_signal()
        return self


@pytest.fixture
def phone(browser: Browser, served: Line, tmp_path: Path) -> Iterator[Phone]:
    held = Phone.new(browser, served, tmp_path / "phone")
    yield held
    held.context.close()
