"""A machine is booked once: the rules, the refusals, and what would work instead."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from coopfarm.equipment.models import Charge
from coopfarm.land.models import PlotTime
from coopfarm.store.tenancy import TenantSession
from tests.factories.members import Visitor

Wish = Callable[..., dict[str, Any]]


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
