"""One calendar of each plot and each person: what one capability writes, the others read."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from coopfarm.kernel.calendar import Entry
from coopfarm.kernel.interval import Interval
from coopfarm.land.actions import calendar as plot_calendar
from coopfarm.land.models import Plot
from coopfarm.land.queries.calendar import of_plots
from coopfarm.land.rules.calendar import PlotTaken
from coopfarm.members.actions import calendar
from coopfarm.members.queries.calendar import of_people
from coopfarm.members.rules.calendar import PersonTaken
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from coopfarm.water import actions
from coopfarm.water.models import Turn
from tests.factories.members import Visitor, make_member
from tests.factories.water import STARTS_AT, make_plan, settle_week

WEEK = Interval(STARTS_AT - timedelta(days=7), STARTS_AT + timedelta(days=14))
HOUR = timedelta(hours=1)


def at(hour: float, hours: float = 1) -> Interval:
    start = STARTS_AT + HOUR * hour
    return Interval(start, start + HOUR * hours)


@pytest.fixture
def holder_id(session: TenantSession) -> UUID:
    member = make_member(session, name="Amina")
    settle_week(session, [member.id, member.id])
    return member.id


@pytest.fixture
def plot_id(session: TenantSession, holder_id: UUID) -> UUID:
    plot = session.scalars(select(Plot).where(Plot.holder_id == holder_id)).first()
    assert plot is not None
    return plot.id


def test_turns_in_force_stand_in_the_calendars_and_go_with_an_undo(
    session: TenantSession, holder_id: UUID, plot_id: UUID
) -> None:
    plan = make_plan(session)
    plan.state, plan.note = "notice", "As every year"
    before = len(of_plots(session, [plot_id], WEEK))

    actions.put_in_force(session, plan, actor_id=None, now=STARTS_AT - HOUR)
    in_force = of_plots(session, [plot_id], WEEK), of_people(session, [holder_id], WEEK)
    actions.undo(session, plan, actor_id=None, now=STARTS_AT - HOUR)

    turns = session.scalars(select(Turn).where(Turn.plot_id == plot_id)).all()
    assert before == 0
    assert [(t.kind, t.starts_at, t.is_hard) for t in in_force[0]] == [
        ("turn", turn.starts_at, True) for turn in turns
    ]
    assert {(t.kind, t.is_hard) for t in in_force[1]} == {("turn", False)}
    assert of_plots(session, [plot_id], WEEK) == of_people(session, [holder_id], WEEK) == []


def test_a_machine_cannot_be_on_a_plot_under_water(session: TenantSession, plot_id: UUID) -> None:
    plot_calendar.write(session, [Entry(uuid4(), plot_id, "turn", at(0, 2))])
    session.commit()

    with pytest.raises(PlotTaken):
        plot_calendar.write(session, [Entry(uuid4(), plot_id, "booking", at(1))])
    session.rollback()

    assert [time.kind for time in of_plots(session, [plot_id], WEEK)] == ["turn"]


@pytest.mark.parametrize(
    "entry",
    [{"during": at(2)}, {"during": at(1), "is_hard": False}],
    ids=["what only touches", "what only tells"],
)
def test_what_does_not_clash_stands_beside_it(
    session: TenantSession, plot_id: UUID, entry: dict
) -> None:
    plot_calendar.write(session, [Entry(uuid4(), plot_id, "turn", at(0, 2))])

    plot_calendar.write(session, [Entry(uuid4(), plot_id, "booking", **entry)])

    assert len(of_plots(session, [plot_id], WEEK)) == 2
    assert len(of_plots(session, [plot_id], WEEK, only_hard=True)) == 2 - ("is_hard" in entry)


def test_nobody_is_expected_in_two_places_at_once(session: TenantSession, holder_id: UUID) -> None:
    calendar.write(session, [Entry(uuid4(), holder_id, "work_party", at(0, 4))])
    session.commit()

    with pytest.raises(PersonTaken, match="Amina"):
        calendar.write(session, [Entry(uuid4(), holder_id, "booking", at(3))], name="Amina")


def test_a_plan_that_would_flood_a_booked_machine_is_refused(
    session: TenantSession, plot_id: UUID
) -> None:
    plan = make_plan(session)
    plan.state, plan.note = "notice", "As every year"
    turn = session.scalars(select(Turn).where(Turn.plot_id == plot_id)).first()
    assert turn is not None
    plot_calendar.write(session, [Entry(uuid4(), plot_id, "booking", turn.during)])
    session.commit()

    with pytest.raises(PlotTaken):
        actions.put_in_force(session, plan, actor_id=None, now=STARTS_AT - HOUR)


def test_a_farmer_and_the_office_read_it_on_their_pages(
    visitor: Callable[..., Visitor], database: Database, cooperative_id: int
) -> None:
    farmer, manager = visitor("member"), visitor("manager")
    with database.transaction(cooperative_id) as session:
        settle_week(session, [farmer.member_id])
        plan = make_plan(session)
        plan.state, plan.note = "notice", "As every year"
        actions.put_in_force(session, plan, actor_id=None, now=STARTS_AT - HOUR)
        plot_id = session.scalars(select(Plot.id)).one()

    for somebody in (farmer, manager):
        somebody.client.set_cookie("language", "en")

    mine = farmer.get("/calendar").text
    of_the_office = manager.get(f"/land/plots/{plot_id}").text
    told = farmer.get("/api/v1/me/calendar").json
    of_the_plot = manager.get(f"/api/v1/plots/{plot_id}/calendar").json

    assert "water turn" in mine
    assert "water turn" in of_the_office
    assert [time["kind"] for time in told["times"]] == ["turn"]
    assert of_the_plot["times"][0]["is_hard"] is True
