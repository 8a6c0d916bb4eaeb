"""The list of members, and who sees what of it."""

from collections.abc import Callable

import pytest

from coopfarm.store.db import Database
from tests.factories.members import Visitor, make_member

PHONE = "+201000000678"


@pytest.fixture
def neighbours(database: Database, cooperative_id: int) -> None:
    with database.transaction(cooperative_id) as session:
        make_member(session, name="Hamid", number="M-7001", phone=PHONE)
        make_member(session, name="سلمى", name_latin="Salma", number="M-7002")


@pytest.mark.usefixtures("neighbours")
def test_the_office_finds_members_by_name_and_number(visitor: Callable[..., Visitor]) -> None:
    manager = visitor("manager", name="Mariam")

    by_name = manager.get("/members?words=hami").text
    by_number = manager.get("/members?words=M-7002").text

    assert "Hamid" in by_name
    assert "M-7002" not in by_name
    assert "M-7002" in by_number
    assert "Hamid" not in by_number


@pytest.mark.usefixtures("neighbours")
def test_who_need_not_call_sees_the_end_of_a_number_alone(
    visitor: Callable[..., Visitor],
) -> None:
    manager, officer = visitor("manager"), visitor("officer")

    seen = [who.get("/members?words=M-7001").text for who in (manager, officer)]

    assert [PHONE in page for page in seen] == [True, False]
    assert "•••• 678" in seen[1]


@pytest.mark.usefixtures("neighbours")
def test_a_member_does_not_see_the_others(visitor: Callable[..., Visitor]) -> None:
    answer = visitor().get("/members")

    assert answer.status_code == 403
    assert "Hamid" not in answer.text
