"""The maps' pages: the water of one cooperative, and the officer's map over several."""

from coopfarm.maps.views import base, exports, keys, officer, ogc, season, tiles, water
from coopfarm.maps.views.door import bp

__all__ = ["base", "bp", "exports", "keys", "officer", "ogc", "season", "tiles", "water"]
