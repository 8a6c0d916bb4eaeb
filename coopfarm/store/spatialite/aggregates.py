"""Many rows gathered into one geometry."""

import math
from collections.abc import Callable
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from coopfarm.store.spatialite import blob
from coopfarm.store.spatialite.calls import SENSELESS, SqlValue
from coopfarm.store.spatialite.shapes import collected


class _Gathering:
    """Keeps the geometries of a group; NULL and what is no geometry is passed over."""

    def __init__(self) -> None:
        self.shapes: list[BaseGeometry] = []
        self.srid: int | None = None

    def step(self, value: SqlValue) -> None:
        shape = blob.decode(value)
        if shape is not None:
            self.shapes.append(shape)
            self.srid = blob.srid_of(value) if self.srid is None else self.srid

    def finalize(self) -> bytes | None:
        if not self.shapes or self.srid is None:
            return None
        try:
            return blob.encode(self.gathered(), self.srid)
        except SENSELESS:
            return None

    def gathered(self) -> BaseGeometry:
        """The geometries side by side."""
        return collected(self.shapes)


class Collect(_Gathering):
    """All geometries of the group side by side."""


class Union(_Gathering):
    """The ground that any geometry of the group covers."""

    def gathered(self) -> BaseGeometry:
        return shapely.union_all(self.shapes)


class Extent:
    """The box around all geometries of the group, from their headers alone."""

    def __init__(self) -> None:
        self.boxes: list[blob.Box] = []
        self.srid = 0

    def step(self, value: SqlValue) -> None:
        box = blob.box_of(value)
        if box is not None and not math.isnan(box[0]):
            self.boxes.append(box)
            self.srid = blob.srid_of(value) or 0

    def finalize(self) -> bytes | None:
        if not self.boxes:
            return None
        west, south, east, north = zip(*self.boxes, strict=True)
        box = shapely.box(min(west), min(south), max(east), max(north), ccw=False)
        return blob.encode(box, self.srid)


AGGREGATES: dict[str, Callable[[], Any]] = {
    "GUnion": Union,
    "ST_Union": Union,
    "Collect": Collect,
    "ST_Collect": Collect,
    "Extent": Extent,
}
