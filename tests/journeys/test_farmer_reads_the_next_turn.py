"""J2: the next turn on a cheap phone, in English and Arabic, with and without scripts."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Response

from tests.journeys.conftest import Person, Village
from tests.journeys.looking import press

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
FIRST_LOAD_BYTES = 35_000
MOST_REQUESTS = 8


@pytest.mark.parametrize(("language", "why"), [("en", "Why"), ("ar", "لماذا")])
def test_a_farmer_reads_the_next_turn_and_why(
    person: Callable[..., Person], village: Village, language: str, why: str
) -> None:
    """F11, O21."""
    farmer = person(village, "member", language=language)

    page = farmer.visit("/")
    card = page.locator("section.turn")
    times = card.locator("time").all_text_contents()
    press(card.locator("a.button-primary"))

    assert len(times) >= 2
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    assert why in page.locator("h1").inner_text()
    assert page.locator("ol li").count() >= 5
    farmer.done()


def test_the_card_is_complete_without_scripts(
    person: Callable[..., Person], village: Village
) -> None:
    farmer = person(village, "member", javascript=False)

    page = farmer.visit("/")

    # In the hours of the turn itself the card says what is left of it.
    assert re.search(r"starts in \d|\d .*left", page.locator("section.turn").inner_text())
    press(page.locator("section.turn a.button-primary"))
    assert "What your crop needs" in page.locator("main").inner_text()


def test_the_countdown_counts(person: Callable[..., Person], village: Village) -> None:
    farmer = person(village, "member")
    page = farmer.visit("/")

    page.clock.install()
    page.reload()
    before = page.locator("[data-countdown]").inner_text()
    page.clock.fast_forward("02:00:00")

    assert page.locator("[data-countdown]").inner_text() != before
    farmer.done()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_first_load_is_light(
    person: Callable[..., Person], village: Village, language: str
) -> None:
    farmer = person(village, "member", language=language)
    sizes: list[int] = []
    hosts: set[str] = set()

    def weigh(response: Response) -> None:
        hosts.add(response.url.split("/")[2])
        heads = len("".join(f"{k}: {v}\r\n" for k, v in response.headers.items()))
        sizes.append(int(response.headers.get("content-length", len(response.body()))) + heads)

    # What the page before still fetches is not of this load.
    farmer.page.wait_for_load_state("networkidle")
    farmer.page.goto("about:blank")
    farmer.page.context.new_cdp_session(farmer.page).send("Network.clearBrowserCache")
    farmer.page.on("response", weigh)
    farmer.visit("/")
    farmer.page.wait_for_load_state("networkidle")

    assert sum(sizes) <= FIRST_LOAD_BYTES
    assert len(sizes) <= MOST_REQUESTS
    assert hosts == {village.url.removeprefix("http://")}
    farmer.done()
