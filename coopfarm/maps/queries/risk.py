"""Whom to scout next, on the map: plots near where a pest was verified, by rank."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select

from coopfarm.kernel.words import N_, Phrase
from coopfarm.land.models import Plot
from coopfarm.land.rules.order import METRES_A_DEGREE
from coopfarm.maps.queries import layers
from coopfarm.maps.queries.layers import Asked
from coopfarm.maps.rules.layers import COOPERATIVE, Drawn, Field, Layer
from coopfarm.maps.rules.ranking import AtRisk, Ranked, ranked
from coopfarm.maps.rules.tiles import Box
from coopfarm.pests.queries import numbers, sightings
from coopfarm.pests.queries.sightings import Seen
from coopfarm.pests.rules import numbers as rules
from coopfarm.planning.pests.risk import REACH, Infestation, Kernel, Place, risk_of
from coopfarm.store.geometry import boxes_meet, read_fields, unread
from coopfarm.store.tenancy import TenantSession

# What was seen counts so long, as on the page of scouting.
LOOKS_BACK: Final = timedelta(days=30)
_VERIFIED: Final = ("verified", "corrected")
_A_HECTARE_M2: Final = 10_000.0

RISK: Final = Layer(
    "risk",
    "MultiPolygon",
    Phrase("map-layer:risk", N_("Whom to scout next")),
    (
        Field("rank", "whole", Phrase("map-field:rank", N_("Rank"))),
        Field("code", "text", Phrase("map-field:plot", N_("Plot"))),
        Field("pest", "text", Phrase("map-field:pest", N_("Pest"))),
        Field("crop", "text", Phrase("map-field:crop", N_("Crop")), is_drawn=True),
        Field("order", "text", Phrase("map-field:order", N_("When to look")), is_drawn=True),
        Field(
            "percent", "number", Phrase("map-field:percent", N_("Percent of this pest's highest"))
        ),
        COOPERATIVE,
    ),
)


class _Near(NamedTuple):
    """Plots in reach of what was seen: their rows, shapes, and middles in metres on a plane."""

    rows: Sequence[Any]
    shapes: Sequence[BaseGeometry]
    places: Sequence[Place]


def at_risk(session: TenantSession, asked: Asked) -> Sequence[Drawn]:
    """Plots by their rank on the day, from what was verified in the 30 days up to its end.

    Only for who is shown where the plots lie; nothing where no number says how far a pest spreads.
    """
    kernels = {
        row.subject: rules.kernel(row.numbers)
        for row in numbers.in_force(session, "kernel")
        if asked.pest in ("", row.subject)
    }
    if not kernels or not asked.sees_boundaries:
        return ()
    since = asked.during.end - LOOKS_BACK
    seen = [
        one
        for one in sightings.live_between(session, since, asked.during.end)
        if one.sighting.state in _VERIFIED and one.sighting.pest in kernels
    ]
    if not seen:
        return ()
    near = _near(session, seen, kernels)
    found = ranked(_risks(near, seen, kernels))
    return _drawn(near, found, asked)


def _near(session: TenantSession, seen: Sequence[Seen], kernels: Mapping[str, Kernel]) -> _Near:
    """The plots that any of the sightings can reach."""
    around = boxes_meet(Plot.boundary, *_reached(seen, kernels))
    query = select(Plot.id, Plot.code, Plot.crop, unread(Plot.boundary)).order_by(Plot.id)
    rows = session.execute(query.where(Plot.boundary.is_not(None), around)).all()
    shapes = read_fields([row[3] for row in rows])
    middles = shapely.get_coordinates(shapely.centroid(shapes))
    flat = _flat(middles, seen)
    places = [Place(str(row[0]), x, y) for row, (x, y) in zip(rows, flat, strict=True)]
    return _Near(rows, list(shapes), places)


def _reached(seen: Sequence[Seen], kernels: Mapping[str, Kernel]) -> Box:
    """The box in degrees beyond which no kernel counts."""
    places = shapely.get_coordinates([one.sighting.place for one in seen])
    far = REACH * max(kernel.scale_m for kernel in kernels.values()) / METRES_A_DEGREE
    # Meridians draw together to the north: a box that is too wide costs nothing but time.
    across = far / max(0.01, float(np.cos(np.radians(places[:, 1])).min()))
    (west, south), (east, north) = places.min(axis=0), places.max(axis=0)
    return float(west - across), float(south - far), float(east + across), float(north + far)


def _flat(degrees: Any, seen: Sequence[Seen]) -> list[tuple[float, float]]:
    """Metres east and north of the first sighting."""
    origin = seen[0].sighting.place
    across = METRES_A_DEGREE * np.cos(np.radians(origin.y))
    east = (degrees[:, 0] - origin.x) * across
    north = (degrees[:, 1] - origin.y) * METRES_A_DEGREE
    return list(zip(east.tolist(), north.tolist(), strict=True))


def _risks(near: _Near, seen: Sequence[Seen], kernels: Mapping[str, Kernel]) -> list[AtRisk]:
    flat = _flat(shapely.get_coordinates([one.sighting.place for one in seen]), seen)
    found = []
    for pest, kernel in kernels.items():
        where = [
            _infestation(one, *at)
            for one, at in zip(seen, flat, strict=True)
            if one.sighting.pest == pest
        ]
        risks = risk_of(near.places, where, kernel)
        found += [AtRisk(row[0], row[1], pest, risks[str(row[0])]) for row in near.rows]
    return found


def _infestation(one: Seen, x_m: float, y_m: float) -> Infestation:
    """As bad as its face, on its plot's land; off every plot on a hectare."""
    area_m2 = one.plot.net_area_m2 if one.plot else 0.0
    return Infestation(x_m, y_m, area_m2 or _A_HECTARE_M2, (one.sighting.severity or 2) / 3)


def _drawn(near: _Near, found: Sequence[Ranked], asked: Asked) -> list[Drawn]:
    of_plot: dict[UUID, tuple[Any, BaseGeometry]] = {
        row[0]: (row, shape) for row, shape in zip(near.rows, near.shapes, strict=True)
    }
    drawn = [_one(*of_plot[one.plot.plot_id], one, asked) for one in found]
    if asked.box is None:
        return drawn
    window = shapely.box(*asked.box)
    return [one for one in drawn if shapely.intersects(window, shapely.envelope(one.shape))]


def _one(row: Any, shape: BaseGeometry, one: Ranked, asked: Asked) -> Drawn:
    facts = {
        "rank": one.rank,
        "code": row.code,
        "pest": one.plot.pest,
        "crop": row.crop,
        "order": one.order,
        "percent": round(one.percent, 1),
        "cooperative": asked.area.name,
    }
    return Drawn(row.id, shape, facts)


layers.add(RISK, at_risk)
