"""Shapes in fewer corners, for looking at; quick for any shape, valid or not."""

from collections.abc import Iterator

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

MOST_PARTS = 50
_AREAS = ("Polygon", "MultiPolygon")
_RING = 4

# A side of a field lies near its two neighbours and few others.
MOST_SIDES_NEAR_A_SIDE = 20


def is_tangled(shape: BaseGeometry) -> bool:
    """Whether sides cross so often that nobody can say what was meant, and no program in time."""
    corners = shapely.get_coordinates(shape)
    sides = shapely.linestrings(np.stack([corners[:-1], corners[1:]], axis=1))
    _, near = STRtree(sides).query(sides)
    return len(near) > MOST_SIDES_NEAR_A_SIDE * len(sides)


def simpler(shape: BaseGeometry, tolerance: float) -> BaseGeometry:
    """The shape without corners that lie within `tolerance` of a line past them; perhaps empty.

    Areas are taken ring by ring: simplified as areas, they are first searched for crossings,
    and one of 17 kB can be made on which that takes minutes. Of over 50 parts the box is drawn.
    """
    if shape.geom_type not in _AREAS:
        return shapely.simplify(shape, tolerance, preserve_topology=False)
    if shapely.get_num_geometries(shape) > MOST_PARTS:
        return shapely.box(*shapely.bounds(shape))
    parts = [part for whole in shapely.get_parts(shape) for part in _part(whole, tolerance)]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _part(whole: BaseGeometry, tolerance: float) -> Iterator[BaseGeometry]:
    shell, *holes = (
        LineString(ring.coords).simplify(tolerance, preserve_topology=False).coords
        for ring in shapely.get_rings(whole)
    )
    if len(shell) >= _RING:
        yield Polygon(shell, [hole for hole in holes if len(hole) >= _RING])
