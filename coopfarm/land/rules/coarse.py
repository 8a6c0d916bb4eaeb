"""Where a plot lies, about: enough to find the neighbourhood, too little to find the field."""

import math
from typing import Final

from shapely import Point
from shapely.geometry.base import BaseGeometry

# A kilometre from south to north, and about as much from west to east.
STEP_DEG: Final = 0.01
_DECIMALS: Final = 3
_FARTHER_NORTH: Final = ((72.0, 0.05), (48.0, 0.02))


def cell(shape: BaseGeometry) -> Point:
    """The middle of the cell of about 1 km in which the centroid of a shape in degrees lies.

    The same shape gives the same cell each time, and nothing finer than its half shows.
    """
    at = shape.centroid
    latitude = _middle(at.y, STEP_DEG)
    # Meridians draw together: wider steps keep a cell a kilometre wide.
    east_deg = next((step for north, step in _FARTHER_NORTH if abs(latitude) > north), STEP_DEG)
    return Point(_middle(at.x, east_deg), latitude)


def _middle(degrees: float, step_deg: float) -> float:
    return round((math.floor(degrees / step_deg) + 0.5) * step_deg, _DECIMALS)
