"""A round of the season from the wish to the reason, on a phone and at the office."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page

from coopfarm.store.db import Database
from tests.conftest import Clock
from tests.factories.machines import make_machine
from tests.factories.members import Visitor
from tests.journeys.conftest import LAPTOP, PHONE, Line
from tests.journeys.looking import faults, press

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
FIELDS = {
    "name": "Ploughing week",
    "first_day": "2026-07-06",
    "last_day": "2026-07-08",
    "deadline": "2026-07-04",
}


@pytest.fixture
def tractor(database: Database, cooperative_id: int) -> None:
    with database.transaction(cooperative_id) as session:
        make_machine(session, "Tractor one")


@pytest.fixture
def sit_down(browser: Browser, served: Line) -> Iterator[Callable[..., Page]]:
    """`sit_down(who, "ar", PHONE)`: a page as who is signed in already; with scripts to look."""
    contexts = []

    def make(who: Visitor, language: str, screen: dict[str, int], *, scripts: bool = False) -> Page:
        context = browser.new_context(viewport=screen, java_script_enabled=scripts, locale=language)  # type: ignore[arg-type]  # a size is a dict there
        context.set_default_timeout(15_000)
        cookie = who.client.get_cookie("coopfarm")
        assert cookie is not None
        kept = {"coopfarm": cookie.value, "language": language}
        context.add_cookies(
            [{"name": name, "value": value, "url": served.url} for name, value in kept.items()]
        )
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.mark.usefixtures("tractor")
@pytest.mark.parametrize("language", ["en", "ar"])
def test_from_a_wish_to_the_reason(
    served: Line,
    sit_down: Callable[..., Page],
    visitor: Callable[..., Visitor],
    clock: Clock,
    language: str,
) -> None:
    """M14, M15: three members wish for two days each, and there are three."""
    manager = visitor("manager", "member")
    office = sit_down(manager, language, LAPTOP)
    round_id = _open_round(office, served)
    members = [visitor(name=name) for name in ("Amina", "Omar", "Layla")]
    phones = [sit_down(one, language, PHONE) for one in members]
    for phone in phones:
        _wish(phone, served, round_id)
    clock.forward(days=4)
    for _ in range(3):  # take no more wishes, work it out, publish
        office.goto(f"{served.url}/machines/rounds/{round_id}")
        press(office.locator("main form button.button-primary"))

    mine = sit_down(members[0], language, PHONE, scripts=True)
    mine.goto(f"{served.url}/season/{round_id}")
    found = faults(mine, "my share")
    reasons = mine.locator("section[aria-labelledby=why] p").count()
    mine.goto(f"{served.url}/season/{round_id}/result")
    found |= faults(mine, "result")
    theirs = sit_down(manager, language, LAPTOP, scripts=True)
    theirs.goto(f"{served.url}/machines/rounds/{round_id}")
    found |= faults(theirs, "round")

    assert found == {}
    assert reasons >= 3
    assert mine.locator("table tbody tr").count() == 3


def _open_round(office: Page, line: Line) -> UUID:
    office.goto(f"{line.url}/machines/rounds/new")
    for name, value in FIELDS.items():
        office.fill(f"#field-{name}", value)
    office.select_option("#field-category", "tractor")
    office.select_option("#field-job", "plough")
    office.locator("main form button.button-primary").click()
    office.wait_for_url(lambda url: not url.endswith(("/new", "/rounds")))
    return UUID(office.url.rsplit("/", 1)[-1])


def _wish(phone: Page, line: Line, round_id: UUID) -> None:
    phone.goto(f"{line.url}/season")
    press(phone.locator(f"main a[href='/season/{round_id}']"))
    phone.select_option("#field-days", "2")
    phone.select_option("#field-best_day", "2026-07-07")
    press(phone.locator("main form button.button-primary"))
