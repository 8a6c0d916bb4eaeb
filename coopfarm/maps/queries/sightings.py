"""Sightings of pests on the map: what was seen lately and stands."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from shapely import Point

from coopfarm.kernel.words import N_, Phrase
from coopfarm.land.rules import coarse
from coopfarm.maps.queries import layers
from coopfarm.maps.queries.layers import Asked
from coopfarm.maps.rules.layers import COOPERATIVE, Drawn, Field, Layer, Value
from coopfarm.members.rules import sight
from coopfarm.pests.queries import sightings
from coopfarm.pests.queries.sightings import Seen
from coopfarm.store.tenancy import TenantSession

# A sighting stays on the map of the days after it: as long as a scouting round comes round.
SHOWN_FOR: Final = timedelta(days=14)

SIGHTINGS: Final = Layer(
    "sightings",
    "Point",
    Phrase("map-layer:sightings", N_("Sightings")),
    (
        Field("pest", "text", Phrase("map-field:pest", N_("Pest")), is_drawn=True),
        Field("crop", "text", Phrase("map-field:crop", N_("Crop"))),
        Field("severity", "whole", Phrase("map-field:severity", N_("How bad, 1 to 3"))),
        Field("mean_count", "number", Phrase("map-field:mean_count", N_("Count a stop"))),
        Field("state", "text", Phrase("map-field:sighting_state", N_("Looked at")), is_drawn=True),
        Field("seen_at", "moment", Phrase("map-field:seen_at", N_("Seen"))),
        Field("plot", "text", Phrase("map-field:plot", N_("Plot"))),
        COOPERATIVE,
    ),
    time="seen_at",
)


def seen(session: TenantSession, asked: Asked) -> Sequence[Drawn]:
    """What was seen in the fortnight up to the day's end: where exactly, only to who may know."""
    since = asked.during.end - SHOWN_FOR
    found = sightings.live_between(session, since, asked.during.end)
    drawn = [
        Drawn(one.sighting.id, _place(one, asked), _facts(one, asked))
        for one in found
        if asked.pest in ("", one.sighting.pest)
    ]
    return [one for one in drawn if _is_within(one, asked)]


def _place(one: Seen, asked: Asked) -> Point:
    at = one.sighting.place
    knows = sight.sees_boundary(asked.area.roles, asked.area.member_id, one.concerned)
    return at if knows else coarse.cell(at)


def _facts(one: Seen, asked: Asked) -> Mapping[str, Value]:
    told = one.sighting
    return {
        "pest": told.pest,
        "crop": told.crop,
        "severity": told.severity,
        "mean_count": told.mean_count,
        "state": told.state,
        "seen_at": told.seen_at,
        "plot": one.plot.code if one.plot else "",
        "cooperative": asked.area.name,
    }


def _is_within(one: Drawn, asked: Asked) -> bool:
    if asked.box is None or one.shape is None:
        return asked.box is None
    west, south, east, north = asked.box
    at = one.shape.centroid
    return bool(west <= at.x <= east and south <= at.y <= north)


layers.add(SIGHTINGS, seen)
