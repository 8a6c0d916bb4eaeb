"""Requests that wait for the office: rivals, one decision each, and rules set aside."""

import re
from collections.abc import Callable
from dataclasses import replace
from threading import Barrier, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from coopfarm.equipment.models import Booking, Charge, MachineTime
from coopfarm.sms.models import Message
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock
from tests.equipment.test_booking import Settle, Wish, act, book
from tests.factories.machines import make_machine, make_policy
from tests.factories.members import Visitor

People = tuple[Visitor, Visitor, Visitor]
ALL_ASK = {"code": "approval", "value": 0}


@pytest.fixture
def approval(settle: Settle) -> None:
    """Every booking needs the office's word."""
    settle(lambda session: make_policy(session, ALL_ASK))


@pytest.fixture
def omar(visitor: Callable[..., Visitor]) -> Visitor:
    found = visitor(name="Omar")
    found.client.set_cookie("language", "en")
    return found


@pytest.fixture
def people(amina: Visitor, omar: Visitor, manager: Visitor) -> tuple[Visitor, Visitor, Visitor]:
    return amina, omar, manager


def approve(who: Visitor, booking_id: str, *rivals: str, **more: str) -> Any:
    sent = {"rivals": list(rivals), **more}
    return act(who, f"{booking_id}/approve", sent)


@pytest.mark.usefixtures("approval")
def test_the_oldest_request_comes_first_with_the_rivals_it_would_refuse(
    people: People, tractor_id: UUID, wish: Wish, clock: Clock
) -> None:
    amina, omar, manager = people
    first = book(amina, wish(tractor_id, 9, 11)).json
    clock.forward(minutes=5)
    second = book(omar, wish(tractor_id, 10, 12)).json
    clock.forward(minutes=5)
    third = book(omar, wish(tractor_id, 14, 15)).json

    page = manager.get("/machines/inbox")
    told = manager.get("/api/v1/machines/inbox").json["requests"]

    assert [one["booking"]["id"] for one in told] == [one["id"] for one in (first, second, third)]
    assert [one["rivals"] for one in told] == [[second["id"]], [first["id"]], []]
    assert page.text.count("Approving this refuses:") == 2
    assert re.search(r'Requests\s*<span class="pill[^>]*>3<', page.text)


def test_cleaning_and_the_road_make_rivals_too(
    amina: Visitor, omar: Visitor, manager: Visitor, wish: Wish, settle: Settle
) -> None:
    settle(lambda session: make_policy(session, ALL_ASK))
    dirty = settle(lambda session: make_machine(session, cleaning_minutes=30).id)
    first = book(amina, wish(dirty, 9, 11)).json
    second = book(omar, wish(dirty, 11.25, 12)).json

    told = manager.get("/api/v1/machines/inbox").json["requests"]

    assert {one["booking"]["id"]: one["rivals"] for one in told} == {
        first["id"]: [second["id"]],
        second["id"]: [first["id"]],
    }


@pytest.mark.usefixtures("approval")
def test_an_approval_books_one_and_declines_its_rivals(
    amina: Visitor, omar: Visitor, manager: Visitor, tractor_id: UUID, wish: Wish
) -> None:
    first = book(amina, wish(tractor_id, 9, 11)).json
    second = book(omar, wish(tractor_id, 10, 12)).json
    third = book(omar, wish(tractor_id, 14, 15)).json

    page = manager.get("/machines/inbox").text
    shown = re.findall(r'name="rivals" value="([^"]+)"', page)
    answer = manager.post(f"/machines/inbox/{first['id']}/approve", {"rivals": second["id"]})

    assert answer.status_code == 303
    assert second["id"] in shown
    states = [show(who, one) for who, one in ((amina, first), (omar, second), (omar, third))]
    assert [one["state"] for one in states] == ["confirmed", "declined", "requested"]
    assert "Amina" in states[1]["says"][-1]
    again = book(omar, wish(tractor_id, 10, 12))
    assert (again.status_code, again.json["code"]) == (409, "machine-taken")


def show(who: Visitor, booking: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = who.get(f"/api/v1/bookings/{booking['id']}").json
    return told


@pytest.mark.usefixtures("approval")
def test_who_was_declined_finds_other_hours_that_can_be_asked_for(
    amina: Visitor, omar: Visitor, manager: Visitor, tractor_id: UUID, wish: Wish
) -> None:
    first = book(amina, wish(tractor_id, 9, 11)).json
    second = book(omar, wish(tractor_id, 10, 12)).json
    approve(manager, first["id"], second["id"])

    offers = omar.get(f"/api/v1/bookings/{second['id']}/alternatives").json["alternatives"]

    sent = {k: offers[0][k] for k in ("machine_ids", "starts_at", "ends_at")} | {"job": "plough"}
    assert len(offers) == 3
    assert book(omar, sent).json["state"] == "requested"
    assert amina.get(f"/api/v1/bookings/{second['id']}/alternatives").status_code == 404


@pytest.mark.usefixtures("approval")
def test_members_hear_by_short_message_what_became_of_their_request(
    app: Flask, people: People, tractor_id: UUID, wish: Wish, settle: Settle
) -> None:
    gateway = replace(app.extensions["coopfarm_settings"], sms_gateway="console")
    app.extensions["coopfarm_settings"] = gateway
    amina, omar, manager = people
    first = book(amina, wish(tractor_id, 9, 11)).json
    second = book(omar, wish(tractor_id, 10, 12)).json
    third = book(omar, wish(tractor_id, 14, 15)).json

    approve(manager, first["id"], second["id"])
    act(manager, f"{third['id']}/decline", {"reason": "It is in the workshop"})

    sent = settle(
        lambda session: [(one.number, one.text) for one in session.scalars(select(Message))]
    )
    heard = sorted((number, "workshop" in text) for number, text in sent)
    assert heard == sorted([(amina.phone, False), (omar.phone, False), (omar.phone, True)])


@pytest.mark.usefixtures("approval")
def test_a_rival_the_office_has_not_seen_is_not_declined_unseen(
    amina: Visitor, omar: Visitor, manager: Visitor, tractor_id: UUID, wish: Wish
) -> None:
    first = book(amina, wish(tractor_id, 9, 11)).json
    second = book(omar, wish(tractor_id, 10, 12)).json

    blind = approve(manager, first["id"])
    act(omar, f"{second['id']}/cancel", {})
    more = approve(manager, first["id"], second["id"])

    assert (blind.status_code, blind.json["code"]) == (409, "rivals-changed")
    assert (more.status_code, more.json["declined"]) == (200, [])


@pytest.mark.usefixtures("approval")
def test_what_was_taken_meanwhile_is_named_and_nothing_is_approved(
    amina: Visitor, manager: Visitor, tractor_id: UUID, wish: Wish, look: TenantSession
) -> None:
    first = book(amina, wish(tractor_id, 9, 11)).json
    book(manager, wish(tractor_id, 10, 12))

    page = manager.get("/machines/inbox").text
    refused = approve(manager, first["id"])

    assert (refused.status_code, refused.json["code"]) == (409, "machine-taken")
    assert "Mariam" in page
    assert f"{first['id']}/approve" not in page
    assert look.scalar(select(Booking.state).where(Booking.id == UUID(first["id"]))) == "requested"


def test_rules_are_asked_again_and_set_aside_with_a_reason_alone(
    people: People, tractor_id: UUID, wish: Wish, settle: Settle
) -> None:
    amina, omar, manager = people
    settle(lambda session: make_policy(session, ALL_ASK, {"code": "notice_hours", "value": 20}))
    first = book(amina, wish(tractor_id, 9, 11)).json
    strict = {"code": "max_minutes", "value": 60}
    settle(lambda session: make_policy(session, ALL_ASK, strict, category="tractor"))

    refused = approve(manager, first["id"])
    allowed = approve(manager, first["id"], override_reason="The rain came early")

    assert (refused.status_code, refused.json["code"]) == (409, "policy-too-long")
    assert allowed.json["booking"]["state"] == "confirmed"
    public = omar.get("/machines/exceptions").text
    assert all(words in public for words in ("Amina", "Mariam", "The rain came early", "Rule 2"))


def test_notice_is_counted_from_when_it_was_asked(
    people: People, tractor_id: UUID, wish: Wish, settle: Settle, clock: Clock
) -> None:
    amina, _, manager = people
    settle(lambda session: make_policy(session, ALL_ASK, {"code": "notice_hours", "value": 20}))
    first = book(amina, wish(tractor_id, 9, 11)).json

    clock.forward(hours=10)
    on_time = approve(manager, first["id"])

    assert on_time.json["booking"]["state"] == "confirmed"


@pytest.mark.usefixtures("approval")
def test_hours_that_have_begun_are_not_approved_and_a_refusal_needs_words(
    amina: Visitor, manager: Visitor, tractor_id: UUID, wish: Wish, clock: Clock
) -> None:
    first = book(amina, wish(tractor_id, 9, 11)).json
    clock.forward(hours=26)

    late = approve(manager, first["id"])
    silent = manager.post(f"/machines/inbox/{first['id']}/decline", {"reason": " "})
    told = manager.post(f"/machines/inbox/{first['id']}/decline", {"reason": "Too late now"})

    assert (late.json["code"], silent.status_code) == ("request-too-late", 422)
    assert told.status_code == 303
    assert "Too late now" in show(amina, first)["says"][-1]


@pytest.mark.usefixtures("approval")
def test_a_request_is_decided_once(
    amina: Visitor, manager: Visitor, tractor_id: UUID, wish: Wish, look: TenantSession
) -> None:
    first = book(amina, wish(tractor_id, 9, 11)).json

    answers = [
        approve(manager, first["id"]),
        approve(manager, first["id"]),
        act(manager, f"{first['id']}/decline", {"reason": "No"}),
        approve(manager, str(uuid4())),
    ]

    assert [answer.status_code for answer in answers] == [200, 409, 409, 404]
    assert len(look.scalars(select(Charge)).all()) == 2


@pytest.mark.usefixtures("approval")
def test_of_many_decisions_at_once_exactly_one_is_taken(
    amina: Visitor,
    visitor: Callable[..., Visitor],
    wish: Wish,
    tractor_id: UUID,
    settle: Settle,
) -> None:
    first = book(amina, wish(tractor_id, 9, 11)).json
    managers = [visitor("manager", "member", name=f"Manager {n}") for n in range(4)]
    acts: list[tuple[Visitor, str, dict[str, Any]]] = [
        (who, *what)
        for who, what in zip(
            managers,
            [("approve", {"rivals": []}), ("decline", {"reason": "No"})] * 2,
            strict=True,
        )
    ]

    statuses = _at_once([(who, f"{first['id']}/{path}", sent) for who, path, sent in acts])

    assert sorted(statuses) == [200, 409, 409, 409]
    state, charges, live = settle(
        lambda session: [
            session.scalars(select(what)).all()
            for what in (Booking.state, Charge.id, MachineTime.is_live)
        ]
    )
    assert len(charges) == (2 if state == ["confirmed"] else 0)
    assert live == [state == ["confirmed"]]


@pytest.mark.usefixtures("approval")
def test_of_rivals_approved_at_once_exactly_one_is_booked(
    amina: Visitor,
    omar: Visitor,
    visitor: Callable[..., Visitor],
    tractor_id: UUID,
    wish: Wish,
) -> None:
    first = book(amina, wish(tractor_id, 9, 11)).json
    second = book(omar, wish(tractor_id, 10, 12)).json
    managers = [visitor("manager", "member", name=f"Manager {n}") for n in range(4)]
    pairs = [(first, second), (second, first)] * 2
    acts = [
        (who, f"{one['id']}/approve", {"rivals": [rival["id"]]})
        for who, (one, rival) in zip(managers, pairs, strict=True)
    ]

    statuses = _at_once(acts)

    assert sorted(statuses) == [200, 409, 409, 409]
    states = sorted((show(amina, first)["state"], show(omar, second)["state"]))
    assert states == ["confirmed", "declined"]


def _at_once(acts: list[tuple[Visitor, str, dict[str, Any]]]) -> list[int]:
    start, statuses = Barrier(len(acts)), list[int]()

    def work(who: Visitor, path: str, sent: dict[str, Any]) -> None:
        start.wait()
        statuses.append(act(who, path, sent).status_code)

    workers = [Thread(target=work, args=one) for one in acts]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return statuses


def test_the_office_books_against_a_rule_with_a_reason_that_everybody_reads(
    amina: Visitor, manager: Visitor, tractor_id: UUID, wish: Wish, settle: Settle
) -> None:
    settle(lambda session: make_policy(session, {"code": "max_minutes", "value": 60}))
    asked = wish(tractor_id, 9, 11, member_id=str(amina.member_id))
    page = manager.post("/bookings", asked)
    silent = book(manager, asked)
    reason = {"override_reason": "A late thaw"}

    done = manager.post("/bookings", asked | reason)
    vain = book(amina, wish(tractor_id, 12, 14, **reason))

    assert (page.status_code, silent.status_code, done.status_code) == (409, 409, 303)
    assert 'name="override_reason"' in page.text
    assert 'href="/machines/rules#rule-all-1"' in page.text
    assert vain.status_code == 409
    (told,) = amina.get("/api/v1/machines/exceptions").json["exceptions"]
    assert (told["member_id"], told["by_id"]) == (str(amina.member_id), str(manager.member_id))
    assert told["reason"] == "A late thaw"
    assert told["says"] == [silent.json["title"]]


def test_a_member_is_led_to_the_rule_and_offered_no_exception(
    amina: Visitor, tractor_id: UUID, wish: Wish, settle: Settle
) -> None:
    settle(lambda session: make_policy(session, {"code": "max_minutes", "value": 60}))

    page = amina.post("/bookings", wish(tractor_id, 9, 11))

    assert 'href="/machines/rules#rule-all-1"' in page.text
    assert "override_reason" not in page.text


def test_only_the_office_decides(amina: Visitor, tractor_id: UUID, wish: Wish) -> None:
    answers = [
        amina.get("/machines/inbox"),
        amina.post(f"/machines/inbox/{uuid4()}/approve"),
        amina.post(f"/machines/inbox/{uuid4()}/decline"),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert amina.get("/machines/exceptions").status_code == 200
    assert book(amina, wish(tractor_id, 9, 11)).status_code == 201


@pytest.mark.usefixtures("approval")
def test_a_machine_is_named_in_the_script_of_whoever_reads(
    amina: Visitor, manager: Visitor, wish: Wish, settle: Settle
) -> None:
    two_names = {"name_latin": "Sharada the tractor"}
    tractor = settle(lambda session: make_machine(session, "جرار الشرادة", **two_names).id)
    booking = book(amina, wish(tractor, 9, 11)).json

    said = {"en": manager.get("/machines/inbox").text}
    manager.client.set_cookie("language", "ar")
    said["ar"] = manager.get("/machines/inbox").text

    assert {
        way: re.findall(r"جرار الشرادة|Sharada the tractor", page) for way, page in said.items()
    } == {
        "en": ["Sharada the tractor"],
        "ar": ["جرار الشرادة"],
    }
    assert show(amina, booking)["state"] == "requested"


def test_a_refusal_and_what_would_work_instead_name_it_in_the_same_script(
    amina: Visitor, omar: Visitor, wish: Wish, settle: Settle
) -> None:
    two_names = {"name_latin": "Sharada the tractor"}
    tractor = settle(lambda session: make_machine(session, "جرار الشرادة", **two_names).id)
    book(amina, wish(tractor, 9, 11))

    english = book(omar, wish(tractor, 9, 11)).json
    omar.client.set_cookie("language", "ar")
    arabic = book(omar, wish(tractor, 10, 11)).json

    assert english["title"].startswith("Sharada the tractor is taken")
    assert "جرار الشرادة" in arabic["title"]
    names = [{one["machine"] for one in told["alternatives"]} for told in (english, arabic)]
    assert names == [{"Sharada the tractor"}, {"جرار الشرادة"}]
    assert english["facts"]["machine"] == "جرار الشرادة"
