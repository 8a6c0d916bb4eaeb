"""From the application to the leaving, roles and households, at the office's pages and as JSON."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from coopfarm.members.actions.cards import apply
from coopfarm.members.models import Household, Member, MemberRole
from coopfarm.members.rules import STATES
from coopfarm.members.rules import membership as rules
from coopfarm.store import audit
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock
from tests.factories.members import Visitor, make_member

PHONE = "+201000000678"
NEXT = [
    ("applied", {"accept", "decline"}),
    ("accepted", {"suspend", "leave"}),
    ("active", {"suspend", "leave"}),
    ("suspended", {"resume", "leave"}),
    ("leaving", {"suspend", "stay", "end"}),
    ("left", {"return"}),
]


@pytest.fixture
def hamid(database: Database, cooperative_id: int) -> UUID:
    with database.transaction(cooperative_id) as session:
        return make_member(session, name="Hamid Omar", number="M-7001", phone=PHONE).id


def english(who: Visitor) -> Visitor:
    who.client.set_cookie("language", "en")
    return who


def member_of(database: Database, home: int, member_id: UUID) -> Member:
    with database.reading() as session:
        session.cooperative_id = home
        return session.scalars(select(Member).where(Member.id == member_id)).one()


def step(who: Visitor, member_id: UUID, name: str, **said: str) -> Any:
    return who.post(f"/members/{member_id}/steps", {"step": name, **said})


@pytest.mark.parametrize(("state", "steps"), NEXT)
def test_only_some_steps_follow_where_a_membership_stands(state: str, steps: set[str]) -> None:
    assert set(rules.steps_from(state)) == steps


def test_no_membership_stands_where_nothing_can_follow() -> None:
    assert {state for state in STATES if not rules.steps_from(state)} == set()


@given(numbers=st.lists(st.from_regex(r"[A-Z]{1,3}-[0-9]{1,5}", fullmatch=True)))
def test_the_next_number_is_nobodys_yet(numbers: list[str]) -> None:
    assert rules.next_number(numbers) not in numbers


def test_the_next_number_is_written_as_the_highest_one() -> None:
    found = rules.next_number(["M-0007", "M-0147", "A-9f3e12ab", "O-99999999"])

    assert found == "M-0148"


def test_the_office_takes_somebody_in_and_they_stand_in_the_list(
    visitor: Callable[..., Visitor],
) -> None:
    manager = visitor("manager")

    answer = manager.post(
        "/members/new", {"name": "سلمى حسن", "number": "M-٠١٤٧", "phone": "٠١٠٠ ٠٠٠ ٠٦٧٨"}
    )
    page = manager.get("/members?state=accepted").text

    assert answer.status_code == 303
    assert "سلمى حسن" in page
    assert "M-0147" in page
    assert "+201000000678" in page


def test_a_number_is_given_once(visitor: Callable[..., Visitor], hamid: UUID) -> None:
    manager = english(visitor("manager"))

    answer = manager.post("/members/new", {"name": "Salma", "number": "m-7001"})

    assert answer.status_code == 422
    assert "Another member has the number" in answer.text
    assert "M-7002" in answer.text


def test_who_has_applied_is_accepted_under_a_number_of_their_own(
    visitor: Callable[..., Visitor], database: Database, cooperative_id: int, clock: Clock
) -> None:
    manager = visitor("manager", number="M-0146")
    with database.transaction(cooperative_id) as session:
        said = {"phone": PHONE, "words": "Two feddan at the mill", "locale": None}
        asked = apply(session, cooperative_id=cooperative_id, name="Karim", now=clock.now, **said)
        assert asked is not None
        asked_id = asked.id

    page = manager.get(f"/members/{asked_id}").text
    answer = step(manager, asked_id, "accept")

    assert "Two feddan at the mill" in page
    assert answer.status_code == 303
    karim = member_of(database, cooperative_id, asked_id)
    assert (karim.state, karim.number) == ("accepted", "M-0147")


def test_who_is_suspended_reads_why_and_does_not_act(
    visitor: Callable[..., Visitor],
) -> None:
    manager, amina = visitor("manager", name="Mariam"), visitor(name="Amina")

    answer = step(manager, amina.member_id, "suspend", reason="Owes two days of canal work")
    page = amina.get("/members/me").text
    act = amina.post("/members/me/phone", {"shares": "1"})

    assert answer.status_code == 303
    assert "Owes two days of canal work" in page
    assert act.status_code == 403


def test_a_suspension_needs_a_reason_and_ends_again(
    visitor: Callable[..., Visitor], database: Database, cooperative_id: int
) -> None:
    manager, amina = visitor("manager", name="Mariam"), visitor(name="Amina")

    without = step(manager, amina.member_id, "suspend", reason=" ")
    step(manager, amina.member_id, "suspend", reason="Owes work")
    step(manager, amina.member_id, "resume")

    assert without.status_code == 422
    found = member_of(database, cooperative_id, amina.member_id)
    assert (found.state, found.state_reason) == ("active", "")


def test_who_leaves_is_a_member_until_the_day(
    visitor: Callable[..., Visitor], database: Database, cooperative_id: int, clock: Clock
) -> None:
    manager, amina = visitor("manager", name="Mariam"), english(visitor(name="Amina"))

    past = step(manager, amina.member_id, "leave", on="2026-06-30")
    step(manager, amina.member_id, "leave", on="2026-07-03")
    early = step(manager, amina.member_id, "end")
    still_in = amina.get("/members/me")
    clock.forward(days=3)
    manager = visitor("manager", name="Another")
    step(manager, amina.member_id, "end")

    assert (past.status_code, early.status_code, still_in.status_code) == (422, 409, 200)
    assert "3 July" in still_in.text
    gone = member_of(database, cooperative_id, amina.member_id)
    assert (gone.state, gone.left_on) == ("left", date(2026, 7, 4))
    assert amina.get("/members/me").status_code == 303


def test_a_step_that_does_not_follow_is_refused_by_name(
    visitor: Callable[..., Visitor], hamid: UUID
) -> None:
    answer = visitor("manager").send("POST", f"/api/v1/members/{hamid}/steps", {"step": "end"})

    assert (answer.status_code, answer.json["code"]) == (409, "step-not-possible")


def test_every_step_is_written_down_with_before_and_after(
    visitor: Callable[..., Visitor], database: Database, cooperative_id: int, hamid: UUID
) -> None:
    manager = visitor("manager")

    step(manager, hamid, "suspend", reason="Owes work")

    with database.reading() as session:
        session.cooperative_id = cooperative_id
        (event,) = audit.history(session, member_id=manager.member_id, limit=1)
        assert event.verb == "membership.suspend"
        assert event.before is not None
        assert event.after is not None
        assert (event.before["state"], event.after["state"]) == ("active", "suspended")


def test_roles_are_given_and_taken_and_hold_at_the_next_request(
    visitor: Callable[..., Visitor],
) -> None:
    manager, amina = visitor("manager", name="Mariam"), visitor(name="Amina")

    before = amina.get("/members").status_code
    manager.post(f"/members/{amina.member_id}/roles", {"roles": ["member", "auditor"]})
    with_role = amina.get("/members").status_code
    manager.post(f"/members/{amina.member_id}/roles", {"roles": ["member"]})
    after = amina.get("/members").status_code

    assert (before, with_role, after) == (403, 200, 403)


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("roles", {"roles": ["member"]}),
        ("steps", {"step": "suspend", "reason": "On leave"}),
        ("steps", {"step": "leave", "on": "2026-08-01"}),
    ],
)
def test_the_last_manager_stays(
    visitor: Callable[..., Visitor],
    database: Database,
    cooperative_id: int,
    path: str,
    sent: dict[str, Any],
) -> None:
    manager = visitor("manager", name="Mariam")
    with database.transaction(cooperative_id) as session:
        make_member(session, "manager", name="Gone", state="suspended")

    refused = manager.send("POST", f"/api/v1/members/{manager.member_id}/{path}", sent)
    visitor("manager", name="Another")
    taken = manager.send("POST", f"/api/v1/members/{manager.member_id}/{path}", sent)

    assert (refused.status_code, refused.json["code"]) == (409, "last-manager")
    assert taken.status_code == 200


def test_a_member_moves_into_a_household_and_out_again(
    visitor: Callable[..., Visitor], database: Database, cooperative_id: int, hamid: UUID
) -> None:
    manager = visitor("manager")

    manager.post(f"/members/{hamid}/household", {"name": "House of Omar"})
    in_it = manager.get(f"/members/{hamid}").text
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        home = session.scalars(select(Household)).one()
    manager.post(f"/households/{home.id}", {"name": "House of Farag"})
    renamed = manager.get("/members?words=Hamid").text
    manager.post(f"/members/{hamid}/household", {"household_id": ""})

    assert "House of Omar" in in_it
    assert "House of Farag" in renamed
    assert member_of(database, cooperative_id, hamid).household_id is None


def test_the_list_is_counted_searched_and_turned_over(
    visitor: Callable[..., Visitor], database: Database, cooperative_id: int, hamid: UUID
) -> None:
    with database.transaction(cooperative_id) as session:
        for place in range(120):
            make_member(session, name=f"Farmer {place}", number=f"F-{place:04}")
    manager = english(visitor("manager"))

    first = manager.get("/members").text
    last = manager.get("/members?page=٣").text
    one = manager.get("/members?words=hamid+omar").text

    assert "122 members" in first
    assert "F-0049" in first
    assert "F-0049" not in last
    assert "M-7001" in last
    assert len(re.findall(r'<th scope="row"', one)) == 1


def test_programs_list_members_as_the_office_sees_them(
    visitor: Callable[..., Visitor], hamid: UUID
) -> None:
    manager, auditor = visitor("manager"), visitor("auditor")

    listed = manager.get("/api/v1/members?words=Hamid").json
    masked = auditor.get(f"/api/v1/members/{hamid}").json

    assert [one["phone"] for one in listed["members"]] == [PHONE]
    assert set(listed["members"][0]["steps"]) == {"suspend", "leave"}
    assert (masked["phone"], masked["steps"], masked["household"]) == ("•••• 678", [], None)


def test_roles_sent_by_a_program_are_kept(
    visitor: Callable[..., Visitor], database: Database, cooperative_id: int, hamid: UUID
) -> None:
    answer = visitor("manager").send(
        "POST", f"/api/v1/members/{hamid}/roles", {"roles": ["treasurer", "member"]}
    )

    assert answer.json["roles"] == ["member", "treasurer"]
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        held = select(MemberRole.role).where(MemberRole.member_id == hamid)
        assert sorted(session.scalars(held)) == ["member", "treasurer"]


@pytest.mark.parametrize("table", ["member_roles", "members"])
def test_the_database_itself_keeps_the_last_manager(
    session: TenantSession, cooperative_id: int, table: str
) -> None:
    mariam = make_member(session, "manager", name="Mariam")
    session.flush()
    gone = {
        "member_roles": delete(MemberRole).where(MemberRole.member_id == mariam.id),
        "members": update(Member).where(Member.id == mariam.id).values(state="suspended"),
    }

    with pytest.raises(DBAPIError, match="last_manager"), session.begin_nested():
        session.execute(gone[table])
    make_member(session, "manager", name="Another")
    session.execute(gone[table])

    assert session.scalars(select(Member)).all()
