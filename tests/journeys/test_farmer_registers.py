"""J1: a farmer comes in for the first time, by a code on the phone or by a card."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.journeys.conftest import PHONE, Person, Village
from tests.journeys.looking import faults

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

NUMBER, AS_DIALLED = "+201530000150", "٠١٥٣٠٠٠٠١٥٠"
MOST_SCREENS = 4
PINS = {"en": "407319", "ar": "582946"}
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.fixture
def newcomer(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A browser that has never been here."""
    contexts: list[BrowserContext] = []

    def make(*, javascript: bool = True) -> BrowserContext:
        context = browser.new_context(viewport=PHONE, locale="fr", java_script_enabled=javascript)
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


class Walk:
    """Somebody at a page: the screens they saw, what axe found, what was too wide."""

    def __init__(self, page: Page, *, looks: bool) -> None:
        self.page, self.looks = page, looks
        self.screens: list[str] = []
        self.found: dict[str, object] = {}

    def see(self) -> None:
        path = self.page.url.partition("//")[2].partition("/")[2].partition("#")[0]
        self.screens.append("/" + path)
        if self.looks:
            self.found |= faults(self.page, f"/{path}")

    def choose_pin(self, pin: str) -> None:
        self.see()
        self.page.fill("#field-pin", pin)
        self.page.fill("#field-again", pin)
        self.page.click("main form button")


def newest_code(context: BrowserContext, village: Village, before: str = "") -> str:
    """The code of the newest message on the handset, once it has arrived."""
    handset = context.new_page()
    for _ in range(60):
        handset.goto(f"{village.url}/dev/phone")
        codes = re.findall(r"#(\d{6})\b", handset.inner_text("main"))
        if codes and codes[0] != before:
            handset.close()
            return codes[0]
        handset.wait_for_timeout(250)
    pytest.fail("no message arrived")


def code_before(context: BrowserContext, village: Village) -> str:
    handset = context.new_page()
    handset.goto(f"{village.url}/dev/phone")
    codes = re.findall(r"#(\d{6})\b", handset.inner_text("main"))
    handset.close()
    return codes[0] if codes else ""


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_farmer_comes_in_by_a_code_within_four_screens(
    newcomer: Callable[..., BrowserContext], village: Village, language: str, javascript: bool
) -> None:
    """F20, J1."""
    context = newcomer(javascript=javascript)
    before = code_before(context, village)
    walk = Walk(context.new_page(), looks=javascript)
    page = walk.page

    page.goto(village.url + "/")
    walk.see()
    page.click(f"a.tile[lang={language}]")
    walk.see()
    page.fill("#field-phone", AS_DIALLED)
    page.click("main form button")
    walk.see()
    code = newest_code(context, village, before)
    typed = f"{code[:3]} {code[3:]}"
    page.fill("#field-code", typed.translate(ARABIC) if language == "ar" else typed)
    page.click("main form button >> nth=0")
    walk.choose_pin(PINS[language])

    assert page.url == village.url + "/"
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    assert len(walk.screens) <= MOST_SCREENS
    assert walk.found == {}


def test_the_fields_help_the_phone_to_fill_them(
    newcomer: Callable[..., BrowserContext], village: Village
) -> None:
    page = newcomer().new_page()
    page.goto(f"{village.url}/enrol/card")

    code = page.locator("#field-code")

    assert code.get_attribute("autocomplete") == "one-time-code"
    assert code.get_attribute("inputmode") == "numeric"


@pytest.mark.parametrize(("language", "number"), [("en", "M-148"), ("ar", "M-147")])
def test_a_farmer_comes_in_by_the_square_on_a_card(
    newcomer: Callable[..., BrowserContext],
    person: Callable[..., Person],
    village: Village,
    language: str,
    number: str,
) -> None:
    """J1 without any message; who has the phone together with another one has a PIN apart."""
    office = person(village, "manager").visit("/cards")
    office.fill("#field-number", number)
    office.click("form:has(#field-number) button")
    office.goto(f"{village.url}/cards/sheet")
    found = re.search(rf"{number}\D*(\d{{4}})\s(\d{{4}})", office.inner_text("main"))
    assert found
    walk = Walk(newcomer().new_page(), looks=True)

    walk.page.context.add_cookies([{"name": "language", "value": language, "url": village.url}])
    walk.page.goto(f"{village.url}/enrol/card#n={number}&c={''.join(found.groups())}")
    walk.page.wait_for_function("document.querySelector('#field-code').value !== ''")
    address = walk.page.url
    walk.see()
    walk.page.click("main form button")
    walk.choose_pin(PINS[language])

    assert address == f"{village.url}/enrol/card"
    assert walk.page.url == village.url + "/"
    assert len(walk.screens) <= MOST_SCREENS
    assert walk.found == {}


def test_somebody_applies_and_every_page_on_the_way_is_sound(
    newcomer: Callable[..., BrowserContext], village: Village
) -> None:
    walk = Walk(newcomer().new_page(), looks=True)

    for path in ("/welcome", "/enrol", "/enrol/card", "/dev/phone", "/apply"):
        walk.page.goto(village.url + path)
        walk.see()
    walk.page.fill("#field-name", "Hadi")
    walk.page.fill("#field-phone", "01530009999")
    walk.page.click("main form button")

    assert "The office has your application" in walk.page.inner_text("main")
    assert walk.found == {}
