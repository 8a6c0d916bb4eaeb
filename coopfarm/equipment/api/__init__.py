"""The machines for programs: what the pages do, in JSON."""

from coopfarm.equipment.api import (
    bookings,
    faults,
    fleet,
    handing_over,
    inbox,
    policies,
    rounds,
    slips,
    waiting,
)
from coopfarm.equipment.api.door import api

__all__ = [
    "api",
    "bookings",
    "faults",
    "fleet",
    "handing_over",
    "inbox",
    "policies",
    "rounds",
    "slips",
    "waiting",
]
