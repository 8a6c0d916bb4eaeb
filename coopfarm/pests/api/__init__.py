"""Pests for programs: what the pages do, in JSON."""

from coopfarm.pests.api import sightings
from coopfarm.pests.api.door import api

__all__ = ["api", "sightings"]
