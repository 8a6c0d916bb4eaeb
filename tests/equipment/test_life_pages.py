"""The pages of waiting, handing over, what is not back, and work slips: without scripts."""

import io
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import select

from coopfarm.equipment.models import Booking
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock
from tests.equipment.living import act, book, line_up, only_entry, only_slip, state_of
from tests.factories.members import Visitor

Wish = Callable[..., dict[str, Any]]
Booked = dict[str, Any]


@pytest.fixture
def booked(amina: Visitor, tractor_id: UUID, wish: Wish) -> Booked:
    return dict(book(amina, wish(tractor_id, 9, 11)).json)


def test_somebody_gets_in_line_and_takes_what_is_held(
    amina: Visitor, manager: Visitor, tractor_id: UUID, booked: Booked
) -> None:
    form = manager.get(f"/waiting/new?machine_id={tractor_id}&job=plough&minutes=120")
    sent = {
        "machine_id": str(tractor_id),
        "job": "plough",
        "minutes": "1440",
        "on": "2026-07-02",
        "until": "2026-07-02",
    }
    joined = manager.post("/waiting", sent, follow_redirects=True)
    act(amina, f"bookings/{booked['id']}/cancel", {})

    page = manager.get("/waiting")
    entry = only_entry(manager)
    offer = manager.get(f"/waiting/{entry['id']}")
    taken = manager.post(f"/waiting/{entry['id']}/take", follow_redirects=True)

    assert form.status_code == joined.status_code == 200
    assert "You are in line for Tractor one" in joined.text
    assert "held for you" in page.text
    assert offer.text.split("<main")[1].count("button-primary") == 1
    assert "Booked: Tractor one" in taken.text


def test_the_place_in_line_is_shown_with_its_reason(
    amina: Visitor, manager: Visitor, tractor_id: UUID, booked: Booked
) -> None:
    line_up(manager, tractor_id, 9, 11)

    page = manager.get(f"/waiting/{only_entry(manager)['id']}")

    assert "You are number 1 of 1 in line." in page.text
    assert "Nobody else waits for this machine." in page.text
    assert amina.get(f"/waiting/{only_entry(manager)['id']}").status_code == 404


def test_a_line_that_leads_nowhere_is_refused_beside_the_field(
    manager: Visitor, tractor_id: UUID
) -> None:
    sent = {"machine_id": str(tractor_id), "job": "plough", "minutes": "120"}

    refused = manager.post("/waiting", sent | {"on": "2026-07-03", "until": "2026-07-02"})

    assert refused.status_code == 422
    assert 'id="error-until"' in refused.text


def test_a_machine_is_handed_over_on_the_members_phone(
    amina: Visitor, booked: Booked, clock: Clock, look: TenantSession
) -> None:
    clock.forward(hours=25)
    page = f"/bookings/{booked['id']}/hand-over"
    shown = amina.get(page)
    out = amina.post(page, {"way": "out", "meter_reading": "١٠٠"}, follow_redirects=True)
    clock.forward(hours=1)
    wrong = amina.post(page, {"way": "back", "meter_reading": "99"})
    back = amina.post(page, {"way": "back", "meter_reading": "١٠١٫٥"}, follow_redirects=True)

    assert look.scalars(select(Booking.code)).one() in shown.text
    assert out.status_code == 200
    assert (wrong.status_code, "said 100 before, and you read 99" in wrong.text) == (409, True)
    assert "Work slip" in back.text
    assert only_slip(amina)["hours"] == 1.5


def test_what_waited_on_the_phone_is_written_down_as_of_then(
    amina: Visitor, booked: Booked, clock: Clock
) -> None:
    clock.forward(hours=25.5)
    page = f"/bookings/{booked['id']}/hand-over"

    late = amina.post(page, {"way": "out"}, headers={"Acted-At": "2026-07-02T09:10:00Z"})

    assert late.status_code == 303
    assert "12:10" in amina.get(page).text


def test_six_digits_lead_to_the_booking(
    manager: Visitor, booked: Booked, clock: Clock, look: TenantSession
) -> None:
    clock.forward(hours=25)
    code = look.scalars(select(Booking.code)).one()

    found = manager.get(f"/hand-over?code={code[:3]}+{code[3:]}")
    lost = manager.get("/hand-over?code=" + ("1" * 6 if code != "1" * 6 else "2" * 6))

    assert "Amina" in found.text
    assert (lost.status_code, "No booking of today has this code" in lost.text) == (404, True)


def test_the_sticker_leads_to_my_booking(
    amina: Visitor, booked: Booked, tractor_id: UUID, clock: Clock
) -> None:
    clock.forward(hours=25)

    answer = amina.get(f"/machines/{tractor_id}/hand-over")

    assert answer.location.endswith(f"/bookings/{booked['id']}/hand-over")


def test_a_photo_of_the_meter_comes_after_the_words(
    amina: Visitor, booked: Booked, clock: Clock
) -> None:
    clock.forward(hours=25)
    page = f"/bookings/{booked['id']}/hand-over"
    amina.post(page, {"way": "out"})

    sent = amina.post(f"{page}/photo", {"photo": (picture(), "meter.png")}, follow_redirects=True)

    assert "Photo of the meter" in sent.text


def picture() -> Any:

    file = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(file, "PNG")
    file.seek(0)
    return file


def test_who_did_not_come_tells_why(amina: Visitor, booked: Booked, clock: Clock) -> None:
    clock.forward(hours=27)
    page = amina.get(f"/bookings/{booked['id']}/hand-over")

    told = amina.post(f"/bookings/{booked['id']}/no-show-reason", {"words": "The canal broke"})

    assert "Why did nobody come?" in page.text
    assert told.status_code == 303
    assert state_of(amina, booked) == "no_show"


def test_the_office_takes_the_steps_that_are_due_and_takes_them_back(
    amina: Visitor, manager: Visitor, booked: Booked, clock: Clock
) -> None:
    clock.forward(hours=25)
    act(amina, f"bookings/{booked['id']}/out", {})
    clock.forward(hours=7)
    path = f"/machines/overdue/{booked['id']}"

    listed = manager.get("/machines/overdue")
    silent = manager.post(f"{path}/steps", {"step": "call", "note": ""})
    done = manager.post(f"{path}/steps", {"step": "call", "note": "On its way"})
    after = manager.get("/machines/overdue").text
    undone = manager.post(f"{path}/undo", {"step": "call", "note": "Wrong one"})

    assert "Due now: call" in listed.text
    assert (silent.status_code, done.status_code, undone.status_code) == (422, 303, 303)
    assert "On its way" in after
    assert "Next: hours of work for the cooperative" in after
    assert amina.get("/machines/overdue").status_code == 403


def test_both_sides_sign_on_their_pages(
    amina: Visitor, manager: Visitor, booked: Booked, clock: Clock
) -> None:
    clock.forward(hours=25)
    act(amina, f"bookings/{booked['id']}/out", {"meter_reading": 10})
    act(amina, f"bookings/{booked['id']}/back", {"meter_reading": 12})
    slip = only_slip(amina)
    path = f"/slips/{slip['id']}"

    disputed = amina.post(f"{path}/dispute", {"words": "It stood an hour"}, follow_redirects=True)
    listed = manager.get("/machines/slips")
    sent = {"hours": "1", "words": "So it is"}
    decided = manager.post(f"{path}/decide", sent, follow_redirects=True)
    edition = {"edition": str(only_slip(amina)["edition"])}
    signed = amina.post(f"{path}/sign", edition, follow_redirects=True)

    assert "disputed" in disputed.text
    assert "Amina" in listed.text
    assert "the member signs them now" in decided.text
    assert "Signed by both, and posted." in signed.text
    assert "It is so: I sign" not in signed.text
    assert amina.get("/slips").status_code == 200
