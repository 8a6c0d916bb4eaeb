"""Every page of every shell: accessible, within its screen, and true to its own policy."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

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
OWN = ["/account", "/account/secret"]
SMALL = {"width": 320, "height": 640}
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def _pages(somebody: Person, role: str) -> list[str]:
    """The pages of a role, with the ones that are reached from a list."""
    if role == "member":
        why = somebody.visit("/").locator("section.turn a.button-primary").get_attribute("href")
        return ["/", why or "/", *OWN]
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


# Chromium tells of what the policy stopped by an event on the document, before any script of ours.
WATCH = """
addEventListener("securitypolicyviolation", event =>
  console.error(`policy: ${event.effectiveDirective} ${event.blockedURI}`))
"""


def _open_pages(village: Village, somebody: Person) -> list[str]:
    """Every page that some role of the village may open without knowing an id."""
    links = somebody.page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
    inside = {link.removeprefix(village.url).split("#")[0] for link in links}
    return sorted(
        path for path in inside if re.match(r"/(?!language)(?!.*(\.pdf|\.ics|/api/))", path)
    )


@pytest.mark.parametrize("role", ["member", "manager", "water master", "officer"])
def test_no_page_breaks_its_own_policy(
    person: Callable[..., Person], village: Village, role: str
) -> None:
    somebody = person(village, role, screen=LAPTOP)
    somebody.page.add_init_script(WATCH)

    walked, ahead = set(), ["/", *OWN]
    while ahead:
        path = ahead.pop()
        walked.add(path)
        answer = somebody.page.goto(village.url + path)
        somebody.page.wait_for_load_state("networkidle")
        if answer is not None and "html" in answer.headers.get("content-type", ""):
            found = set(_open_pages(village, somebody)) if len(walked) < 15 else set()
            ahead += sorted(found - walked - set(ahead))

    assert len(walked) > 4
    assert [said for said in somebody.complaints if "olicy" in said] == []


def test_the_pages_before_signing_in_break_none_either(browser: Browser, village: Village) -> None:
    page = browser.new_page()
    said: list[str] = []
    page.add_init_script(WATCH)
    page.on("console", lambda line: line.type == "error" and said.append(line.text))

    for path in ("/sign-in", "/sign-in?console=1", "/welcome", "/nowhere"):
        page.goto(village.url + path)
        page.wait_for_load_state("networkidle")

    assert [line for line in said if "olicy" in line] == []
    page.close()


def test_a_page_that_did_break_it_would_be_noticed(
    person: Callable[..., Person], village: Village
) -> None:
    somebody = person(village, "manager", screen=LAPTOP)
    somebody.page.add_init_script(WATCH)
    somebody.visit("/members")

    somebody.page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.broken = true";
          document.body.append(script);
          document.body.setAttribute("style", "color: red");
        }"""
    )
    somebody.page.wait_for_timeout(300)

    told = " ".join(said for said in somebody.complaints if said.startswith("policy: "))
    assert "script-src-elem" in told
    assert "style-src-attr" in told
    assert somebody.page.evaluate("window.broken") is None
