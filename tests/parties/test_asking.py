"""Who is asked: worked out, judged, told why, and asked by a second act."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from coopfarm.kernel.calendar import Entry
from coopfarm.kernel.interval import Interval
from coopfarm.ledger import actions as ledger
from coopfarm.members.actions import calendar
from coopfarm.members.models import Member
from coopfarm.parties.actions import joining
from coopfarm.parties.planner import asking as planner
from coopfarm.parties.queries import parties as known
from coopfarm.parties.rules import refusals as no
from coopfarm.store.tenancy import TenantSession
from tests.factories.ledger import make_deed
from tests.factories.members import Visitor, make_member
from tests.factories.parties import NOW, STARTS, as_member, as_office, lets_lead, make_party
from tests.parties.conftest import NEW

Make = Callable[..., Visitor]
Settle = Callable[[Callable[[TenantSession], Any]], Any]


def owe(session: TenantSession, member: Member, minutes: int, other: Member) -> None:
    """The member received so much work."""
    ledger.post(session, make_deed(other.id, member.id, minutes), by_id=other.id, now=NOW)


@pytest.fixture
def office(session: TenantSession) -> Member:
    return make_member(session, "manager", name="Mariam", number="M-900")


@pytest.fixture
def people(session: TenantSession, office: Member) -> list[Member]:
    """Five who owe 5, 4, 3, 2 and 1 hours; the last one may lead."""
    found = [make_member(session, name=f"Member {n}", number=f"M-{n:03}") for n in range(1, 6)]
    for hours, member in zip((5, 4, 3, 2, 1), found, strict=True):
        owe(session, member, hours * 60, office)
    lets_lead(session, found[-1].id)
    return found


def crew_of(plan: Any, run: int = 0) -> list[str]:
    (crew,) = plan.runs[run]["plan"]["crews"].values()
    return crew


def test_who_owes_most_is_asked_first_and_a_leader_whatever_they_owe(
    session: TenantSession, office: Member, people: list[Member]
) -> None:
    make_party(session, office, places=3)

    plan = planner.draft(session, as_office(office.id))

    assert plan.is_certified
    assert crew_of(plan) == ["M-005", "M-001", "M-002"]


def test_whoever_is_expected_elsewhere_is_not_asked(
    session: TenantSession, office: Member, people: list[Member]
) -> None:
    during = Interval(STARTS, STARTS + timedelta(hours=1))
    calendar.write(session, [Entry(uuid4(), people[0].id, "booking", during)])
    make_party(session, office, places=3)

    plan = planner.draft(session, as_office(office.id))

    assert crew_of(plan) == ["M-005", "M-002", "M-003"]


def test_asked_members_hold_a_place_and_read_why(
    session: TenantSession, office: Member, people: list[Member]
) -> None:
    party = make_party(session, office, places=3)
    plan = planner.draft(session, as_office(office.id))

    count = planner.ask(session, plan.id, as_office(office.id))

    assert count == 3
    assert party.state == "full"
    place = known.place(session, party.id, people[0].id)
    assert place is not None
    assert place.state == "asked"
    assert place.reasons[0]["facts"]["owed"] == 5.0
    leader = known.place(session, party.id, people[4].id)
    assert leader is not None
    assert leader.role == "leader"


def test_asked_once_a_plan_is_not_asked_again(
    session: TenantSession, office: Member, people: list[Member]
) -> None:
    make_party(session, office)
    plan = planner.draft(session, as_office(office.id))
    planner.ask(session, plan.id, as_office(office.id))

    with pytest.raises(no.PartyNotInThatState):
        planner.ask(session, plan.id, as_office(office.id))


def test_a_plan_that_does_not_hold_asks_nobody(
    session: TenantSession, office: Member, people: list[Member]
) -> None:
    make_party(session, office)
    plan = planner.draft(session, as_office(office.id))
    plan.is_certified, plan.findings = False, [{"code": "parties-crew-wrong", "facts": {}}]

    with pytest.raises(no.PartyPlanFails):
        planner.ask(session, plan.id, as_office(office.id))


def test_where_a_leader_has_joined_the_crew_needs_no_other(
    session: TenantSession, office: Member, people: list[Member]
) -> None:
    party = make_party(session, office, places=3)
    joining.join(session, party.id, as_member(people[4].id))

    plan = planner.draft(session, as_office(office.id))
    count = planner.ask(session, plan.id, as_office(office.id))

    assert crew_of(plan) == ["M-001", "M-002"]
    assert count == 2


def test_without_a_leader_nobody_is_asked_and_the_plan_says_what_would_help(
    session: TenantSession, office: Member
) -> None:
    make_member(session, name="Omar")
    make_party(session, office)

    plan = planner.draft(session, as_office(office.id))

    assert crew_of(plan) == []
    (told,) = plan.runs[0]["would_fill"].values()
    assert "parties-needs-leader" in [said["code"] for said in told]


def test_whoever_left_is_not_asked_to_the_same_party_again(
    session: TenantSession, office: Member, people: list[Member]
) -> None:
    party = make_party(session, office, places=3)
    joining.join(session, party.id, as_member(people[0].id))
    joining.leave(session, party.id, as_member(people[0].id))

    plan = planner.draft(session, as_office(office.id))

    assert "M-001" not in crew_of(plan)


def test_the_office_reads_reasons_before_anybody_is_asked(
    manager: Visitor, someone: Make, party_id: UUID, settle: Settle
) -> None:
    layla, omar = someone("Layla", number="M-41"), someone("Omar", number="M-42")
    settle(lambda session: lets_lead(session, layla.member_id))

    page = manager.post("/parties/plans", follow_redirects=True)
    drafted = manager.post("/parties/plans")
    asked = manager.post(f"{drafted.location}/ask", follow_redirects=True)
    mine = omar.get(f"/parties/{party_id}").text
    joined = omar.post(f"/parties/{party_id}/join", follow_redirects=True).text

    assert page.status_code == 200
    assert "Layla" in page.text
    assert "You lead the crew" in page.text
    assert "members are asked" in asked.text
    assert "Why you are asked" in mine
    assert "Clean the east canal" in mine
    assert "You have a place" in joined


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_with_no_party_ahead_there_is_nobody_to_ask(manager: Visitor) -> None:
    assert "Call one" in manager.get("/parties/office").text
    assert manager.post("/parties/plans").status_code == 404
    assert NEW["title"] not in manager.get("/parties").text
