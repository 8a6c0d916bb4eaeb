"""Which part of the earth a tile shows: squares of Web Mercator, four for each one zoom up.

https://docs.ogc.org/is/17-083r4/17-083r4.html, annex D.1 (WebMercatorQuad).
"""

import math
from dataclasses import dataclass
from typing import Final

from coopfarm.kernel.refusal import Missing

EXTENT: Final = 4096  # units along the side of a tile
BUFFER: Final = 64  # units drawn beyond it, so that outlines go on
DEEPEST: Final = 22
_FARTHEST_NORTH: Final = 85.0511287798066

Box = tuple[float, float, float, float]  # west, south, east, north, in degrees


@dataclass(frozen=True, slots=True)
class Tile:
    """One square of the map: column `x` from the west, row `y` from the north, at zoom `z`."""

    z: int
    x: int
    y: int

    @property
    def box(self) -> Box:
        """What it shows with its buffer, in degrees."""
        beyond = BUFFER / EXTENT
        west, north = self._degrees(-beyond, -beyond)
        east, south = self._degrees(1 + beyond, 1 + beyond)
        return max(west, -180.0), south, min(east, 180.0), north

    def _degrees(self, right: float, down: float) -> tuple[float, float]:
        across = 1 << self.z
        longitude = (self.x + right) / across * 360 - 180
        latitude = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * (self.y + down) / across))))
        return longitude, max(-_FARTHEST_NORTH, min(_FARTHEST_NORTH, latitude))


def tile(z: int, x: int, y: int) -> Tile:
    """The tile of these numbers. Raises Missing where there is none."""
    if z > DEEPEST or x >= 1 << z or y >= 1 << z:
        raise Missing
    return Tile(z, x, y)


def around(longitude: float, latitude: float, z: int) -> Tile:
    """The tile at a zoom that a point in degrees lies in."""
    across = 1 << z
    high = math.asinh(math.tan(math.radians(latitude))) / math.pi
    x, y = int((longitude + 180) / 360 * across), int((1 - high) / 2 * across)
    return Tile(z, min(x, across - 1), min(max(y, 0), across - 1))
