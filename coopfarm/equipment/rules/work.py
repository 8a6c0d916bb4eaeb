"""How long a job takes, what it costs, and how long a machine is on the road."""

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

M2_A_HECTARE: Final = 10_000
# Lengths are offered in steps that people say aloud.
STEP_MINUTES: Final = 15
_SHORTEST_MINUTES: Final = 15
_EARTH_RADIUS_M: Final = 6_371_008.8


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the ground, degrees of WGS 84."""

    longitude_deg: float
    latitude_deg: float


@dataclass(frozen=True, slots=True)
class Rig:
    """What the rules know of a machine."""

    id: UUID
    name: str
    category: str
    jobs: tuple[str, ...]
    state: str
    base: Spot | None
    rate_ha_h: float | None
    road_km_h: float
    cleaning_minutes: int
    price_an_hour: float
    price_a_hectare: float
    hours_an_hour: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What a booking costs: money in the cooperative's currency, and hours of labour."""

    money: float
    hours: float


def work_rate_ha_h(width_m: float, speed_km_h: float, efficiency: float) -> float:
    """Effective field capacity in ha/h of an implement of this width at this speed.

    Speed × width × efficiency ÷ 10: a strip 1 m wide at 1 km/h is 0.1 ha/h.
    """
    return speed_km_h * width_m * efficiency / 10  # Iowa State University Extension, A3-24


def rate_of(rigs: tuple[Rig, ...]) -> float | None:
    """The rate of machines that work together: that of the slowest whose rate is known."""
    return min((rig.rate_ha_h for rig in rigs if rig.rate_ha_h), default=None)


def minutes_for(area_m2: float, rate_ha_h: float | None) -> int | None:
    """How long an area takes, rounded up to a quarter of an hour; None where no rate is known."""
    if not rate_ha_h:
        return None
    exact = area_m2 / M2_A_HECTARE / rate_ha_h * 60
    return max(_SHORTEST_MINUTES, math.ceil(exact / STEP_MINUTES - 1e-9) * STEP_MINUTES)


def cost_of(rigs: tuple[Rig, ...], minutes: float, area_m2: float | None) -> Cost:
    """What these machines cost for so long, on so much land."""
    hours, hectares = minutes / 60, (area_m2 or 0) / M2_A_HECTARE
    money = sum(rig.price_an_hour * hours + rig.price_a_hectare * hectares for rig in rigs)
    return Cost(round(money, 2), round(sum(rig.hours_an_hour * hours for rig in rigs), 2))


def metres(one: Spot, other: Spot) -> float:
    """Great-circle distance; fields of one cooperative are near enough for a sphere."""
    a, b = math.radians(one.latitude_deg), math.radians(other.latitude_deg)
    across = math.radians(other.longitude_deg - one.longitude_deg)
    # Haversine, R. W. Sinnott, "Virtues of the haversine", 1984.
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(across / 2) ** 2
    return 2 * _EARTH_RADIUS_M * math.asin(math.sqrt(half))


def travel(rig: Rig, start: Spot | None, end: Spot | None) -> timedelta:
    """The way between two places at road speed, in whole minutes; none where one is unknown."""
    if start is None or end is None:
        return timedelta(0)
    minutes = metres(start, end) / 1000 / rig.road_km_h * 60
    return timedelta(minutes=math.ceil(minutes - 1e-9))
