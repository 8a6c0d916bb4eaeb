"""A spraying is written down: its plot is locked, and everybody is told so."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from coopfarm.kernel.calendar import Entry
from coopfarm.kernel.interval import Interval
from coopfarm.land.actions import calendar
from coopfarm.land.models import Plot
from coopfarm.land.rules.calendar import PlotLocked
from coopfarm.members.models import Member
from coopfarm.parties.actions import joining
from coopfarm.parties.models import WorkParty
from coopfarm.parties.queries import free
from coopfarm.parties.rules.policy import Terms
from coopfarm.parties.rules.refusals import PlotSprayed
from coopfarm.pests.queries import sprays as queries
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock
from tests.factories.machines import make_machine
from tests.factories.members import Visitor
from tests.factories.parties import as_member, make_party
from tests.factories.water import make_plan, make_turn, settle_week
from tests.land.making import make_outlet
from tests.maps.conftest import make_rotation

Settle = Callable[[Callable[[TenantSession], Any]], Any]
CAIRO = ZoneInfo("Africa/Cairo")
# 1 July 2026, 11:00 in Cairo, is the clock's now; spraying was from 06:30 to 07:30.
ENDED = datetime(2026, 7, 1, 4, 30, tzinfo=UTC)
LABEL = {
    "re_entry_hours": "24",
    "pre_harvest_days": "7",
    "source": "Label of Safi 20, Delta Works",
    "source_year": "2025",
}
SPRAYING = {
    "plot_code": "P1",
    "other": "Safi 20",
    "dose": "0.5",
    "dose_unit": "l_ha",
    "wind_km_h": "8",
    "on": "2026-07-01",
    "starts": "06:30",
    "ends": "07:30",
}


def write_down(who: Visitor, **other: str) -> Any:
    return who.post("/sprays", {**SPRAYING, **LABEL, **other}, page="/sprays/new")


def book(who: Visitor, machine_id: UUID, plot_id: UUID, starts: datetime, job: str) -> Any:
    wish = {
        "machine_ids": [str(machine_id)],
        "job": job,
        "plot_id": str(plot_id),
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=2)).isoformat(),
    }
    key = {"Idempotency-Key": str(uuid4())}
    return who.client.post("/api/v1/bookings", json=wish, headers=key)


@pytest.fixture
def sprayed(amina: Visitor, plots: dict[str, UUID]) -> str:
    """The address of the record of Amina's plot."""
    answer = write_down(amina)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


@pytest.fixture
def machine_id(settle: Settle) -> UUID:
    return settle(lambda session: make_machine(session, jobs=["plough", "harvest"]).id)


def test_a_record_says_until_when_the_plot_is_locked_and_by_what(
    amina: Visitor, sprayed: str
) -> None:
    page = amina.get(sprayed).text

    assert "Safi 20" in page
    assert "Label of Safi 20, Delta Works" in page
    assert "24 hours after it ended" in page
    assert "7 days after it ended" in page


def test_who_farms_the_plot_reads_it_on_the_first_page_and_in_the_calendar(
    amina: Visitor, omar: Visitor, sprayed: str, clock: Clock
) -> None:
    home = amina.get("/").text
    calendar_page = amina.get("/calendar").text

    assert "Do not enter until" in home
    assert "do not harvest before" in home
    assert "nobody may enter after spraying" in calendar_page
    assert "Do not enter" not in omar.get("/").text
    clock.forward(hours=30)
    assert "Do not harvest before" in amina.get("/pests").text
    assert "o not enter" not in amina.get("/pests").text


def test_an_interval_that_nobody_knows_is_asked_for_and_never_made_up(
    amina: Visitor, plots: dict[str, UUID]
) -> None:
    answer = write_down(amina, **dict.fromkeys(LABEL, ""))

    assert answer.status_code == 422
    assert "Read it from the label" in answer.text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"dose": "0"}, "give a number from 0"),
        ({"wind_km_h": "-1"}, "give a number from 0"),
        ({"dose_unit": "spoon"}, "choose how the dose is measured"),
        ({"area_ha": "50"}, "Give at most that"),
        ({"starts": "12:00", "ends": "13:00"}, "is over by now"),
        ({"on": "2024-07-01"}, "within the last year"),
        ({"other": ""}, "say it in at most"),
        ({"source": ""}, "say it in at most"),
        ({"plot_code": "P77"}, "choose a plot"),
        ({"plot_code": "P2"}, "tell the office"),
    ],
)
def test_a_record_that_cannot_be_so_is_refused_beside_its_field(
    amina: Visitor, plots: dict[str, UUID], sent: dict[str, str], said: str
) -> None:
    answer = write_down(amina, **sent)

    assert answer.status_code in (403, 422)
    assert said in answer.text


def test_a_number_of_the_cooperative_is_gone_by_and_not_shortened(
    amina: Visitor, officer: Visitor, plots: dict[str, UUID]
) -> None:
    number = {**LABEL, "kind": "interval", "subject": "Safi 20", "crop": "maize"}
    officer.post("/pests/numbers", number, page="/pests/numbers/new?kind=interval")

    shorter = write_down(amina, re_entry_hours="1", pre_harvest_days="0")
    by_it = write_down(amina, other="", product="Safi 20", **dict.fromkeys(LABEL, ""))

    assert shorter.status_code == 422
    assert "Leave the label" in shorter.text
    assert "24 hours after it ended" in amina.get(by_it.location).text


def test_the_same_spraying_is_written_down_once(amina: Visitor, sprayed: str) -> None:
    again = write_down(amina)

    assert again.status_code == 409
    assert "written down already" in again.text


def test_a_member_who_is_not_concerned_sees_no_record(omar: Visitor, sprayed: str) -> None:
    assert omar.get(sprayed).status_code == 404
    assert omar.get("/pests/sprays").status_code == 403


@pytest.mark.parametrize(
    "case",
    [
        ("plough", 23, "plot-re-entry"),
        ("plough", 24, None),
        ("harvest", 48, "plot-pre-harvest"),
        ("harvest", 7 * 24, None),
    ],
)
@pytest.mark.usefixtures("sprayed")
def test_no_machine_comes_before_re_entry_and_none_harvests_before_the_interval_is_over(
    amina: Visitor, plots: dict[str, UUID], machine_id: UUID, case: tuple[str, int, str | None]
) -> None:
    job, hours_later, refused = case

    answer = book(amina, machine_id, plots["P1"], ENDED + timedelta(hours=hours_later), job)

    assert answer.status_code == (409 if refused else 201)
    if refused:
        assert answer.json["code"] == refused
        assert "Safi 20" in answer.json["title"]
        assert len(answer.json["alternatives"]) >= 3


def test_what_is_offered_for_the_plot_lies_after_the_lock(
    amina: Visitor, sprayed: str, machine_id: UUID, plots: dict[str, UUID]
) -> None:
    refused = book(amina, machine_id, plots["P1"], ENDED + timedelta(hours=5), "harvest")

    firsts = [datetime.fromisoformat(one["starts_at"]) for one in refused.json["alternatives"]]

    assert min(firsts) >= ENDED + timedelta(days=7)


def test_no_work_party_is_called_to_a_locked_plot(
    database: Database,
    cooperative_id: int,
    manager: Visitor,
    sprayed: str,
    plots: dict[str, UUID],
) -> None:
    with database.transaction(cooperative_id) as session:
        by, here = session.get_one(Member, (cooperative_id, manager.member_id)), (plots["P1"],)

        for task, starts in (("pest_control", ENDED + timedelta(hours=20)), ("harvest_help", None)):
            with pytest.raises(PlotSprayed):
                make_party(
                    session,
                    by,
                    task=task,
                    plot_ids=here,
                    **({"starts_at": starts} if starts else {}),
                )
        later = make_party(
            session, by, task="pest_control", plot_ids=here, starts_at=ENDED + timedelta(hours=25)
        )

        assert later.state == "open"


@pytest.fixture
def called(settle: Settle, manager: Visitor, cooperative_id: int, plots: dict[str, UUID]) -> UUID:
    """A work party on Amina's plot tomorrow morning, called before it was sprayed."""

    def call(session: TenantSession) -> UUID:
        by = session.get_one(Member, (cooperative_id, manager.member_id))
        starts = ENDED + timedelta(hours=23)
        plot = (plots["P1"],)
        return make_party(session, by, task="other", plot_ids=plot, starts_at=starts).id

    return settle(call)


def test_nobody_joins_or_is_asked_to_a_party_whose_plot_was_sprayed_since(
    database: Database, cooperative_id: int, omar: Visitor, called: UUID, sprayed: str
) -> None:
    with database.transaction(cooperative_id) as session:
        party = session.get_one(WorkParty, (cooperative_id, called))

        assert free.is_closed(session, party, Terms(), CAIRO)
        with pytest.raises(PlotSprayed):
            joining.join(session, called, as_member(omar.member_id))


def test_what_was_planned_there_before_is_told_to_who_looks(
    amina: Visitor, officer: Visitor, called: UUID, sprayed: str
) -> None:
    page = officer.get(sprayed).text

    assert "It has to move" in page
    assert "work party" in page


def test_a_turn_in_the_locked_time_is_flagged_and_not_refused(
    amina: Visitor, settle: Settle, cooperative_id: int, plots: dict[str, UUID]
) -> None:
    def water(session: TenantSession) -> None:
        plot = session.get_one(Plot, (cooperative_id, plots["P1"]))
        plot.outlet_id = make_outlet(session, "W1").id
        plan = make_rotation(session, ENDED)
        starts = ENDED + timedelta(hours=8)
        make_turn(session, plan, plot, starts, 90, member_id=amina.member_id)
        times = Interval(starts, starts + timedelta(minutes=90))
        calendar.write(session, [Entry(uuid4(), plot.id, "turn", times)])

    settle(water)

    written = write_down(amina)

    assert written.status_code == 303
    assert "This turn falls into the hours" in amina.get("/").text


def test_a_plan_names_its_turns_in_hours_in_which_nobody_enters_the_plot(
    amina: Visitor, manager: Visitor, settle: Settle
) -> None:
    def sprayed_week(session: TenantSession) -> UUID:
        settle_week(session, [amina.member_id])
        plan = make_plan(session)
        plot = session.scalars(select(Plot).where(Plot.code == "O1-01")).one()
        week = Interval(plan.starts_at, plan.ends_at)
        lock = Entry(uuid4(), plot.id, "re_entry", week, is_hard=False, what="Safi 20")
        calendar.write(session, [lock])
        return plan.id

    plan_id = settle(sprayed_week)

    page = manager.get(f"/water/plans/{plan_id}").text

    assert "Safi 20, closed until" in page


def test_a_wrong_record_is_struck_out_by_the_office_and_stays_readable(
    amina: Visitor,
    manager: Visitor,
    sprayed: str,
    machine_id: UUID,
    plots: dict[str, UUID],
) -> None:
    without = manager.post(f"{sprayed}/strike", {"reason": " "}, page=sprayed)
    by_member = amina.post(f"{sprayed}/strike", {"reason": "I want to harvest"}, page=sprayed)

    struck = manager.post(f"{sprayed}/strike", {"reason": "It was plot P2"}, page=sprayed)
    again = manager.post(f"{sprayed}/strike", {"reason": "Again"}, page=sprayed)

    assert (without.status_code, by_member.status_code) == (422, 403)
    assert (struck.status_code, again.status_code) == (303, 409)
    assert "It was plot P2" in amina.get(sprayed).text
    assert "o not enter" not in amina.get("/").text
    assert "struck out" in manager.get("/pests/sprays").text
    booked = book(amina, machine_id, plots["P1"], ENDED + timedelta(hours=5), "harvest")
    assert booked.status_code == 201
    assert write_down(amina).status_code == 303


def test_the_database_keeps_a_record_as_it_was_written(
    database: Database, cooperative_id: int, sprayed: str
) -> None:
    for change in (
        "UPDATE sprays SET re_entry_until = ended_at",
        "UPDATE sprays SET product = 'water'",
        "DELETE FROM sprays",
    ):
        with (
            pytest.raises(DBAPIError, match="sprays"),
            database.transaction(cooperative_id) as session,
        ):
            session.execute(text(change))


def test_the_database_lets_no_machine_onto_a_plot_that_is_sprayed_at_the_same_time(
    database: Database, cooperative_id: int, sprayed: str, plots: dict[str, UUID]
) -> None:
    """As where the booking was judged before the spraying was written down."""
    during = Interval(ENDED + timedelta(hours=5), ENDED + timedelta(hours=6))

    with pytest.raises(PlotLocked), database.transaction(cooperative_id) as session:
        calendar.write(session, [Entry(uuid4(), plots["P1"], "booking", during)])


def test_records_of_another_plot_lock_nothing_here(
    amina: Visitor,
    officer: Visitor,
    look: TenantSession,
    sprayed: str,
    faraway: Visitor,
) -> None:
    write_down(officer, plot_code="P9", operator_id=str(faraway.member_id))

    mine = queries.locks_of(look, amina.member_id, ENDED)

    assert [one.plot.code for one in mine] == ["P1"]
    assert "Safi 20" in faraway.get("/pests").text
