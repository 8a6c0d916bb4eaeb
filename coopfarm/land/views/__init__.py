"""The land on pages: canals and outlets, plots, the order of turns, and files coming in."""

from coopfarm.land.views import (
    drawing,
    import_map,
    import_pages,
    imports,
    labels,
    network,
    plots,
    sketch,
)
from coopfarm.land.views.door import bp

__all__ = [
    "bp",
    "drawing",
    "import_map",
    "import_pages",
    "imports",
    "labels",
    "network",
    "plots",
    "sketch",
]
