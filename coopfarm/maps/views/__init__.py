"""The maps' pages: the water of one cooperative, and the officer's map over several."""

from coopfarm.maps.views import tiles, water
from coopfarm.maps.views.door import bp

__all__ = ["bp", "tiles", "water"]
