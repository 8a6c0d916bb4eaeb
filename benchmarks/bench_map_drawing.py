"""How soon the officer's map stands in a browser, and how soon it answers a hand.

Chromium without a graphics card, its processor slowed down as the row says, before the program on
SQLite; a laptop's window of 1200 by 800. All seconds are of the wall, as the page itself reads
them:

- drawn: from the arrival of the first tile to the moment the last one is painted, everything
  between them included: reading the tiles, painting them, and waiting for the others;
- opened: from the start of the way to the page to the same moment; tiles are made for it, but
  where it is opened again;
- answered: the slowest of the events of a drag, a click on the zoom and on the box of a layer,
  from the hand's move to the next picture (Event Timing, what INP is made of), beside the
  longest task of the script in the meantime;
- a tile: from asking to having it, with all the plots there are in view.
"""

import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import shapely
from playwright.sync_api import Browser, CDPSession, Page, ViewportSize, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from benchmarks.bench_tiles import WEST, field, settled
from benchmarks.booked import NOW, SECRET, database_of, learn
from coopfarm.app import create_app
from coopfarm.config import Settings
from coopfarm.store.db import Database

Row = tuple[str, float, str, float, str]

CHROMIUM: Final = "/usr/bin/chromium"
FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-sync")
FLAGS_TOO: Final = ("--no-first-run", "--disable-background-networking")
WINDOW: Final[ViewportSize] = {"width": 1200, "height": 800}
MANY, SOME, MOST = 5_000, 2_000, 200_000
PATIENCE_MS: Final = 180_000
NEARER: Final = 4
AGAIN: Final = 5  # the middle of so many is told

_DRAWN: Final = ".map[data-drawn]"
_OF_TILES: Final = """
performance.getEntriesByType("resource").filter(({name}) => name.includes("/map/tiles/"))
  .map(({startTime, responseEnd}) => [startTime, responseEnd])
"""
_PAGE: Final = "performance.getEntriesByType('navigation')[0].responseEnd"
_WATCH: Final = """
window.found = {event: [0], longtask: [0]};
for (const type of Object.keys(found)) {
  const note = (list) => found[type].push(...list.getEntries().map((one) => one.duration));
  new PerformanceObserver(note).observe({type, durationThreshold: 16});
}
"""
_FOUND: Final = "Object.values(found).map((took) => Math.max(...took))"
_AS_GEOJSON: Final = """
async (text) => {
  const place = document.body.appendChild(document.createElement("div"));
  place.style.cssText = "position:fixed;inset:0;z-index:99";
  const map = L.map(place, {renderer: L.canvas(), zoomAnimation: false});
  const began = performance.now();
  const land = L.geoJSON(JSON.parse(text));
  map.fitBounds(land.getBounds(), {animate: false});
  land.addTo(map);
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return (performance.now() - began) / 1000;
}
"""


class Opened(NamedTuple):
    """Seconds from the start of the way to a page, and what each of its tiles took."""

    page_s: float
    drawn_s: float
    first_tile_s: float
    tiles_s: Sequence[float]


class QuietHandler(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_request(self, *_: Any) -> None:
        """Not even that it came."""


def rows() -> Iterator[Row]:
    """Rows: name, wall seconds, beside, its seconds, target."""
    with sync_playwright() as playwright:
        flags = [*FLAGS, *FLAGS_TOO]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        for measured, count in ((_drawing, MANY), (_answering, SOME), (_all, MOST)):
            with _served(count) as (url, cookie), _page(browser, url, cookie) as page:
                for name, *row in measured(page, f"{url}/map/land", count):
                    yield cast(Row, (f"{name} (wall)", *row))
        browser.close()


def _drawing(page: Page, url: str, count: int) -> Iterator[Row]:
    told = f"{count:,} plots, 4 × slower"
    first = _opened(page, url, 4)
    again = sorted((_opened(page, url, 4) for _ in range(AGAIN)), key=_drawing_s)[AGAIN // 2]
    peer = page.evaluate(_AS_GEOJSON, _as_geojson(count))
    beside = "Leaflet drawing them from GeoJSON"
    yield f"{told}: drawn", _drawing_s(again), beside, peer, "≤ 1 s"
    yield f"{told}: opened, tiles made for it", first.drawn_s, beside, peer, "–"
    yield f"{told}: opened again", again.drawn_s, beside, peer, "–"


def _answering(page: Page, url: str, count: int) -> Iterator[Row]:
    _opened(page, url, 6)
    box = page.locator(".map").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.evaluate(_WATCH)
    for what in ("dragged", "zoomed", "a layer hidden or shown"):
        page.evaluate("for (const took of Object.values(found)) took.splice(1)")
        for _ in range(AGAIN):
            _do(page, what, middle)
            page.wait_for_timeout(1_000)
        event_ms, task_ms = page.evaluate(_FOUND)
        name = f"{count:,} plots, 6 × slower: answered when {what}, slowest of {AGAIN}"
        yield name, event_ms / 1000, "longest task meanwhile", task_ms / 1000, "≤ 200 ms"


def _do(page: Page, what: str, middle: tuple[float, float]) -> None:
    if what == "dragged":
        page.mouse.move(*middle)
        page.mouse.down()
        page.mouse.move(middle[0] - 90, middle[1] - 60, steps=12)
        page.mouse.up()
    elif what == "zoomed":
        page.click(".leaflet-control-zoom-in")
    else:
        page.click("input[name=show][value=plots]")


def _all(page: Page, url: str, count: int) -> Iterator[Row]:
    whole = _opened(page, url, 1)
    told, beside = f"{count:,} plots, all in view", "its slowest tile"
    yield f"{told}: opened", whole.drawn_s, beside, max(whole.tiles_s), "–"
    yield f"{told}: the page without its tiles", whole.page_s, beside, max(whole.tiles_s), "–"
    before: Sequence[float] = []
    for _ in range(NEARER):
        before, drawn = _tiles(page), page.get_attribute(_DRAWN, "data-drawn")
        page.click(".leaflet-control-zoom-in")
        page.wait_for_selector(f"{_DRAWN}:not([data-drawn='{drawn}'])", timeout=PATIENCE_MS)
    near = sorted(_tiles(page)[len(before) :])
    told = f"{count:,} plots, {2**NEARER} × nearer: a tile"
    yield told, near[len(near) // 2], "the slowest of them", near[-1], "–"


def _opened(page: Page, url: str, slower: int) -> Opened:
    """Open the page anew on a processor that is so many times slower."""
    throttle: CDPSession = page.context.new_cdp_session(page)
    throttle.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.goto(url, timeout=PATIENCE_MS, wait_until="commit")
    page.wait_for_selector(_DRAWN, timeout=PATIENCE_MS)
    drawn_s = float(page.get_attribute(_DRAWN, "data-drawn") or 0) / 1000
    ends = [end / 1000 for _, end in page.evaluate(_OF_TILES)]
    return Opened(page.evaluate(_PAGE) / 1000, drawn_s, min(ends), _tiles(page))


def _drawing_s(one: Opened) -> float:
    return one.drawn_s - one.first_tile_s


def _tiles(page: Page) -> Sequence[float]:
    return [(end - start) / 1000 for start, end in page.evaluate(_OF_TILES)]


def _as_geojson(count: int) -> str:
    across = _across(count)
    fields = [field(*divmod(n, across)[::-1], WEST) for n in range(count)]
    text: str = shapely.to_geojson(shapely.GeometryCollection(fields))
    return text


def _across(count: int) -> int:
    """How many fields in a row make land as broad as a window."""
    return round(math.sqrt(1.5 * count))


@contextmanager
def _served(count: int) -> Iterator[tuple[str, str]]:
    """Where the program is that has so many plots, and an officer's cookie."""
    with database_of("sqlite") as (at, folder):
        settings = Settings(
            Path(folder), database_url=at, secret_key=SECRET, pepper=SECRET, worker="at-once"
        )
        app = create_app(settings, clock=lambda: NOW)
        database: Database = app.extensions["coopfarm_database"]
        client = settled(app, database, [(WEST, _across(count), count)])
        learn(database)
        cookie = client.get_cookie("coopfarm")
        assert cookie is not None
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", cookie.value
        finally:
            server.shutdown()
            serving.join()
            server.server_close()
            app.extensions["coopfarm_queue"].close()
            database.dispose()


@contextmanager
def _page(browser: Browser, url: str, cookie: str) -> Iterator[Page]:
    context = browser.new_context(viewport=WINDOW, locale="en")
    context.add_cookies(
        [
            {"name": "coopfarm", "value": cookie, "url": url},
            {"name": "language", "value": "en", "url": url},
        ]
    )
    yield context.new_page()
    context.close()


if __name__ == "__main__":
    for row in rows():
        print(*row)
