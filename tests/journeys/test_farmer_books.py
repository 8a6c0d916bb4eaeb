"""J3 with a signal: a machine in three taps; a rival is faster, and one tap takes another hour."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Person, Village
from tests.journeys.looking import WATCH, faults, press

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SLOTS = "main form[action='/bookings'] button"
FEWEST_PX = 48
HOUR = ["machine_ids", "starts_at", "ends_at"]
# What two people are offered first need not be the same: the rival takes what the farmer sees.
SAME_HOUR = """(button, [names, values]) => {
  const said = name => button.form.querySelector(`[name=${name}]`);
  names.forEach((name, at) => { said(name).value = values[at]; });
}"""


def choose(farmer: Person, job: str) -> Page:
    """Two taps from home: the tile, then the work."""
    page = farmer.visit("/")
    press(page.locator("a.tile[href='/book']"))
    page.locator(f"a.tile[href*='job={job}']").click()
    page.wait_for_url("**/book/machines*")
    return page


def hidden(page: Page, name: str) -> str:
    """What the first slot on the page would send under a name."""
    return page.locator(f"main form[action='/bookings'] [name={name}]").first.input_value()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_farmer_books_in_three_taps(
    person: Callable[..., Person], village: Village, language: str
) -> None:
    """F2, F3: and every page on the way is sound."""
    farmer = person(village, "member", language=language)
    farmer.page.add_init_script(WATCH)

    page = choose(farmer, "haul")
    found = faults(page, "machines")
    page.locator(SLOTS).first.click()
    page.locator("[data-outbox] [data-is=confirmed], main a[href^='/bookings/']").first.wait_for()
    farmer.visit("/bookings").locator("main a[href^='/bookings/']").first.click()
    found |= faults(page, "booking")

    assert found == {}
    assert page.locator("section.turn .big time").count() == 2
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    give_up(page)
    farmer.done()


def give_up(page: Page) -> None:
    """So that whoever comes next in the village finds the farmer within the limits."""
    page.locator("main a[href$='/give-up']").click()
    page.locator("form[data-act=booking-cancel] button").click()
    page.wait_for_url("**/bookings")


def test_without_scripts_a_rival_is_faster_and_one_tap_takes_another_hour(
    person: Callable[..., Person], village: Village
) -> None:
    """F5."""
    farmer = person(village, "member", javascript=False)
    page = choose(farmer, "harrow")
    rival = person(village, "manager", javascript=False)
    theirs = rival.visit("/book/machines?job=harrow&plot=none").locator(SLOTS).first
    theirs.evaluate(SAME_HOUR, [HOUR, [hidden(page, name) for name in HOUR]])
    press(theirs)

    press(page.locator(SLOTS).first)
    refused = page.locator("main [role=alert]").inner_text()
    ways = page.locator(SLOTS).count()
    press(page.locator(SLOTS).first)

    assert "Nothing was booked" in refused
    assert ways >= 3
    assert "/bookings/" in page.url
    assert "Booked" in page.locator("main [role=status]").inner_text()


def test_every_button_of_a_slot_can_be_hit_with_a_thumb(
    person: Callable[..., Person], village: Village
) -> None:
    farmer = person(village, "member")

    page = choose(farmer, "plough")
    page.locator(SLOTS).first.wait_for()
    boxes = [one.bounding_box() for one in page.locator(f"{SLOTS}:visible").all()]

    assert boxes
    assert all(box is not None and box["height"] >= FEWEST_PX for box in boxes)
