"""The report of a season, for the cooperative's own records and for the officer."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from coopfarm.maps.rules.season import Line, SeasonDays, season, table
from coopfarm.members.models import Member
from coopfarm.parties.models import Place
from coopfarm.store.audit import AuditEvent
from coopfarm.store.db import Database
from tests.conftest import Clock
from tests.factories.members import Visitor
from tests.factories.parties import make_party
from tests.factories.pests import make_sighting
from tests.land.making import make_plot, square
from tests.maps.conftest import HOLDERS

PAGE = "/map/season"
DAYS = "?from=2026-04-01&to=2026-07-01"
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def lived(village: None, database: Database, cooperative_id: int, clock: Clock) -> None:
    """A plan in force, a party of two, a pest that was told of twice."""
    with database.transaction(cooperative_id) as session:
        people = session.scalars(select(Member).order_by(Member.number)).all()
        party = make_party(session, people[0])
        days = {"starts_at": 3.0, "ends_at": 2.9, "cut_off_at": 4.0}
        for name, ago in days.items():
            setattr(party, name, clock.now - timedelta(days=ago))
        party.state = "done"
        for one in people[:2]:
            session.add(
                Place(
                    party_id=party.id,
                    member_id=one.id,
                    state="present",
                    is_live=True,
                    made_at=clock.now,
                )
            )
        for _ in range(2):
            make_sighting(session, people[0].id, seen_at=clock.now - timedelta(days=2))


def test_the_manager_reads_what_everybody_had_and_gave(lived: None, manager: Visitor) -> None:
    page = manager.get(PAGE + DAYS).text

    assert all(name.replace("&", "&amp;") in page for name in HOLDERS[:4])
    assert "W1" in page
    assert "canal cleaning" in page


def test_the_officer_reads_no_name_and_nothing_of_few_households(
    lived: None, officer: Visitor
) -> None:
    page = officer.get(PAGE + DAYS).text

    assert not [name for name in HOLDERS if name in page]
    assert "<h2>Each member’s part</h2>" not in page
    assert "canal cleaning" not in page
    assert "so they are left out" in page


def test_it_is_taken_out_with_a_reason_and_fetched_as_a_pdf(
    lived: None, officer: Visitor, database: Database, cooperative_id: int
) -> None:
    days = {"from": "2026-04-01", "to": "2026-07-01"}

    unsaid = officer.post(PAGE, days, page=PAGE)
    asked = officer.post(PAGE, {**days, "reason": "for the ministry"}, page=PAGE)
    paper = officer.get(asked.location)

    assert (unsaid.status_code, asked.status_code) == (422, 303)
    assert paper.data.startswith(b"%PDF")
    with database.reading() as session:
        session.cooperative_id = cooperative_id
        event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "season.report")).one()
    assert event.actor_id == officer.member_id
    assert event.after == {**days, "reason": "for the ministry"}


@on_one_database
def test_nothing_is_fetched_that_was_not_asked_for(officer: Visitor) -> None:
    assert officer.get("/map/season.pdf").location == PAGE


@on_one_database
@pytest.mark.parametrize("role", ["member", "water_master", "auditor", "treasurer"])
def test_only_the_manager_and_the_officer_take_it(
    visitor: Callable[..., Visitor], role: str
) -> None:
    assert visitor(role).get(PAGE).status_code == 403


@on_one_database
def test_it_begins_with_the_first_sowing_of_what_stands(
    database: Database, cooperative_id: int, officer: Visitor
) -> None:
    with database.transaction(cooperative_id) as session:
        make_plot(
            session, "A1", boundary=square(0), sown_on=datetime(2026, 3, 9, tzinfo=UTC).date()
        )

    page = officer.get(PAGE).text

    assert 'value="2026-03-09"' in page


def test_a_season_ends_after_it_begins() -> None:
    day = datetime(2026, 7, 1, tzinfo=UTC).date()

    with pytest.raises(SeasonDays):
        season(day, day - timedelta(days=1))


@given(st.lists(st.integers(0, 9), max_size=8))
def test_no_row_is_told_that_is_of_fewer_than_five_households(sizes: list[int]) -> None:
    lines = [
        Line(str(n), (float(n),), frozenset(uuid4() for _ in range(size)))
        for n, size in enumerate(sizes)
    ]

    told = table(lines, all_shown=False)

    shown = [*told.lines, *([told.together] if told.together else [])]
    assert all(len(one.households) >= 5 for one in shown)
    assert len(told.lines) + told.others == len(lines)
    assert told.together is None or told.others > 1
