"""What stands in for what was not measured, in the order FAO-56 gives, and says so.

Arrays hold one value per day, NaN where nothing was measured; None is a column of NaN.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt
from refet import calcs

from coopfarm.kernel.words import N_, Phrase
from coopfarm.planning.need.weather import Station

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

VAPOUR_FROM_HIGHEST = Phrase(
    "vapour-from-highest-humidity",
    N_(
        "On %(days)s of %(all)s days only the highest humidity was measured; the vapour in the"
        " air is worked out from it (FAO-56 eq. 18)."
    ),
)
VAPOUR_FROM_MEAN = Phrase(
    "vapour-from-mean-humidity",
    N_(
        "On %(days)s of %(all)s days the vapour in the air is worked out from the mean humidity"
        " (FAO-56 eq. 19)."
    ),
)
VAPOUR_FROM_LOWEST = Phrase(
    "vapour-from-lowest-humidity",
    N_(
        "On %(days)s of %(all)s days only the lowest humidity was measured; the vapour in the"
        " air is worked out from it (ASCE-EWRI 2005 eq. 13)."
    ),
)
DEW_POINT_TAKEN = Phrase(
    "dew-point-taken",
    N_(
        "Humidity was not measured on %(days)s of %(all)s days; the dew point is taken to be the"
        " lowest temperature, as FAO-56 says (eq. 48)."
    ),
)
RADIATION_NOT_POSSIBLE = Phrase(
    "radiation-not-possible",
    N_(
        "On %(days)s of %(all)s days the solar radiation is more than reaches the top of the air;"
        " it is not used."
    ),
)
RADIATION_FROM_SUNSHINE = Phrase(
    "radiation-from-sunshine",
    N_(
        "Solar radiation was not measured on %(days)s of %(all)s days; it is worked out from the"
        " hours of sunshine, as FAO-56 says (eq. 35)."
    ),
)
RADIATION_FROM_TEMPERATURE = Phrase(
    "radiation-from-temperature",
    N_(
        "There is no usable solar radiation or sunshine on %(days)s of %(all)s days; radiation is"
        " worked out from the highest and lowest temperature, as FAO-56 says (eq. 50)."
    ),
)
WIND_TAKEN = Phrase(
    "wind-taken",
    N_("Wind was not measured on %(days)s of %(all)s days; 2 m/s is taken, as FAO-56 says."),
)

# FAO-56 eq. 50: 0.16 where land surrounds the station, 0.19 beside the sea.
_KRS_INLAND, _KRS_COASTAL = 0.16, 0.19
# FAO-56 chapter 3, "Missing wind speed data": the mean of over 2,000 stations.
_WIND_M_S = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class WeatherColumns:
    """Days of one station as columns of one length; temperatures in °C, wind at its height."""

    day_of_year: IntArray
    tmin_c: FloatArray
    tmax_c: FloatArray
    rs_mj_m2: FloatArray | None = None
    sunshine_h: FloatArray | None = None
    vapour_kpa: FloatArray | None = None
    tdew_c: FloatArray | None = None
    rh_min_pct: FloatArray | None = None
    rh_mean_pct: FloatArray | None = None
    rh_max_pct: FloatArray | None = None
    wind_m_s: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.tmin_c)

    def rows(self, first: int, end: int) -> "WeatherColumns":
        """The days from place `first` up to, not including, `end`."""
        columns = {column.name: getattr(self, column.name) for column in fields(self)}
        return replace(self, **{k: v[first:end] for k, v in columns.items() if v is not None})


@dataclass(frozen=True, slots=True, eq=False)
class Filled:
    """A column without gaps, and on how many days each substitute stands in it."""

    values: FloatArray
    substitutes: tuple[tuple[Phrase, int], ...]


_Choices = Iterator[tuple[Phrase | None, FloatArray]]


def vapour_kpa(weather: WeatherColumns) -> Filled:
    """Actual vapour pressure: measured, by dew point, by humidity, or by the lowest temperature."""
    return _first_measured(_vapour_choices(weather), len(weather))


def radiation_mj_m2(station: Station, weather: WeatherColumns) -> Filled:
    """Solar radiation: measured, by sunshine, or by the day's range of temperature."""
    sky = extraterrestrial_mj_m2(station.latitude_deg, weather.day_of_year)
    measured = weather.rs_mj_m2
    if measured is None or not (impossible := measured > sky).any():
        return _first_measured(_radiation_choices(station, weather, measured, sky), len(sky))
    kept = np.where(impossible, np.nan, measured)
    filled = _first_measured(_radiation_choices(station, weather, kept, sky), len(sky))
    count = (RADIATION_NOT_POSSIBLE, int(impossible.sum()))
    return Filled(filled.values, (count, *filled.substitutes))


def wind_m_s(station: Station, weather: WeatherColumns) -> Filled:
    """Wind at the station's height; 2 m/s at two metres where it was not measured."""
    taken = _WIND_M_S / calcs.wind_height_adjust(1.0, station.wind_height_m)
    choices = (
        *_measured(weather.wind_m_s),
        (WIND_TAKEN, np.full(len(weather), taken)),
    )
    return _first_measured(iter(choices), len(weather))


def extraterrestrial_mj_m2(latitude_deg: float, day_of_year: IntArray) -> FloatArray:
    """Radiation at the top of the air on each day, MJ/m²/day."""
    # FAO-56 eq. 21, once for each of the 366 days there are.
    year: FloatArray = calcs.ra_daily(np.radians(latitude_deg), np.arange(1, 367))
    return year[day_of_year - 1]


def daylight_hours(latitude_deg: float, day_of_year: IntArray) -> FloatArray:
    """Hours from sunrise to sunset on each day."""
    # FAO-56 eq. 34: N = 24 / π · sunset hour angle.
    declination = calcs.declination(np.arange(1, 367))
    year: FloatArray = calcs.sunset_hour_angle(np.radians(latitude_deg), declination)
    return year[day_of_year - 1] * 24.0 / np.pi


def saturation_kpa(temperature_c: FloatArray) -> FloatArray:
    """Vapour pressure of saturated air."""
    # FAO-56 eq. 11: e°(T) = 0.6108 exp(17.27 T / (T + 237.3)).
    saturated: FloatArray = calcs.sat_vapor_pressure(temperature_c)
    return saturated


def _vapour_choices(weather: WeatherColumns) -> _Choices:
    yield from _measured(weather.vapour_kpa)
    if weather.tdew_c is not None:
        # FAO-56 eq. 14.
        yield None, saturation_kpa(weather.tdew_c)
    yield from _by_humidity(weather)
    yield DEW_POINT_TAKEN, saturation_kpa(weather.tmin_c)


def _by_humidity(weather: WeatherColumns) -> _Choices:
    lowest, highest = weather.rh_min_pct, weather.rh_max_pct
    if lowest is None and highest is None and weather.rh_mean_pct is None:
        return
    at_min, at_max = saturation_kpa(weather.tmin_c), saturation_kpa(weather.tmax_c)
    if lowest is not None and highest is not None:
        # FAO-56 eq. 17.
        yield None, (at_min * highest + at_max * lowest) / 200.0
    if highest is not None:
        # FAO-56 eq. 18.
        yield VAPOUR_FROM_HIGHEST, at_min * highest / 100.0
    if weather.rh_mean_pct is not None:
        # FAO-56 eq. 19.
        yield VAPOUR_FROM_MEAN, weather.rh_mean_pct * (at_min + at_max) / 200.0
    if lowest is not None:
        # ASCE-EWRI 2005 eq. 13.
        yield VAPOUR_FROM_LOWEST, at_max * lowest / 100.0


def _radiation_choices(
    station: Station, weather: WeatherColumns, measured: FloatArray | None, sky: FloatArray
) -> _Choices:
    yield from _measured(measured)
    if weather.sunshine_h is not None:
        day_h = daylight_hours(station.latitude_deg, weather.day_of_year)
        share = np.minimum(weather.sunshine_h / np.maximum(day_h, 0.1), 1.0)
        # FAO-56 eq. 35 (Ångström) with its default 0.25 and 0.50.
        yield RADIATION_FROM_SUNSHINE, (0.25 + 0.50 * share) * sky
    krs = _KRS_COASTAL if station.is_coastal else _KRS_INLAND
    # FAO-56 eq. 50 (Hargreaves), never brighter than the cloudless sky of eq. 37.
    by_range = krs * np.sqrt(weather.tmax_c - weather.tmin_c) * sky
    clear = (0.75 + 2e-5 * station.elevation_m) * sky
    yield RADIATION_FROM_TEMPERATURE, np.minimum(by_range, clear)


def _measured(column: FloatArray | None) -> _Choices:
    if column is not None:
        yield None, column


def _first_measured(choices: _Choices, length: int) -> Filled:
    """Day by day the first choice that has a value; later choices are only made when needed."""
    values = np.full(length, np.nan)
    substitutes: list[tuple[Phrase, int]] = []
    gap = np.ones(length, dtype=bool)
    for phrase, choice in choices:
        fits = gap & ~np.isnan(choice)
        values = choice if fits.all() else np.where(fits, choice, values)
        if phrase is not None and fits.any():
            substitutes.append((phrase, int(fits.sum())))
        gap &= ~fits
        if not gap.any():
            break
    return Filled(values, tuple(substitutes))
