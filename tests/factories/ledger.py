"""Deeds for tests."""

from datetime import date
from typing import Any
from uuid import UUID

from coopfarm.ledger.actions import Deed, Line

ON = date(2026, 6, 30)


def make_deed(giver: UUID | str, receiver: UUID | str, amount: int = 60, **more: Any) -> Deed:
    """One hour of work from one to another, for carrying wood."""
    facts = more.pop("facts", {"words": "carried wood"})
    unit, kind, on = more.pop("unit", "labour"), more.pop("kind", "favour"), more.pop("on", ON)
    lines = (Line(giver, amount), Line(receiver, -amount))
    return Deed(unit, kind, lines, on, facts, **more)
