"""Two years of weather as a dry plain at 30 degrees north may have them."""

import math
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from village_lot import Lot

HEADER = "date,tmin_c,tmax_c,rs_mj_m2,rain_mm,rh_mean_pct,wind_m_s"


class Sky(NamedTuple):
    """What the day is like beside the season: warmer, cloudier, windy, wet."""

    warm: float = 0.0
    cloud: float = 0.0
    windy_days: int = 0
    rain_mm: float = 0.0


def weather(lot: Lot, first: date, last: date, latitude_deg: float) -> Iterator[str]:
    """One CSV line a day from `first` to `last`, both included."""
    sky = Sky()
    for on in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        doy = on.timetuple().tm_yday
        cloud = 0.5 * sky.cloud + 0.85 * lot.normal()
        sky = Sky(
            warm=0.7 * sky.warm + 0.7 * lot.normal(),
            cloud=cloud,
            windy_days=_hot_wind(lot, doy, sky.windy_days),
            rain_mm=_rain(lot, doy, cloud),
        )
        yield f"{on.isoformat()},{_day(lot, doy, sky, _beyond_the_air(doy, latitude_deg))}"


def _day(lot: Lot, doy: int, sky: Sky, above_mj_m2: float) -> str:
    wet = sky.rain_mm > 0
    mean = _year(doy, 21.4, 7.6, peak=209) + sky.warm * _year(doy, 1.5, -0.4, peak=200)
    spread = _year(doy, 12.6, 1.3, peak=150) - 2.5 * max(sky.cloud, 0.0)
    bright = _year(doy, 0.80, 0.13, peak=185) - 0.09 * max(sky.cloud, -0.7) - 0.2 * wet
    damp = _year(doy, 59.0, -4.5, peak=135) + 5.0 * lot.normal() + 14.0 * wet
    wind = _year(doy, 2.2, 0.3, peak=160) * math.exp(0.25 * lot.normal())
    if sky.windy_days:
        mean, spread, damp, wind = mean + 6.5, spread + 4.0, damp - 26.0, wind + 2.4
    half = max(spread, 4.0) / 2.0
    # Allen et al. (1998), FAO-56, equation 35.
    rs = (0.25 + 0.50 * min(max(bright, 0.1), 0.97)) * above_mj_m2
    rest = f"{min(max(damp, 12.0), 96.0):.0f},{max(wind, 0.5):.1f}"
    return f"{mean - half:.1f},{mean + half:.1f},{rs:.1f},{sky.rain_mm:.1f},{rest}"


def _year(doy: int, mean: float, swing: float, *, peak: int) -> float:
    """A yearly wave with its crest on day `peak`."""
    return mean + swing * math.cos(2.0 * math.pi * (doy - peak) / 365.25)


def _hot_wind(lot: Lot, doy: int, days_left: int) -> int:
    """Khamsin: a spring wind from the desert that lasts two or three days."""
    if days_left > 0:
        return days_left - 1
    return int(lot.between(2, 4)) if lot.happens(0.055 if 75 <= doy <= 145 else 0.0) else 0


def _rain(lot: Lot, doy: int, cloud: float) -> float:
    """Millimetres: short winter rains, no summer rain."""
    winter = max(0.0, _year(doy, 0.0, 1.0, peak=5))
    amount = -4.2 * math.log(1.0 - lot.between(0.0, 1.0))
    return amount if lot.happens(0.22 * winter) and cloud > -0.6 else 0.0


def _beyond_the_air(doy: int, latitude_deg: float) -> float:
    """Extraterrestrial radiation, MJ/m2 a day."""
    # Allen et al. (1998), FAO-56, equations 21 and 23 to 25.
    lat = math.radians(latitude_deg)
    tilt = 0.409 * math.sin(2.0 * math.pi * doy / 365.0 - 1.39)
    near = 1.0 + 0.033 * math.cos(2.0 * math.pi * doy / 365.0)
    sunset = math.acos(-math.tan(lat) * math.tan(tilt))
    height = sunset * math.sin(lat) * math.sin(tilt)
    return 37.586 * near * (height + math.cos(lat) * math.cos(tilt) * math.sin(sunset))
