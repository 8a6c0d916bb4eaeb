"""When the sun rises and sets, and when inversions are to be expected by it."""

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from coopfarm.kernel.interval import Interval

# GRDC, Spray application manual, module 10: from one to two hours before sunset on, and until
# about an hour after sunrise; the longer span is taken.
BEFORE_SUNSET = timedelta(hours=2)
AFTER_SUNRISE = timedelta(hours=1)


def daylight(on: date, longitude_deg: float, latitude_deg: float) -> Interval | None:
    """From sunrise to sunset in UTC, to some minutes; None where the sun does not do both."""
    turn = 2 * math.pi * on.timetuple().tm_yday / 365
    # FAO-56 eq. 24 and 25: declination and sunset hour angle, radians.
    declination = 0.409 * math.sin(turn - 1.39)
    cosine = -math.tan(math.radians(latitude_deg)) * math.tan(declination)
    if not -1.0 < cosine < 1.0:
        return None
    half_day = timedelta(hours=math.acos(cosine) * 12 / math.pi)
    # FAO-56 eq. 32 and 33: by how many hours the clock of the sun is ahead.
    season = 2 * math.pi * (on.timetuple().tm_yday - 81) / 364
    ahead = 0.1645 * math.sin(2 * season) - 0.1255 * math.cos(season) - 0.025 * math.sin(season)
    noon = datetime.combine(on, time(12), UTC) - timedelta(hours=longitude_deg / 15 + ahead)
    return Interval(noon - half_day, noon + half_day)


def inversions(during: Interval, longitude_deg: float, latitude_deg: float) -> Iterator[Interval]:
    """The evenings and nights that meet `during` in which inversions are to be expected."""
    day = during.start.date() - timedelta(days=2)
    while day <= during.end.date() + timedelta(days=1):
        evening = daylight(day, longitude_deg, latitude_deg)
        day += timedelta(days=1)
        morning = daylight(day, longitude_deg, latitude_deg)
        if evening is None or morning is None:
            continue
        night = Interval(evening.end - BEFORE_SUNSET, morning.start + AFTER_SUNRISE)
        if night.start < during.end and during.start < night.end:
            yield night
