"""A plot and the circle in which something was seen, on a plane in metres, north up."""

from collections.abc import Iterator
from dataclasses import dataclass

from shapely import MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from coopfarm.land.rules.order import Plane

_LEAST_M = 5.0


@dataclass(frozen=True, slots=True)
class Sketch:
    """A view box, the outline as a path, the circle's radius; the place is at 0, 0."""

    box: str
    outline: str
    radius_m: float
    dot_m: float


def sketch(place: Point, accuracy_m: float | None, boundary: MultiPolygon | None) -> Sketch:
    """Of a place with the circle in which it may be, 0 where it is not known how wide."""
    plane = Plane(place.x, place.y)
    flat = plane.flat(boundary) if boundary is not None else None
    radius = accuracy_m or 0.0
    west, south, east, north = _bounds(flat, max(radius, _LEAST_M))
    rim = 0.06 * max(east - west, north - south)
    size = (east - west + 2 * rim, north - south + 2 * rim)
    box = f"{west - rim:.1f} {-north - rim:.1f} {size[0]:.1f} {size[1]:.1f}"
    return Sketch(box, " ".join(_paths(flat)), round(radius, 1), round(max(size) / 60, 2))


def _bounds(flat: BaseGeometry | None, radius: float) -> tuple[float, float, float, float]:
    west, south, east, north = flat.bounds if flat is not None else (0.0, 0.0, 0.0, 0.0)
    return min(west, -radius), min(south, -radius), max(east, radius), max(north, radius)


def _paths(flat: BaseGeometry | None) -> Iterator[str]:
    for part in getattr(flat, "geoms", ()):
        points = " ".join(f"{x:.1f},{-y:.1f}" for x, y in part.exterior.coords)
        yield f"M{points}Z"
