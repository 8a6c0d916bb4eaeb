"""Upkeep: due by meter or by day, never booked past, reckoned anew once it is done."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from coopfarm.equipment.models import MachineTime, Upkeep, UpkeepPlan
from coopfarm.equipment.queries import fleet
from coopfarm.equipment.rules.slots import Taken
from coopfarm.equipment.rules.upkeep import (
    Asked,
    Need,
    UpkeepDueByDay,
    UpkeepDueByMeter,
    is_due,
    past_due,
)
from coopfarm.equipment.rules.work import Rig
from coopfarm.kernel.interval import Interval
from coopfarm.store.tenancy import TenantSession
from tests.factories.members import Visitor

Settle = Callable[[Callable[[TenantSession], Any]], Any]
NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
RIG = Rig(uuid4(), "Tractor", "tractor", ("plough",), "in_service", None, 0.8, 15, 0, 0, 0, 0)


def hours(start: float, length: float) -> Interval:
    first = NOW + timedelta(hours=start)
    return Interval(first, first + timedelta(hours=length))


def need(**more: Any) -> Need:
    told: dict[str, Any] = {
        "plan_id": uuid4(),
        "name": "Oil",
        "counts": "hours",
        "reading": 240.0,
        "every_units": 250.0,
        "every_days": None,
        "done_at_reading": 0.0,
        "done_on": date(2026, 6, 1),
    }
    return Need(**(told | more))


def asked(during: Interval, *taken: Interval) -> Asked:
    booked = tuple(Taken(one, None, "Omar") for one in taken)
    return Asked(RIG, during, booked, NOW, UTC_ZONE)


def test_what_is_booked_already_counts_to_the_limit() -> None:
    assert past_due([need()], asked(hours(24, 4), hours(2, 6))) is None

    refusal = past_due([need()], asked(hours(24, 5), hours(2, 6)))

    assert isinstance(refusal, UpkeepDueByMeter)
    assert (refusal.facts["limit"], refusal.facts["expected"]) == (250.0, 251.0)


def test_what_comes_after_the_job_does_not_count() -> None:
    assert past_due([need()], asked(hours(24, 10), hours(48, 6))) is None


def test_the_day_of_the_upkeep_ends_what_can_be_booked() -> None:
    by_day = need(every_units=None, every_days=31)

    on_the_day = past_due([by_day], asked(hours(24, 2)))
    after_it = past_due([by_day], asked(hours(48, 2)))

    assert on_the_day is None
    assert isinstance(after_it, UpkeepDueByDay)
    assert after_it.facts["limit"] == date(2026, 7, 2)


def test_after_a_planned_time_in_the_workshop_it_counts_anew() -> None:
    planned = need(reading=249.0, workshop=(hours(5, 2),))

    assert past_due([planned], asked(hours(24, 8))) is None
    assert isinstance(past_due([planned], asked(hours(1, 3))), UpkeepDueByMeter)


def test_hectares_follow_from_the_work_rate_and_kilometres_are_not_foreseen() -> None:
    hectares = need(counts="hectares", reading=249.0)
    kilometres = need(counts="kilometres", reading=249.0)

    assert past_due([hectares], asked(hours(24, 1))) is None
    assert past_due([hectares], asked(hours(24, 2))) is not None
    assert past_due([kilometres], asked(hours(24, 9))) is None


@given(
    booked=st.lists(st.integers(1, 6), max_size=5),
    length=st.integers(1, 10),
    reading=st.floats(0, 260),
)
def test_what_is_let_through_never_passes_the_limit(
    booked: list[int], length: int, reading: float
) -> None:
    taken = [hours(24 * at + 1, long) for at, long in enumerate(booked)]
    job = hours(24 * 7, length)

    refusal = past_due([need(reading=reading)], asked(job, *taken))

    fits = round(reading, 6) + sum(booked) + length <= 250
    assert (refusal is None) == fits or abs(reading + sum(booked) + length - 250) < 1e-6


def test_it_is_due_from_the_reading_and_from_the_day_after() -> None:
    by_day = need(every_units=None, every_days=30)

    assert is_due(need(reading=250.0), date(2026, 7, 1))
    assert not is_due(need(reading=249.9), date(2026, 7, 1))
    assert not is_due(by_day, date(2026, 7, 1))
    assert is_due(by_day, date(2026, 7, 2))


def test_a_machine_is_not_booked_past_its_upkeep_and_can_be_once_it_is_planned(
    manager: Visitor, amina: Visitor, tractor_id: UUID, wish: Callable[..., Any]
) -> None:
    path = f"/machines/{tractor_id}"
    manager.post(f"{path}/upkeep", {"name": "Oil", "every_units": "3", "minutes": "60"})

    fits = amina.send("POST", "/api/v1/bookings", wish(tractor_id, 6, 8))
    refused = amina.send("POST", "/api/v1/bookings", wish(tractor_id, 9, 11))
    plan_id = _plan_of(manager, tractor_id)
    hours_of = {"plan_id": plan_id, "on": "2026-07-02", "opens": "11:00", "closes": "12:00"}
    placed = manager.post(f"{path}/workshop", hours_of)
    after = amina.send("POST", "/api/v1/bookings", wish(tractor_id, 12, 14))

    assert (fits.status_code, placed.status_code, after.status_code) == (201, 303, 201)
    assert (refused.status_code, refused.json["code"]) == (409, "upkeep-due-by-meter")
    assert "needs “Oil” at 3" in refused.json["title"]


def _plan_of(manager: Visitor, machine_id: UUID) -> str:
    page = manager.get(f"/machines/{machine_id}/upkeep").text
    found = re.search(r"/upkeep-plans/([^/]+)/drop", page)
    assert found
    return found[1]


def test_offers_instead_are_not_past_the_upkeep_either(
    manager: Visitor, amina: Visitor, tractor_id: UUID, wish: Callable[..., Any]
) -> None:
    path = f"/machines/{tractor_id}"
    amina.send("POST", "/api/v1/bookings", wish(tractor_id, 6, 8))
    manager.post(f"{path}/upkeep", {"name": "Check", "every_days": "2", "minutes": "60"})

    refused = amina.send("POST", "/api/v1/bookings", wish(tractor_id, 7, 9))

    ends = [one["ends_at"] for one in refused.json["alternatives"]]
    assert ends
    assert max(ends) < "2026-07-04"


def test_a_workshop_takes_nobodys_booking(
    manager: Visitor, amina: Visitor, tractor_id: UUID, wish: Callable[..., Any]
) -> None:
    amina.send("POST", "/api/v1/bookings", wish(tractor_id, 9, 11))
    sent = {"words": "Tyres", "on": "2026-07-02", "opens": "13:00", "closes": "15:00"}

    answer = manager.post(f"/machines/{tractor_id}/workshop", sent)

    assert answer.status_code == 409
    assert "Amina" in answer.text


def test_what_was_done_is_reckoned_from_that_reading_and_frees_the_hours(
    manager: Visitor, tractor_id: UUID, settle: Settle, look: TenantSession
) -> None:
    path = f"/machines/{tractor_id}"
    manager.post(f"{path}/upkeep", {"name": "Oil", "every_units": "250", "minutes": "60"})
    plan_id = _plan_of(manager, tractor_id)
    hours_of = {"plan_id": plan_id, "on": "2026-07-02", "opens": "8:00", "closes": "9:00"}
    manager.post(f"{path}/workshop", hours_of)
    upkeep_id = settle(lambda s: s.scalars(select(Upkeep.id)).one())

    first = manager.post(f"/upkeep/{upkeep_id}/done", {"reading": "٢٦١٫٥"})
    again = manager.post(f"/upkeep/{upkeep_id}/done", {"reading": "262"})

    plan = look.scalars(select(UpkeepPlan)).one()
    assert (first.status_code, again.status_code) == (303, 409)
    assert (plan.done_at_reading, fleet.machine(look, tractor_id).meter_reading) == (261.5, 261.5)
    assert not look.scalars(select(MachineTime)).one().is_live


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"name": "Oil"}, "every_units"),
        ({"name": "", "every_days": "5"}, "name"),
        ({"name": "Oil", "every_days": "0"}, "every_days"),
    ],
)
def test_a_plan_says_what_when_and_how_often(
    manager: Visitor, tractor_id: UUID, sent: dict[str, str], field: str
) -> None:
    answer = manager.post(f"/machines/{tractor_id}/upkeep", sent)

    assert answer.status_code == 422
    assert f'href="#field-{field}"' in answer.text


def test_a_member_plans_no_upkeep(amina: Visitor, tractor_id: UUID) -> None:
    sent = {"name": "Oil", "every_days": "5"}

    assert amina.post(f"/machines/{tractor_id}/upkeep", sent).status_code == 403
    assert amina.post(f"/machines/{tractor_id}/workshop", {"on": "x"}).status_code in (403, 422)
