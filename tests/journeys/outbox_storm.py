"""The outbox in a storm: scripted acts through a line that drops, stalls, lies and signs out.

The page runs the outbox's own JavaScript in Chromium, in two tabs that are reloaded all the time;
a small server breaks most of what passes, and counts what was done.

    python -m tests.journeys.outbox_storm --acts 10000
"""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import click
from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.conftest import CHROMIUM, FLAGS

SCRIPT = Path(__file__).parents[2] / "static" / "js" / "outbox.js"
WHO = "1.00000000-0000-4000-8000-000000000001"
# How long the page waits for an answer here, in milliseconds; a stall takes longer.
PATIENCE_MS, STALL_SECONDS = 400, 0.6
# Of a thousand requests, how many meet which fate; the others pass.
FATES = {
    "dropped before it was done": 100,
    "dropped after it was done": 100,
    "cut in the middle of the answer": 60,
    "stalled before it was done": 10,
    "stalled after it was done": 10,
    "500": 60,
    "503": 40,
    "401": 40,
    "answered 200 by a login page on the way": 40,
    "answered 404 by a gateway on the way": 20,
}
MOST_MINUTES = 60
PAGE = b"<!doctype html><title>storm</title><script type=module src=storm.js></script>"
STORM = """\
import { add, flush, isWaiting, list, pace } from "./static/js/outbox.js";
const who = %(who)s, most = 60;
Object.assign(pace, { answer: %(patience)d, firstPause: 5, longestPause: 40, standing: 3_000 });
// Not by a timer: those of the tab behind come once a second.
const rest = () => new Promise((done) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = done;
  port2.postMessage("on");
});
// Each act is numbered by how many are written down already: what a reload cut short is not among
// them, and is done again.
async function act(upTo) {
  let next = (await list(who)).filter(({ photo }) => !photo).length;
  for (; next < upTo; next += 1) {
    const body = JSON.stringify({ serial: next });
    const photo = new Blob([`photo ${next}`]);
    const photos = next %% 10 ? [] : [{ url: "/photos/{id}", field: "photo", photo }];
    await add({ who, url: "/acts", isJson: true, body, label: `act ${next}` }, photos);
    if (next %% 10 === 0) flush(who, true);
    if (next %% most === 0) while (await isWaiting(who)) { await flush(who, true); await rest(); }
  }
  const left = async () => (await list(who)).some(({ state }) => state !== "confirmed");
  while (await isWaiting(who) || await left()) { await flush(who, true); await rest(); }
}
let acting;
const begin = (upTo) => { acting ??= act(upTo); };
const confirmed = async () => (await list(who)).filter(({ state }) => state === "confirmed")
  .map(({ body, url }) => body ? JSON.parse(body).serial : url);
let along;
const sendAlong = () => { along ??= setInterval(() => flush(who, true), 200); };
Object.assign(window, { begin, confirmed, sendAlong });
"""


@dataclass
class Ledger:
    """What the server did: each key once, as ours does; and how often it was asked."""

    chance: random.Random
    by_key: dict[str, int | str] = field(default_factory=dict)
    done: Counter[int | str] = field(default_factory=Counter)
    fates: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fate(self) -> str:
        with self.lock:
            told = self.chance.choices([*FATES, "passed"], [*FATES.values(), 1000 - _FATED])[0]
            self.fates[told] += 1
            return told

    def do(self, key: str, what: int | str) -> None:
        """Do an act unless it was done under this key. Raises ValueError for another one."""
        with self.lock:
            if key not in self.by_key:
                self.by_key[key] = what
                self.done[what] += 1
            elif self.by_key[key] != what:
                raise ValueError(key)


_FATED = sum(FATES.values())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536
    ledger: Ledger

    def do_GET(self) -> None:
        if self.path == "/outbox/standing.json":
            told = {"who": WHO, "csrf_token": "a token", "epoch": "the first"}
            self._meet_fate(lambda: None, json.dumps(told).encode())
        elif self.path == "/storm.js":
            script = STORM % {"who": json.dumps(WHO), "patience": PATIENCE_MS}
            self._answer(200, script.encode(), "text/javascript")
        elif self.path == "/static/js/outbox.js":
            self._answer(200, SCRIPT.read_bytes(), "text/javascript")
        else:
            self._answer(200, PAGE, "text/html")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers["Idempotency-Key"]
        what = self.path if self.path.startswith("/photos/") else json.loads(body)["serial"]
        self._meet_fate(lambda: self.ledger.do(key, what), json.dumps({"id": what}).encode())

    def _meet_fate(self, deed: Any, answer: bytes) -> None:
        fate = self.ledger.fate()
        if fate.endswith("after it was done") or fate in (
            "passed",
            "cut in the middle of the answer",
        ):
            deed()
        if fate.startswith("stalled"):
            time.sleep(STALL_SECONDS)
        if fate.startswith(("dropped", "stalled")):
            self.close_connection = True
        elif fate.startswith("cut"):
            self._answer(200, answer[:4], of_bytes=len(answer))
            self.close_connection = True
        elif fate.isdigit():
            self._answer(int(fate), b'{"code": "storm"}')
        elif fate.startswith("answered"):
            self._answer(int(fate.split()[1]), b"<h1>Buy more data</h1>", "text/html", marked=False)
        else:
            self._answer(200, answer)

    def _answer(
        self,
        status: int,
        body: bytes,
        kind: str = "application/json",
        *,
        marked: bool = True,
        of_bytes: int = 0,
    ) -> None:
        self.send_response(status)
        if marked:
            self.send_header("Acted-As", WHO)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(of_bytes or len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle(self) -> None:
        # A page that is reloaded hangs up in the middle.
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def served(ledger: Ledger) -> Iterator[str]:
    handler = type("Handler", (_Handler,), {"ledger": ledger})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def through(
    browser: Browser, many: int, seed: int, tell: Callable[[int], None] = lambda _: None
) -> tuple[Ledger, int]:
    """Send `many` acts through the storm. Gives the ledger, and how often a page was reloaded.

    Before each reload `tell` is told how many acts are confirmed.

    Raises AssertionError as soon as the page takes for confirmed what was not done.
    """
    chance = random.Random(seed)  # noqa: S311 (a storm that can be had again)
    ledger, reloads = Ledger(random.Random(seed + 1)), 0  # noqa: S311 (as above)
    with served(ledger) as url:
        context = browser.new_context()
        pages = [_opened(context.new_page(), url) for _ in range(2)]
        pages[1].evaluate("sendAlong()")
        ends_at = time.monotonic() + MOST_MINUTES * 60
        while time.monotonic() < ends_at:
            pages[0].evaluate(f"begin({many})")
            pages[0].wait_for_timeout(chance.uniform(500, 3500))
            confirmed = pages[1].evaluate("confirmed()")
            assert set(confirmed) <= set(ledger.done)
            if len(confirmed) == len(all_of(many)):
                break
            reloads += 1
            tell(len(confirmed))
            _opened(chance.choice(pages), url)
            pages[1].evaluate("sendAlong()")
        else:
            raise TimeoutError(f"not everything was sent within {MOST_MINUTES} minutes")
        context.close()
    return ledger, reloads


def all_of(many: int) -> set[int | str]:
    """Everything that is to be done once: the acts, and the photo of every tenth."""
    return {*range(many), *(f"/photos/{serial}" for serial in range(0, many, 10))}


def _opened(page: Page, url: str) -> Page:
    page.goto(url)
    page.wait_for_function("typeof begin === 'function'")
    return page


@click.command()
@click.option("--acts", default=10_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(acts: int, seed: int) -> None:
    """Count what is lost and what is done twice."""
    began = time.monotonic()

    def tell(confirmed: int) -> None:
        click.echo(f"{time.monotonic() - began:7.0f} s {confirmed:7} confirmed", err=True)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        ledger, reloads = through(browser, acts, seed, tell)
        browser.close()
    lost = all_of(acts) - set(ledger.done)
    twice = [what for what, times in ledger.done.items() if times > 1]
    for fate, times in ledger.fates.most_common():
        click.echo(f"{times:7} {fate}")
    click.echo(f"{reloads:7} reloads, {time.monotonic() - began:.0f} s")
    click.echo(f"{acts} acts and their photos: {len(lost)} lost, {len(twice)} done twice")
    raise SystemExit(bool(lost or twice))


if __name__ == "__main__":
    main()
