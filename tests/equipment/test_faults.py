"""Faults: told by anybody at the machine, followed to the end; nobody's booking is dropped."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from coopfarm.equipment.actions import faults as actions
from coopfarm.equipment.models import Booking, FaultReport, Picture
from coopfarm.equipment.queries import fleet
from coopfarm.members.actions import telling
from coopfarm.members.models import Cooperative
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from tests.factories.machines import make_machine
from tests.factories.members import Visitor
from tests.factories.pictures import photo

Settle = Callable[[Callable[[TenantSession], Any]], Any]
NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)


@pytest.fixture
def tag(tractor_id: UUID, settle: Settle) -> str:
    return str(settle(lambda session: fleet.machine(session, tractor_id).tag))


@pytest.fixture
def stranger(amina: Visitor) -> FlaskClient:
    """Somebody at the machine, without an account."""
    client = amina.client.application.test_client()
    client.set_cookie("language", "en")
    return client


def report(client: FlaskClient, tag: str, words: str = "Oil runs out of it", **more: Any) -> Any:
    page = client.get(f"/m/{tag}").text
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found
    sent = {"csrf_token": found[1], "words": words, **more}
    return client.post(f"/m/{tag}/fault", data=sent, content_type="multipart/form-data")


def states_of(session: TenantSession) -> dict[UUID, str]:
    return {one.id: one.state for one in session.scalars(select(Booking))}


def the_fault(session: TenantSession) -> FaultReport:
    return session.scalars(select(FaultReport)).one()


def test_somebody_without_an_account_tells_of_a_fault_with_a_photo(
    stranger: FlaskClient, tag: str, look: TenantSession
) -> None:
    answer = report(
        stranger, tag, phone="01012345678", picture=(BytesIO(photo(900, 600)), "oil.jpg")
    )

    fault = the_fault(look)
    assert answer.status_code == 303
    assert (fault.words, fault.state, fault.told_by) == ("Oil runs out of it", "new", None)
    assert fault.phone == "01012345678"
    assert look.scalars(select(Picture.id)).one() == fault.picture_id
    assert "One fault of it was told" in stranger.get(f"/m/{tag}").text


def test_without_the_token_of_the_page_nothing_is_told(
    stranger: FlaskClient, tag: str, look: TenantSession
) -> None:
    answer = stranger.post(f"/m/{tag}/fault", data={"words": "Oil"})

    assert answer.status_code == 422
    assert look.scalars(select(FaultReport)).all() == []


def test_a_stranger_takes_no_machine_out_of_service(
    stranger: FlaskClient, tag: str, tractor_id: UUID, look: TenantSession
) -> None:
    report(stranger, tag, can_work="no")

    assert fleet.machine(look, tractor_id).state == "in_service"
    assert not the_fault(look).can_work


def test_what_is_no_photo_is_said_beside_the_words_that_were_typed(
    stranger: FlaskClient, tag: str, look: TenantSession
) -> None:
    answer = report(stranger, tag, picture=(BytesIO(b"MZ"), "virus.exe"))

    assert answer.status_code == 422
    assert "no picture that can be read" in answer.text
    assert "Oil runs out of it" in answer.text
    assert look.scalars(select(FaultReport)).all() == []


def test_the_same_words_sent_twice_are_one_fault(
    stranger: FlaskClient, tag: str, look: TenantSession
) -> None:
    report(stranger, tag)
    report(stranger, tag)

    assert len(look.scalars(select(FaultReport)).all()) == 1


def test_who_plays_with_it_waits_and_members_do_not(
    stranger: FlaskClient, amina: Visitor, tag: str
) -> None:
    answers = [report(stranger, tag, f"Fault {n}").status_code for n in range(12)]
    member = amina.post(f"/m/{tag}/fault", {"words": "It smokes"}, page=f"/m/{tag}")

    assert answers == [303] * 10 + [403] * 2
    assert member.status_code == 303


def test_a_member_tells_it_in_json_and_sends_the_photo_after(
    amina: Visitor, tractor_id: UUID
) -> None:
    told = amina.send("POST", f"/api/v1/machines/{tractor_id}/faults", {"words": "It smokes"})
    photo_sent = amina.client.post(
        f"/api/v1/faults/{told.json['id']}/picture",
        data={"picture": (BytesIO(photo(300, 200)), "smoke.jpg")},
        headers={"Idempotency-Key": "one-photo"},
    )

    assert told.status_code == 201
    assert photo_sent.status_code == 200
    assert amina.get(photo_sent.json["picture"]).mimetype == "image/jpeg"


@pytest.mark.parametrize("more", ["picture", ""], ids=["a text for it", "a text beside it"])
def test_what_stands_for_a_photo_or_beside_it_is_refused(
    amina: Visitor, look: TenantSession, more: str
) -> None:
    sent = {"picture": (BytesIO(photo(9, 9)), "me.jpg"), more: "a text"}

    answer = amina.client.post(
        "/api/v1/pictures",
        data=sent,
        content_type="multipart/form-data",
        headers={"Idempotency-Key": "one-photo"},
    )

    assert answer.status_code == 422
    assert look.scalars(select(Picture.id)).all() == []


def test_a_photo_is_added_by_who_told_it_and_by_nobody_else(
    amina: Visitor, visitor: Callable[..., Visitor], tractor_id: UUID
) -> None:
    told = amina.send("POST", f"/api/v1/machines/{tractor_id}/faults", {"words": "It smokes"})

    answer = visitor(name="Karim").client.post(
        f"/api/v1/faults/{told.json['id']}/picture",
        data={"picture": (BytesIO(photo(30, 20)), "x.jpg")},
        headers={"Idempotency-Key": "one-photo"},
    )

    assert answer.status_code == 403


def test_whoever_booked_it_for_the_coming_days_hears_of_it_once(
    amina: Visitor, tractor_id: UUID, wish: Callable[..., Any], settle: Settle
) -> None:
    for hour in (9, 12):
        amina.send("POST", "/api/v1/bookings", wish(tractor_id, hour, hour + 1))

    def tell(session: TenantSession) -> list[telling.Notice]:
        teller = actions.Teller(None, frozenset(), NOW)
        machine = fleet.machine(session, tractor_id)
        actions.tell(session, machine, actions.Report("It smokes"), teller)
        return list(telling.gathered(session))

    notices = settle(tell)

    assert [one.member_id for one in notices] == [amina.member_id]
    assert "Tractor one" in str(notices[0].said)


def test_a_fault_goes_from_told_to_mended_and_the_machine_with_it(
    manager: Visitor, amina: Visitor, tractor_id: UUID
) -> None:
    told = amina.send("POST", f"/api/v1/machines/{tractor_id}/faults", {"words": "It smokes"})
    path = f"/api/v1/faults/{told.json['id']}/steps"
    machine = f"/api/v1/machines/{tractor_id}"

    seen = []
    for state in ("confirmed", "in_repair", "fixed"):
        step = {"state": state, "can_work": False}
        manager.send("POST", path, step)
        seen.append(amina.get(machine).json["standing"])
    late = manager.send("POST", path, {"state": "confirmed"})

    assert seen == ["broken", "broken", "available"]
    assert (late.status_code, late.json["code"]) == (409, "fault-past-that")


def test_a_member_does_not_decide_and_the_caretaker_does(
    amina: Visitor, visitor: Callable[..., Visitor], tractor_id: UUID, settle: Settle
) -> None:
    keeper = visitor(name="Wael")
    settle(lambda s: setattr(fleet.machine(s, tractor_id), "caretaker_id", keeper.member_id))
    told = amina.send("POST", f"/api/v1/machines/{tractor_id}/faults", {"words": "It smokes"})
    path = f"/api/v1/faults/{told.json['id']}/steps"

    refused = amina.send("POST", path, {"state": "no_fault"})
    taken = keeper.send("POST", path, {"state": "no_fault"})

    assert (refused.status_code, taken.status_code) == (403, 200)


def test_a_broken_machine_keeps_its_bookings_and_offers_another_like_it(
    manager: Visitor, amina: Visitor, tractor_id: UUID, wish: Callable[..., Any], settle: Settle
) -> None:
    other = settle(lambda session: make_machine(session, "Tractor two").id)
    booked = amina.send("POST", "/api/v1/bookings", wish(tractor_id, 9, 11)).json
    manager.post("/faults/" + _broken(manager, tractor_id), {"state": "in_repair"})

    page = amina.get(f"/bookings/{booked['id']}/instead").text

    assert settle(lambda s: s.scalars(select(Booking.state)).all()) == ["confirmed"]
    assert "Tractor two" in page
    offers = re.findall(r'name="machine_ids" value="([^"]+)"', page)
    assert set(offers) == {str(other)}


def test_nothing_is_like_a_machine_of_which_no_work_is_known(
    manager: Visitor, amina: Visitor, tractor_id: UUID, wish: Callable[..., Any], settle: Settle
) -> None:
    settle(lambda session: make_machine(session, "Tractor two").id)
    booked = amina.send("POST", "/api/v1/bookings", wish(tractor_id, 9, 11)).json
    _broken(manager, tractor_id)
    settle(lambda session: setattr(fleet.machine(session, tractor_id), "jobs", []))

    answer = amina.get(f"/bookings/{booked['id']}/instead")

    assert answer.status_code == 200
    assert "Tractor two" not in answer.text


def _broken(manager: Visitor, machine_id: UUID) -> str:
    told = manager.send("POST", f"/api/v1/machines/{machine_id}/faults", {"words": "It smokes"})
    step = {"state": "confirmed", "can_work": False}
    manager.send("POST", f"/api/v1/faults/{told.json['id']}/steps", step)
    return str(told.json["id"])


def test_taking_an_offer_gives_the_old_booking_up_in_the_same_moment(
    manager: Visitor, amina: Visitor, tractor_id: UUID, wish: Callable[..., Any], settle: Settle
) -> None:
    other = settle(lambda session: make_machine(session, "Tractor two").id)
    booked = amina.send("POST", "/api/v1/bookings", wish(tractor_id, 9, 11)).json
    _broken(manager, tractor_id)
    hours = {name: booked[name] for name in ("starts_at", "ends_at")}

    answer = amina.post(f"/bookings/{booked['id']}/rebook", hours | {"machine_ids": [str(other)]})

    assert answer.status_code == 303
    states = settle(states_of)
    assert states.pop(UUID(booked["id"])) == "cancelled"
    assert list(states.values()) == ["confirmed"]


def test_where_the_offer_is_gone_the_old_booking_stands(
    manager: Visitor, amina: Visitor, tractor_id: UUID, wish: Callable[..., Any], settle: Settle
) -> None:
    other = settle(lambda session: make_machine(session, "Tractor two").id)
    booked = amina.send("POST", "/api/v1/bookings", wish(tractor_id, 9, 11)).json
    manager.send("POST", "/api/v1/bookings", wish(other, 8, 12))

    hours = {name: booked[name] for name in ("starts_at", "ends_at")}
    answer = amina.post(f"/bookings/{booked['id']}/rebook", hours | {"machine_ids": [str(other)]})

    assert answer.status_code == 409
    states = settle(states_of)
    assert states[UUID(booked["id"])] == "confirmed"


def test_nobody_moves_the_booking_of_another(
    amina: Visitor, visitor: Callable[..., Visitor], tractor_id: UUID, wish: Callable[..., Any]
) -> None:
    booked = amina.send("POST", "/api/v1/bookings", wish(tractor_id, 9, 11)).json
    karim = visitor(name="Karim")

    assert karim.get(f"/bookings/{booked['id']}/instead").status_code == 404
    sent = {"starts_at": booked["starts_at"], "ends_at": booked["ends_at"]}
    answer = karim.post(
        f"/bookings/{booked['id']}/rebook", sent | {"machine_ids": [str(tractor_id)]}
    )
    assert answer.status_code == 404


def test_the_office_lists_what_is_open(manager: Visitor, amina: Visitor, tractor_id: UUID) -> None:
    amina.send("POST", f"/api/v1/machines/{tractor_id}/faults", {"words": "It smokes"})

    page = manager.get("/machines/faults").text

    assert "It smokes" in page
    assert "told, not looked at yet" in page
    assert amina.get("/machines/faults").status_code == 403


def test_a_sticker_of_another_cooperative_says_so_to_who_is_signed_in(
    amina: Visitor, other_tag: str
) -> None:
    answer = amina.get(f"/m/{other_tag}")

    assert answer.status_code == 404
    assert "another cooperative" in answer.text
    assert "Their thresher" not in answer.text


@pytest.fixture
def other_tag(database: Database) -> str:
    with database.transaction() as session:
        there = Cooperative(name="Over there", timezone="UTC", locale="en_GB", made_at=NOW)
        session.add(there)
        session.flush()
        session.cooperative_id = there.id
        return str(make_machine(session, "Their thresher").tag)
