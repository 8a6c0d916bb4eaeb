"""The machines for programs: what the pages do, in JSON."""

from coopfarm.equipment.api import bookings
from coopfarm.equipment.api.door import api

__all__ = ["api", "bookings"]
