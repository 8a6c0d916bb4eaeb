"""What a weather file may measure, how its headings are spelled, and what is possible."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Measure(NamedTuple):
    """One thing measured each day: its field, and the values that have been seen on Earth."""

    field: str
    least: float
    most: float
    unit: str


class Column(NamedTuple):
    """What a heading stands for; `height_m` where it says how high the wind was measured."""

    field: str
    height_m: float | None = None


DAY = "on"

MEASURES = (
    Measure("tmin_c", -60.0, 60.0, "°C"),
    Measure("tmax_c", -60.0, 60.0, "°C"),
    Measure("rs_mj_m2", 0.0, 50.0, "MJ/m²"),
    Measure("sunshine_h", 0.0, 24.0, "h"),
    Measure("vapour_kpa", 0.0, 10.0, "kPa"),
    Measure("tdew_c", -70.0, 40.0, "°C"),
    Measure("rh_min_pct", 0.0, 100.0, "%"),
    Measure("rh_mean_pct", 0.0, 100.0, "%"),
    Measure("rh_max_pct", 0.0, 100.0, "%"),
    Measure("wind_m_s", 0.0, 75.0, "m/s"),
    Measure("rain_mm", 0.0, 2000.0, "mm"),
    Measure("eto_mm", 0.0, 25.0, "mm"),
)

_DAY_NAMES = "date day on tarih التاريخ تاريخ اليوم تاریخ"
_NAMES = {
    "tmin_c": "tmin t_min min_temp temp_min minimum_temperature temperature_min الحرارة_الصغرى",
    "tmax_c": "tmax t_max max_temp temp_max maximum_temperature temperature_max الحرارة_العظمى",
    "rs_mj_m2": "rs srad solar_radiation solar radiation الإشعاع_الشمسي",
    "sunshine_h": "sunshine sunshine_hours sunshine_duration sun_hours ساعات_السطوع",
    "vapour_kpa": "ea vapour vapour_pressure vapor_pressure actual_vapour_pressure",
    "tdew_c": "tdew t_dew dew_point dewpoint dew نقطة_الندى",
    "rh_min_pct": "rh_min rhmin humidity_min",
    "rh_mean_pct": "rh_mean rhmean rh rh_avg humidity relative_humidity الرطوبة الرطوبة_النسبية",
    "rh_max_pct": "rh_max rhmax humidity_max",
    "wind_m_s": "wind wind_speed windspeed ws uz الرياح سرعة_الرياح",
    "rain_mm": "rain rainfall precipitation precip prcp المطر الأمطار",
    "eto_mm": "eto et0 et_o eto_refet eto_fao56 eto_pm reference_et",
}
_UNITS = {
    "°C": "c deg_c degc celsius م",
    "MJ/m²": "mj_m2 mj_m2_d mj_m2_day mj_m2_d1 mj_m_2 mj_m_2_d_1 mj_m_2_day_1",
    "h": "h hr hrs hours h_d h_day ساعة",
    "kPa": "kpa",
    "%": "pct percent",
    "m/s": "m_s ms mps m_s_1 م_ث",
    "mm": "mm mm_d mm_day mm_d_1 mm_day_1 مم",
}
# A bare "ea" may be hectopascals, whose small values would pass for kilopascals.
_UNCLEAR_WITHOUT_UNIT = {"vapour_kpa"}
_WIND_AT_A_HEIGHT = {
    2.0: "u2 u_2 ws2m wind_2m wind_speed_2m",
    10.0: "u10 u_10 ws10m wind_10m wind_speed_10m",
}


def column_of(heading: str) -> Column | None:
    """What the heading of a column stands for, or None where it is not known."""
    return _COLUMNS.get(_slug(heading))


def _slug(heading: str) -> str:
    plain = unicodedata.normalize("NFKC", heading).casefold()
    return re.sub(r"[\W_]+", "_", plain).strip("_")


def _spelled(names: str, units: Iterable[str]) -> Iterator[str]:
    for name in names.split():
        yield from (_slug(f"{name}_{unit}") for unit in units)


def _all_columns() -> Iterator[tuple[str, Column]]:
    yield from ((name, Column(DAY)) for name in _spelled(_DAY_NAMES, ("",)))
    for m in MEASURES:
        units = _UNITS[m.unit].split()
        bare = () if m.field in _UNCLEAR_WITHOUT_UNIT else ("",)
        yield from ((s, Column(m.field)) for s in _spelled(_NAMES[m.field], (*bare, *units)))
    for height_m, names in _WIND_AT_A_HEIGHT.items():
        for spelling in _spelled(names, ("", *_UNITS["m/s"].split())):
            yield spelling, Column("wind_m_s", height_m)


_COLUMNS = dict(_all_columns())
