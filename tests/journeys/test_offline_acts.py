"""F8, P5, J3: what is done without a signal is kept, sent once, and never called done before."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import delete, select

from coopfarm.equipment.models import Booking
from coopfarm.members.models import Consent
from coopfarm.store.acts import Act
from coopfarm.store.db import Database
from coopfarm.store.epochs import Epoch
from tests.conftest import Clock
from tests.factories.machines import make_machine
from tests.factories.members import DOOR, PIN, Visitor
from tests.journeys import outbox_storm
from tests.journeys.conftest import Line, Phone
from tests.land.making import make_plot, square

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
# What a phone does is tried on one database; that a booking is made once, on both.
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def amina(visitor: Callable[..., Visitor]) -> Visitor:
    return visitor(name="Amina")


@pytest.fixture
def omar(visitor: Callable[..., Visitor]) -> Visitor:
    return visitor(name="Omar", number="M-77")


@pytest.fixture
def tractor_id(database: Database, cooperative_id: int) -> UUID:
    with database.transaction(cooperative_id) as session:
        return make_machine(session, "Tractor one").id


@pytest.fixture
def plot_of(database: Database, cooperative_id: int) -> Callable[[Visitor, str], UUID]:
    def make(who: Visitor, code: str) -> UUID:
        with database.transaction(cooperative_id) as session:
            boundary = square(0 if code == "P1" else 300)
            return make_plot(session, code, boundary=boundary, holder_id=who.member_id).id

    return make


@pytest.fixture
def rows(database: Database, cooperative_id: int) -> Callable[[type[Any]], list[Any]]:
    """`rows(Consent)`: everything there is of a table."""

    def find(kind: type[Any]) -> list[Any]:
        with database.reading() as session:
            session.cooperative_id = cooperative_id
            return list(session.scalars(select(kind)))

    return find


def shown(page: Page) -> str:
    """What a person reads of what waits."""
    return page.locator("[data-outbox]").inner_text()


def let_omar_help(phone: Phone) -> None:
    """An act by a page's own form, which has no twin in the API."""
    page = phone.page
    page.fill("#field-who", "M-77")
    page.get_by_role("button", name="Let them act for me").click()


def wait_for(page: Page, state: str) -> None:
    page.locator(
        f"[data-acts] [data-state~={state}].pill, [data-acts] li[data-is={state}]"
    ).first.wait_for()


def ready_to_book(phone: Phone, plot_id: UUID) -> Page:
    """At the hours of 2 July, seen while there was a signal."""
    phone.learn()
    return phone.visit(f"/book/machines?job=plough&plot={plot_id}&on=2026-07-02")


def book(page: Page) -> None:
    page.locator("form[data-act=booking] button").first.click()


@on_one_database
def test_an_act_without_signal_outlives_reload_and_restart_and_is_done_once(
    phone: Phone, amina: Visitor, omar: Visitor, rows: Callable[..., list[Any]]
) -> None:
    phone.hand_to(amina).learn()
    phone.visit("/helpers")
    phone.lose_signal()

    let_omar_help(phone)
    wait_for(phone.page, "waiting")
    told = [shown(phone.page)]
    phone.visit("/outbox").reload()
    wait_for(phone.page, "waiting")
    told.append(shown(phone.page))
    page = phone.restart().visit("/outbox")
    wait_for(page, "waiting")
    told.append(shown(page))
    before = rows(Consent)
    phone.find_signal()
    wait_for(page, "confirmed")

    assert all("waiting to be sent" in said and "confirmed" not in said for said in told)
    assert before == []
    assert [consent.helper_id for consent in rows(Consent)] == [omar.member_id]


def test_a_booking_without_signal_is_made_once_when_there_is_one(
    phone: Phone,
    amina: Visitor,
    tractor_id: UUID,
    plot_of: Callable[..., UUID],
    rows: Callable[..., list[Any]],
) -> None:
    plot_id = plot_of(amina, "P1")
    page = ready_to_book(phone.hand_to(amina), plot_id)
    phone.lose_signal()

    book(page)
    wait_for(page, "waiting")
    page.reload()
    wait_for(page, "waiting")
    told = shown(page)
    phone.find_signal()
    wait_for(page, "confirmed")

    (booking,) = rows(Booking)
    assert "confirmed" not in told
    assert (booking.member_id, booking.state) == (amina.member_id, "confirmed")


@on_one_database
def test_a_rival_who_was_faster_leaves_a_clash_and_one_tap_to_another_slot(
    *,
    phone: Phone,
    amina: Visitor,
    omar: Visitor,
    tractor_id: UUID,
    plot_of: Callable[..., UUID],
    rows: Callable[..., list[Any]],
) -> None:
    plot_id, other_plot_id = plot_of(amina, "P1"), plot_of(omar, "P2")
    page = ready_to_book(phone.hand_to(amina), plot_id)
    form = page.locator("form[data-act=booking]").first
    hours = {
        name: form.locator(f"[name={name}]").input_value() for name in ("starts_at", "ends_at")
    }
    phone.lose_signal()
    book(page)
    wait_for(page, "waiting")
    wish = {"machine_ids": [str(tractor_id)], "plot_id": str(other_plot_id), "job": "plough"}
    rival = omar.send("POST", "/api/v1/bookings", wish | hours)

    phone.find_signal()
    wait_for(page, "clash")
    clash, offers = shown(page), page.locator("[data-ways] button")
    offered = offers.count()
    offers.first.click()
    wait_for(page, "confirmed")

    assert rival.status_code == 201
    assert "not possible so" in clash
    assert "Tractor one" in clash
    assert offered >= 3
    mine = [booking for booking in rows(Booking) if booking.member_id == amina.member_id]
    assert len(rows(Booking)) == 2
    assert [booking.state for booking in mine] == ["confirmed"]


@on_one_database
def test_who_taps_twice_without_signal_does_it_once(
    phone: Phone, amina: Visitor, omar: Visitor, rows: Callable[..., list[Any]]
) -> None:
    phone.hand_to(amina).visit("/helpers")
    phone.lose_signal()

    let_omar_help(phone)
    wait_for(phone.page, "waiting")
    phone.page.wait_for_timeout(1100)
    let_omar_help(phone)
    phone.page.wait_for_timeout(300)
    waiting = phone.page.locator("[data-acts] li").count()
    phone.find_signal()
    phone.page.wait_for_url("**/helpers")
    wait_for(phone.page, "confirmed")

    assert waiting == 1
    assert len(rows(Consent)) == 1


@on_one_database
def test_what_the_cooperative_refuses_says_why(
    phone: Phone, amina: Visitor, rows: Callable[..., list[Any]]
) -> None:
    page = phone.hand_to(amina).visit("/helpers")

    let_omar_help(phone)
    wait_for(page, "refused")

    assert page.locator("[data-reason]").inner_text() != ""
    assert "confirmed" not in shown(page)
    assert rows(Consent) == []


@on_one_database
def test_on_a_shared_phone_nobody_sees_or_sends_what_another_did(
    app: Flask,
    phone: Phone,
    amina: Visitor,
    omar: Visitor,
    rows: Callable[..., list[Any]],
) -> None:
    phone.hand_to(amina).learn()
    phone.visit("/helpers")
    phone.lose_signal()
    let_omar_help(phone)
    wait_for(phone.page, "waiting")
    amina.post("/sign-out", page="/")

    phone.find_signal()
    wait_for(phone.page, "sign-in")
    sign_in(phone, omar)
    omar_reads = shown(phone.visit("/outbox"))
    phone.page.wait_for_timeout(500)
    done_as_omar = rows(Consent)
    phone.page.click("details.menu summary")
    phone.page.get_by_role("button", name="Sign out").click()
    phone.page.wait_for_url("**/sign-in*")
    sign_in(phone, amina)
    phone.visit("/outbox")
    wait_for(phone.page, "confirmed")

    assert "Let somebody act for me" not in omar_reads
    assert done_as_omar == []
    assert [consent.member_id for consent in rows(Consent)] == [amina.member_id]


def sign_in(phone: Phone, who: Visitor) -> None:
    page = phone.visit(DOOR)
    page.fill("#field-name", who.phone)
    page.fill("#field-secret", PIN)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "sign-in" not in url)


@on_one_database
def test_a_newer_worker_waits_for_what_is_being_written_and_keeps_what_waits(
    *,
    app: Flask,
    phone: Phone,
    amina: Visitor,
    omar: Visitor,
    tmp_path: Path,
    rows: Callable[..., list[Any]],
) -> None:
    static = tmp_path / "static"
    shutil.copytree(str(app.static_folder), static)
    app.static_folder = str(static)
    phone.hand_to(amina).learn()
    page = phone.visit("/helpers")
    phone.lose_signal()
    let_omar_help(phone)
    wait_for(page, "waiting")
    old = shells(page)
    page.fill("#field-who", "something being written")

    with (static / "css" / "farmer.css").open("a") as sheet:
        sheet.write(".new { color: red; }\n")
    amina.post("/sign-out", page="/")
    phone.find_signal()
    wait_for(page, "sign-in")
    page.evaluate(FRESH_WORKER)
    page.get_by_role("button", name="Use it now").wait_for()
    both = shells(page)
    page.get_by_role("button", name="Use it now").click()
    page.wait_for_function(
        "caches.keys().then((all) => all.filter((n) => n[0] === 's').length === 1)"
    )
    sign_in(phone, amina)
    phone.visit("/outbox")
    wait_for(phone.page, "confirmed")

    assert len(both) == 2
    assert shells(page)[0] not in old
    assert len(rows(Consent)) == 1


# The browser asks for the worker once an hour; here it asks at once.
FRESH_WORKER = """
async () => {
  await fetch("/sw.js", { cache: "reload" });
  await (await navigator.serviceWorker.getRegistration()).update();
}
"""


def shells(page: Page) -> list[str]:
    names: list[str] = page.evaluate("caches.keys()")
    return [name for name in names if name.startswith("shell-")]


@on_one_database
def test_what_a_restored_backup_has_lost_is_sent_once_more(
    *,
    phone: Phone,
    amina: Visitor,
    omar: Visitor,
    database: Database,
    cooperative_id: int,
    clock: Clock,
    rows: Callable[..., list[Any]],
) -> None:
    """R8b."""
    page = phone.hand_to(amina).visit("/helpers")
    let_omar_help(phone)
    wait_for(page, "confirmed")
    with database.transaction(cooperative_id) as session:
        session.execute(delete(Consent))
        session.execute(delete(Act))
        session.add(Epoch(number=1000, began_at=clock.now, backup_of=clock.now))

    page.evaluate(SEVEN_HOURS_LATER)
    phone.visit("/outbox")
    page.locator("[data-again]:not([hidden])").wait_for()
    wait_for(page, "confirmed")

    assert len(rows(Consent)) == 1


SEVEN_HOURS_LATER = """
() => new Promise((done) => {
  indexedDB.open("coopfarm-outbox").onsuccess = ({ target: { result: store } }) => {
    const change = store.transaction("notes", "readwrite");
    change.objectStore("notes").openCursor().onsuccess = ({ target: { result: at } }) => {
      if (at?.value.at) at.update({ ...at.value, at: at.value.at - 7 * 3600 * 1000 });
      at?.continue();
    };
    change.oncomplete = () => { store.close(); done(); };
  };
})
"""


@on_one_database
def test_one_waiting_act_can_be_deleted_and_all_be_read_as_text(
    phone: Phone, amina: Visitor, omar: Visitor, rows: Callable[..., list[Any]]
) -> None:
    page = phone.hand_to(amina).visit("/helpers")
    phone.lose_signal()
    let_omar_help(phone)
    wait_for(page, "waiting")
    page.on("dialog", lambda asked: asked.accept())

    page.get_by_role("button", name="Copy as text").click()
    page.wait_for_function("document.querySelector('[data-outbox] textarea')?.value")
    text = page.locator("[data-outbox] textarea").input_value()
    page.get_by_role("button", name="Delete").click()
    page.locator("[data-acts] li").wait_for(state="detached")
    phone.find_signal()
    page.wait_for_timeout(500)

    assert "Let somebody act for me" in text
    assert "M-77" in text
    assert rows(Consent) == []


@on_one_database
def test_without_scripts_the_form_is_sent_as_ever(
    *,
    browser: Browser,
    served: Line,
    tmp_path: Path,
    amina: Visitor,
    omar: Visitor,
    rows: Callable[..., list[Any]],
) -> None:
    phone = Phone.new(browser, served, tmp_path / "old", java_script_enabled=False)
    page = phone.hand_to(amina).visit("/helpers")

    let_omar_help(phone)
    page.wait_for_load_state()
    told, is_strip_seen = (
        page.locator("main").inner_text(),
        page.locator("[data-outbox]").is_visible(),
    )
    phone.context.close()

    assert "may act for" in told
    assert not is_strip_seen
    assert len(rows(Consent)) == 1


def test_a_storm_loses_nothing_and_does_nothing_twice(browser: Browser) -> None:
    """R8, R9. The long form: `python -m tests.journeys.outbox_storm --acts 10000`."""
    ledger, reloads = outbox_storm.through(browser, 100, seed=7)

    assert set(ledger.done) == outbox_storm.all_of(100)
    assert set(ledger.done.values()) == {1}
    assert set(ledger.fates) == {*outbox_storm.FATES, "passed"}
    assert reloads > 0
