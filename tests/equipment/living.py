"""What is done with bookings in these tests."""

from typing import Any
from uuid import UUID

from tests.equipment.conftest import at
from tests.factories.members import Visitor


def act(who: Visitor, path: str, sent: dict[str, Any] | None = None) -> Any:
    return who.send("POST", f"/api/v1/{path}", sent)


def book(who: Visitor, wish: dict[str, Any]) -> Any:
    return act(who, "bookings", wish)


def line_up(who: Visitor, machine_id: UUID, start: float, end: float, minutes: int = 120) -> Any:
    return act(
        who,
        "waiting",
        {
            "machine_id": str(machine_id),
            "job": "plough",
            "earliest_at": at(start),
            "latest_at": at(end),
            "minutes": minutes,
        },
    )


def only_entry(who: Visitor) -> dict[str, Any]:
    (entry,) = who.send("GET", "/api/v1/waiting").json["waiting"]
    return dict(entry)


def only_slip(who: Visitor) -> dict[str, Any]:
    (slip,) = who.send("GET", "/api/v1/slips").json["slips"]
    return dict(slip)


def state_of(who: Visitor, booking: dict[str, Any]) -> str:
    return str(who.send("GET", f"/api/v1/bookings/{booking['id']}").json["state"])
