"""A tractor, a plot, and people who want it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from coopfarm.store.db import Database
from tests.factories.machines import make_machine
from tests.factories.members import Visitor
from tests.land.making import make_plot, square


@pytest.fixture
def tractor_id(database: Database, cooperative_id: int) -> UUID:
    with database.transaction(cooperative_id) as session:
        return make_machine(session, "Tractor one", price_an_hour=40.0, hours_an_hour=1.0).id


@pytest.fixture
def amina(visitor: Callable[..., Visitor]) -> Visitor:
    found = visitor(name="Amina")
    found.client.set_cookie("language", "en")
    return found


@pytest.fixture
def manager(visitor: Callable[..., Visitor]) -> Visitor:
    found = visitor("manager", "member", name="Mariam")
    found.client.set_cookie("language", "en")
    return found


@pytest.fixture
def plot_id(database: Database, cooperative_id: int, amina: Visitor) -> UUID:
    """A hectare of Amina's, some metres from the base."""
    with database.transaction(cooperative_id) as session:
        return make_plot(session, "P1", boundary=square(0), holder_id=amina.member_id).id


@pytest.fixture
def wish() -> Callable[..., dict[str, Any]]:
    """`wish(machine_id, 9, 11)`: ploughing on 2 July 2026 from 09:00 to 11:00 UTC."""

    def make(machine_id: UUID, start: float, end: float, **more: Any) -> dict[str, Any]:
        return {
            "machine_ids": [str(machine_id)],
            "job": "plough",
            "starts_at": at(start),
            "ends_at": at(end),
            **more,
        }

    return make


def at(hour: float, day: int = 2) -> str:
    moment = datetime(2026, 7, day, int(hour), round(hour % 1 * 60), tzinfo=UTC)
    return moment.isoformat()
