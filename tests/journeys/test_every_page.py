"""Every page of every shell: accessible, within its screen, and true to its own policy.

The pages come from `app.url_map`, and those with something in their address from the links on
the others: a new page is walked by itself.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from coopfarm.app import create_app
from coopfarm.config import Settings
from tests.journeys.conftest import LAPTOP, Person, Village
from tests.journeys.looking import AXE, OF_WORDS, WATCH, faults, settled, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# What is no page: files, what programs read, and the way to the other language.
FILES = (".pdf", ".pmtiles", ".zip", ".json", ".geojson", ".webmanifest", ".ics", ".js", ".csv")
NO_PAGES = {"static", "members.language", "sms_api.hear", "equipment.picture"}
NO_PAGES |= {"maps.vector_tile", "maps.thing"}
# These lead on by themselves to pages that are walked.
GATES = {"equipment.hand_over_at_machine"}
# Shown for some minutes after an authenticator was set up, and not there before.
PASSING = {"members.recovery_codes"}
# Open to all, and another page for who is signed in.
BOTH = {"members.second_factor"}
# Tried by tests/journeys/test_season_round.py; and nothing was handed back in this village yet.
_OF_THE_SEASON = {"equipment.season_round", "equipment.season_result", "equipment.my_campaign"}
_OF_A_SLIP = {"equipment.slip"}
# Where nothing in the village leads this role, or only an act does.
ELSEWHERE = {
    "member": {"equipment.machine_feed", "parties.lead", "pests.trap", "pests.spray"}
    | _OF_THE_SEASON
    | _OF_A_SLIP,
    "manager": {"land.dry_run", "land.drawn", "water.run", "members.forget_page"}
    | {"equipment.campaign", "equipment.office_round", "parties.plan"}
    | {"pests.sighting", "pests.campaign"}
    | _OF_THE_SEASON
    | _OF_A_SLIP,
}


@pytest.fixture(scope="session")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The program, to be asked for its addresses."""
    folder = tmp_path_factory.mktemp("doors")
    secret = "a secret for tests, long enough to be taken"
    settings = Settings(folder, f"sqlite:///{folder}/none.db", secret, secret, worker="outside")
    app = create_app(settings)
    yield app
    app.extensions["coopfarm_queue"].close()
    app.extensions["coopfarm_database"].dispose()


class Walk:
    """All pages that a role may open, one of each kind, and what is wrong with them."""

    def __init__(
        self,
        doors: Flask,
        village: Village,
        page: Page,
        role: str,
        known: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.doors, self.village, self.page, self.role = doors, village, page, role
        self.known = known
        self.answered: dict[str, int] = {}
        self.faults: dict[str, object] = {}

    def pages(self) -> Iterator[tuple[str, Page]]:
        """The path and the page, for each kind of page once."""
        ahead = {rule.endpoint: rule.rule for rule in self._rules() if not rule.arguments}
        ahead |= {kind: path for kind, path in self.known.items() if kind in self.unseen()}
        while ahead:
            endpoint, path = ahead.popitem()
            answer = self.page.goto(self.village.url + path)
            assert answer is not None
            self.answered[endpoint] = answer.status
            yield path, settled(self.page)
            ahead |= {kind: link for kind, link in self._links() if kind in self.unseen()}

    def unseen(self) -> set[str]:
        return {rule.endpoint for rule in self._rules()} - set(self.answered)

    def _rules(self) -> Iterator[Rule]:
        for rule in self.doors.url_map.iter_rules():
            allowed = getattr(
                self.doors.view_functions[rule.endpoint], "allowed_roles", ("anyone",)
            )
            is_open = self.role in allowed or rule.endpoint in BOTH
            if is_open and "GET" in (rule.methods or ()) and not _is_no_page(rule):
                yield rule

    def _links(self) -> Iterator[tuple[str, str]]:
        """The kind of page that each link of this page leads to."""
        known = self.doors.url_map.bind("localhost")
        links = self.page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
        for link in links:
            if not link.startswith(self.village.url + "/"):
                continue
            path = urlsplit(link).path
            try:
                yield known.match(path, method="GET")[0], path
            except HTTPException:
                continue


def occasions(member: Person) -> dict[str, str]:
    """A fault told, a place in line, and a booking to be moved, by the page that shows each.

    Done under the same keys each time, so once in a village.
    """
    page = member.visit("/book/machines?job=haul")
    chosen = page.locator("main form[action='/bookings'] input[name=machine_ids]").first
    machine_id = chosen.get_attribute("value")
    starts = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    line = {"machine_id": machine_id, "job": "haul", "minutes": 60}
    line |= {"earliest_at": f"{starts:%Y-%m-%d}T06:00Z", "latest_at": f"{starts:%Y-%m-%d}T15:00Z"}
    fault_id = _done(member, f"machines/{machine_id}/faults", {"words": "It leaks oil."})
    entry_id = _done(member, "waiting", line)
    booking = _first_link(member, "/bookings")
    party = _first_link(member, "/parties")
    return {
        "parties.lead": f"{party}/lead",
        "parties.at_the_square": f"{party}/here/of-another-day",
        "equipment.wait_for": f"/waiting/new?machine_id={machine_id}",
        "equipment.fault": f"/faults/{fault_id}",
        "equipment.place_in_line": f"/waiting/{entry_id}",
        "equipment.instead": f"{booking}/instead",
    }


def _first_link(member: Person, path: str) -> str | None:
    """The first thing that a list leads to."""
    things = member.visit(path).locator(f"main a[href^='{path}/']:not([href*=skills])")
    return things.first.get_attribute("href")


def _done(member: Person, what: str, sent: dict[str, object]) -> str:
    answer = member.page.context.request.post(
        f"{member.village.url}/api/v1/{what}",
        data=sent,
        headers={"Accept": "application/json", "Idempotency-Key": f"walk-{what}"},
    )
    assert answer.status in (200, 201), answer.text()
    return str(answer.json()["id"])


def _is_no_page(rule: Rule) -> bool:
    is_file = rule.rule.endswith(FILES) or rule.rule.startswith("/api/")
    return is_file or rule.endpoint in NO_PAGES | PASSING | GATES


@pytest.mark.parametrize("role", ["member", "manager"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_is_sound(
    person: Callable[..., Person], village: Village, doors: Flask, language: str, role: str
) -> None:
    """P11: axe finds nothing, 320 px are enough, no policy is broken, no script fails."""
    known = occasions(person(village, "member"))
    if role == "member":
        del known["parties.lead"]
    somebody = person(village, role, language=language)
    somebody.page.add_init_script(WATCH)
    walk = Walk(doors, village, somebody.page, role, known)

    found: dict[str, object] = {}
    for path, page in walk.pages():
        found |= faults(page, path, AXE if language == "en" else OF_WORDS)

    assert found == {}
    assert {kind for kind, status in walk.answered.items() if status != 200} == set()
    assert walk.unseen() - ELSEWHERE[role] == set()
    somebody.done()


@pytest.mark.parametrize("role", ["water master", "officer"])
def test_no_page_of_the_others_breaks_its_policy_or_its_screen(
    person: Callable[..., Person], village: Village, doors: Flask, role: str
) -> None:
    known = occasions(person(village, "member"))
    somebody = person(village, role, screen=LAPTOP)
    somebody.page.add_init_script(WATCH)
    for_all = {kind: known[kind] for kind in ("equipment.wait_for", "equipment.fault")}
    walk = Walk(doors, village, somebody.page, role.replace(" ", "_"), for_all)

    found: dict[str, object] = {}
    for path, page in walk.pages():
        found |= too_wide(page, path)

    assert found == {}
    assert {kind for kind, status in walk.answered.items() if status != 200} == set()
    somebody.done()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_pages_before_signing_in_are_sound(
    browser: Browser,
    person: Callable[..., Person],
    village: Village,
    doors: Flask,
    language: str,
) -> None:
    machine_id = occasions(person(village, "member"))["equipment.wait_for"].partition("=")[2]
    sheet = person(village, "manager").visit(f"/machines/{machine_id}")
    sticker = sheet.locator("a[href*='/m/']").first.get_attribute("href") or ""
    context = browser.new_context(viewport=LAPTOP)
    context.add_cookies([{"name": "language", "value": language, "url": village.url}])
    page = context.new_page()
    said: list[str] = []
    page.add_init_script(WATCH)
    page.on("console", lambda line: line.type == "error" and said.append(line.text))
    walk = Walk(doors, village, page, "anyone", {"equipment.sticker": sticker})

    found: dict[str, object] = {}
    for path, seen in walk.pages():
        found |= faults(seen, path)
    for path in ("/sign-in?console=1", "/nowhere"):
        page.goto(village.url + path)
        found |= faults(page, path)

    assert found == {}
    assert [line for line in said if "404" not in line] == []
    context.close()


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
