"""The machines on pages: booked, handed over, shared out."""

from coopfarm.equipment.views import pictures
from coopfarm.equipment.views.door import bp

__all__ = ["bp", "pictures"]
