"""A day of weather, and how a file of days is read: whole, or not at all."""

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from coopfarm.kernel import numerals
from coopfarm.kernel.refusal import Refusal, Several
from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.need import problems as no
from coopfarm.planning.need.columns import DAY, MEASURES, Column, column_of

MOST_PROBLEMS = 200
_SHOWN = 40
_LONGEST_CELL = 10_000  # a quote that is never closed makes one cell of the whole file

UNUSED_COLUMNS = Phrase(
    "unused-weather-columns", N_("These columns were not understood and are not used: %(columns)s.")
)
WIND_RESCALED = Phrase(
    "wind-rescaled",
    N_("Column %(column)s is wind at %(from_m)s m; it was brought to %(to_m)s m (FAO-56 eq. 47)."),
)


@dataclass(frozen=True, slots=True)
class Station:
    """Where the weather was measured; a coast lets less of the day's heat swing tell the sun."""

    latitude_deg: float
    elevation_m: float
    wind_height_m: float = 2.0
    is_coastal: bool = False

    def __post_init__(self) -> None:
        for name, least, most in (
            ("latitude_deg", -90.0, 90.0),
            ("elevation_m", -450.0, 6000.0),
            ("wind_height_m", 0.5, 200.0),
        ):
            value = getattr(self, name)
            if not least <= value <= most:
                raise no.BadStation(field=name, value=no.told(value), least=least, most=most)


@dataclass(frozen=True, slots=True)
class WeatherDay:
    """What was measured on one day; None where nothing was. Wind is at the station's height."""

    on: date
    tmin_c: float | None = None
    tmax_c: float | None = None
    rs_mj_m2: float | None = None
    sunshine_h: float | None = None
    vapour_kpa: float | None = None
    tdew_c: float | None = None
    rh_min_pct: float | None = None
    rh_mean_pct: float | None = None
    rh_max_pct: float | None = None
    wind_m_s: float | None = None
    rain_mm: float | None = None
    eto_mm: float | None = None

    @property
    def tells_evaporation(self) -> bool:
        """Whether the day has what no substitute can stand for."""
        return self.eto_mm is not None or None not in (self.tmin_c, self.tmax_c)


class WeatherFile(NamedTuple):
    """The days of a file in order, and what its reader should know."""

    days: tuple[WeatherDay, ...]
    notes: tuple[Sentence, ...]


class Fault(NamedTuple):
    """A value that cannot be; `above` names the other value it should not exceed."""

    column: str
    value: float
    least: float
    most: float
    unit: str
    above: str | None = None


def faults(day: WeatherDay) -> Iterator[Fault]:
    """Each value of the day that is impossible by itself or beside another; NaN is one."""
    for m in MEASURES:
        value = getattr(day, m.field)
        if value is not None and not m.least <= value <= m.most:
            yield Fault(m.field, value, m.least, m.most, m.unit)
    for low, high in (("tmin_c", "tmax_c"), ("tdew_c", "tmax_c"), ("rh_min_pct", "rh_max_pct")):
        lower, upper = getattr(day, low), getattr(day, high)
        if None not in (lower, upper) and lower > upper:
            yield Fault(low, lower, -math.inf, upper, "", above=high)


def read_weather_csv(text: str, *, wind_height_m: float = 2.0) -> WeatherFile:
    """The days of a CSV text, in order, and notes on what was not used.

    Comma, semicolon or tab; headings as in `columns`; numbers and days in Latin, Arabic-Indic
    or Persian digits. Wind whose heading says its height is brought to `wind_height_m`.
    Raises the one problem found, or Several of them; nothing is half-read.
    """
    rows = _rows(text.removeprefix("\ufeff"))
    _, names = next(rows, (0, []))
    if not names:
        raise no.NoDays
    heading = _Heading(tuple(name.strip() for name in names), _columns(names), wind_height_m)
    days, problems = _read_days(rows, heading)
    if problems:
        raise problems[0] if len(problems) == 1 else Several(problems)
    if not days:
        raise no.NoDays
    return WeatherFile(tuple(sorted(days, key=lambda day: day.on)), tuple(_notes(heading)))


class _Heading(NamedTuple):
    names: tuple[str, ...]
    columns: Mapping[int, Column]
    wind_height_m: float


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    sign = next((sign for sign in ("\t", ";") if sign in first), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    try:
        for row in reader:
            if any(len(cell) > _LONGEST_CELL for cell in row):
                raise no.NotATable(line=reader.line_num)
            if any(cell.strip() for cell in row):
                yield reader.line_num, row
    except csv.Error as cause:
        raise no.NotATable(line=reader.line_num) from cause


def _columns(names: Sequence[str]) -> Mapping[int, Column]:
    """Which column holds what; refuses headings that leave it open."""
    columns: dict[int, Column] = {}
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        column = column_of(name)
        if column is None:
            continue
        if column.field in places:
            earlier = names[places[column.field]]
            raise no.ColumnTwice(first=earlier.strip(), second=name.strip(), means=column.field)
        columns[place], places[column.field] = column, place
    if DAY not in places:
        raise no.NoDayColumn
    if "eto_mm" not in places and not {"tmin_c", "tmax_c"} <= places.keys():
        raise no.NoTemperatureColumns
    return columns


def _read_days(
    rows: Iterator[tuple[int, list[str]]], heading: _Heading
) -> tuple[list[WeatherDay], list[Refusal]]:
    days: dict[date, WeatherDay] = {}
    lines: dict[date, int] = {}
    problems: list[Refusal] = []
    for line, row in rows:
        day, found = _read_day(line, row, heading)
        problems += found
        if day is not None and day.on in lines:
            problems.append(no.DayTwice(line=line, on=day.on, earlier=lines[day.on]))
        elif day is not None:
            lines[day.on], days[day.on] = line, day
        if len(problems) >= MOST_PROBLEMS:
            problems.append(no.ReadingStopped(line=line))
            break
    return list(days.values()), problems


def _read_day(
    line: int, row: Sequence[str], heading: _Heading
) -> tuple[WeatherDay | None, list[Refusal]]:
    """The day of one row, None where its date cannot be read, and all that is wrong with it."""
    on, values, problems = _read_cells(line, row, heading)
    if any(cell.strip() for cell in row[len(heading.names) :]):
        problems.append(no.RowTooLong(line=line, cells=len(row), columns=len(heading.names)))
    if on is None:
        return None, problems
    day = WeatherDay(on, **values)
    problems += [_impossible(line, fault) for fault in faults(day)]
    if not problems and not day.tells_evaporation:
        problems.append(no.NothingToGoBy(line=line, on=on))
    return day, problems


def _read_cells(
    line: int, row: Sequence[str], heading: _Heading
) -> tuple[date | None, dict[str, float], list[Refusal]]:
    on: date | None = None
    values: dict[str, float] = {}
    problems: list[Refusal] = []
    for place, column in heading.columns.items():
        cell = row[place].strip() if place < len(row) else ""
        try:
            if column.field == DAY:
                on = numerals.day(cell)
            elif cell:
                values[column.field] = _value(cell, column, heading.wind_height_m)
        except ValueError:
            problems.append(_unreadable(line, column.field, cell))
    return on, values, problems


def _value(cell: str, column: Column, wind_height_m: float) -> float:
    value = numerals.number(cell)
    if column.height_m is None:
        return value
    return value * _log_profile(wind_height_m) / _log_profile(column.height_m)


def _log_profile(height_m: float) -> float:
    # FAO-56 eq. 47: wind grows with ln(67.8 z - 5.42) above clipped grass.
    return math.log(67.8 * height_m - 5.42)


def _unreadable(line: int, column: str, cell: str) -> Refusal:
    if column != DAY:
        return no.NotANumber(line=line, column=column, value=cell[:_SHOWN])
    if not cell:
        return no.DayMissing(line=line)
    return no.NotADay(line=line, value=cell[:_SHOWN])


def _impossible(line: int, fault: Fault) -> Refusal:
    column, value, least, most, unit, above = fault
    if above is not None:
        return no.LowAboveHigh(line=line, column=column, value=value, above=above, most=most)
    return no.OutOfRange(line=line, column=column, value=value, least=least, most=most, unit=unit)


def _notes(heading: _Heading) -> Iterator[Sentence]:
    unused = [n for place, n in enumerate(heading.names) if n and place not in heading.columns]
    if unused:
        yield UNUSED_COLUMNS(columns=", ".join(unused))
    for place, column in heading.columns.items():
        if column.height_m not in (None, heading.wind_height_m):
            yield WIND_RESCALED(
                column=heading.names[place], from_m=column.height_m, to_m=heading.wind_height_m
            )
