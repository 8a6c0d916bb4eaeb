"""Coming in without a PIN: by a code on a phone, or by a card."""

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import segno
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from coopfarm.config import Settings
from coopfarm.members.models import Account, Cooperative, Enrolment, EnrolmentCard, Member
from coopfarm.members.queries import enrolment as known
from coopfarm.sms import rules as sms_rules
from coopfarm.sms.models import Message
from coopfarm.store.audit import AuditEvent
from coopfarm.store.db import Database
from tests.conftest import Clock
from tests.factories.members import PIN, Visitor, make_member

PHONE = "+201530000111"
AS_DIALLED = "٠١٥٣٠٠٠٠١١١"
OTHER_PIN = "582946"
ME = "/api/v1/me"


@pytest.fixture
def member(database: Database, cooperative_id: int) -> UUID:
    """Zaynab, accepted, who cannot sign in yet."""
    with database.transaction(cooperative_id) as session:
        who = make_member(session, name="Zaynab", number="M-147", phone=PHONE, state="accepted")
        return who.id


@pytest.fixture
def stranger(app: Flask) -> Callable[[], Visitor]:
    """Somebody at a browser of their own."""
    return lambda: Visitor(app.test_client(), uuid4(), PHONE)


@pytest.fixture
def handset(settings: Settings) -> Callable[[], list[str]]:
    """The texts that arrived at PHONE."""

    def read() -> list[str]:
        file = Path(settings.data_dir) / "handset.jsonl"
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        return [json.loads(line)["text"] for line in lines]

    return read


def ask(who: Visitor, phone: str = AS_DIALLED) -> TestResponse:
    return who.post("/enrol", {"phone": phone}, page="/enrol")


def code_in(text: str) -> str:
    found = re.search(r"\d{6}", text)
    assert found, text
    return found.group()


def type_code(who: Visitor, code: str) -> TestResponse:
    return who.post("/enrol/code", {"code": code}, page="/enrol")


def choose(who: Visitor, pin: str = PIN, **more: Any) -> TestResponse:
    return who.post("/enrol/pin", {"pin": pin, "again": pin, **more}, page="/enrol/pin")


def is_in(who: Visitor) -> bool:
    return who.get(ME).status_code == 200


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}"


def without_tokens(answer: TestResponse) -> str:
    text = re.sub(r'(csrf_token|idempotency_key)" value="[^"]*"', "", answer.text)
    return re.sub(r"\d{6,}|[٠-٩]{6,}", "", text)


@pytest.mark.usefixtures("member")
def test_a_code_on_the_phone_and_a_pin_open_the_door(
    stranger: Callable[[], Visitor], handset: Callable[[], list[str]]
) -> None:
    who = stranger()

    asked = ask(who)
    code = code_in(handset()[-1])
    typed = type_code(who, f" {code[:3]}-{code[3:]} ".translate(str.maketrans("0123", "٠١٢٣")))
    kept = choose(who)

    steps = [answer.headers.get("Location") for answer in (asked, typed, kept)]
    assert steps == ["/enrol/code", "/enrol/pin", "/"]
    assert who.get(ME).json["name"] == "Zaynab"


def test_who_came_in_is_an_active_member_and_signs_in_with_the_pin_from_now_on(
    stranger: Callable[[], Visitor],
    handset: Callable[[], list[str]],
    member: UUID,
    database: Database,
    cooperative_id: int,
) -> None:
    who, later = stranger(), stranger()
    ask(who)
    type_code(who, code_in(handset()[-1]))
    choose(who)

    later.sign_in()

    assert is_in(later)
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        found = session.scalars(select(Member).where(Member.id == member)).one()
        event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "pin-chosen")).one()
    assert found.state == "active"
    assert (event.actor_id, event.after) == (member, {"by": "sms"})


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.usefixtures("member")
def test_the_message_is_one_and_is_bound_to_our_pages(
    stranger: Callable[[], Visitor], handset: Callable[[], list[str]], language: str
) -> None:
    who = stranger()
    who.client.set_cookie("language", language)

    ask(who)

    text = handset()[-1]
    assert sms_rules.segments(text) == 1
    assert text.splitlines()[-1] == f"@localhost #{code_in(text)}"


@pytest.mark.usefixtures("member")
def test_whether_a_number_is_a_members_shows_nowhere(
    stranger: Callable[[], Visitor], handset: Callable[[], list[str]]
) -> None:
    pages: list[list[str]] = []
    for phone in (PHONE, "+201530000999"):
        who, seen = stranger(), []
        for _ in range(6):
            asked = ask(who, phone)
            seen.append(f"{asked.status_code} {asked.headers.get('Location')}")
        seen.append(without_tokens(asked))
        seen.append(without_tokens(who.get("/enrol/code")))
        for _ in range(11):
            tried = type_code(who, "000000")
            seen.append(f"{tried.status_code} {without_tokens(tried)}")
        pages.append(seen)

    assert pages[0] == pages[1]
    assert len(handset()) == 5


@pytest.mark.usefixtures("member")
def test_a_code_is_good_once_and_at_the_browser_that_asked(
    stranger: Callable[[], Visitor], handset: Callable[[], list[str]]
) -> None:
    who, thief = stranger(), stranger()
    ask(who)
    code = code_in(handset()[-1])

    elsewhere = type_code(thief, code)
    first = type_code(who, code)
    again = type_code(who, code)

    assert [a.status_code for a in (elsewhere, first, again)] == [403, 303, 403]
    assert thief.get("/enrol/pin").headers["Location"] == "/enrol"


@pytest.mark.parametrize(("minutes", "status"), [(9, 303), (10, 403)])
@pytest.mark.usefixtures("member")
def test_a_code_is_good_for_ten_minutes(
    stranger: Callable[[], Visitor],
    handset: Callable[[], list[str]],
    clock: Clock,
    minutes: int,
    status: int,
) -> None:
    who = stranger()
    ask(who)
    clock.forward(minutes=minutes)

    assert type_code(who, code_in(handset()[-1])).status_code == status


@pytest.mark.usefixtures("member")
def test_asking_again_keeps_the_code_before_good(
    stranger: Callable[[], Visitor], handset: Callable[[], list[str]], clock: Clock
) -> None:
    who = stranger()
    for _ in range(3):
        ask(who)
        clock.forward(seconds=30)
    first, second, _third = map(code_in, handset())

    assert type_code(who, first).status_code == 403
    assert type_code(who, second).status_code == 303


@pytest.mark.usefixtures("member")
def test_ten_wrong_codes_shut_the_number_for_a_day_for_the_right_one_too(
    stranger: Callable[[], Visitor], handset: Callable[[], list[str]], clock: Clock
) -> None:
    thief, who = stranger(), stranger()
    ask(thief)
    for _ in range(10):
        type_code(thief, wrong(code_in(handset()[-1])))
    ask(who)

    shut = type_code(who, code_in(handset()[-1]))
    clock.forward(hours=24)
    ask(who)
    open_again = type_code(who, code_in(handset()[-1]))

    assert (shut.status_code, open_again.status_code) == (403, 303)


@pytest.mark.usefixtures("member")
def test_five_codes_a_day_are_sent_to_a_number(
    stranger: Callable[[], Visitor], handset: Callable[[], list[str]], clock: Clock
) -> None:
    answers = [ask(stranger()).status_code for _ in range(6)]
    clock.forward(hours=24)
    tomorrow = ask(stranger())

    assert answers == [303] * 5 + [403]
    assert tomorrow.status_code == 303
    assert len(handset()) == 6


def test_a_cooperative_pays_for_so_many_codes_a_day(
    app: Flask,
    stranger: Callable[[], Visitor],
    handset: Callable[[], list[str]],
    database: Database,
    cooperative_id: int,
) -> None:
    app.extensions["coopfarm_settings"] = Settings(
        **{
            name: getattr(app.extensions["coopfarm_settings"], name)
            for name in Settings.__slots__
            if name != "sms_codes_a_day"
        },
        sms_codes_a_day=2,
    )
    with database.transaction(cooperative_id) as session:
        for serial in range(3):
            make_member(session, phone=f"+20153000020{serial}", state="accepted")

    answers = [ask(stranger(), f"+20153000020{serial}").status_code for serial in range(3)]

    assert answers == [303, 303, 303]
    assert len(handset()) == 2
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        states = sorted(session.scalars(select(Message.state)))
    assert states == ["delivered", "delivered", "failed"]


def test_codes_are_kept_as_nothing_that_could_be_used(
    stranger: Callable[[], Visitor],
    handset: Callable[[], list[str]],
    member: UUID,
    database: Database,
    cooperative_id: int,
) -> None:
    ask(stranger())

    code = code_in(handset()[-1])
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        kept = session.scalars(select(Enrolment)).one()
        message = session.scalars(select(Message)).one()
    assert len(kept.code_hash or "") == 64
    assert code not in repr([vars(kept), vars(message)])


def test_two_of_a_household_come_in_on_one_phone_each_with_a_pin_of_their_own(
    stranger: Callable[[], Visitor],
    handset: Callable[[], list[str]],
    member: UUID,
    database: Database,
    cooperative_id: int,
) -> None:
    with database.transaction(cooperative_id) as session:
        husband = make_member(session, name="Yusuf", phone=PHONE, state="accepted").id
    people = []
    for member_id, pin in ((member, PIN), (husband, PIN), (husband, OTHER_PIN)):
        who = stranger()
        ask(who)
        type_code(who, code_in(handset()[-1]))
        page = who.get("/enrol/pin").text
        answer = choose(who, pin, member=str(member_id))
        people.append((("Zaynab" in page, "Yusuf" in page), answer.status_code))

    assert people == [((True, True), 303), ((True, True), 422), ((True, True), 303)]
    with database.reading() as session:
        assert len(session.scalars(select(Account).where(Account.phone == PHONE)).all()) == 2
    for pin, name in ((PIN, "Zaynab"), (OTHER_PIN, "Yusuf")):
        who = stranger()
        who.sign_in(pin)
        assert who.get(ME).json["name"] == name


def test_a_sixth_account_does_not_fit_on_one_number(
    stranger: Callable[[], Visitor],
    handset: Callable[[], list[str]],
    database: Database,
    cooperative_id: int,
    clock: Clock,
) -> None:
    with database.transaction(cooperative_id) as session:
        ids = [make_member(session, phone=PHONE, state="accepted").id for _ in range(6)]
    answers = []
    for serial, member_id in enumerate(ids):
        clock.forward(hours=5)
        who = stranger()
        ask(who)
        type_code(who, code_in(handset()[-1]))
        answers.append(choose(who, f"40731{serial}", member=str(member_id)).status_code)

    assert answers == [303] * 5 + [409]


@pytest.mark.parametrize(
    ("pin", "again", "status"),
    [("123456", "123456", 422), (PIN, "407318", 422), ("4073", "4073", 422)],
)
@pytest.mark.usefixtures("member")
def test_a_pin_that_is_not_taken_says_so_and_can_be_put_right(
    stranger: Callable[[], Visitor],
    handset: Callable[[], list[str]],
    pin: str,
    again: str,
    status: int,
) -> None:
    who = stranger()
    ask(who)
    type_code(who, code_in(handset()[-1]))

    refused = who.post("/enrol/pin", {"pin": pin, "again": again}, page="/enrol/pin")

    assert refused.status_code == status
    assert 'aria-invalid="true"' in refused.text
    assert choose(who).status_code == 303


@pytest.mark.usefixtures("member")
def test_the_right_code_waits_a_quarter_of_an_hour_for_the_pin(
    stranger: Callable[[], Visitor], handset: Callable[[], list[str]], clock: Clock
) -> None:
    who = stranger()
    ask(who)
    type_code(who, code_in(handset()[-1]))
    token = who.token("/enrol/pin")
    clock.forward(minutes=15)

    late = who.client.post("/enrol/pin", data={"csrf_token": token, "pin": PIN, "again": PIN})

    assert late.status_code == 409
    assert not is_in(who)


def test_a_forgotten_pin_is_chosen_anew_and_whoever_was_in_is_out(
    stranger: Callable[[], Visitor],
    handset: Callable[[], list[str]],
    visitor: Callable[..., Visitor],
    database: Database,
    cooperative_id: int,
) -> None:
    amina = visitor(name="Amina")
    who = stranger()
    who.phone = amina.phone
    ask(who, amina.phone)
    type_code(who, code_in(handset()[-1]))

    choose(who, OTHER_PIN)

    assert who.get(ME).json["name"] == "Amina"
    assert not is_in(amina)
    amina.sign_in(PIN)
    assert not is_in(amina)
    amina.sign_in(OTHER_PIN)
    assert is_in(amina)


@pytest.mark.parametrize("state", ["applied", "left"])
def test_who_is_no_member_gets_no_code(
    stranger: Callable[[], Visitor],
    handset: Callable[[], list[str]],
    database: Database,
    cooperative_id: int,
    state: str,
) -> None:
    left_on = date(2026, 6, 1) if state == "left" else None
    with database.transaction(cooperative_id) as session:
        make_member(session, phone=PHONE, state=state, left_on=left_on)

    asked = ask(stranger())

    assert asked.status_code == 303
    assert handset() == []


def test_who_opens_the_address_for_the_first_time_chooses_a_language(
    stranger: Callable[[], Visitor],
) -> None:
    who = stranger()

    first = who.get("/")
    page = who.get("/welcome").text
    who.get("/language/ar?next=/enrol")
    later = who.get("/")

    assert first.headers["Location"] == "/welcome"
    assert "العربية" in page
    assert "English" in page
    assert later.headers["Location"].startswith("/sign-in")


# --- cards


@pytest.fixture
def manager(visitor: Callable[..., Visitor]) -> Visitor:
    return visitor("manager", name="Mariam")


@pytest.fixture
def card(manager: Visitor) -> Callable[..., str]:
    """The code on a card that the manager makes for a member, as printed."""

    def make(number: str = "M-147") -> str:
        made = manager.post("/cards", {"number": number}, page="/cards")
        assert made.status_code == 303, made.text
        manager.client.set_cookie("language", "en")
        sheet = manager.get("/cards/sheet").text
        found = re.search(rf"{number}</bdi>.*?(\d{{4}}\s\d{{4}})", sheet, re.DOTALL)
        assert found
        return found.group(1)

    return make


def type_card(who: Visitor, code: str, number: str = "147") -> TestResponse:
    return who.post("/enrol/card", {"number": number, "code": code}, page="/enrol/card")


@pytest.mark.usefixtures("member")
def test_a_card_and_a_pin_open_the_door_without_any_message(
    stranger: Callable[[], Visitor],
    card: Callable[..., str],
    handset: Callable[[], list[str]],
) -> None:
    code, who = card(), stranger()

    typed = type_card(who, code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")), "م-١٤٧")
    choose(who)

    assert typed.headers["Location"] == "/enrol/pin"
    assert who.get(ME).json["name"] == "Zaynab"
    assert handset() == []


@pytest.mark.usefixtures("member")
def test_a_card_is_good_once_and_a_new_one_makes_the_old_one_worthless(
    stranger: Callable[[], Visitor], card: Callable[..., str]
) -> None:
    old, new = card(), card()
    who = stranger()

    with_old = type_card(who, old)
    with_new = type_card(who, new)
    choose(who)
    again = type_card(stranger(), new)

    assert [a.status_code for a in (with_old, with_new, again)] == [403, 303, 403]


@pytest.mark.parametrize(("days", "status"), [(13, 303), (14, 403)])
@pytest.mark.usefixtures("member")
def test_a_card_is_good_for_fourteen_days(
    stranger: Callable[[], Visitor], card: Callable[..., str], clock: Clock, days: int, status: int
) -> None:
    code = card()
    clock.forward(days=days)

    assert type_card(stranger(), code).status_code == status


@pytest.mark.usefixtures("member")
def test_ten_wrong_codes_delay_a_card_for_an_hour_wherever_they_come_from(
    stranger: Callable[[], Visitor], card: Callable[..., str], clock: Clock
) -> None:
    code = card().replace("\xa0", "")
    for _ in range(10):
        type_card(stranger(), wrong(code))

    shut = type_card(stranger(), code)
    clock.forward(hours=1)
    open_again = type_card(stranger(), code)

    assert (shut.status_code, open_again.status_code) == (403, 303)


@pytest.mark.usefixtures("member")
def test_a_card_that_is_there_and_one_that_is_not_are_refused_alike(
    stranger: Callable[[], Visitor], card: Callable[..., str]
) -> None:
    code = card()

    there = type_card(stranger(), wrong(code.replace("\xa0", "")))
    not_there = type_card(stranger(), "12345678", "148")

    pages = [(answer.status_code, without_tokens(answer)) for answer in (there, not_there)]
    assert pages[0] == (403, pages[1][1].replace("148", "147"))


def test_who_has_no_number_says_by_which_one_they_will_sign_in(
    stranger: Callable[[], Visitor],
    card: Callable[..., str],
    database: Database,
    cooperative_id: int,
) -> None:
    with database.transaction(cooperative_id) as session:
        make_member(session, name="Layla", number="M-9", state="accepted")
    who = stranger()
    type_card(who, card("M-9"), "9")

    without = choose(who)
    choose(who, phone=AS_DIALLED)

    assert without.status_code == 422
    assert who.get(ME).json["name"] == "Layla"
    later = stranger()
    later.sign_in()
    assert is_in(later)


@pytest.mark.usefixtures("member")
def test_the_code_of_a_card_stands_on_the_sheet_for_an_hour_and_nowhere_else(
    manager: Visitor,
    card: Callable[..., str],
    database: Database,
    cooperative_id: int,
    clock: Clock,
) -> None:
    code = card().replace("\xa0", "")

    with database.reading() as session:
        session.cooperative_id = cooperative_id
        kept = session.scalars(select(EnrolmentCard)).one()
    page = manager.get("/cards").text
    clock.forward(hours=1)
    later = manager.get("/cards/sheet").text

    assert code not in repr(vars(kept))
    assert code not in page.replace("\xa0", "")
    assert code[:4] not in re.findall(r">(\d{4})\s\d{4}<", later)


@pytest.mark.usefixtures("member")
def test_one_act_makes_cards_for_everybody_who_cannot_sign_in(
    manager: Visitor, database: Database, cooperative_id: int
) -> None:
    with database.transaction(cooperative_id) as session:
        make_member(session, number="M-8", name="Layla")
        make_member(session, number="M-7", name="Gone", state="applied")

    manager.post("/cards", page="/cards")
    sheet = manager.get("/cards/sheet").text

    assert all(name in sheet for name in ("Zaynab", "Layla"))
    assert "Gone" not in sheet
    assert "Mariam" not in sheet


def test_the_square_on_a_card_keeps_its_secret_behind_the_hash(
    member: UUID, card: Callable[..., str], manager: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []

    make = segno.make_qr
    monkeypatch.setattr(
        segno, "make_qr", lambda url, **more: (drawn.append(url), make(url, **more))[1]
    )

    code = card().replace("\xa0", "")

    assert drawn == [f"http://localhost/enrol/card#n=M-147&c={code}"]


def test_no_card_is_made_for_who_is_no_member_or_has_a_password(
    manager: Visitor, database: Database, cooperative_id: int, app: Flask
) -> None:
    with database.transaction(cooperative_id) as session:
        make_member(session, number="M-7", state="applied")

    refused = manager.post("/cards", {"number": "M-7"}, page="/cards")
    nobody = manager.post("/cards", {"number": "M-99"}, page="/cards")

    assert (refused.status_code, nobody.status_code) == (409, 422)


def test_cards_of_one_cooperative_open_nothing_in_another(
    stranger: Callable[[], Visitor],
    member: UUID,
    card: Callable[..., str],
    database: Database,
    clock: Clock,
) -> None:
    with database.transaction() as session:
        other = Cooperative(name="Other", timezone="UTC", locale="en_GB", made_at=clock.now)
        session.add(other)
        session.flush()
        session.cooperative_id = other.id
        make_member(session, name="Eve", number="M-147", phone="+201530000222", state="accepted")
    who = stranger()

    type_card(who, card())
    choose(who)

    assert who.get(ME).json["cooperative"] == "Al-Nur"


@pytest.fixture
def shared(visitor: Callable[..., Visitor], database: Database, clock: Clock) -> Visitor:
    """Nadir, who signs in here and to another cooperative with one PIN."""
    nadir = visitor("member", name="Nadir", number="M-900")
    with database.transaction() as session:
        other = Cooperative(name="Other", timezone="UTC", locale="en_GB", made_at=clock.now)
        session.add(other)
        session.flush()
        session.cooperative_id = other.id
        there = make_member(session, name="Nadir", number="7")
        account = session.scalars(select(Account).where(Account.phone == nadir.phone)).one()
        there.account_id = account.id
    return nadir


def test_no_office_makes_a_card_for_a_pin_that_opens_another_cooperative(
    manager: Visitor, shared: Visitor
) -> None:
    manager.client.set_cookie("language", "en")

    answer = manager.post("/cards", {"number": "M-900"}, page="/cards")

    assert answer.status_code == 409
    assert "several cooperatives" in answer.text
    assert is_in(shared)


def test_a_number_that_an_office_wrote_down_opens_no_account_of_two_cooperatives(
    stranger: Callable[[], Visitor],
    shared: Visitor,
    database: Database,
    cooperative_id: int,
    handset: Callable[[], list[str]],
) -> None:
    with database.transaction(cooperative_id) as session:
        session.get_one(Member, (cooperative_id, shared.member_id)).phone = "+201530000444"
    who = stranger()
    ask(who, "01530000444")
    type_code(who, code_in(handset()[-1]))

    answer = choose(who)

    assert answer.status_code == 409
    assert not is_in(who)


def test_an_agent_hands_out_first_cards_and_replaces_no_pin(
    visitor: Callable[..., Visitor], member: UUID
) -> None:
    visitor("member", name="Nadir", number="M-900")
    agent = visitor("agent", name="Gamal")
    agent.client.set_cookie("language", "en")

    first = agent.post("/cards", {"number": "M-147"}, page="/cards")
    again = agent.post("/cards", {"number": "M-900"}, page="/cards")

    assert (first.status_code, again.status_code) == (303, 403)


# --- applications


def apply(who: Visitor, **told: str) -> TestResponse:
    sent = {"name": "Hadi", "phone": "01530000333", "words": "Two plots at W3"} | told
    return who.post("/apply", sent, page="/apply")


def test_who_is_no_member_yet_applies_and_the_office_sees_it(
    stranger: Callable[[], Visitor],
    database: Database,
    cooperative_id: int,
    handset: Callable[[], list[str]],
) -> None:
    who = stranger()

    answer = apply(who)

    assert answer.status_code == 303
    assert "The office has your application" in who.get("/enrol").text
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        [(member, words)] = known.applications(session)
    assert (member.name, member.phone, member.state) == ("Hadi", "+201530000333", "applied")
    assert words == "Two plots at W3"
    ask(who, "+201530000333")
    assert handset() == []


def test_applying_again_is_answered_alike_and_written_once(
    stranger: Callable[[], Visitor], database: Database, cooperative_id: int
) -> None:
    answers = [apply(stranger()) for _ in range(3)]
    answers += [apply(stranger(), name=f"Hadi {letter}") for letter in "abcd"]

    assert {(a.status_code, a.headers["Location"]) for a in answers} == {(303, "/enrol")}
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        names = sorted(member.name for member, _ in known.applications(session))
    assert names == ["Hadi", "Hadi a", "Hadi b"]


@pytest.mark.usefixtures("cooperative_id")
def test_a_cooperative_takes_fifty_applications_a_day(
    stranger: Callable[[], Visitor], clock: Clock
) -> None:
    who = stranger()
    answers = [apply(who, phone=f"+2015300{serial:05}").status_code for serial in range(51)]
    clock.forward(hours=24)

    assert answers == [303] * 50 + [503]
    assert apply(who, phone="+201530099999").status_code == 303


@pytest.mark.usefixtures("cooperative_id")
@pytest.mark.parametrize(("field", "value"), [("name", "x"), ("phone", "12"), ("phone", "abc")])
def test_what_is_missing_from_an_application_is_said_beside_it(
    stranger: Callable[[], Visitor], field: str, value: str
) -> None:
    answer = apply(stranger(), **{field: value})

    assert answer.status_code == 422
    assert f'aria-describedby="hint-{field} error-{field}"' in answer.text or (
        f'aria-describedby="error-{field}"' in answer.text
    )
    assert "Two plots at W3" in answer.text


def test_who_applies_says_where_if_there_are_several_cooperatives(
    stranger: Callable[[], Visitor], database: Database, cooperative_id: int, clock: Clock
) -> None:
    with database.transaction() as session:
        name = "الوادي · El Wadi"
        other = Cooperative(name=name, timezone="UTC", locale="en_GB", made_at=clock.now)
        session.add(other)
        session.flush()
        other_id = other.id

    nowhere = apply(stranger(), cooperative="Elsewhere")
    there = apply(stranger(), cooperative=" el  wadi ", phone="+201530000333")

    assert (nowhere.status_code, there.status_code) == (422, 303)
    assert "El Wadi" not in stranger().get("/apply").text
    with database.reading() as session:
        session.cooperative_id = other_id
        assert len(known.applications(session)) == 1
