"""What is seen of pests, what is known of them, and what is done against them."""

from coopfarm.pests.models.seen import (
    ControlProposal,
    PestNumber,
    PestWindow,
    ScoutingRound,
    ScoutingStop,
    Sighting,
    SightingNotice,
    Trap,
    TrapCount,
)
from coopfarm.pests.models.sprays import Spray

__all__ = [
    "ControlProposal",
    "PestNumber",
    "PestWindow",
    "ScoutingRound",
    "ScoutingStop",
    "Sighting",
    "SightingNotice",
    "Spray",
    "Trap",
    "TrapCount",
]
