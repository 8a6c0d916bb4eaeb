"""Polygons that are none, put right where that hardly changes their area."""

import shapely
from shapely import MultiPolygon, Polygon
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from coopfarm.kernel.words import Sentence
from coopfarm.land.rules import remarks
from coopfarm.land.rules.areas import M2_A_HECTARE, TOLERANCE
from coopfarm.land.rules.flaws import Feature
from coopfarm.land.rules.redrawing import POLYGONS, as_multi
from coopfarm.land.rules.shapes import Fault


def made_valid(shape: BaseGeometry) -> BaseGeometry | None:
    """The valid MultiPolygon that was meant, empty where no land is inside; None where unclear."""
    try:
        whole = MultiPolygon([_without_stray_holes(part) for part in shapely.get_parts(shape)])
        # The default method can take minutes for one polygon of 17 kB.
        valid = shapely.make_valid(whole, method="structure", keep_collapsed=False)
    except GEOSException:
        return None
    if valid.is_empty:
        return MultiPolygon()
    return as_multi(valid) if valid.geom_type in POLYGONS else None


def is_same_land(before_m2: float, after_m2: float) -> bool:
    """Whether a repair won or lost no more than 2 % of the area."""
    return abs(after_m2 - before_m2) <= TOLERANCE * before_m2


def said(feature: Feature, fault: Fault, before_m2: float, after_m2: float) -> Sentence:
    """What was done: the place in degrees, and the areas in hectares."""
    return remarks.SHAPE_REPAIRED(
        **feature.facts,
        lon=fault.lon,
        lat=fault.lat,
        before_ha=round(before_m2 / M2_A_HECTARE, 4),
        after_ha=round(after_m2 / M2_A_HECTARE, 4),
    )


def _without_stray_holes(part: Polygon) -> Polygon:
    """The polygon without holes outside its shell, which would become land."""
    shell = Polygon(part.exterior)
    holes = [hole for hole in part.interiors if shapely.intersects(shell, hole)]
    return part if len(holes) == len(part.interiors) else Polygon(part.exterior, holes)
