"""Where one is signed in, on which device, as whom, and in which cooperative."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from coopfarm.members import actions, rules
from coopfarm.members.models import Account, Cooperative, CountedTries, Member, SignIn
from coopfarm.store.acts import Act
from coopfarm.store.db import Database
from tests.conftest import PEPPER, Clock
from tests.factories.members import DOOR, PIN, Visitor, make_member

ME = "/api/v1/me"
PASSWORD = "the mill by the river"
ANOTHER = "eleven green olives"


@pytest.fixture
def amina(app: Flask, visitor: Callable[..., Visitor]) -> Visitor:
    """Amina at her own phone, where she just signed in."""
    settled = visitor(name="Amina")
    phone = Visitor(app.test_client(), settled.member_id, settled.phone)
    phone.sign_in()
    return phone


@pytest.fixture
def clerk(
    app: Flask, visitor: Callable[..., Visitor], database: Database, cooperative_id: int
) -> Visitor:
    """Mariam at the console of the office."""
    with database.transaction(cooperative_id) as session:
        member = make_member(session, "auditor", name="Mariam")
        actions.open_account(session, member, login="mariam", secret=PASSWORD, pepper=PEPPER)
        member_id = member.id
    console = Visitor(app.test_client(), member_id, "mariam")
    console.post("/sign-in", {"name": "mariam", "secret": PASSWORD, "console": "1"}, page=DOOR)
    return console


def is_in(who: Visitor) -> bool:
    return who.get(ME).status_code == 200


def another_device(app: Flask, who: Visitor) -> Visitor:
    there = Visitor(app.test_client(), who.member_id, who.phone)
    there.post(
        "/sign-in",
        {"name": who.phone, "secret": PIN},
        page=DOOR,
        headers={"User-Agent": "Mozilla/5.0 (Android 13; Mobile) Firefox/127.0"},
    )
    return there


def account_page(who: Visitor) -> str:
    who.client.set_cookie("language", "en")
    return who.get("/account").text


def handle_on(page: str) -> str:
    """What ends the session on the other device."""
    there = page[page.index("Firefox on Android") :]
    found = re.search(r'name="session" value="([0-9a-f]{16})"', there)
    assert found is not None
    return found.group(1)


def test_the_own_sessions_are_listed_and_one_is_ended(amina: Visitor, app: Flask) -> None:
    lost = another_device(app, amina)
    page = account_page(amina)

    amina.post("/account/sessions/end", {"session": handle_on(page)}, page="/account")

    assert "Firefox on Android" in page
    assert page.count("<span>this one</span>") == 1
    assert (is_in(amina), is_in(lost)) == (True, False)


def test_all_other_sessions_are_ended_at_once(amina: Visitor, app: Flask) -> None:
    others = [another_device(app, amina) for _ in range(2)]

    amina.post("/account/sessions/end", {"session": "others"}, page="/account")

    assert is_in(amina)
    assert not any(is_in(one) for one in others)


def test_who_is_suspended_still_ends_the_session_of_a_lost_phone(
    amina: Visitor, app: Flask, database: Database, cooperative_id: int
) -> None:
    lost = another_device(app, amina)
    with database.transaction(cooperative_id) as session:
        session.get_one(Member, (cooperative_id, amina.member_id)).state = "suspended"

    amina.post("/account/sessions/end", {"session": "others"}, page="/account")

    assert (is_in(amina), is_in(lost)) == (True, False)


def test_nobody_ends_a_session_of_somebody_else(
    amina: Visitor, visitor: Callable[..., Visitor], app: Flask
) -> None:
    another_device(app, amina)
    handle = handle_on(account_page(amina))
    hamid = visitor(name="Hamid")

    answer = hamid.post("/account/sessions/end", {"session": handle}, page="/account")

    assert answer.status_code == 404
    assert is_in(amina)


def test_a_manager_ends_the_sessions_of_a_lost_phone(
    amina: Visitor, visitor: Callable[..., Visitor]
) -> None:
    manager = visitor("manager")

    manager.post(f"/members/{amina.member_id}/sessions/end", page="/members")

    assert (is_in(amina), is_in(manager)) == (False, True)


def test_the_console_is_left_after_an_hour_without_a_request(clerk: Visitor, clock: Clock) -> None:
    kept = []
    for minutes in (59, 59, 61):
        clock.forward(minutes=minutes)
        kept.append(is_in(clerk))

    assert kept == [True, True, False]


def test_the_console_is_left_after_twelve_hours_in_any_case(clerk: Visitor, clock: Clock) -> None:
    kept = []
    for _ in range(24):
        clock.forward(minutes=30)
        kept.append(is_in(clerk))

    assert kept == [True] * 23 + [False]


def test_a_member_is_not_sent_away_after_an_hour(amina: Visitor, clock: Clock) -> None:
    clock.forward(days=29)

    assert is_in(amina)


def test_the_device_shows_who_came_in_before_and_asks_the_pin_alone(amina: Visitor) -> None:
    amina.post("/sign-out")
    door = amina.get("/sign-in").text
    who = re.search(r"/sign-in\?who=([0-9a-f]{32})", door)
    assert who is not None
    asked = amina.get(f"/sign-in?who={who.group(1)}").text

    amina.post("/sign-in", {"who": who.group(1), "secret": PIN}, page=f"/sign-in?who={who[1]}")

    assert "Amina" in door
    assert 'name="name"' not in asked
    assert is_in(amina)


def test_a_name_is_forgotten_on_the_device(amina: Visitor) -> None:
    amina.post("/sign-out")
    who = re.search(r"who=([0-9a-f]{32})", amina.get("/sign-in").text)
    assert who is not None

    amina.post("/sign-in/forget", {"who": who[1]}, page=f"/sign-in?who={who[1]}")

    assert "Amina" not in amina.get("/sign-in").text


def test_a_device_cookie_of_ones_own_making_is_worth_nothing(amina: Visitor, app: Flask) -> None:
    cookie = amina.client.get_cookie("coopfarm-device")
    forger = Visitor(app.test_client(), amina.member_id, amina.phone)
    forger.client.set_cookie("coopfarm-device", (cookie.value if cookie else "")[:-3] + "xxx")

    assert "Amina" not in forger.get("/sign-in").text


def test_the_door_of_a_known_device_is_kept_by_no_cache(amina: Visitor) -> None:
    amina.post("/sign-out")

    assert amina.get("/sign-in").headers["Cache-Control"] == "no-store"


def household(database: Database, cooperative_id: int, amina: Visitor, pin: str) -> None:
    """Hassan has the same number."""
    with database.transaction(cooperative_id) as session:
        hassan = make_member(session, name="Hassan", phone=amina.phone)
        actions.open_account(session, hassan, phone=amina.phone, secret=pin, pepper=PEPPER)


def test_the_pin_tells_people_with_one_number_apart(
    amina: Visitor, database: Database, cooperative_id: int, app: Flask
) -> None:
    household(database, cooperative_id, amina, "582641")
    phone = Visitor(app.test_client(), amina.member_id, amina.phone)

    names = []
    for pin in ("582641", PIN):
        phone.sign_in(pin)
        names.append(phone.get(ME).json["name"])
        phone.post("/sign-out")

    tiles = phone.get("/sign-in").text
    assert names == ["Hassan", "Amina"]
    assert "Hassan" in tiles
    assert "Amina" in tiles


def test_who_have_the_same_pin_say_which_name_is_theirs(
    amina: Visitor, database: Database, cooperative_id: int, app: Flask
) -> None:
    household(database, cooperative_id, amina, PIN)
    phone = Visitor(app.test_client(), amina.member_id, amina.phone)
    asked = phone.sign_in()
    was_in = is_in(phone)
    ids = dict(re.findall(r'value="([0-9a-f]{32})">.*?<bdi>(\w+)</bdi>', asked.text))
    token = re.search(r'name="csrf_token" value="([^"]+)"', asked.text)
    assert token is not None
    hassan = next(one for one, name in ids.items() if name == "Hassan")

    phone.client.post("/sign-in/who", data={"csrf_token": token[1], "who": hassan})

    assert not was_in
    assert sorted(ids.values()) == ["Amina", "Hassan"]
    assert phone.get(ME).json["name"] == "Hassan"


def test_nobody_chooses_a_name_whose_pin_they_did_not_show(
    amina: Visitor, database: Database, app: Flask
) -> None:
    with database.reading() as session:
        account = session.scalars(select(Account.id)).one()
    stranger = Visitor(app.test_client(), amina.member_id, "")

    stranger.post("/sign-in/who", {"who": account.hex}, page=DOOR)

    assert not is_in(stranger)


def test_a_number_takes_five_people(database: Database, cooperative_id: int) -> None:
    with database.transaction(cooperative_id) as session:
        for _ in range(5):
            member = make_member(session)
            actions.open_account(session, member, phone="+201012345678", secret=PIN, pepper=PEPPER)
        sixth = make_member(session)

        with pytest.raises(rules.NumberFull):
            actions.open_account(session, sixth, phone="+201012345678", secret=PIN, pepper=PEPPER)


def test_a_known_device_is_not_locked_out_by_others(amina: Visitor, app: Flask) -> None:
    stranger = Visitor(app.test_client(), amina.member_id, amina.phone)
    for _ in range(6):
        stranger.sign_in("582640")
    amina.post("/sign-out")

    elsewhere = stranger.sign_in()
    at_home = amina.sign_in()

    assert (elsewhere.status_code, at_home.status_code) == (403, 303)


def changed(who: Visitor, present: str, wanted: str, again: str = "") -> TestResponse:
    sent = {"present": present, "wanted": wanted, "again": again or wanted}
    return who.post("/account/secret", sent, page="/account/secret")


def test_a_new_pin_takes_the_present_one_and_ends_the_other_sessions(
    amina: Visitor, app: Flask
) -> None:
    other = another_device(app, amina)

    refused = [
        changed(amina, "582640", "582641"),
        changed(amina, PIN, "582641", "582642"),
        changed(amina, PIN, "123456"),
    ]
    still_in = is_in(other)
    done = changed(amina, PIN, "٥٨٢٦٤١")

    assert [one.status_code for one in refused] == [422, 422, 422]
    assert still_in
    assert done.status_code == 303
    assert (is_in(amina), is_in(other)) == (True, False)
    assert other.sign_in("582641").status_code == 303


def test_a_new_password_is_no_name_that_is_known_here(clerk: Visitor) -> None:
    refused = [changed(clerk, PASSWORD, word) for word in ("Al-Nur2026", "mariam123", "iloveyou")]
    done = changed(clerk, PASSWORD, ANOTHER)

    assert [one.status_code for one in (*refused, done)] == [422, 422, 422, 303]


def test_who_found_an_open_phone_cannot_try_pins_on_the_page_that_changes_it(
    amina: Visitor, clock: Clock
) -> None:
    for _ in range(5):
        changed(amina, "582640", "582641")

    too_soon = changed(amina, PIN, "582641")
    clock.forward(minutes=15)
    in_time = changed(amina, PIN, "582641")

    assert (too_soon.status_code, in_time.status_code) == (403, 303)


def test_no_hash_of_a_form_can_be_searched_for_the_pin_that_was_in_it(
    amina: Visitor, settings: object, onlooker: Database
) -> None:
    changed(amina, PIN, "582641")
    with onlooker.reading() as session:
        kept = set(session.scalars(select(Act.body_hash)))

    form = [("again", "582641"), ("present", PIN), ("wanted", "582641")]
    assert hashlib.sha256(json.dumps(form).encode()).hexdigest() not in kept


@pytest.fixture
def second_home(database: Database, clock: Clock, amina: Visitor, cooperative_id: int) -> int:
    """Another cooperative, of which Amina is a member too."""
    with database.transaction() as session:
        home = Cooperative(name="Al-Amal", timezone="UTC", locale="en_GB", made_at=clock.now)
        session.add(home)
        session.flush()
        home_id = home.id
    with database.transaction(cooperative_id) as session:
        account_id = session.get_one(Member, (cooperative_id, amina.member_id)).account_id
    with database.transaction(home_id) as session:
        make_member(session, name="Amina", account_id=account_id)
    return home_id


def test_a_member_of_two_cooperatives_chooses_and_changes_under_a_new_token(
    amina: Visitor, second_home: int, app: Flask
) -> None:
    phone = Visitor(app.test_client(), amina.member_id, amina.phone)
    entered = phone.sign_in()
    page = phone.get(entered.location).text
    before = phone.client.get_cookie("coopfarm")
    (there,) = re.findall(r'value="([0-9a-f-]{36})">\s*<svg.*?<bdi>Al-Amal', page, re.DOTALL)[-1:]
    chosen = re.findall(r'name="member" value="([0-9a-f-]{36})"', page)
    other = next(one for one in chosen if one != str(amina.member_id))

    phone.post("/account/cooperatives", {"member": other}, page="/account/cooperatives")
    thief = Visitor(app.test_client(), amina.member_id, amina.phone)
    thief.client.set_cookie("coopfarm", before.value if before else "")

    assert entered.location.startswith("/account/cooperatives")
    assert there in chosen
    assert phone.get(ME).json["cooperative"] == "Al-Amal"
    assert not is_in(thief)


def test_nobody_changes_to_a_cooperative_of_others(
    amina: Visitor, database: Database, clock: Clock
) -> None:
    with database.transaction() as session:
        home = Cooperative(name="Al-Amal", timezone="UTC", locale="en_GB", made_at=clock.now)
        session.add(home)
        session.flush()
        session.cooperative_id = home.id
        member_id = str(make_member(session, name="Salwa").id)

    answer = amina.post("/account/cooperatives", {"member": member_id}, page="/account")

    assert answer.status_code == 404
    assert amina.get(ME).json["cooperative"] == "Al-Nur"


def test_sessions_of_a_person_end_in_all_their_cooperatives(
    amina: Visitor, second_home: int, app: Flask
) -> None:
    there = Visitor(app.test_client(), amina.member_id, amina.phone)
    there.sign_in()
    page = there.get("/account/cooperatives").text
    chosen = re.findall(r'name="member" value="([0-9a-f-]{36})"', page)
    other = next(one for one in chosen if one != str(amina.member_id))
    there.post("/account/cooperatives", {"member": other}, page="/account/cooperatives")

    amina.post("/account/sessions/end", {"session": "others"}, page="/account")

    assert (is_in(amina), is_in(there)) == (True, False)


def counts(database: Database, cooperative_id: int) -> list[int | None]:
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        return [
            session.scalar(select(func.count()).select_from(table))
            for table in (SignIn, Act, CountedTries)
        ]


def test_what_is_long_over_is_removed_and_a_second_time_nothing(
    amina: Visitor, database: Database, cooperative_id: int, clock: Clock
) -> None:
    changed(amina, "582640", "582641")
    changed(amina, PIN, "582641")
    before = counts(database, cooperative_id)

    seen = []
    for days in (8, 100, 100):
        with database.transaction() as session:
            actions.prune(session, clock.now + timedelta(days=days))
        seen.append(counts(database, cooperative_id))

    assert all(before)
    assert seen[0] == [*before[:2], 0]
    assert seen[1] == seen[2]
    assert seen[2][1:] == [0, 0]
