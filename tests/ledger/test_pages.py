"""The ledger on pages and for programs: each in a sentence, nobody's business but theirs."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from coopfarm.ledger import actions, queries
from coopfarm.store.db import Database
from tests.conftest import Clock
from tests.factories.ledger import make_deed
from tests.factories.members import Visitor

Visit = Callable[..., Visitor]
CLAIM = {"way": "gave", "unit": "labour", "amount": "1.5", "on": "2026-06-30", "words": "hay"}


def json_of(answer: TestResponse) -> Any:
    return answer.get_json()


class Ledger:
    """What is kept, as somebody with the database sees it."""

    def __init__(self, database: Database, home: int, clock: Clock) -> None:
        self._database, self._home, self._clock = database, home, clock

    def post(self, *args: Any, by: UUID | None = None, **more: Any) -> UUID:
        with self._database.transaction(self._home) as session:
            deed = make_deed(*args, **more)
            return actions.post(session, deed, by_id=by, now=self._clock.now).id

    def claim(self, giver: UUID, receiver: UUID | str, amount: int = 60) -> UUID:
        with self._database.transaction(self._home) as session:
            deed = make_deed(giver, receiver, amount)
            return actions.claim(session, deed, by_id=giver, now=self._clock.now).id

    def labour(self, member_id: UUID) -> int:
        with self._database.reading() as session:
            session.cooperative_id = self._home
            return queries.balance(session, member_id, "labour")

    def state(self, transfer_id: UUID) -> str:
        with self._database.reading() as session:
            session.cooperative_id = self._home
            return queries.transfer(session, transfer_id).state


@pytest.fixture
def ledger(database: Database, cooperative_id: int, clock: Clock) -> Ledger:
    return Ledger(database, cooperative_id, clock)


@pytest.fixture
def amina(visitor: Visit) -> Visitor:
    found = visitor(name="Amina")
    found.client.set_cookie("language", "en")
    return found


@pytest.fixture
def bilal(visitor: Visit) -> Visitor:
    found = visitor(name="Bilal")
    found.client.set_cookie("language", "en")
    return found


@pytest.fixture
def office(visitor: Visit) -> Visitor:
    found = visitor("manager", name="Nadia")
    found.client.set_cookie("language", "en")
    return found


def test_each_reads_an_entry_from_their_own_side(
    ledger: Ledger, amina: Visitor, bilal: Visitor
) -> None:
    ledger.post(amina.member_id, bilal.member_id, 90)

    hers, his = amina.get("/ledger").text, bilal.get("/ledger").text

    assert "You gave 1 h 30 min of work: carried wood." in hers
    assert "1 h 30 min ahead: your turn to receive is next." in hers
    assert "You received 1 h 30 min of work: carried wood." in his
    assert "Others gave you 1 h 30 min more" in his
    assert "debt" not in his.lower()


def test_a_claim_from_a_phone_is_confirmed_by_the_other_one(
    ledger: Ledger, amina: Visitor, bilal: Visitor
) -> None:
    sent = CLAIM | {"whom": str(bilal.member_id)}
    amina.post("/ledger/new", sent, page="/ledger/new")
    found = json_of(bilal.send("GET", "/api/v1/ledger"))["entries"][0]

    answer = bilal.post(f"/ledger/entries/{found['id']}/confirm", page="/ledger/new")

    assert answer.status_code == 303
    assert ledger.labour(amina.member_id) == 90
    assert ledger.labour(bilal.member_id) == -90


def test_a_claim_that_cannot_be_used_says_where(amina: Visitor, bilal: Visitor) -> None:
    sent = CLAIM | {"whom": str(bilal.member_id), "amount": "much"}

    answer = amina.post("/ledger/new", sent, page="/ledger/new")

    assert answer.status_code == 422
    assert 'id="error-amount"' in answer.text


def test_what_is_still_to_come_is_not_entered(amina: Visitor, bilal: Visitor) -> None:
    sent = CLAIM | {"whom": str(bilal.member_id), "on": "2026-07-02"}

    answer = amina.post("/ledger/new", sent, page="/ledger/new")

    assert answer.status_code == 422
    assert 'id="error-on"' in answer.text


def test_a_claim_counts_by_itself_after_a_week(
    ledger: Ledger, clock: Clock, amina: Visitor, bilal: Visitor
) -> None:
    ledger.claim(amina.member_id, bilal.member_id)
    clock.forward(days=7)

    amina.get("/ledger")

    assert ledger.labour(amina.member_id) == 60


def test_a_claim_does_not_count_a_minute_before(
    ledger: Ledger, clock: Clock, amina: Visitor, bilal: Visitor
) -> None:
    ledger.claim(amina.member_id, bilal.member_id)
    clock.forward(days=7, minutes=-1)

    amina.get("/ledger")

    assert ledger.labour(amina.member_id) == 0


def test_what_a_limit_forbids_by_then_goes_to_the_office(
    ledger: Ledger, clock: Clock, amina: Visitor, bilal: Visitor
) -> None:
    claimed = ledger.claim(amina.member_id, bilal.member_id)
    ledger.post(amina.member_id, "cooperative", 80 * 60)
    clock.forward(days=7)

    amina.get("/ledger")

    assert ledger.state(claimed) == "disputed"


def test_a_stranger_reads_no_entry(
    ledger: Ledger, visitor: Visit, amina: Visitor, bilal: Visitor
) -> None:
    posted = ledger.post(amina.member_id, bilal.member_id)
    stranger = visitor(name="Carim")

    page = stranger.get(f"/ledger/entries/{posted}")
    program = stranger.send("GET", f"/api/v1/ledger/entries/{posted}")

    assert (page.status_code, program.status_code) == (403, 403)


def test_a_dispute_is_settled_in_the_office(
    ledger: Ledger, amina: Visitor, bilal: Visitor, office: Visitor
) -> None:
    claimed = ledger.claim(amina.member_id, bilal.member_id)
    bilal.post(f"/ledger/entries/{claimed}/dispute", {"words": "no"}, page="/ledger/new")
    listed = office.get("/ledger/office/waiting").text

    office.post(f"/ledger/entries/{claimed}/confirm", page="/ledger/office/new")

    assert str(claimed) in listed
    assert ledger.labour(amina.member_id) == 60


def test_the_office_takes_an_entry_back_with_its_reason(
    ledger: Ledger, amina: Visitor, bilal: Visitor, office: Visitor
) -> None:
    posted = ledger.post(amina.member_id, bilal.member_id)
    path = f"/ledger/entries/{posted}/reverse"

    first = office.post(path, {"words": "entered twice"}, page="/ledger/office/new")
    second = office.post(path, {"words": "entered twice"}, page="/ledger/office/new")

    assert (first.status_code, second.status_code) == (303, 409)
    assert ledger.labour(amina.member_id) == 0
    assert "an entry was a mistake, entered twice" in amina.get("/ledger").text


def test_the_office_enters_for_both(ledger: Ledger, amina: Visitor, office: Visitor) -> None:
    sent = {
        "giver": str(amina.member_id),
        "receiver": "cooperative",
        "kind": "payment",
        "unit": "labour",
        "amount": "2",
        "on": "2026-06-30",
        "words": "guarded the pump",
    }

    office.post("/ledger/office/new", sent, page="/ledger/office/new")

    assert ledger.labour(amina.member_id) == 120


def test_members_do_not_enter_for_the_office(amina: Visitor) -> None:
    assert amina.get("/ledger/office").status_code == 403
    assert amina.post("/ledger/office/new", page="/ledger/new").status_code == 403


def test_other_rules_refuse_from_then_on(
    ledger: Ledger, amina: Visitor, bilal: Visitor, office: Visitor
) -> None:
    shown = {"version": "0", "confirm_days": "3", "newcomers": "zero", "idle": "none"}
    ends = {
        f"{unit}-{end}": "1" if end in ("low", "high") else "0"
        for unit in ("labour", "machine", "water", "money")
        for end in ("low", "high", "floor", "idle")
    }
    sent = shown | ends | {"idle_months": "12", "reason": "voted on Friday"}
    office.post("/ledger/office/rules", sent, page="/ledger/office/rules")

    claimed = CLAIM | {"whom": str(bilal.member_id)}
    answer = amina.post("/ledger/new", claimed, page="/ledger/new")

    assert answer.status_code == 409
    assert "the members agreed on 1 h at the most (version 1)" in answer.text
    assert "voted on Friday" in office.get("/ledger/office/rules").text


def test_two_versions_of_the_rules_do_not_pass_each_other(office: Visitor) -> None:
    shown = {"version": "3", "confirm_days": "3", "newcomers": "zero", "idle": "none"}
    ends = {
        f"{unit}-{end}": "0"
        for unit in ("labour", "machine", "water", "money")
        for end in ("low", "high", "floor", "idle")
    }
    sent = shown | ends | {"idle_months": "12", "reason": "voted"}

    answer = office.post("/ledger/office/rules", sent, page="/ledger/office/rules")

    assert answer.status_code == 409


@pytest.mark.parametrize("suffix", ["", "/print", ".csv"])
def test_the_statement_nets_a_period(
    ledger: Ledger, amina: Visitor, bilal: Visitor, office: Visitor, suffix: str
) -> None:
    ledger.post(amina.member_id, bilal.member_id, 150)
    ledger.post(bilal.member_id, amina.member_id, 60)

    shown = office.get(f"/ledger/office/statement{suffix}?from=2026-06-01&to=2026-06-30")

    assert shown.status_code == 200
    assert ("2.5,1.0,1.5" if suffix == ".csv" else "+1 h 30 min") in shown.text
    empty = office.get("/ledger/office/statement.csv?from=2026-05-01&to=2026-05-31")
    assert "Amina" not in empty.text


def test_who_leaves_is_settled_first(
    ledger: Ledger, amina: Visitor, bilal: Visitor, office: Visitor
) -> None:
    ledger.post(amina.member_id, bilal.member_id, 150)
    steps = f"/members/{amina.member_id}/steps"
    page = f"/members/{amina.member_id}"
    office.post(steps, {"step": "leave", "on": "2026-07-01"}, page=page)
    too_soon = office.post(steps, {"step": "end"}, page=page)
    settle = f"/ledger/office/leaving/{amina.member_id}"

    office.post(settle, page="/ledger/office/leaving")
    then = office.post(steps, {"step": "end"}, page=page)

    assert (too_soon.status_code, then.status_code) == (409, 303)
    assert "2 h 30 min of work" in too_soon.text


def test_every_page_of_the_office_opens(
    ledger: Ledger, amina: Visitor, bilal: Visitor, office: Visitor
) -> None:
    ledger.post(amina.member_id, bilal.member_id, 150)
    ledger.claim(amina.member_id, "cooperative")
    pages = ("", "/waiting", "/new", "/rules", "/statement", "/leaving", "/idle")

    answers = [office.get(f"/ledger/office{page}").status_code for page in pages]

    assert answers == [200] * len(pages)
    assert office.get(f"/ledger/members/{amina.member_id}").status_code == 200


def test_a_program_enters_for_many(
    ledger: Ledger, amina: Visitor, bilal: Visitor, office: Visitor
) -> None:
    lines = [
        {"owner": str(amina.member_id), "amount": 60},
        {"owner": str(bilal.member_id), "amount": 30},
        {"owner": "cooperative", "amount": -90},
    ]
    deed = {"unit": "labour", "kind": "notebook", "on": "2026-06-30", "words": "canal"}

    answer = office.send("POST", "/api/v1/ledger/entries", deed | {"lines": lines})

    assert answer.status_code == 201
    assert ledger.labour(bilal.member_id) == 30


def test_a_program_claims_and_the_other_confirms(
    ledger: Ledger, amina: Visitor, bilal: Visitor
) -> None:
    sent = CLAIM | {"whom": str(bilal.member_id)}
    made = json_of(amina.send("POST", "/api/v1/ledger/claims", sent))

    answer = bilal.send("POST", f"/api/v1/ledger/entries/{made['id']}/confirm", {})

    assert (made["state"], json_of(answer)["state"]) == ("claimed", "posted")
