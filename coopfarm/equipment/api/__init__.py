"""The machines for programs: what the pages do, in JSON."""

from coopfarm.equipment.api import bookings, handing_over, slips, telling, waiting
from coopfarm.equipment.api.door import api

__all__ = ["api", "bookings", "handing_over", "slips", "telling", "waiting"]
