"""Pests on pages: told of, looked at, scouted."""

from coopfarm.pests.views import asking, numbers, scouting, sprays, telling, traps, triage, warmth
from coopfarm.pests.views.door import bp

__all__ = ["asking", "bp", "numbers", "scouting", "sprays", "telling", "traps", "triage", "warmth"]
