"""A machine is booked once: the rules, the refusals, and what would work instead."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from coopfarm.equipment.models import Charge
from coopfarm.kernel.calendar import Entry
from coopfarm.kernel.interval import Interval
from coopfarm.land.actions import calendar as plot_calendar
from coopfarm.land.models import PlotTime
from coopfarm.store.tenancy import TenantSession
from tests.equipment.conftest import at
from tests.factories.machines import make_machine, make_policy
from tests.factories.members import Visitor
from tests.land.making import make_plot, square

Wish = Callable[..., dict[str, Any]]
Settle = Callable[[Callable[[TenantSession], Any]], Any]


def book(who: Visitor, wish: dict[str, Any]) -> Any:
    key = {"Idempotency-Key": str(uuid4())}
    return who.client.post("/api/v1/bookings", json=wish, headers=key)


def test_a_member_books_a_machine_for_a_plot(
    amina: Visitor, tractor_id: UUID, plot_id: UUID, wish: Wish, look: TenantSession
) -> None:
    answer = book(amina, wish(tractor_id, 9, 11, plot_id=str(plot_id)))

    assert answer.status_code == 201
    assert answer.json["state"] == "confirmed"
    assert (answer.json["cost_money"], answer.json["cost_hours"]) == (80.0, 2.0)
    assert sorted(look.scalars(select(Charge.unit))) == ["hours", "money"]
    assert len(look.scalars(select(PlotTime)).all()) == 1


@pytest.mark.parametrize("hours", [(9, 11), (8, 10), (10, 12), (9.5, 10.5), (8, 12)])
def test_no_two_bookings_of_a_machine_overlap(
    amina: Visitor, manager: Visitor, tractor_id: UUID, wish: Wish, hours: tuple[float, float]
) -> None:
    first = book(amina, wish(tractor_id, 9, 11))

    second = book(manager, wish(tractor_id, *hours))

    assert (first.status_code, second.status_code) == (201, 409)
    assert second.json["code"] == "machine-taken"
    assert "Amina" in second.json["title"]
    assert len(second.json["alternatives"]) >= 3


def test_bookings_may_touch(amina: Visitor, manager: Visitor, tractor_id: UUID, wish: Wish) -> None:
    first = book(amina, wish(tractor_id, 9, 11))

    second = book(manager, wish(tractor_id, 11, 12))

    assert (first.status_code, second.status_code) == (201, 201)


def test_every_alternative_can_be_booked(
    amina: Visitor, manager: Visitor, tractor_id: UUID, wish: Wish
) -> None:
    book(amina, wish(tractor_id, 9, 11))
    refused = book(manager, wish(tractor_id, 10, 12))

    answers = [
        book(
            manager,
            {k: one[k] for k in ("machine_ids", "starts_at", "ends_at")} | {"job": "plough"},
        )
        for one in refused.json["alternatives"]
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 201]


def act(who: Visitor, path: str, sent: dict[str, Any]) -> Any:
    key = {"Idempotency-Key": str(uuid4())}
    return who.client.post(f"/api/v1/bookings/{path}", json=sent, headers=key)


def test_what_is_given_up_is_free_and_nothing_is_owed_for_it(
    amina: Visitor, manager: Visitor, tractor_id: UUID, wish: Wish, look: TenantSession
) -> None:
    first = book(amina, wish(tractor_id, 9, 11)).json

    gone = act(amina, f"{first['id']}/cancel", {"reason": "It rains"})

    assert gone.json["state"] == "cancelled"
    assert book(manager, wish(tractor_id, 9, 11)).status_code == 201
    owed = look.scalars(select(Charge.amount).where(Charge.member_id == amina.member_id)).all()
    assert (len(owed), sum(owed)) == (4, 0)


def test_a_booking_is_made_shorter_and_longer_and_costs_as_much(
    amina: Visitor, manager: Visitor, tractor_id: UUID, wish: Wish, look: TenantSession
) -> None:
    first = book(amina, wish(tractor_id, 9, 11)).json
    book(manager, wish(tractor_id, 12, 13))

    shorter = act(amina, f"{first['id']}/move", hours(9, 10))
    longer = act(amina, f"{first['id']}/move", hours(9, 12))
    too_long = act(amina, f"{first['id']}/move", hours(9, 12.5))

    assert (shorter.json["cost_money"], longer.json["cost_money"]) == (40.0, 120.0)
    assert too_long.status_code == 409
    owed = look.scalars(select(Charge.amount).where(Charge.unit == "money"))
    assert sum(owed) == 120 + 40


def hours(start: float, end: float) -> dict[str, str]:
    return {"starts_at": at(start), "ends_at": at(end)}


def test_somebody_elses_booking_is_as_if_it_were_not_there(
    amina: Visitor, visitor: Callable[..., Visitor], tractor_id: UUID, wish: Wish
) -> None:
    first = book(amina, wish(tractor_id, 9, 11)).json
    other = visitor(name="Omar")

    answers = [
        other.get(f"/api/v1/bookings/{first['id']}"),
        act(other, f"{first['id']}/cancel", {}),
        act(other, f"{first['id']}/move", hours(9, 10)),
        act(other, f"{uuid4()}/cancel", {}),
    ]

    assert {answer.status_code for answer in answers} == {404}


def test_no_machine_comes_onto_a_plot_under_water(
    amina: Visitor, tractor_id: UUID, plot_id: UUID, wish: Wish, settle: Settle
) -> None:
    during = Interval(*(datetime.fromisoformat(at(hour)) for hour in (10, 12)))
    turn = Entry(uuid4(), plot_id, "turn", during)
    settle(lambda session: plot_calendar.write(session, [turn]))

    refused = book(amina, wish(tractor_id, 9, 11, plot_id=str(plot_id)))

    assert refused.json["code"] == "plot-not-free"
    assert "water turn" in refused.json["title"]
    assert len(refused.json["alternatives"]) >= 3


def test_a_machine_needs_the_road_and_its_cleaning_between_two_places(
    manager: Visitor, plot_id: UUID, wish: Wish, settle: Settle
) -> None:
    far = settle(lambda session: make_plot(session, "FAR", boundary=square(10_000)).id)
    slow = settle(lambda session: make_machine(session, cleaning_minutes=20).id)
    book(manager, wish(slow, 9, 11, plot_id=str(plot_id)))

    refused = book(manager, wish(slow, 12, 13, plot_id=str(far)))
    later = book(manager, wish(slow, 12.25, 13, plot_id=str(far)))

    assert refused.json["code"] == "machine-unreachable"
    assert refused.json["facts"]["needed"] == 20 + 41
    assert (refused.status_code, later.status_code) == (409, 201)


@pytest.mark.parametrize(
    "case",
    [
        ({"code": "max_minutes", "value": 60}, "policy-too-long"),
        ({"code": "min_minutes", "value": 180}, "policy-too-short"),
        ({"code": "notice_hours", "value": 48}, "policy-too-soon"),
        ({"code": "horizon_days", "value": 0.5}, "policy-too-far-ahead"),
        ({"code": "hours", "opens": "13:00", "closes": "18:00"}, "policy-outside-hours"),
        ({"code": "weekdays", "weekdays": [3]}, "policy-outside-days"),
        ({"code": "season", "opens": "09-01", "closes": "10-15"}, "policy-outside-season"),
        ({"code": "open_bookings", "value": 0}, "policy-too-many-open"),
        ({"code": "quota_bookings", "value": 0, "days": 7}, "policy-quota-bookings"),
        ({"code": "quota_hours", "value": 1.5, "days": 7}, "policy-quota-hours"),
    ],
)
def test_each_line_of_the_policy_refuses_or_warns(
    amina: Visitor, tractor_id: UUID, wish: Wish, settle: Settle, case: tuple[dict[str, Any], str]
) -> None:
    line, code = case
    settle(lambda session: make_policy(session, line))
    warns = line | {"is_hard": False}
    settle(lambda session: make_policy(session, warns, category="plough"))
    plough = settle(lambda session: make_machine(session, "Plough", category="plough").id)

    hard, soft = (book(amina, wish(one, 9, 11)) for one in (tractor_id, plough))

    assert (hard.status_code, hard.json["code"]) == (409, code)
    assert (soft.status_code, len(soft.json["says"])) == (201, 1)
