"""How much of an area takes part in a campaign, and which neighbours are missing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import shapely
from shapely.geometry.base import BaseGeometry

from coopfarm.planning.pests.problems import AreaUnusable
from coopfarm.planning.quantities import check_positive

SLIVER_M2: Final = 1.0  # outlines drawn by hand overlap their neighbours by a hair


class Parcel(NamedTuple):
    """A plot: its id, its area on the ground, and its shape in the coordinates of the area."""

    id: str
    area_m2: float
    shape: BaseGeometry


class Inside(NamedTuple):
    """How much of a plot lies inside."""

    id: str
    inside_m2: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """The plots that lie inside an area, those of them that take part, and those that do not.

    The missing ones come largest first. `percent` is of the land of the plots inside, 0 where
    there are none.
    """

    plots: tuple[Inside, ...]
    covered_m2: float
    total_m2: float
    missing: tuple[Inside, ...]

    @property
    def percent(self) -> float:
        return 100.0 * self.covered_m2 / self.total_m2 if self.total_m2 else 0.0


def coverage_of(
    area: BaseGeometry, parcels: Sequence[Parcel], taking_part: Collection[str]
) -> Coverage:
    """Who in an area takes part, by land; a plot counts with the part of it that lies inside.

    Area and shapes share their coordinates, which may be degrees: only the share of each shape
    that is inside is taken from them, its area from `area_m2`. Raises AreaUnusable.
    """
    if area.geom_type not in ("Polygon", "MultiPolygon") or area.is_empty or not area.is_valid:
        raise AreaUnusable(field="area")
    inside = sorted(_inside(area, parcels), key=lambda one: (-one.inside_m2, one.id))
    missing = tuple(one for one in inside if one.id not in taking_part)
    total_m2 = sum(one.inside_m2 for one in inside)
    covered_m2 = sum(one.inside_m2 for one in inside if one.id in taking_part)
    return Coverage(tuple(inside), covered_m2, total_m2, missing)


def _inside(area: BaseGeometry, parcels: Sequence[Parcel]) -> list[Inside]:
    shapely.prepare(area)
    found: list[Inside] = []
    for parcel in parcels:
        check_positive(parcel.area_m2, "area_m2")
        if not area.intersects(parcel.shape) or not parcel.shape.area:
            continue
        share = area.intersection(parcel.shape).area / parcel.shape.area
        inside_m2 = min(share, 1.0) * parcel.area_m2
        if inside_m2 >= min(SLIVER_M2, parcel.area_m2 / 2):
            found.append(Inside(parcel.id, inside_m2))
    return found
