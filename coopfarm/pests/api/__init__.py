"""Pests for programs: what the pages do, in JSON."""

from coopfarm.pests.api import campaigns, sightings, sprays
from coopfarm.pests.api.door import api

__all__ = ["api", "campaigns", "sightings", "sprays"]
