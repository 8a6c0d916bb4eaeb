"""The second factor of manager, treasurer and officer, as they meet it."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, select

from coopfarm.members.models import Account, Member, MemberRole, SecondFactor
from coopfarm.store.audit import AuditEvent
from coopfarm.store.db import Database
from tests.conftest import Clock
from tests.factories.members import Visitor

ME = "/api/v1/me"
FACTOR = "/sign-in/second-factor"
WRONG = "000000"


@pytest.fixture
def manager(app: Flask, visitor: Callable[..., Visitor]) -> Visitor:
    """A manager with an authenticator, who has shown the PIN and not yet the code."""
    settled = visitor("manager", name="Mariam")
    at_the_door = Visitor(app.test_client(), settled.member_id, settled.phone, settled.key)
    at_the_door.sign_in()
    return at_the_door


@pytest.fixture
def new_manager(manager: Visitor, database: Database) -> Visitor:
    """The same, before an authenticator was set up."""
    with database.transaction() as session:
        session.execute(delete(SecondFactor))
    return manager


def is_in(who: Visitor) -> bool:
    return who.get(ME).status_code == 200


def key_on(page: str) -> str:
    found = re.search(r"([A-Z2-7]{4}(?: [A-Z2-7]{4}){7})", page)
    assert found is not None
    return found.group(1).replace(" ", "")


def codes_on(page: str) -> list[str]:
    return re.findall(r">([a-z2-9]{5}-[a-z2-9]{5})<", page)


@pytest.mark.parametrize("role", ["manager", "treasurer", "officer"])
def test_the_pin_alone_opens_no_page_to_whoever_looks_after_others(
    app: Flask, visitor: Callable[..., Visitor], clock: Clock, role: str
) -> None:
    settled = visitor(role)
    who = Visitor(app.test_client(), settled.member_id, settled.phone, settled.key)
    who.sign_in()

    asked = who.get("/members", follow_redirects=True)
    before = (is_in(who), asked.request.path)
    shown = who.give_code(who.code_at(clock.now))

    assert before == (False, FACTOR)
    assert (shown.status_code, is_in(who)) == (303, True)


@pytest.mark.parametrize("role", ["member", "water_master", "auditor", "agent"])
def test_others_are_not_asked_for_one(
    app: Flask, visitor: Callable[..., Visitor], role: str
) -> None:
    settled = visitor(role)
    who = Visitor(app.test_client(), settled.member_id, settled.phone)

    who.sign_in()

    assert is_in(who)


def test_a_code_is_taken_once(manager: Visitor, clock: Clock, app: Flask) -> None:
    code = manager.code_at(clock.now)
    thief = Visitor(app.test_client(), manager.member_id, manager.phone)
    thief.sign_in()
    manager.give_code(code)

    again = thief.give_code(code)

    assert is_in(manager)
    assert (again.status_code, is_in(thief)) == (403, False)


def test_five_wrong_codes_lock_for_fifteen_minutes(manager: Visitor, clock: Clock) -> None:
    refused = {manager.give_code(WRONG).status_code for _ in range(5)}

    too_soon = manager.give_code(manager.code_at(clock.now))
    clock.forward(minutes=15)
    in_time = manager.give_code(manager.code_at(clock.now))

    assert refused == {403}
    assert (too_soon.status_code, in_time.status_code) == (403, 303)


def test_showing_the_code_makes_another_token(manager: Visitor, clock: Clock, app: Flask) -> None:
    cookie = manager.client.get_cookie("coopfarm")
    manager.give_code(manager.code_at(clock.now))

    thief = Visitor(app.test_client(), manager.member_id, manager.phone)
    thief.client.set_cookie("coopfarm", cookie.value if cookie else "")

    assert is_in(manager)
    assert thief.get(FACTOR).status_code == 303
    assert not is_in(thief)


def test_at_the_first_sign_in_an_authenticator_is_set_up_and_codes_for_paper_are_shown(
    new_manager: Visitor, clock: Clock
) -> None:
    page = new_manager.get(FACTOR).text
    new_manager.key = key_on(page)

    done = new_manager.give_code(new_manager.code_at(clock.now))
    codes = codes_on(new_manager.get(done.location).text)
    clock.forward(minutes=11)
    later = new_manager.get(done.location)

    assert 'class="segno"' in page
    assert is_in(new_manager)
    assert len(set(codes)) == 8
    assert later.status_code == 404


def test_a_recovery_code_opens_the_door_once(
    new_manager: Visitor, clock: Clock, app: Flask
) -> None:
    new_manager.key = key_on(new_manager.get(FACTOR).text)
    done = new_manager.give_code(new_manager.code_at(clock.now))
    code = codes_on(new_manager.get(done.location).text)[4]

    entered = []
    for _ in range(2):
        who = Visitor(app.test_client(), new_manager.member_id, new_manager.phone)
        who.sign_in()
        who.give_code(code.upper())
        entered.append(is_in(who))

    assert entered == [True, False]


def test_the_database_has_neither_keys_nor_codes(
    new_manager: Visitor, clock: Clock, database: Database
) -> None:
    key = key_on(new_manager.get(FACTOR).text)
    new_manager.key = key
    done = new_manager.give_code(new_manager.code_at(clock.now))
    codes = codes_on(new_manager.get(done.location).text)

    with database.reading() as session:
        kept = session.scalars(select(SecondFactor)).one()
    written = str(vars(kept))

    assert key not in written
    assert not any(code in written for code in codes)


def test_later_is_for_development_alone(new_manager: Visitor, app: Flask) -> None:
    new_manager.client.set_cookie("language", "en")
    page = new_manager.get(FACTOR).text

    new_manager.post(f"{FACTOR}/later", page=FACTOR)

    assert "Set it up later" in page
    assert is_in(new_manager)
    assert "not set up yet" in new_manager.get("/account").text


def test_nobody_with_an_authenticator_puts_it_off(manager: Visitor) -> None:
    answer = manager.post(f"{FACTOR}/later", page=FACTOR)

    assert answer.status_code == 403
    assert not is_in(manager)


def test_a_role_with_that_duty_asks_for_it_from_the_next_request(
    visitor: Callable[..., Visitor], database: Database, cooperative_id: int, app: Flask
) -> None:
    settled = visitor("member")
    farmer = Visitor(app.test_client(), settled.member_id, settled.phone)
    farmer.sign_in()
    before = is_in(farmer)
    with database.transaction(cooperative_id) as session:
        session.add(MemberRole(member_id=farmer.member_id, role="treasurer"))

    after = is_in(farmer)

    assert (before, after) == (True, False)


def test_another_manager_resets_what_is_lost_and_the_audit_keeps_it(
    manager: Visitor,
    visitor: Callable[..., Visitor],
    database: Database,
    cooperative_id: int,
    clock: Clock,
) -> None:
    manager.give_code(manager.code_at(clock.now))
    other = visitor("manager", name="Salwa")

    answer = other.post(f"/members/{manager.member_id}/second-factor/reset", page="/members")

    assert answer.status_code == 303
    assert not is_in(manager)
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        account_id = session.get_one(Member, (cooperative_id, manager.member_id)).account_id
        left = session.scalars(select(SecondFactor.account_id)).all()
        verbs = session.scalars(select(AuditEvent.verb)).all()
    assert account_id not in left
    assert "second-factor.reset" in verbs


def test_nobody_resets_their_own(visitor: Callable[..., Visitor]) -> None:
    manager = visitor("manager")

    answer = manager.post(f"/members/{manager.member_id}/second-factor/reset", page="/members")

    assert answer.status_code == 409
    assert is_in(manager)


def test_a_program_signs_in_with_the_code_beside_the_secret(
    manager: Visitor, clock: Clock, app: Flask
) -> None:
    program = Visitor(app.test_client(), manager.member_id, manager.phone, manager.key)
    sent = {"name": program.phone, "secret": "407319"}

    without = program.send("POST", "/api/v1/sign-in", sent)
    wrong = program.send("POST", "/api/v1/sign-in", sent | {"code": WRONG})
    still_out = is_in(program)
    right = program.send("POST", "/api/v1/sign-in", sent | {"code": program.code_at(clock.now)})

    assert (without.status_code, without.json["code"]) == (403, "second-factor-needed")
    assert (wrong.status_code, wrong.json["code"]) == (403, "second-factor-wrong")
    assert not still_out
    assert (right.status_code, right.json["roles"]) == (200, ["manager"])
    assert is_in(program)


def test_a_programs_wrong_pins_are_counted_as_a_persons(
    manager: Visitor, app: Flask, database: Database
) -> None:
    program = Visitor(app.test_client(), manager.member_id, manager.phone)
    sent = {"name": program.phone, "secret": "582640"}

    refused = program.send("POST", "/api/v1/sign-in", sent)

    assert (refused.status_code, refused.json["code"]) == (403, "not-recognised")
    with database.reading() as session:
        assert session.scalars(select(Account.failures)).one() == 1
