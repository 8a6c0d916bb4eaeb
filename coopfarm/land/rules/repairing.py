"""Polygons that are none, put right where that hardly changes their area."""

from collections.abc import Callable

import shapely
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from coopfarm.kernel.words import Sentence
from coopfarm.land.rules import outlines, remarks
from coopfarm.land.rules.areas import M2_A_HECTARE, TOLERANCE
from coopfarm.land.rules.flaws import Feature
from coopfarm.land.rules.redrawing import POLYGONS, as_multi
from coopfarm.land.rules.shapes import Fault


def repaired(
    shape: BaseGeometry, area_m2: Callable[[BaseGeometry], float]
) -> tuple[BaseGeometry, float, float] | None:
    """A valid MultiPolygon, with its area in m² before and after; None where it is another land.

    Another it is when over 2 % of the area is won or lost, or none is left.
    """
    if outlines.is_tangled(shape):
        return None
    try:
        # The default method can take minutes for one polygon of 17 kB.
        valid = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    except GEOSException:
        return None
    if valid.geom_type not in POLYGONS or valid.is_empty:
        return None
    before_m2, after_m2 = area_m2(shape), area_m2(valid)
    if after_m2 <= 0 or abs(after_m2 - before_m2) > TOLERANCE * before_m2:
        return None
    return as_multi(valid), before_m2, after_m2


def said(feature: Feature, fault: Fault, before_m2: float, after_m2: float) -> Sentence:
    """What was done: the place in degrees, and the areas in hectares."""
    return remarks.SHAPE_REPAIRED(
        **feature.facts,
        lon=fault.lon,
        lat=fault.lat,
        before_ha=round(before_m2 / M2_A_HECTARE, 4),
        after_ha=round(after_m2 / M2_A_HECTARE, 4),
    )
