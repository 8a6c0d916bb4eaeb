"""The land on pages: canals and outlets, plots, the order of turns, and files coming in."""

from coopfarm.land.views import import_map, import_pages, imports, labels, network, plots
from coopfarm.land.views.door import bp

__all__ = ["bp", "import_map", "import_pages", "imports", "labels", "network", "plots"]
