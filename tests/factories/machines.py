"""Machines for tests, near the plots that `tests.land.making` draws."""

import itertools
import secrets
from datetime import UTC, datetime
from typing import Any

from shapely import Point

from coopfarm.equipment.models import Machine, MachinePolicy
from coopfarm.store.tenancy import TenantSession

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
_numbers = itertools.count(1)


def make_machine(session: TenantSession, name: str = "Tractor", **more: Any) -> Machine:
    """A machine of 2 m at 5 km/h and 0.8: 0.8 ha/h, at the origin of the drawn land."""
    defaults = {
        "code": f"T-{next(_numbers)}",
        "category": "tractor",
        "jobs": ["plough", "haul"],
        "work_width_m": 2.0,
        "work_km_h": 5.0,
        "efficiency": 0.8,
        "base": Point(72, 0),
        "tag": secrets.token_urlsafe(16),
    }
    machine = Machine(name=name, **(defaults | more))
    session.add(machine)
    session.flush()
    return machine


def make_policy(session: TenantSession, *lines: dict[str, Any], category: str = "") -> None:
    """A policy in force; each line as it is stored."""
    session.add(
        MachinePolicy(
            category=category,
            version=1,
            state="in_force",
            lines=list(lines),
            made_at=LONG_AGO,
            in_force_at=LONG_AGO,
        )
    )
    session.flush()
