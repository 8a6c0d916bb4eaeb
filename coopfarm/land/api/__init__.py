"""The land for programs: read it, and change it as of the edition that was read."""

from coopfarm.land.api import canals, drawings, nakkas, outlets, plots
from coopfarm.land.api.door import api

__all__ = ["api", "canals", "drawings", "nakkas", "outlets", "plots"]
