"""Pests on pages: told of, looked at, scouted, met together."""

from coopfarm.pests.views import (
    asking,
    calling,
    campaigns,
    joining,
    numbers,
    scouting,
    sites,
    sprays,
    telling,
    traps,
    triage,
    warmth,
)
from coopfarm.pests.views.door import bp

__all__ = [
    "asking",
    "bp",
    "calling",
    "campaigns",
    "joining",
    "numbers",
    "scouting",
    "sites",
    "sprays",
    "telling",
    "traps",
    "triage",
    "warmth",
]
