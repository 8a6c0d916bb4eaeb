"""The register: machines are entered, changed as of an edition, given up; stickers lead to them."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from coopfarm.equipment.models import Kit, KitPart, Machine
from coopfarm.equipment.queries import fleet
from coopfarm.store.audit import AuditEvent
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock
from tests.factories.machines import make_machine
from tests.factories.members import Visitor
from tests.factories.pictures import photo

Settle = Callable[[Callable[[TenantSession], Any]], Any]
FORM = {
    "code": "CH-9",
    "name": "حصادة",
    "name_latin": "Combine",
    "kind": "machine",
    "category": "combine",
    "jobs": ["harvest"],
    "work_width_m": "٣٫٦",
    "work_km_h": "4.5",
    "efficiency": "65",
    "road_km_h": "18",
    "cleaning_minutes": "30",
    "meter": "hours",
    "meter_reading": "2145",
    "price_an_hour": "0",
    "price_a_hectare": "2600",
    "hours_an_hour": "1",
    "caretaker_id": "",
    "lat": "30.3317",
    "lon": "29.6131",
    "at_plot": "",
}


def only(session: TenantSession) -> Machine:
    return session.scalars(select(Machine)).one()


def test_a_machine_is_entered_with_its_rate_from_what_was_typed(
    manager: Visitor, look: TenantSession
) -> None:
    answer = manager.post("/machines", FORM, follow_redirects=True)

    found = only(look)
    assert round(fleet.rig(found).rate_ha_h or 0, 3) == 1.053
    assert (found.base.x, found.base.y) == (29.6131, 30.3317)
    assert len(found.tag) >= 20
    assert "1.05" in answer.text
    verbs = look.scalars(select(AuditEvent.verb).where(AuditEvent.subject_id == str(found.id)))
    assert list(verbs) == ["machine.enter"]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("code", ""),
        ("work_width_m", "a lot"),
        ("efficiency", "130"),
        ("category", "rocket"),
        ("lat", ""),
        ("lat", "95"),
        ("at_plot", "nowhere"),
        ("cleaning_minutes", "-5"),
        ("caretaker_id", "me"),
    ],
)
def test_what_no_machine_has_is_refused_by_its_field(
    manager: Visitor, look: TenantSession, field: str, typed: str
) -> None:
    answer = manager.post("/machines", FORM | {field: typed})

    assert answer.status_code == 422
    assert f'id="field-{field}"' in answer.text
    assert look.scalars(select(Machine)).all() == []


def test_a_machine_stands_at_a_plot_that_is_named(
    manager: Visitor, plot_id: UUID, look: TenantSession
) -> None:
    manager.post("/machines", FORM | {"at_plot": "p1"})

    assert only(look).base is not None
    assert only(look).base.x != 29.6131


def test_who_edits_an_old_page_is_told_so(
    manager: Visitor, tractor_id: UUID, look: TenantSession
) -> None:
    name = {"name": "Another name", "edition": "1"}
    first = manager.post(f"/machines/{tractor_id}", name)
    late = manager.post(f"/machines/{tractor_id}", name | {"name": "A third name"})

    assert (first.status_code, late.status_code) == (303, 409)
    assert "Somebody changed" in late.text
    assert only(look).name == "Another name"


def test_two_machines_have_not_one_code(manager: Visitor, tractor_id: UUID, settle: Settle) -> None:
    code = settle(lambda session: fleet.machine(session, tractor_id).code)

    answer = manager.post("/machines", FORM | {"code": code})

    assert answer.status_code == 409
    assert "another machine has the code" in answer.text


def test_a_booked_machine_is_not_given_up(
    amina: Visitor, manager: Visitor, tractor_id: UUID, wish: Callable[..., Any]
) -> None:
    booked = amina.send("POST", "/api/v1/bookings", wish(tractor_id, 9, 11)).json

    kept = manager.send("POST", f"/api/v1/machines/{tractor_id}/retire", If_Match='"1"')
    amina.send("POST", f"/api/v1/bookings/{booked['id']}/cancel", {})
    gone = manager.send("POST", f"/api/v1/machines/{tractor_id}/retire", If_Match='"1"')

    assert (kept.status_code, kept.json["code"]) == (409, "machine-in-use")
    assert (gone.status_code, gone.json["standing"]) == (200, "retired")


def test_how_a_machine_stands_follows_from_who_has_it(
    amina: Visitor, tractor_id: UUID, wish: Callable[..., Any], clock: Clock, settle: Settle
) -> None:
    def standing() -> str:
        return str(amina.get(f"/api/v1/machines/{tractor_id}").json["standing"])

    clock.now = clock.now.replace(year=2026, month=7, day=2, hour=6, minute=0)
    seen = [standing()]
    amina.send("POST", "/api/v1/bookings", wish(tractor_id, 9, 11))
    clock.now = clock.now.replace(hour=7, minute=30)
    seen.append(standing())
    settle(lambda session: setattr(fleet.machine(session, tractor_id), "state", "broken"))
    seen.append(standing())

    assert seen == ["available", "reserved", "broken"]


def test_a_member_reads_the_machines_and_does_not_change_them(
    amina: Visitor, tractor_id: UUID
) -> None:
    listed = amina.get("/api/v1/machines")
    refused = amina.send(
        "PATCH", f"/api/v1/machines/{tractor_id}", {"name": "Mine"}, If_Match='"1"'
    )

    (told,) = listed.json["machines"]
    assert told["work_rate_ha_h"] == pytest.approx(0.8)
    assert "tag" not in told
    assert refused.status_code == 403
    assert amina.get("/machines").status_code == 403


def test_the_edition_guards_programs_too(manager: Visitor, tractor_id: UUID) -> None:
    path = f"/api/v1/machines/{tractor_id}"
    first = manager.send("PATCH", path, {"name": "Another"}, If_Match='"1"')
    late = manager.send("PATCH", path, {"name": "A third"}, If_Match='"1"')
    unsaid = manager.send("PATCH", path, {"name": "A third"})

    assert [one.status_code for one in (first, late, unsaid)] == [200, 412, 428]


def test_a_set_is_made_of_machines_of_which_one_does_the_job(
    manager: Visitor, tractor_id: UUID, settle: Settle, look: TenantSession
) -> None:
    plough = settle(lambda s: make_machine(s, "Plough", category="plough", jobs=["plough"]).id)
    form = {"name": "Tractor and plough", "job": "plough"}

    alone = manager.post("/machines/kits", form | {"machine_ids": [str(tractor_id)]})
    idle = manager.post(
        "/machines/kits", form | {"job": "spray", "machine_ids": [str(tractor_id), str(plough)]}
    )
    made = manager.post("/machines/kits", form | {"machine_ids": [str(tractor_id), str(plough)]})
    again = manager.post("/machines/kits", form | {"machine_ids": [str(tractor_id), str(plough)]})

    assert [one.status_code for one in (alone, idle, made, again)] == [422, 422, 303, 409]
    kit = look.scalars(select(Kit)).one()
    dropped = manager.post(f"/machines/kits/{kit.id}/drop")
    assert dropped.status_code == 303
    assert settle(lambda session: session.scalars(select(KitPart)).all()) == []


def test_a_picture_of_a_machine_is_shown_on_its_page(manager: Visitor, tractor_id: UUID) -> None:
    sent = {"picture": (BytesIO(photo(400, 300)), "me.jpg")}
    manager.post(f"/machines/{tractor_id}/picture", sent, content_type="multipart/form-data")

    page = manager.get(f"/machines/{tractor_id}").text
    found = re.search(r'src="(/pictures/[^"]+)"', page)
    assert found
    assert manager.get(found[1]).mimetype == "image/jpeg"


def test_stickers_are_printed_with_a_square_each(
    manager: Visitor, amina: Visitor, tractor_id: UUID
) -> None:
    sheet = manager.get("/machines/stickers")

    assert "Tractor one" in sheet.text
    assert sheet.text.count("<svg") == 1
    assert sheet.headers["Cache-Control"] == "no-store"
    assert amina.get("/machines/stickers").status_code == 403


@pytest.fixture
def tag(tractor_id: UUID, settle: Settle) -> str:
    return str(settle(lambda session: fleet.machine(session, tractor_id).tag))


def test_a_sticker_opens_without_signing_in_and_names_nobody(
    tag: str, amina: Visitor, tractor_id: UUID, wish: Callable[..., Any], clock: Clock
) -> None:
    amina.send("POST", "/api/v1/bookings", wish(tractor_id, 9, 11))
    clock.now = clock.now.replace(year=2026, month=7, day=2, hour=9, minute=30)
    stranger = amina.client.application.test_client()
    stranger.set_cookie("language", "en")

    page = stranger.get(f"/m/{tag}")

    assert page.status_code == 200
    assert "Tractor one" in page.text
    assert "reserved" in page.text
    assert "Amina" not in page.text
    assert "Amina" in amina.get(f"/m/{tag}").text


def test_a_renewed_sticker_makes_the_old_one_worthless(
    app: Flask, manager: Visitor, tractor_id: UUID, settle: Settle
) -> None:
    old = settle(lambda session: fleet.machine(session, tractor_id).tag)

    manager.post(f"/machines/{tractor_id}/sticker", {"edition": "1"})

    new = settle(lambda session: fleet.machine(session, tractor_id).tag)
    assert new != old
    assert app.test_client().get(f"/m/{old}").status_code == 404
    assert app.test_client().get(f"/m/{new}").status_code == 200
    assert app.test_client().get(f"/m/{uuid4().hex}").status_code == 404


def test_no_api_tells_the_secret_of_a_sticker(
    manager: Visitor, tractor_id: UUID, settle: Settle
) -> None:
    tag = settle(lambda session: fleet.machine(session, tractor_id).tag)

    assert tag not in manager.get("/api/v1/machines").text
