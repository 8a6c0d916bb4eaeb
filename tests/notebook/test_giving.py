"""A page of the notebook about giving and receiving goes into the ledger, back-dated, once."""

from collections.abc import Callable

import pytest

from coopfarm.ledger import queries
from coopfarm.store.db import Database
from tests.factories.members import Visitor

HEAD = {"notebook": "3", "page": "12"}
PAGE = "/notebook/giving"


@pytest.fixture
def office(visitor: Callable[..., Visitor]) -> Visitor:
    found = visitor("manager", name="Nadia", number="M-1")
    found.client.set_cookie("language", "en")
    return found


@pytest.fixture
def amina(visitor: Callable[..., Visitor]) -> Visitor:
    found = visitor(name="Amina", number="M-2")
    found.client.set_cookie("language", "en")
    return found


@pytest.fixture
def bilal(visitor: Callable[..., Visitor]) -> Visitor:
    return visitor(name="Bilal", number="M-3")


def test_a_page_is_entered_with_its_own_days_and_who_entered_it(
    database: Database, cooperative_id: int, office: Visitor, amina: Visitor, bilal: Visitor
) -> None:
    lines = "3/6; M-2; Bilal; work; ٢٫٥; picked cotton\n5/6; M-3; cooperative; money; 80; fee, paid"

    answer = office.post(PAGE, HEAD | {"lines": lines}, page=PAGE)

    assert answer.status_code == 303
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        assert queries.balance(session, amina.member_id, "labour") == 150
        assert queries.balance(session, bilal.member_id, "money") == 8_000
    told = " ".join(amina.get("/ledger").text.split())
    assert "You gave 2 h 30 min of work: picked cotton (from the notebook)." in told
    assert "3 June 2026" in told
    assert "entered by <bdi>Nadia</bdi>" in told


WRONG = {
    "3/6; M-2; M-3; work; 2": "this one has 5",
    "3/6; M-2; M-9; work; 2; hay": "No member is called",
    "3/6; M-2; M-2; work; 2; hay": "are the same",
    "3/6; M-2; M-3; smoke; 2; hay": "none of",
    "3/6; M-2; M-3; work; nan; hay": "not an amount",
    "3/6; M-2; M-3; work; -2; hay": "not an amount",
}


def test_what_cannot_be_read_is_said_beside_its_line(
    office: Visitor, amina: Visitor, bilal: Visitor
) -> None:
    shown = office.post(f"{PAGE}/check", HEAD | {"lines": "\n".join(WRONG)}, page=PAGE).text

    assert [said for said in WRONG.values() if said not in shown] == []


def test_a_page_with_one_bad_line_enters_nothing(
    database: Database, cooperative_id: int, office: Visitor, amina: Visitor, bilal: Visitor
) -> None:
    lines = "3/6; M-2; M-3; work; 2; hay\n3/6; M-2; M-9; work; 2; hay"

    answer = office.post(PAGE, HEAD | {"lines": lines}, page=PAGE)

    assert answer.status_code == 422
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        assert queries.balance(session, amina.member_id, "labour") == 0


def test_the_same_line_is_entered_once(office: Visitor, amina: Visitor, bilal: Visitor) -> None:
    sent = HEAD | {"lines": "3/6; M-2; M-3; work; 2; hay"}
    office.post(PAGE, sent, page=PAGE)

    again = office.post(PAGE, sent, page=PAGE)

    assert again.status_code == 422
    assert "is in the ledger already" in again.text
