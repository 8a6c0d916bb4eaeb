"""What the files of the village of Al-Nur say: see docs/village.md."""

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from shapely.geometry import shape

from coopfarm import assets
from coopfarm.kernel.interval import Interval

Row = dict[str, Any]

SATURDAY = 5


class Week(NamedTuple):
    """A week to be planned, and for the history also published, as it was then."""

    during: Interval
    supply_percent: float
    rule: str
    note: str


def crop_on(plot: Mapping[str, str], on: date) -> tuple[str, date]:
    """Which of a plot's two crops was sown last by that day, and when."""
    sown = [
        (_last(plot[f"{season}_sown"], on), plot[f"{season}_crop"])
        for season in ("summer", "winter")
    ]
    day, crop = max(sown)
    return crop, day


def weeks_before(now: datetime) -> tuple[Week, ...]:
    """The history's weeks that had ended by a moment, the oldest first."""
    history = whole("history.json")
    weeks = (_week(told, history) for told in history["weeks"])
    return tuple(week for week in weeks if week.during.end <= now)


def week_of(today: date) -> Week:
    """The dry week to plan now: it began on the last Saturday, which may be today."""
    history = whole("history.json")
    begun = today - timedelta(days=(today.weekday() - SATURDAY) % 7)
    return _week(history["this_week"] | {"starts_on": begun.isoformat()}, history)


def weather(last: date) -> Iterator[tuple[date, dict[str, float]]]:
    """Each day of the file; after its end each day is as it was in the file's last year."""
    days = {}
    for row in rows("weather.csv"):
        on = date.fromisoformat(row.pop("date"))
        days[on] = {name: float(value) for name, value in row.items()}
        yield on, days[on]
    end = max(days)
    for on in (end + timedelta(days=n) for n in range(1, (last - end).days + 1)):
        yield on, days[_in_year(on, end.year)]


def _in_year(on: date, year: int) -> date:
    """The same day of another year; the 28th for a 29th of February that is not there."""
    return date(year, on.month, min(on.day, 28) if on.month == 2 else on.day)


def _week(told: Row, history: Row) -> Week:
    zone = ZoneInfo(whole("cooperative.json")["timezone"])
    on, at = date.fromisoformat(told["starts_on"]), time.fromisoformat(history["starts_at"])
    # In UTC, since a cycle keeps its length when the clocks change.
    start = datetime.combine(on, at, zone).astimezone(UTC)
    during = Interval(start, start + timedelta(days=history["days"]))
    note = f"{told['note']} · {told['note_en']}"
    return Week(during, told["supply_percent"], told["rule"], note)


def _last(month_day: str, on: date) -> date:
    """The newest such day of the year that is not after `on`."""
    this_year = date.fromisoformat(f"{on.year}-{month_day}")
    return this_year if this_year <= on else this_year.replace(year=on.year - 1)


def called(told: Row) -> str:
    """Both scripts, so that everybody in the office can read and find it."""
    return f"{told['name']} · {told['name_latin']}"


def rows(name: str) -> list[Row]:
    with (assets.folder("seed_data") / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def whole(name: str) -> Any:
    return json.loads((assets.folder("seed_data") / name).read_text("utf-8"))


def features(name: str) -> Iterator[tuple[Row, Any]]:
    for feature in whole(name)["features"]:
        yield feature["properties"], shape(feature["geometry"])
