"""J7: the manager draws a canal; it snaps, its water has a direction, and there is a way back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Response

from tests.journeys.conftest import PHONE, Person, Village
from tests.journeys.looking import press

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# 8 m north of a bend of FJR-1, and on to the east.
HEAD, BEND, TAIL = (29.6218697, 30.3300845), (29.6225, 30.3305), (29.6235, 30.3306)
GATE = (29.6230, 30.3306)
BUDGET_BYTES = 250_000


def click_on_map(page: Page, *parts: tuple[float, float]) -> None:
    area = page.locator("[data-draw]")
    box = area.bounding_box()
    assert box is not None
    for across, down in parts:
        area.click(position={"x": box["width"] * across, "y": box["height"] * down})


def rows(page: Page) -> list[tuple[str, str]]:
    found = page.locator("[data-rows] tr").all()
    return [
        (row.locator("[name=lon]").input_value(), row.locator("[name=lat]").input_value())
        for row in found
    ]


def add(page: Page, lon: float, lat: float) -> None:
    page.locator("#field-add_lon").fill(str(lon))
    page.locator("#field-add_lat").fill(str(lat))
    press(page.locator("button[value=add]"))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_manager_draws_a_canal_and_its_gate_and_takes_both_back(
    person: Callable[..., Person], village: Village, language: str
) -> None:
    """M1."""
    manager = person(village, "manager", language=language)
    canal, outlet = f"EAST-{language}", f"W9-{language}"

    page = manager.visit("/land/draw/canal")
    page.wait_for_load_state("networkidle")
    for point in (HEAD, BEND, TAIL):
        add(page, *point)
    told = page.locator("[data-told-list]", has_text="FJR-1").inner_text()
    handles = page.locator(".draw-vertex").count()
    arrows = page.locator("[data-draw] .map-arrow").count()
    page.locator("#field-code").fill(canal)
    page.locator("#field-loss_percent_km").fill("٢٫٥")
    drawn = keep(page)
    page.goto(f"{village.url}/land/draw/outlet")
    add(page, *GATE)
    page.locator("#field-code").fill(outlet)
    snapped = keep(page)
    take_back(page)
    page.goto(drawn[0])
    take_back(page)
    after = manager.visit("/land/").locator("main").inner_text()

    assert "FJR-1" in told
    assert handles == 3
    assert arrows >= 2
    assert canal in drawn[1]
    assert "FJR-1" in drawn[1]
    assert canal in snapped[1]
    assert canal not in after
    assert outlet not in after
    manager.done()


def keep(page: Page) -> tuple[str, str]:
    """Keep what is drawn; the address and the words of the page that follows."""
    page.locator("button[value=keep]").last.click()
    page.wait_for_url("**/land/drawings/*")
    return page.url, page.locator("main").inner_text()


def take_back(page: Page) -> None:
    with page.expect_navigation():
        press(page.locator("form[action$=undo] button"))


def test_points_are_placed_moved_and_deleted_on_the_map(
    person: Callable[..., Person], village: Village
) -> None:
    manager = person(village, "manager")
    page = manager.visit("/land/draw/canal")
    page.wait_for_load_state("networkidle")

    click_on_map(page, (0.3, 0.8), (0.5, 0.85), (0.7, 0.8))
    placed = rows(page)
    said = page.locator("[data-said]").inner_text()
    page.locator(".draw-middle").first.press("Enter")
    between = rows(page)
    page.locator(".draw-vertex").nth(1).press("ArrowUp")
    moved = rows(page)
    page.locator(".draw-vertex").nth(1).press("Delete")
    deleted = rows(page)
    page.locator("[data-tool=back]").click()
    back = rows(page)

    assert len(placed) == 3
    assert "Point 3" in said
    assert [between[0], *between[2:]] == placed
    assert float(moved[1][1]) > float(between[1][1])
    assert deleted == placed
    assert back == moved
    manager.done()


def test_escape_cancels_and_enter_finishes(person: Callable[..., Person], village: Village) -> None:
    manager = person(village, "manager")
    page = manager.visit("/land/draw/canal")
    page.wait_for_load_state("networkidle")

    click_on_map(page, (0.3, 0.8), (0.5, 0.85))
    page.locator("[data-draw]").press("Escape")
    cancelled = rows(page)
    page.locator("[data-tool=add]").click()
    click_on_map(page, (0.3, 0.8), (0.5, 0.85))
    page.locator("[data-draw]").press("Enter")
    pressed = page.locator("[data-tool=add]").get_attribute("aria-pressed")

    assert cancelled == []
    assert len(rows(page)) == 2
    assert pressed == "false"
    assert page.evaluate("document.activeElement.id") == "field-code"
    manager.done()


def test_the_other_direction_turns_the_arrows(
    person: Callable[..., Person], village: Village
) -> None:
    manager = person(village, "manager")
    page = manager.visit("/land/draw/canal")
    page.wait_for_load_state("networkidle")
    click_on_map(page, (0.2, 0.9), (0.8, 0.9))
    arrow = page.locator("[data-draw] .leaflet-marker-pane .map-arrow path").last

    with_it = arrow.get_attribute("transform")
    page.get_by_label("the other way").check()
    against = page.locator("[data-draw] .map-arrow path").last.get_attribute("transform")

    turned = [float(re.sub(r"[^\d.-]", "", said or "")) % 360 for said in (with_it, against)]
    assert abs(turned[0] - turned[1]) == pytest.approx(180, abs=1)
    manager.done()


def test_drawing_works_without_a_script_on_a_phone(
    person: Callable[..., Person], village: Village
) -> None:
    manager = person(village, "manager", javascript=False, screen=PHONE)
    page = manager.visit("/land/draw/canal")

    with page.expect_navigation():
        add(page, *HEAD)
    page.locator("#field-add_metres").fill("120")
    page.locator("#add-bearing").select_option("north-east")
    with page.expect_navigation():
        page.locator("button[value=add]").click()
    with page.expect_navigation():
        page.locator("button[value=look]").last.click()

    assert len(rows(page)) == 2
    assert "The head goes onto canal" in page.locator("[data-told]").inner_text()


def test_the_drawing_page_is_within_its_budget(
    person: Callable[..., Person], village: Village
) -> None:
    """The console with map and drawing, all that is transferred."""
    manager = person(village, "manager")
    sizes: dict[str, int] = {}

    def weigh(answer: Response) -> None:
        sizes[answer.url] = answer.request.sizes()["responseBodySize"]

    manager.page.on("requestfinished", lambda request: weigh(request.response()))  # type: ignore[arg-type]  # it has finished
    page = manager.visit("/land/draw/canal")
    page.wait_for_load_state("networkidle")

    assert sum(sizes.values()) <= BUDGET_BYTES, sizes
