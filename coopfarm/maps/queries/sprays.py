"""Sprayed plots on the map: what was sprayed that day, and what is locked by it."""

from collections.abc import Mapping, Sequence
from typing import Final

from shapely import box

from coopfarm.kernel.words import N_, Phrase
from coopfarm.maps.queries import layers
from coopfarm.maps.queries.layers import Asked
from coopfarm.maps.rules.layers import COOPERATIVE, Drawn, Field, Layer, Value
from coopfarm.members.rules import sight
from coopfarm.pests.queries import sprays
from coopfarm.pests.queries.sprays import Sprayed
from coopfarm.store.tenancy import TenantSession

NO_ENTRY, NO_HARVEST, OPEN = "no_entry", "no_harvest", "open_again"

SPRAYS: Final = Layer(
    "sprays",
    "MultiPolygon",
    Phrase("map-layer:sprays", N_("Sprayed plots")),
    (
        Field("code", "text", Phrase("map-field:plot", N_("Plot"))),
        Field("product", "text", Phrase("map-field:product", N_("Product"))),
        Field("state", "text", Phrase("map-field:spray_state", N_("That day")), is_drawn=True),
        Field("crop", "text", Phrase("map-field:crop", N_("Crop")), is_drawn=True),
        Field("ended_at", "moment", Phrase("map-field:sprayed_at", N_("Sprayed"))),
        Field(
            "re_entry_until",
            "moment",
            Phrase("map-field:re_entry_until", N_("Closed to enter until")),
        ),
        Field(
            "pre_harvest_until",
            "moment",
            Phrase("map-field:pre_harvest_until", N_("Closed to harvest until")),
        ),
        Field("dose", "number", Phrase("map-field:dose", N_("Dose"))),
        Field("dose_unit", "text", Phrase("map-field:dose_unit", N_("Dose measured in"))),
        Field("sprayed_m2", "number", Phrase("map-field:sprayed_m2", N_("Area sprayed, m²"))),
        Field("wind_km_h", "number", Phrase("map-field:wind_km_h", N_("Wind, km/h"))),
        Field(
            "operator",
            "text",
            Phrase("map-field:operator", N_("Who sprayed")),
            is_personal=True,
        ),
        COOPERATIVE,
    ),
    time="ended_at",
)


def sprayed(session: TenantSession, asked: Asked) -> Sequence[Drawn]:
    """What was sprayed that day or locks its plot in it, for who is shown the plot."""
    roles, member = asked.area.roles, asked.area.member_id
    found = [
        one
        for one in sprays.between(session, asked.during)
        if sight.sees_boundary(roles, member, one.concerned)
    ]
    drawn = [Drawn(one.spray.id, one.plot.boundary, _facts(one, asked)) for one in found]
    return [one for one in drawn if _is_within(one, asked)]


def _facts(one: Sprayed, asked: Asked) -> Mapping[str, Value]:
    told = one.spray
    return {
        "code": one.plot.code,
        "product": told.product,
        "state": _state(one, asked),
        "crop": told.crop,
        "ended_at": told.ended_at,
        "re_entry_until": told.re_entry_until,
        "pre_harvest_until": told.pre_harvest_until,
        "dose": told.dose,
        "dose_unit": told.dose_unit,
        "sprayed_m2": told.area_m2,
        "wind_km_h": told.wind_km_h,
        "operator": one.operator.number,
        "cooperative": asked.area.name,
    }


def _state(one: Sprayed, asked: Asked) -> str:
    """What is closed in some hour of the day that is asked for."""
    at = asked.during.start
    if one.spray.re_entry_until > at:
        return NO_ENTRY
    return NO_HARVEST if one.spray.pre_harvest_until > at else OPEN


def _is_within(one: Drawn, asked: Asked) -> bool:
    if asked.box is None or one.shape is None:
        return asked.box is None
    return bool(one.shape.intersects(box(*asked.box)))


layers.add(SPRAYS, sprayed)
