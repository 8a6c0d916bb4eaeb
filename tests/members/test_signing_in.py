"""Signing in and out, as somebody at the door meets it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from coopfarm.members import actions
from coopfarm.members.models import Account, Member, MemberRole, SignIn
from coopfarm.store.db import Database
from tests.conftest import PEPPER, Clock
from tests.factories.members import DOOR, PIN, Visitor, make_member

ME = "/api/v1/me"
WRONG = "582640"
PASSWORD = "the mill by the river"
NOBODY = "+201099999999"


@pytest.fixture
def amina(visitor: Callable[..., Visitor]) -> Visitor:
    return visitor(name="Amina")


@pytest.fixture
def at_the_door(app: Flask, amina: Visitor) -> Visitor:
    """Amina at a browser where nobody is signed in."""
    return Visitor(app.test_client(), amina.member_id, amina.phone)


def is_in(visitor: Visitor) -> bool:
    return visitor.get(ME).status_code == 200


def try_in_vain(visitor: Visitor, times: int, name: str | None = None) -> list[TestResponse]:
    sent = {"name": name or visitor.phone, "secret": WRONG}
    return [visitor.post("/sign-in", sent, page=DOOR) for _ in range(times)]


def text_of(answer: TestResponse) -> str:
    """The page without what differs from showing to showing, and without what was typed."""
    without_tokens = re.sub(r'(csrf_token|idempotency_key)" value="[^"]*"', "", answer.text)
    return re.sub(r"\+2010\d+", "", without_tokens)


def test_a_phone_number_and_a_pin_open_the_door(at_the_door: Visitor) -> None:
    answer = at_the_door.sign_in()

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert is_in(at_the_door)


@pytest.mark.parametrize(
    "pin", [PIN.translate(str.maketrans("0123456789", d)) for d in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹")]
)
def test_the_pin_may_be_typed_in_the_digits_of_the_hand(at_the_door: Visitor, pin: str) -> None:
    at_the_door.sign_in(pin)

    assert is_in(at_the_door)


def test_the_number_may_be_typed_as_it_is_dialled_here(at_the_door: Visitor) -> None:
    local = "0" + at_the_door.phone.removeprefix("+20")
    arabic = local.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))

    at_the_door.post("/sign-in", {"name": arabic, "secret": PIN}, page=DOOR)

    assert is_in(at_the_door)


def test_the_office_signs_in_with_a_name_and_a_password(
    at_the_door: Visitor, database: Database, cooperative_id: int
) -> None:
    with database.transaction(cooperative_id) as session:
        clerk = make_member(session, "auditor", name="Mariam")
        actions.open_account(session, clerk, login="Mariam", secret=PASSWORD, pepper=PEPPER)

    at_the_door.post("/sign-in", {"name": " mariam ", "secret": PASSWORD}, page=DOOR)

    assert at_the_door.get(ME).json["name"] == "Mariam"


def test_five_wrong_tries_close_the_door_for_fifteen_minutes_then_for_thirty(
    at_the_door: Visitor, clock: Clock
) -> None:
    try_in_vain(at_the_door, 4)
    at_the_door.sign_in()
    four_are_free = is_in(at_the_door)
    at_the_door.post("/sign-out", page="/")

    waited = []
    for minutes in (15, 30):
        try_in_vain(at_the_door, 5)
        clock.forward(minutes=minutes, seconds=-1)
        at_the_door.sign_in()
        waited.append(is_in(at_the_door))
        clock.forward(seconds=1)

    at_the_door.sign_in()
    assert four_are_free
    assert waited == [False, False]
    assert is_in(at_the_door)


def test_getting_in_gives_the_free_tries_back(at_the_door: Visitor, database: Database) -> None:
    try_in_vain(at_the_door, 3)

    at_the_door.sign_in()

    with database.reading() as session:
        account = session.scalars(select(Account)).one()
    assert (account.failures, account.locked_until) == (0, None)


def test_whether_somebody_has_an_account_cannot_be_found_out_by_trying(
    at_the_door: Visitor,
) -> None:
    known = try_in_vain(at_the_door, 7)
    unknown = try_in_vain(at_the_door, 7, NOBODY)

    assert {answer.status_code for answer in (*known, *unknown)} == {403}
    assert len({text_of(answer) for answer in (*known, *unknown)}) == 1


def test_a_locked_door_says_no_to_the_right_pin_as_to_a_wrong_one(at_the_door: Visitor) -> None:
    wrong = try_in_vain(at_the_door, 6)[-1]

    right = at_the_door.sign_in()

    assert (right.status_code, text_of(right)) == (wrong.status_code, text_of(wrong))


def test_tries_in_vain_are_counted_although_they_are_refused(
    at_the_door: Visitor, database: Database
) -> None:
    try_in_vain(at_the_door, 2)

    with database.reading() as session:
        assert session.scalars(select(Account.failures)).one() == 2


def test_secrets_and_tokens_are_kept_as_nothing_that_could_be_used(
    hashed_at_full_cost: None, amina: Visitor, onlooker: Database
) -> None:
    with onlooker.reading() as session:
        secret_hash = session.scalars(select(Account.secret_hash)).one()
        token_hash = session.scalars(select(SignIn.token_hash)).one()

    assert secret_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PIN not in secret_hash
    assert len(token_hash) == 64


def test_each_signing_in_gets_a_token_of_its_own(at_the_door: Visitor, onlooker: Database) -> None:
    at_the_door.sign_in()

    with onlooker.reading() as session:
        assert len(set(session.scalars(select(SignIn.token_hash)))) == 2


def test_signing_out_ends_the_session_on_the_server(amina: Visitor, app: Flask) -> None:
    cookie = amina.client.get_cookie("coopfarm")
    thief = Visitor(app.test_client(), amina.member_id, amina.phone)
    thief.client.set_cookie("coopfarm", cookie.value if cookie else "")
    was_in = is_in(thief)

    answer = amina.post("/sign-out", page="/")

    assert was_in
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert not is_in(amina)
    assert not is_in(thief)


def test_a_members_session_ends_after_thirty_days_and_the_offices_after_twelve_hours(
    amina: Visitor,
    at_the_door: Visitor,
    clock: Clock,
    database: Database,
    cooperative_id: int,
) -> None:
    with database.transaction(cooperative_id) as session:
        clerk = make_member(session, "auditor", name="Mariam")
        actions.open_account(session, clerk, login="mariam", secret=PASSWORD, pepper=PEPPER)
    at_the_door.post("/sign-in", {"name": "mariam", "secret": PASSWORD}, page=DOOR)

    clock.forward(hours=12)
    after_hours = (is_in(amina), is_in(at_the_door))
    clock.forward(days=30)

    assert after_hours == (True, False)
    assert not is_in(amina)


def test_a_role_that_changes_counts_from_the_next_request(
    visitor: Callable[..., Visitor], database: Database, cooperative_id: int
) -> None:
    manager = visitor("manager")
    before = manager.get("/members").status_code
    with database.transaction(cooperative_id) as session:
        role = session.scalars(
            select(MemberRole).where(MemberRole.member_id == manager.member_id)
        ).one()
        role.role = "member"

    after = manager.get("/members").status_code

    assert (before, after) == (200, 403)


def test_who_has_left_is_out_at_once_and_cannot_come_back(
    amina: Visitor, at_the_door: Visitor, database: Database, cooperative_id: int, clock: Clock
) -> None:
    with database.transaction(cooperative_id) as session:
        member = session.get_one(Member, (cooperative_id, amina.member_id))
        member.state, member.left_on = "left", clock.now.date()

    refused = at_the_door.sign_in()

    assert not is_in(amina)
    assert refused.status_code == 403
    assert not is_in(at_the_door)


def test_the_door_leads_to_no_other_house(at_the_door: Visitor) -> None:
    elsewhere = [
        "http://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "/\t/evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
    ]
    sent = {"name": at_the_door.phone, "secret": PIN}
    at_the_door.sign_in()

    entered = [
        at_the_door.post("/sign-in", sent | {"next": target}, page="/").headers["Location"]
        for target in elsewhere
    ]
    language = [
        at_the_door.get("/language/en", query_string={"next": target}).headers["Location"]
        for target in elsewhere
    ]

    assert set(entered) == set(language) == {"/"}


def test_the_door_leads_to_the_page_that_was_asked_for(app: Flask, at_the_door: Visitor) -> None:
    asked = at_the_door.get("/members?words=Amina")

    sent = {"name": at_the_door.phone, "secret": PIN, "next": "/members?words=Amina"}
    entered = at_the_door.post("/sign-in", sent, page=DOOR)

    assert asked.headers["Location"] == "/sign-in?next=/members?words%3DAmina"
    assert entered.headers["Location"] == "/members?words=Amina"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(at_the_door: Visitor) -> None:
    cookie = at_the_door.sign_in().headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_changed_cookie_is_worth_nothing(amina: Visitor) -> None:
    cookie = amina.client.get_cookie("coopfarm")
    forged = (cookie.value if cookie else "")[:-2] + "xx"

    amina.client.set_cookie("coopfarm", forged)

    assert not is_in(amina)


def test_the_language_chosen_stays_on_the_device(at_the_door: Visitor) -> None:
    first = at_the_door.get("/sign-in", headers={"Accept-Language": "en"}).text
    at_the_door.get("/language/ar")
    chosen = at_the_door.get("/sign-in", headers={"Accept-Language": "en"}).text
    at_the_door.get("/language/xx")
    still = at_the_door.get("/sign-in", headers={"Accept-Language": "en"}).text

    directions: list[Any] = ['dir="rtl"' in page for page in (first, chosen, still)]
    assert directions == [False, True, True]


def test_a_member_is_answered_in_the_members_own_language(
    amina: Visitor, database: Database, cooperative_id: int
) -> None:
    of_the_cooperative = amina.get(ME, headers={"Accept-Language": "en"}).json["locale"]
    with database.transaction(cooperative_id) as session:
        session.get_one(Member, (cooperative_id, amina.member_id)).locale = "en_GB"

    own = amina.get(ME, headers={"Accept-Language": "ar"}).json["locale"]

    assert (of_the_cooperative, own) == ("ar_EG", "en_GB")
