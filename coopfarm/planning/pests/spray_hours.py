"""Which hours are fit for spraying: neither too dry nor too damp, some wind, and no rain."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.pests.hours import AirHour

DELTA_T_TOO_LOW = Phrase(
    "spray-delta-t-too-low",
    N_(
        "Delta-T %(delta_t_c)s °C is below %(least_c)s °C: the drops hang long in the air and"
        " drift."
    ),
)
DELTA_T_TOO_HIGH = Phrase(
    "spray-delta-t-too-high",
    N_(
        "Delta-T %(delta_t_c)s °C is above %(most_c)s °C: the drops dry out before they reach the"
        " leaf."
    ),
)
DELTA_T_UNKNOWN = Phrase(
    "spray-delta-t-unknown",
    N_("Delta-T is not known: its formula holds from 5 %% humidity on and between -20 and 50 °C."),
)
TOO_STILL = Phrase(
    "spray-too-still",
    N_(
        "Wind %(wind_km_h)s km/h is below %(least_km_h)s km/h: in still air the spray may hang"
        " and drift anywhere."
    ),
)
TOO_WINDY = Phrase(
    "spray-too-windy",
    N_("Wind %(wind_km_h)s km/h is above %(most_km_h)s km/h: it carries the spray away."),
)
RAIN_FALLS = Phrase(
    "spray-rain-falls", N_("Rain of %(rain_mm)s mm in the hour %(hour)s washes it off.")
)
RAIN_UNKNOWN = Phrase(
    "spray-rain-unknown",
    N_("Whether it stays dry for %(dry_hours)s hours is not known: the next hours are missing."),
)


@dataclass(frozen=True, slots=True)
class SprayLimits:
    """Between what an hour is fit; `dry_hours` without rain count from its own beginning.

    Delta-T 2 to 8 °C: GRDC, Spray application manual, module 10 (2025). Wind 3 to 15 km/h: the
    rule on labels of 2,4-D. How long it has to stay dry is on the label of the product.
    """

    least_delta_t_c: float = 2.0
    most_delta_t_c: float = 8.0
    least_wind_km_h: float = 3.0
    most_wind_km_h: float = 15.0
    dry_hours: int = 1


class SprayHour(NamedTuple):
    """Whether an hour is fit, and every reason why it is not."""

    hour: str
    delta_t_c: float | None
    ok: bool
    reasons: tuple[Sentence, ...]


def wet_bulb_c(temperature_c: float, humidity_pct: float) -> float | None:
    """The wet-bulb temperature at sea level, to about a degree; None where it is not known.

    The formula was fitted from 5 to 99 % humidity and from -20 to 50 °C; saturated air is as
    warm as its wet bulb.
    """
    rh = humidity_pct
    if not (5.0 <= rh <= 100.0 and -20.0 <= temperature_c <= 50.0):
        return None
    # Stull 2011, J. Appl. Meteorol. Climatol. 50:2267, eq. 1.
    fitted = (
        temperature_c * math.atan(0.151977 * math.sqrt(rh + 8.313659))
        + math.atan(temperature_c + rh)
        - math.atan(rh - 1.676331)
        + 0.00391838 * math.pow(rh, 1.5) * math.atan(0.023101 * rh)
        - 4.686035
    )
    return min(fitted, temperature_c)


def delta_t_c(temperature_c: float, humidity_pct: float) -> float | None:
    """How far the wet bulb lies below the air, to a hundredth of a °C; None where not known."""
    wet_c = wet_bulb_c(temperature_c, humidity_pct)
    return None if wet_c is None else round(temperature_c - wet_c, 2)


def judge_hours(
    hours: Sequence[AirHour], limits: SprayLimits | None = None
) -> tuple[SprayHour, ...]:
    """Each hour judged by its own air and by the rain that follows it."""
    chosen = limits or SprayLimits()
    by_place = {hour.place: hour for hour in hours}
    return tuple(_judged(hour, by_place, chosen) for hour in hours)


def _judged(hour: AirHour, by_place: Mapping[int, AirHour], limits: SprayLimits) -> SprayHour:
    delta_t = delta_t_c(hour.temperature_c, hour.humidity_pct)
    reasons = (
        *_against_delta_t(delta_t, limits),
        *_against_wind(hour.wind_km_h, limits),
        *_against_rain(hour, by_place, limits),
    )
    return SprayHour(hour.hour, delta_t, not reasons, reasons)


def _against_delta_t(delta_t: float | None, limits: SprayLimits) -> Iterator[Sentence]:
    if delta_t is None:
        yield DELTA_T_UNKNOWN()
    elif delta_t < limits.least_delta_t_c:
        yield DELTA_T_TOO_LOW(delta_t_c=delta_t, least_c=limits.least_delta_t_c)
    elif delta_t > limits.most_delta_t_c:
        yield DELTA_T_TOO_HIGH(delta_t_c=delta_t, most_c=limits.most_delta_t_c)


def _against_wind(wind_km_h: float, limits: SprayLimits) -> Iterator[Sentence]:
    if wind_km_h < limits.least_wind_km_h:
        yield TOO_STILL(wind_km_h=wind_km_h, least_km_h=limits.least_wind_km_h)
    elif wind_km_h > limits.most_wind_km_h:
        yield TOO_WINDY(wind_km_h=wind_km_h, most_km_h=limits.most_wind_km_h)


def _against_rain(
    hour: AirHour, by_place: Mapping[int, AirHour], limits: SprayLimits
) -> Iterator[Sentence]:
    """The first rain within the dry hours; where one of them is missing, that it is."""
    ahead = [by_place.get(hour.place + n) for n in range(max(1, limits.dry_hours))]
    wet = next((one for one in ahead if one is not None and one.rain_mm > 0), None)
    if wet is not None:
        yield RAIN_FALLS(rain_mm=wet.rain_mm, hour=wet.hour)
    elif None in ahead:
        yield RAIN_UNKNOWN(dry_hours=limits.dry_hours)
