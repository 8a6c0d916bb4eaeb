"""Where a file would land under each coordinate system it could be in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, inf, radians
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from coopfarm.land.rules.order import METRES_A_DEGREE

Bounds = tuple[float, float, float, float]
M_A_KM = 1_000


@dataclass(frozen=True, slots=True)
class Landing:
    """A coordinate system, and the box in degrees where the file would lie in it.

    `km` is from the cooperative's land or city to the box; None where either is not known.
    """

    crs: str
    name: str
    bounds: Bounds | None
    km: float | None

    @property
    def middle(self) -> tuple[float, float] | None:
        """Longitude and latitude of the box's middle."""
        if self.bounds is None:
            return None
        west, south, east, north = self.bounds
        return (west + east) / 2, (south + north) / 2


def landings(
    alternatives: Sequence[Mapping[str, Any]], home: BaseGeometry | None
) -> Sequence[Landing]:
    """The systems that were offered, the nearest first; `home` is the land in degrees.

    Of those that differ by less than a kilometre the likelier one, which is offered first,
    stays first.
    """
    found = [_landing(way, home) for way in alternatives if way.get("crs")]
    return sorted(found, key=lambda landing: inf if landing.km is None else round(landing.km))


def km_between(one: BaseGeometry, other: BaseGeometry) -> float:
    """Kilometres between the nearest points of two shapes in degrees, on a plane there.

    Right to a percent or two up to some hundred kilometres; beyond that it only says far.
    """
    (x1, y1), (x2, y2) = shapely.get_coordinates(shapely.shortest_line(one, other)).tolist()
    east = (x2 - x1) * cos(radians((y1 + y2) / 2))
    return hypot(east, y2 - y1) * METRES_A_DEGREE / M_A_KM


def _landing(way: Mapping[str, Any], home: BaseGeometry | None) -> Landing:
    sides = way.get("bounds")
    bounds: Bounds | None = tuple(sides) if sides else None
    km = km_between(shapely.box(*bounds), home) if bounds and home is not None else None
    return Landing(str(way["crs"]), str(way.get("title") or way["crs"]), bounds, km)
