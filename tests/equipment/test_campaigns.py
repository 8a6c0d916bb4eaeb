"""A campaign: many plots as one job, routes, bookings, weather and a machine that breaks."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from coopfarm.equipment.models import Booking, Campaign, Machine, MachineTime, Stop
from coopfarm.equipment.planner import campaigns as planner
from coopfarm.equipment.rules.campaigns import WEATHER_REASON
from coopfarm.planning.fleet.campaign import file_form
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock
from tests.equipment.test_book_pages import text
from tests.factories.machines import make_machine
from tests.factories.members import Visitor
from tests.land.making import make_plot, square

Settle = Callable[[Callable[[TenantSession], Any]], Any]
PLOTS = [f"C{number}" for number in range(1, 9)]
NEW = {
    "name": "Wheat harvest",
    "category": "combine",
    "job": "harvest",
    "first_day": "2026-07-06",
    "last_day": "2026-07-07",
    "opens": "06:00",
    "closes": "18:00",
    "plots": "\n".join(PLOTS),
    "seconds": "0.2",
}


@pytest.fixture
def combines(settle: Settle, amina: Visitor) -> list[str]:
    """Two combines, and eight hectares of Amina's in a row."""

    def make(session: TenantSession) -> list[str]:
        for number, name in enumerate(PLOTS):
            make_plot(session, name, boundary=square(number), holder_id=amina.member_id)
        more = {"category": "combine", "jobs": ["harvest"]}
        return [make_machine(session, f"Combine {n}", **more).code for n in (1, 2)]

    return list(settle(make))


@pytest.fixture
def campaign_id(manager: Visitor, combines: list[str]) -> UUID:
    drafted = manager.post("/machines/campaigns", NEW)
    assert drafted.status_code == 303, drafted.text
    return UUID(drafted.location.rsplit("/", 1)[-1])


@pytest.fixture
def published(manager: Visitor, campaign_id: UUID) -> UUID:
    done = step(manager, campaign_id, "publish")
    assert "the members told" in done.text
    return campaign_id


def step(manager: Visitor, campaign_id: UUID, name: str, **sent: str) -> Any:
    return manager.post(f"/machines/campaigns/{campaign_id}/{name}", sent, follow_redirects=True)


def no_go(manager: Visitor, campaign_id: UUID, opens: str, closes: str) -> Any:
    days = {"from_day": "2026-07-06", "to_day": "2026-07-06"}
    return step(manager, campaign_id, "no-go", from_hour=opens, to_hour=closes, **days)


def queues(look: TenantSession) -> dict[UUID, list[Booking]]:
    """The live bookings of each machine in their order."""
    query = (
        select(MachineTime.machine_id, Booking)
        .join(Booking, Booking.id == MachineTime.subject_id)
        .where(MachineTime.is_live)
        .order_by(Booking.starts_at)
    )
    found: dict[UUID, list[Booking]] = {}
    for machine_id, booking in look.execute(query):
        found.setdefault(machine_id, []).append(booking)
    return found


def test_many_plots_become_routes_with_a_certificate(
    manager: Visitor, campaign_id: UUID, look: TenantSession
) -> None:
    page = manager.get(f"/machines/campaigns/{campaign_id}").text

    stops = look.scalars(select(Stop)).all()
    assert len(stops) == len(PLOTS)
    assert all(one.machine_id for one in stops)
    assert "The certificate holds" in page
    assert "The machines travel" in page or "The machines serve" in page


def test_the_kept_iterations_give_the_same_routes_again(
    campaign_id: UUID, look: TenantSession
) -> None:
    found = look.scalars(select(Campaign)).one()

    again = planner.replay(found)

    assert file_form.plan_as_json(again.plan)["routes"] == found.outcome["routes"]


def test_publishing_books_every_stop_with_its_reasons(
    manager: Visitor, amina: Visitor, published: UUID, look: TenantSession
) -> None:
    again = step(manager, published, "publish")

    bookings = look.scalars(select(Booking)).all()
    assert len(bookings) == len(PLOTS)
    assert {one.member_id for one in bookings} == {amina.member_id}
    assert again.status_code == 409
    page = amina.get(f"/bookings/{bookings[0].id}").text
    assert "begins here at" in page
    assert "travel of the campaign" in page


def test_weather_moves_everybody_on_in_the_same_order(
    manager: Visitor, published: UUID, look: TenantSession
) -> None:
    before = {one: [b.id for b in queue] for one, queue in queues(look).items()}
    look.rollback()

    moved = no_go(manager, published, "06:00", "09:00")

    after = queues(look)
    assert "Everybody keeps the place" in moved.text
    assert {one: [b.id for b in queue] for one, queue in after.items()} == before
    opens = datetime(2026, 7, 6, 6, tzinfo=UTC)
    assert all(queue[0].starts_at >= opens for queue in after.values())
    assert sum(one.lost_minutes for one in look.scalars(select(Stop))) > 0


def test_a_breakdown_changes_little_and_shows_it_before_it_is_published(
    manager: Visitor, published: UUID, combines: list[str], look: TenantSession
) -> None:
    kept = {one.id for one in look.scalars(select(Booking))}
    look.rollback()
    sent = {"machine": combines[0], "at_day": "2026-07-06", "at_hour": "07:00"}

    shown = step(manager, published, "break-down", **sent)
    new = look.scalars(select(Campaign).where(Campaign.number == 2)).one()
    part, name, held = new.outcome["part_unchanged"], new.id, len(queues(look))
    look.rollback()
    done = step(manager, name, "publish")

    assert "What changes" in shown.text
    assert part >= 0.8
    assert held == len(queues(look)) or "the members told" in done.text
    states = [one.state for one in look.scalars(select(Campaign).order_by(Campaign.number))]
    assert states == ["replaced", "published"]
    live = {one.id for queue in queues(look).values() for one in queue}
    assert live & kept
    assert len(live) == len(PLOTS)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"plots": "C1\nNOWHERE"}, "plot NOWHERE is not known"),
        ({"plots": ""}, "name from 1 to 500 plots"),
        ({"category": "thresher"}, "No machine of this category"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_words(
    manager: Visitor, combines: list[str], sent: dict[str, str], said: str
) -> None:
    refused = manager.post("/machines/campaigns", NEW | sent)

    assert refused.status_code in {409, 422}
    assert said in refused.text


def test_who_ripens_too_late_is_left_out_with_the_reason(
    manager: Visitor, combines: list[str], clock: Clock, look: TenantSession
) -> None:
    longer = {"plots": "C1 2026-07-06 2026-07-06", "closes": "06:45"}

    drafted = manager.post("/machines/campaigns", NEW | longer, follow_redirects=True)

    (stop,) = look.scalars(select(Stop)).all()
    assert stop.machine_id is None
    assert "Left out" in drafted.text


def test_how_far_a_campaign_is_can_be_seen_by_the_office_and_by_whose_plots_it_serves(
    manager: Visitor, amina: Visitor, published: UUID, settle: Settle
) -> None:
    def return_two(session: TenantSession) -> None:
        for booking in session.scalars(select(Booking).order_by(Booking.starts_at).limit(2)):
            booking.state = "returned"

    settle(return_two)

    office, mine = f"/machines/campaigns/{published}", f"/season/campaigns/{published}"
    pages = manager.get(office), amina.get(mine)

    assert all("Done: 2 of 8 stops." in text(page) for page in pages)
    assert text(pages[0]).count(" · done") == 2
    assert f'href="/season/campaigns/{published}"' in amina.get("/season").text


def test_who_is_left_out_reads_the_reason_and_can_book_otherwise(
    manager: Visitor, amina: Visitor, combines: list[str], look: TenantSession
) -> None:
    plots = "C1\nC2 2026-07-06 2026-07-06"
    drafted = manager.post("/machines/campaigns", NEW | {"plots": plots, "closes": "06:45"})
    name = drafted.location.rsplit("/", 1)[-1]
    hidden = amina.get(f"/season/campaigns/{name}")
    step(manager, UUID(name), "publish")

    page = amina.get(f"/season/campaigns/{name}")

    assert hidden.status_code == 404
    assert "left out" in text(page)
    assert "Longer hours or a smaller piece would help" in text(page)
    plot_ids = {str(one.plot_id) for one in look.scalars(select(Stop)) if not one.machine_id}
    assert plot_ids
    assert all(f"/book/machines?job=harvest&amp;plot={one}" in page.text for one in plot_ids)


def test_who_has_no_plot_in_a_campaign_learns_nothing_of_it(
    published: UUID, visitor: Callable[..., Visitor]
) -> None:
    omar = visitor(name="Omar")

    answer = omar.get(f"/season/campaigns/{published}")

    assert answer.status_code == 404
    assert "Wheat harvest" not in omar.get("/season").text


def test_the_plan_goes_along_as_a_file_and_is_judged_there(
    manager: Visitor, published: UUID
) -> None:
    inputs, plan = (
        manager.get(f"/machines/campaigns/{published}/{name}.json") for name in ("inputs", "plan")
    )

    judged = file_form.judge(file_form.read_problem(inputs.json), plan.json, "plan")

    assert judged.findings == ()
    assert "campaign-1-plan.json" in plan.headers["Content-Disposition"]


def test_the_reason_of_the_program_is_said_in_the_language_of_the_page(
    app: Flask, published: UUID, manager: Visitor, settle: Settle
) -> None:
    with app.test_request_context("/", headers={"Cookie": "language=en"}):
        said = app.jinja_env.filters["set_aside_because"]

        assert said(WEATHER_REASON) == WEATHER_REASON
        assert said("It rained") == "It rained"


def test_what_is_in_the_way_of_a_stop_is_told_within_its_reason(
    manager: Visitor, amina: Visitor, campaign_id: UUID, settle: Settle, look: TenantSession
) -> None:
    settle(lambda session: session.execute(update(Machine).values(state="broken")))

    step(manager, campaign_id, "publish")

    said = look.scalars(select(Stop)).first().reasons[-1]
    assert said["facts"]["why"]["code"] == "machine-not-in-service"
    page = text(amina.get(f"/season/campaigns/{campaign_id}"))
    assert re.search(r"What is in the way: Combine \d cannot be booked: broken", page)
