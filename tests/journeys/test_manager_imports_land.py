"""J7: what an office has, a zip in Arabic of Windows without .prj, becomes land on the map."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
import shapely
from playwright.sync_api import FilePayload, Page
from pyogrio import raw as gdal

from tests.journeys.conftest import LAPTOP, PHONE, Person, Village
from tests.journeys.looking import press

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# Beside the demo village, in the zone it lies in.
EAST_M, NORTH_M, SYSTEM = 750_000.0, 3_359_000.0, "EPSG:32635"
PLOTS = 12
# A file is read in a process of its own, which a busy machine is slow to start.
READING_MS = 60_000


@pytest.fixture
def office_zip(tmp_path: Path) -> Callable[[str], FilePayload]:
    """A Shapefile of twelve plots, the first over the second; name and columns are its own."""

    def make(name: str) -> FilePayload:
        path = tmp_path / f"{name}.shp"
        boxes = [_box(n % 4, n // 4, wider=n == 0) for n in range(PLOTS)]
        codes = [f"{name}-{n + 1}" for n in range(PLOTS)]
        crops = ["قمح" if n % 2 else "أرز" for n in range(PLOTS)]
        gdal.write(
            path,
            geometry=np.array(shapely.to_wkb(boxes), dtype=object),
            field_data=[np.array(codes, dtype=object), np.array(crops, dtype=object)],
            fields=[f"رمز{name}", "المحصول"],
            geometry_type="Polygon",
            crs=SYSTEM,
            encoding="cp1256",
            driver="ESRI Shapefile",
        )
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for suffix in (".shp", ".shx", ".dbf"):
                archive.write(path.with_suffix(suffix), f"{name}{suffix}")
        return {
            "name": f"{name}.zip",
            "mimeType": "application/zip",
            "buffer": packed.getvalue(),
        }

    return make


def _box(across: int, up: int, *, wider: bool) -> shapely.Polygon:
    east, north = EAST_M + 100 * across, NORTH_M + 80 * up
    return shapely.box(east, north, east + (110 if wider else 100), north + 80)


def _go_on(page: Page) -> None:
    press(page.locator("main form[action$='/read-as'] button.button-primary"))


def _led_in(page: Page, file: FilePayload) -> dict[str, Any]:
    """The whole way to the report, as anybody can walk it; what was seen on it."""
    page.set_default_timeout(READING_MS)
    page.set_input_files("input[type=file]", files=[file])
    press(page.locator("main form button.button-primary"))
    letters = page.locator("main").inner_text()
    _go_on(page)
    systems = page.locator("input[name=crs]").count()
    page.check(f"input[value='{SYSTEM}']")
    _go_on(page)
    columns = page.locator("main table").inner_text()
    page.select_option("#as-0", "code")
    page.select_option("#as-1", "crop")
    _go_on(page)
    return {"letters": letters, "systems": systems, "columns": columns}


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_manager_is_led_from_a_messy_zip_to_land_and_back(
    person: Callable[..., Person],
    village: Village,
    office_zip: Callable[[str], FilePayload],
    language: str,
) -> None:
    """J7, M25."""
    manager = person(village, "manager", language=language, screen=LAPTOP)
    page = manager.visit("/land/import")

    seen = _led_in(page, office_zip(f"نور{language}"))
    page.wait_for_selector("#import-map canvas")
    findings = page.locator("section[aria-labelledby=found]").inner_text()
    spot = page.locator("section[aria-labelledby=found] a.spot").first
    spot.click()
    popup = page.locator(".leaflet-popup-content").inner_text()
    press(page.locator(f"main form[action='{_path(page)}'] button.button-primary"))
    figures = page.locator(".figure-value").all_inner_texts()
    press(page.locator("main form[action$='/undo'] button"))

    assert f"نور{language}-1" in seen["letters"]
    assert seen["systems"] >= 6
    assert "قمح" in seen["columns"]
    assert f"نور{language}-1" in findings
    assert f"نور{language}-" in popup
    assert figures[0] == ("12" if language == "en" else "١٢")
    assert page.locator("main table .pill.is-mute").count() >= 1
    manager.done()


def test_the_map_shows_where_the_file_would_lie_under_each_system(
    person: Callable[..., Person], village: Village, office_zip: Callable[[str], FilePayload]
) -> None:
    manager = person(village, "manager", screen=LAPTOP)
    page = manager.visit("/land/import")
    page.set_default_timeout(READING_MS)
    page.set_input_files("input[type=file]", files=[office_zip("karta")])
    press(page.locator("main form button.button-primary"))
    _go_on(page)
    page.wait_for_selector("#import-map .map-label")

    page.locator("#import-map .map-label").first.wait_for()
    first = page.locator("input[name=crs]:checked").get_attribute("value")
    page.locator("input[name=crs]").last.check()
    last = page.locator("input[name=crs]:checked").get_attribute("value")

    assert first == SYSTEM
    assert last != SYSTEM
    assert page.locator("#import-map .map-label").count() >= 3
    assert "km from your canals" in page.locator("#field-crs").inner_text()
    manager.done()


def test_the_steps_are_walked_on_a_phone_without_scripts(
    person: Callable[..., Person], village: Village, office_zip: Callable[[str], FilePayload]
) -> None:
    manager = person(village, "manager", screen=PHONE, javascript=False)
    page = manager.visit("/land/import")

    _led_in(page, office_zip("plain"))
    link = page.locator("section[aria-labelledby=found] a.spot").first.get_attribute("href")

    assert link is not None
    assert page.locator(f"tr{link}").count() == 1
    assert page.locator(f"main form[action='{_path(page)}'] button.button-primary").count() == 1


def test_a_file_dropped_on_the_page_is_the_one_that_is_sent(
    person: Callable[..., Person], village: Village
) -> None:
    manager = person(village, "manager", screen=LAPTOP)
    page = manager.visit("/land/import")

    page.evaluate(
        """() => {
          const carried = new DataTransfer();
          carried.items.add(new File(["code,area_ha\\nD1,1\\n"], "dropped.csv"));
          const event = new DragEvent("drop", { dataTransfer: carried, bubbles: true });
          document.querySelector("main").dispatchEvent(event);
        }"""
    )
    press(page.locator("main form button.button-primary"))

    assert "dropped.csv" in page.locator("main").inner_text()
    manager.done()


def _path(page: Page) -> str:
    return urlsplit(page.url).path
