"""The air of each hour, and how a file of hours is read."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from coopfarm.kernel import numerals
from coopfarm.kernel.refusal import Refusal
from coopfarm.planning.pests import problems as no
from coopfarm.planning.pests import table

COLUMNS = ("hour", "temperature_c", "humidity_pct", "wind_km_h", "rain_mm")
_MEASURES = (
    table.Quantity("temperature_c", -60.0, 60.0, "°C"),
    table.Quantity("humidity_pct", 0.0, 100.0, "%"),
    table.Quantity("wind_km_h", 0.0, 400.0, "km/h"),
    table.Quantity("rain_mm", 0.0, 500.0, "mm"),
)
_CLOCK = re.compile(r"(\d{1,2})(?::00(?::00)?)?")
_DAY_HOURS = 24
_HOUR_S = 3600
# Hours since 1970 where the day is given; hours of the day, or few days, where it is not.
_DAYS_GIVEN = 100_000
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (clocks of the field, before they get a zone)
_ZONED = re.compile(r"(Z|[+-]\d\d:?\d\d)$")


class AirHour(NamedTuple):
    """The air of one hour; `place` counts the hours, so that the next one is one more."""

    hour: str
    place: int
    temperature_c: float
    humidity_pct: float
    wind_km_h: float
    rain_mm: float


def read_hours(text: str) -> tuple[AirHour, ...]:
    """The hours of a CSV text, in their order; the first after 23 is 0 of the next day.

    Hours may be missing. Raises the one problem found, or Several; nothing is half-read.
    """
    rows = table.read_rows(text, COLUMNS, lambda heading: heading.strip().casefold())
    read = table.read_all(rows, lambda row: (row.line, _hour(row)))
    return _in_order(read)


def is_hourly(text: str) -> bool:
    """Whether the heading of a CSV text names hours, not days."""
    heading = text.lstrip("\ufeff").lstrip().partition("\n")[0].casefold()
    return "hour" in (cell.strip(' "\r') for cell in re.split("[,;\t]", heading))


def begins_at(air: AirHour, first_day: date, zone: ZoneInfo) -> datetime:
    """When an hour begins, in UTC.

    One without a day is counted from `first_day`; one without an offset is of `zone`.
    """
    if air.place < _DAYS_GIVEN:
        clock = datetime.combine(first_day, time()) + timedelta(hours=air.place)
        return clock.replace(tzinfo=zone).astimezone(UTC)
    shown = _EPOCH + timedelta(hours=air.place)
    known = UTC if _ZONED.search(air.hour.strip()) else zone
    return shown.replace(tzinfo=known).astimezone(UTC)


def _hour(row: table.Row) -> AirHour:
    problems: list[Refusal] = []
    place, values = 0, {}
    try:
        place = _place(row)
    except Refusal as problem:
        problems.append(problem)
    try:
        values = table.quantities(row, _MEASURES)
    except Refusal as problem:
        problems += getattr(problem, "problems", (problem,))
    table.raise_all(problems)
    return AirHour(row.cells["hour"], place, **values)


def _place(row: table.Row) -> int:
    """The hour of the day, or hours since 1970 where the day is given."""
    cell = table.shown(row, "hour")
    plain = numerals.plain_digits(cell)
    clock = _CLOCK.fullmatch(plain)
    if clock is not None and int(clock[1]) < _DAY_HOURS:
        return int(clock[1])
    try:
        moment = datetime.fromisoformat(plain)
    except ValueError as cause:
        raise no.NotAnHour(field="hour", line=row.line, value=cell) from cause
    if ("T" not in plain and " " not in plain) or moment.minute or moment.second:
        raise no.NotAnHour(field="hour", line=row.line, value=cell)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(aware.timestamp() // _HOUR_S)


def _in_order(read: Sequence[tuple[int, AirHour]]) -> tuple[AirHour, ...]:
    hours: list[AirHour] = []
    problems: list[Refusal] = []
    midnights = 0
    before: AirHour | None = None
    for line, hour in read:
        if before is not None and (before.place, hour.place) == (_DAY_HOURS - 1, 0):
            midnights += 1
        elif before is not None and hour.place <= before.place:
            problems.append(
                no.HourNotAfter(field="hour", line=line, hour=hour.hour, before=before.hour)
            )
        hours.append(hour._replace(place=hour.place + midnights * _DAY_HOURS))
        before = hour
    table.raise_all(problems[: table.MOST_PROBLEMS])
    return tuple(hours)
