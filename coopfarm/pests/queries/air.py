"""The weather of the hours ahead, judged for spraying."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from coopfarm.planning.pests.hours import AirHour
from coopfarm.planning.pests.spray_hours import judge_hours
from coopfarm.water import queries as water
from coopfarm.water.models import HourOfWeather

# A forecast of yesterday may no longer hold: its own makers give a new one several times a day.
STALE_AFTER: Final = timedelta(hours=24)
_AHEAD: Final = timedelta(days=16)
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Air:
    """Hours ahead as they are kept with a campaign, and how they came to be known.

    `judged` has `at`, what was measured, `ok` and why not, for each hour; `lacking` counts the
    hours that are missing before the last one.
    """

    judged: list[dict[str, Any]]
    until: datetime | None = None
    sources: tuple[str, ...] = ()
    entered_at: datetime | None = None
    lacking: int = 0
    is_stale: bool = False


def ahead(session: Session, now: datetime, zone: ZoneInfo) -> Air:
    """The stored hours from the present one on."""
    begins = now.replace(minute=0, second=0, microsecond=0)
    rows = water.hours_of_weather(session, begins, begins + _AHEAD)
    if not rows:
        return Air([])
    until = rows[-1].starts_at + _HOUR
    entered_at = min(one.entered_at for one in rows)
    return Air(
        judged(rows, zone),
        until,
        tuple(dict.fromkeys(one.source for one in rows)),
        entered_at,
        round((until - begins) / _HOUR) - len(rows),
        now - entered_at > STALE_AFTER,
    )


def judged(rows: Sequence[HourOfWeather], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Stored hours with whether they are fit and why not, for keeping."""
    hours = [_hour(one, zone) for one in rows]
    return [
        {
            "at": one.starts_at.isoformat(),
            "temperature_c": one.temperature_c,
            "wind_km_h": one.wind_km_h,
            "rain_mm": one.rain_mm,
            "delta_t_c": found.delta_t_c,
            "ok": found.ok,
            "reasons": [said.as_json() for said in found.reasons],
        }
        for one, found in zip(rows, judge_hours(hours), strict=True)
    ]


def _hour(row: HourOfWeather, zone: ZoneInfo) -> AirHour:
    clock = row.starts_at.astimezone(zone)
    return AirHour(
        f"{clock:%Y-%m-%dT%H:%M}",
        round(row.starts_at.timestamp() / 3600),
        row.temperature_c,
        row.humidity_pct,
        row.wind_km_h,
        row.rain_mm,
    )
