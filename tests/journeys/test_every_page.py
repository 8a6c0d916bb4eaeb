"""Every page of every shell: accessible, within its screen, and true to its own policy."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.conftest import LAPTOP, Person, Village

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

CONSOLE = [
    "/water/",
    "/water/plan",
    "/water/weather",
    "/members",
    "/land",
    "/land/plots",
    "/land/import",
    "/map",
]
SMALL = {"width": 320, "height": 640}
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def _pages(somebody: Person, role: str) -> list[str]:
    """The pages of a role, with the ones that are reached from a list."""
    if role == "member":
        why = somebody.visit("/").locator("section.turn a.button-primary").get_attribute("href")
        return ["/", why or "/"]
    plan = somebody.visit("/water/").locator("table a").first.get_attribute("href")
    plot = somebody.visit("/land/plots").locator("table a").first.get_attribute("href")
    return [*CONSOLE, plan or "/water/", f"{plan}/roster", plot or "/land"]


@pytest.mark.parametrize("role", ["member", "manager"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_nothing(
    person: Callable[..., Person], village: Village, language: str, role: str
) -> None:
    """P11."""
    somebody = person(village, role, language=language)
    axe = Axe()

    found = {}
    for path in _pages(somebody, role):
        page = somebody.visit(path)
        page.wait_for_load_state("networkidle")
        for violation in axe.run(page, options=AXE).response["violations"]:
            nodes = [node["html"][:160] for node in violation["nodes"][:3]]
            found[f"{path} {violation['id']}"] = nodes

    assert found == {}
    somebody.done()


@pytest.mark.parametrize("role", ["member", "manager"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_fits_a_small_screen(
    person: Callable[..., Person], village: Village, language: str, role: str
) -> None:
    somebody = person(village, role, language=language, screen=SMALL)

    too_wide = {}
    for path in _pages(somebody, role):
        page = somebody.visit(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > SMALL["width"]:
            too_wide[path] = width

    assert too_wide == {}


def test_the_main_button_is_reached_by_keyboard(
    person: Callable[..., Person], village: Village
) -> None:
    manager = person(village, "manager", screen=LAPTOP)
    page = manager.visit("/water/plan")

    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.innerText || ''"))

    assert reached[0] == "Skip to the page"
    assert any("Work out the plan" in words for words in reached)
