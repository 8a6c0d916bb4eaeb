"""Where the cooperative is, as far as it is known."""

from collections.abc import Sequence
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class StoredPlot:
    """A plot that is drawn already: its boundary in degrees."""

    row_id: str
    code: str
    boundary: BaseGeometry


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A point of the cooperative in degrees, and the bounds of its land where some is drawn.

    `plots` are the plots that are drawn already, to see what a file would lay over them.
    """

    lon: float
    lat: float
    land: Bounds | None = None
    plots: Sequence[StoredPlot] = ()
