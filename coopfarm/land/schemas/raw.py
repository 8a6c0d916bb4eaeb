"""A file as it lies there: columns, cells and shapes, before anything is made of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from coopfarm.land.rules.cells import Cell

MOST_FEATURES = 20_000
# Nothing that is kept of a cell is longer than this.
CELL_LETTERS = 2_000


@dataclass(frozen=True, slots=True)
class RawFeature:
    """One feature; `unreadable` where there is a shape that could not be read."""

    values: Mapping[str, Cell]
    shape: BaseGeometry | None = None
    unreadable: bool = False


@dataclass(frozen=True, slots=True)
class RawFile:
    """A layer of a file, with the coordinate system it says it is in."""

    columns: Sequence[str]
    features: Sequence[RawFeature]
    crs: str | None = None
    layer: str | None = None
