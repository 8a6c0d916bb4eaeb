"""What can be read without a signal: one's own pages and of when they are; nobody else's."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page

from tests.factories.members import Visitor
from tests.journeys.conftest import Phone

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


@pytest.fixture
def amina(visitor: Callable[..., Visitor]) -> Visitor:
    return visitor(name="Amina")


def note_of(page: Page) -> str:
    return str(page.locator(".kept .note").get_attribute("class"))


def test_ones_own_pages_are_read_without_signal_and_say_of_when_they_are(
    phone: Phone, amina: Visitor
) -> None:
    phone.hand_to(amina).learn()
    phone.lose_signal()

    told = {
        path: phone.visit(path).locator("body").inner_text()
        for path in ("/", "/bookings", "/calendar", "/outbox")
    }

    assert "Hello Amina" in told["/"]
    assert all(
        "Kept on this phone: as of Wednesday 1 July, 11:00." in told[path]
        for path in ("/", "/bookings")
    )
    assert "What is planned for you" in told["/calendar"]
    assert "What I sent, and what waits" in told["/outbox"]


def test_a_page_that_comes_from_the_cooperative_says_nothing_of_the_kind(
    phone: Phone, amina: Visitor
) -> None:
    page = phone.hand_to(amina).learn()

    assert not page.locator(".kept").is_visible()


@pytest.mark.parametrize(("hours", "kind"), [(1, "is-mute"), (25, "is-old"), (73, "is-stale")])
def test_a_kept_page_grows_amber_and_red_with_age(
    phone: Phone, amina: Visitor, hours: int, kind: str
) -> None:
    phone.hand_to(amina).learn()
    phone.lose_signal()

    phone.page.clock.install(time=datetime.now(UTC) + timedelta(hours=hours))
    page = phone.visit("/")

    assert kind in note_of(page)
    assert ("may have changed" in page.locator(".kept").inner_text()) == (hours > 24)


def test_a_page_that_is_not_kept_says_so_and_leads_to_those_that_are(
    phone: Phone, amina: Visitor
) -> None:
    phone.hand_to(amina).learn()
    phone.lose_signal()

    page = phone.visit("/account")

    assert page.locator("h1").inner_text() == "No signal"
    page.get_by_role("link", name="My water").click()
    page.get_by_text("Hello Amina").wait_for()


def test_signing_out_leaves_no_page_of_anybody_on_the_phone(phone: Phone, amina: Visitor) -> None:
    page = phone.hand_to(amina).learn()

    page.click("details.menu summary")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in*")
    page.wait_for_timeout(500)
    phone.lose_signal()
    left = phone.visit("/").locator("body").inner_text()

    assert "Amina" not in left
    assert [name for name in page.evaluate("caches.keys()") if name.startswith("pages")] == []


def test_who_comes_next_finds_only_their_own_pages(
    phone: Phone, amina: Visitor, visitor: Callable[..., Visitor]
) -> None:
    phone.hand_to(amina).learn()
    omar = visitor(name="Omar")

    phone.hand_to(omar).visit("/")
    phone.learn()
    phone.lose_signal()
    page = phone.visit("/")

    assert "Hello Omar" in page.locator("main").inner_text()
    assert sum(name.startswith("pages") for name in page.evaluate("caches.keys()")) == 1


def test_a_photo_is_made_small_before_it_waits(phone: Phone, amina: Visitor) -> None:
    page = phone.hand_to(amina).visit("/")

    size, width, height = page.evaluate(SHRINK)

    assert size <= 120_000
    assert (width, height) == (1280, 960)


# Noise, which no format packs well.
SHRINK = """
async () => {
  const { shrink } = await import("/static/js/photo.js");
  const canvas = new OffscreenCanvas(2560, 1920), ground = canvas.getContext("2d");
  const picture = ground.createImageData(2560, 1920);
  for (let at = 0; at < picture.data.length; at += 1) {
    picture.data[at] = at % 4 === 3 ? 255 : 96 + 64 * Math.random();
  }
  ground.putImageData(picture, 0, 0);
  const small = await shrink(await canvas.convertToBlob());
  const seen = await createImageBitmap(small);
  return [small.size, seen.width, seen.height];
}
"""
