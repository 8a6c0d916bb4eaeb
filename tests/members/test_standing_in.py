"""A trusted helper acts for a member: with consent, in the open, and until it is ended."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from coopfarm.members.models import Consent, Cooperative, CountedTries, Member, SignIn
from coopfarm.store import audit
from coopfarm.store.audit import AuditEvent
from coopfarm.store.db import Database
from tests.conftest import Clock
from tests.factories.members import PIN, Visitor

Make = Callable[..., Visitor]


@pytest.fixture
def fatima(visitor: Make) -> Visitor:
    found = visitor(name="Fatima", number="M-0017")
    found.client.set_cookie("language", "en")
    return found


@pytest.fixture
def omar(visitor: Make) -> Visitor:
    found = visitor("member", "agent", name="Omar", number="M-0018")
    found.client.set_cookie("language", "en")
    return found


def consent(database: Database, home: int, **wanted: Any) -> Consent:
    with database.reading() as session:
        session.cooperative_id = home
        query = select(Consent).order_by(Consent.given_at.desc()).filter_by(**wanted)
        return session.scalars(query).first()


def acts(database: Database, home: int) -> list[AuditEvent]:
    with database.reading() as session:
        session.cooperative_id = home
        return [*audit.history(session, limit=50)]


@pytest.fixture
def stood_in(fatima: Visitor, omar: Visitor, database: Database, cooperative_id: int) -> Consent:
    """Omar acts for Fatima."""
    fatima.post("/helpers", {"who": "m-0018"})
    found = consent(database, cooperative_id)
    assert omar.post(f"/helpers/{found.id}/begin").status_code == 303
    return found


def test_a_member_lets_a_helper_act_and_both_see_it(fatima: Visitor, omar: Visitor) -> None:
    answer = fatima.post("/helpers", {"who": "Omar", "until": "2026-08-01"})

    mine, theirs = fatima.get("/helpers").text, omar.get("/helpers").text

    assert answer.status_code == 303
    assert "Omar" in mine
    assert "1 August" in mine
    assert "Act for Fatima" in theirs


def test_the_helper_is_shown_on_every_page_and_has_the_rights_of_a_member_alone(
    visitor: Make, fatima: Visitor, database: Database, cooperative_id: int
) -> None:
    manager = visitor("manager", name="Mariam", number="M-0001")
    manager.client.set_cookie("language", "en")
    fatima.post("/helpers", {"who": "M-0001"})
    found = consent(database, cooperative_id)

    manager.post(f"/helpers/{found.id}/begin")
    pages = [manager.get(path) for path in ("/", "/members/me", "/members/me/history")]
    office = manager.get("/members").status_code
    manager.post("/helpers/stop")
    after = manager.get("/members")

    assert all("Mariam, you are acting for Fatima." in page.text for page in pages)
    assert (office, after.status_code) == (403, 200)
    assert "you are acting for" not in after.text


def test_a_helper_is_led_to_no_sign_in_of_the_other(omar: Visitor, stood_in: Consent) -> None:
    pages = [omar.get(path).text for path in ("/", "/members/me")]

    assert omar.get("/account").status_code == 403
    assert not any('href="/account"' in page for page in pages)


def test_every_act_shows_who_did_it_for_whom(
    stood_in: Consent, omar: Visitor, fatima: Visitor, database: Database, cooperative_id: int
) -> None:
    omar.post("/members/me/phone", {"shares": "1"})

    done = acts(database, cooperative_id)[0]
    history = re.sub(r"<[^>]+>|\s+", " ", fatima.get("/members/me/history").text)
    assert done.verb == "phone.share"
    assert (done.actor_id, done.on_behalf_of) == (omar.member_id, fatima.member_id)
    assert "Omar for Fatima : chose whether neighbours see" in " ".join(history.split())


def test_once_the_consent_is_ended_the_next_request_is_the_helpers_own(
    stood_in: Consent, omar: Visitor, fatima: Visitor
) -> None:
    before = omar.get("/api/v1/me").json["name"]
    fatima.post(f"/helpers/{stood_in.id}/end")

    after = omar.get("/api/v1/me").json

    assert before == "Fatima"
    assert (after["name"], after["roles"]) == ("Omar", ["agent", "member"])


def test_a_consent_holds_until_its_day(
    fatima: Visitor, omar: Visitor, database: Database, cooperative_id: int, clock: Clock
) -> None:
    fatima.post("/helpers", {"who": "Omar", "until": "2026-07-02"})
    found = consent(database, cooperative_id)
    omar.post(f"/helpers/{found.id}/begin")
    clock.forward(hours=20)
    on_the_day = omar.get("/api/v1/me").json["name"]

    clock.forward(days=1)

    assert on_the_day == "Fatima"
    assert omar.get("/api/v1/me").json["name"] == "Omar"
    assert omar.post(f"/helpers/{found.id}/begin").status_code == 404


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/helpers", {"who": "M-0018"}),
        ("/helpers/pin", {"who": "M-0018", "pin": PIN}),
        ("/members/me/record", {}),
        ("/account/secret", {}),
    ],
)
def test_what_is_each_persons_own_is_not_done_for_another(
    stood_in: Consent, omar: Visitor, path: str, sent: dict[str, str]
) -> None:
    answer = omar.post(path, sent)

    assert answer.status_code in (403, 405)


def test_nobody_acts_for_who_did_not_consent(
    stood_in: Consent, visitor: Make, fatima: Visitor
) -> None:
    stranger = visitor("agent", "manager", name="Stranger")

    answer = stranger.post(f"/helpers/{stood_in.id}/begin")

    assert answer.status_code == 404
    assert stranger.get("/api/v1/me").json["name"] == "Stranger"


@pytest.mark.parametrize("suspended", ["member", "helper"])
def test_who_is_suspended_neither_helps_nor_is_helped(
    stood_in: Consent, omar: Visitor, fatima: Visitor, visitor: Make, suspended: str
) -> None:
    manager = visitor("manager", name="Mariam")
    one = fatima if suspended == "member" else omar

    manager.post(f"/members/{one.member_id}/steps", {"step": "suspend", "reason": "Owes work"})

    assert omar.get("/api/v1/me").json["name"] == "Omar"
    again = omar.post(f"/helpers/{stood_in.id}/begin").status_code
    assert again == 403


def test_a_member_without_a_phone_consents_by_pin_on_the_helpers(
    fatima: Visitor, omar: Visitor, database: Database, cooperative_id: int
) -> None:
    answer = omar.post("/helpers/pin", {"who": "M-0017", "pin": "٤٠٧٣١٩"})

    found = consent(database, cooperative_id)
    assert answer.status_code == 303
    assert (found.given, found.member_id) == ("pin", fatima.member_id)
    assert omar.get("/api/v1/me").json["name"] == "Omar"
    with database.reading() as session:
        session.show_account(fatima.member_id)
        session.cooperative_id = cooperative_id
        running = select(SignIn).where(
            SignIn.member_id == fatima.member_id, SignIn.ended_at.is_(None)
        )
        assert len(session.scalars(running).all()) == 1


def test_the_office_sees_that_the_member_was_told_of_a_consent_by_pin(
    visitor: Make, fatima: Visitor, omar: Visitor
) -> None:
    manager = visitor("manager", name="Mariam")
    manager.client.set_cookie("language", "en")

    omar.post("/helpers/pin", {"who": "M-0017", "pin": PIN})
    page = manager.get("/sms")

    assert page.status_code == 200
    assert "notice to a member" in page.text
    assert "Omar" in manager.get("/dev/phone").text


def test_pins_tried_at_a_helpers_phone_count_as_at_the_door(
    fatima: Visitor, omar: Visitor, database: Database, cooperative_id: int
) -> None:
    wrong = [omar.post("/helpers/pin", {"who": "M-0017", "pin": f"{730158 + n}"}) for n in range(5)]

    right = omar.post("/helpers/pin", {"who": "M-0017", "pin": PIN})
    at_the_door = omar.client.application.test_client()
    unknown = omar.post("/helpers/pin", {"who": "M-9999", "pin": PIN})

    assert {answer.status_code for answer in wrong} == {422}
    assert right.status_code == 422
    assert said(right.text) == said(unknown.text)
    stranger = Visitor(at_the_door, fatima.member_id, fatima.phone)
    assert stranger.sign_in().status_code == 403
    assert consent(database, cooperative_id) is None
    with database.reading() as session:
        assert session.scalars(select(CountedTries)).first() is not None


def said(page: str) -> list[str]:
    return re.findall(r'class="error"[^>]*>(.*?)</span></span>', page, re.DOTALL)


def test_the_office_enters_a_consent_on_paper_and_says_where_it_is(
    visitor: Make, fatima: Visitor, omar: Visitor, database: Database, cooperative_id: int
) -> None:
    manager = visitor("manager", name="Mariam")
    path = f"/members/{fatima.member_id}/helpers"

    without = manager.post(path, {"who": "Omar"})
    entered = manager.post(path, {"who": "Omar", "note": "Green folder, page 12"})

    assert (without.status_code, entered.status_code) == (422, 303)
    assert consent(database, cooperative_id).given == "paper"
    assert acts(database, cooperative_id)[0].after["note"] == "Green folder, page 12"
    assert "Omar" in manager.get(path).text


def test_a_consent_of_the_same_two_is_given_again_after_its_day(
    fatima: Visitor, omar: Visitor, database: Database, cooperative_id: int, clock: Clock
) -> None:
    first = fatima.post("/helpers", {"who": "Omar", "until": "2026-07-02"}).status_code
    second = fatima.post("/helpers", {"who": "Omar"}).status_code
    clock.now += timedelta(days=5)

    third = fatima.post("/helpers", {"who": "Omar"}).status_code

    assert (first, second, third) == (303, 409, 303)


def test_an_officer_elsewhere_is_asked_and_agrees(
    visitor: Make, database: Database, clock: Clock, app: Any, cooperative_id: int
) -> None:
    with database.transaction() as session:
        other = Cooperative(
            name="Al-Salam", timezone="Africa/Cairo", locale="en_GB", made_at=clock.now
        )
        session.add(other)
        session.flush()
        there = other.id
    nadia = Visitor.settle(app, database, there, ("officer",), name="Nadia", number="N-1")
    nadia.client.set_cookie("language", "en")
    manager = visitor("manager", name="Mariam")

    known = manager.post("/members/officers", {"name": nadia.phone})
    unknown = manager.post("/members/officers", {"name": "+201099999999"})
    unseen = [manager.get(f"/members?state={s}&words=Nadia").text for s in ("", "applied")]
    asked = re.search(r'name="asked" value="([^"]+)"', nadia.get("/members/me").text)
    assert asked is not None
    nadia.post("/members/me/officer", {"asked": asked[1], "answer": "yes"})
    seen = manager.get("/members?words=Nadia").text
    nadia.post("/members/me/officer", {"asked": asked[1], "answer": "no"})
    gone = manager.get("/members?words=Nadia").text

    assert (known.status_code, known.headers["Location"]) == (303, unknown.headers["Location"])
    assert not any(asked[1] in page for page in unseen)
    assert asked[1] in seen
    assert asked[1] not in gone
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        found = session.scalars(select(Member).where(Member.name == "Nadia")).one()
        assert found.state == "left"
