"""Pests on pages: told of, looked at, scouted."""

from coopfarm.pests.views import asking, telling, triage
from coopfarm.pests.views.door import bp

__all__ = ["asking", "bp", "telling", "triage"]
