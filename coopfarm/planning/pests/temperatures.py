"""The lowest and highest temperature of each day, and how a file of them is read."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from coopfarm.kernel import numerals
from coopfarm.kernel.refusal import Refusal
from coopfarm.planning.need.columns import column_of
from coopfarm.planning.pests import problems as no
from coopfarm.planning.pests import table

COLUMNS = ("date", "tmin", "tmax")
# What a file of weather calls them.
_SAME = {"on": "date", "tmin_c": "tmin", "tmax_c": "tmax"}


class DayRange(NamedTuple):
    """The lowest and highest temperature of one day, in the degrees of the thresholds."""

    on: date
    tmin: float
    tmax: float


class Degrees(NamedTuple):
    """A scale, and the temperatures of air that have been measured on Earth, rounded outward."""

    unit: str
    least: float
    most: float


CELSIUS = Degrees("°C", -60.0, 60.0)
FAHRENHEIT = Degrees("°F", -76.0, 140.0)
_FREEZING_F = 32.0


def degrees_of(lower: float) -> Degrees:
    """The scale a lower threshold is in.

    Nothing stops developing only below 32 °C, and nothing goes on below the 32 °F of ice.
    """
    return CELSIUS if lower < _FREEZING_F else FAHRENHEIT


def read_days(text: str, *, lower: float) -> tuple[DayRange, ...]:
    """The days of a CSV text with the columns date, tmin and tmax, every day after the other.

    `lower`, the threshold they are meant for, tells Celsius from Fahrenheit. Raises the one
    problem found, or Several of them; nothing is half-read.
    """
    degrees = degrees_of(lower)
    rows = table.read_rows(text, COLUMNS, _column)
    read = table.read_all(rows, lambda row: (row.line, _day(row, lower, degrees)))
    _check_order(read)
    return tuple(day for _, day in read)


def _column(heading: str) -> str | None:
    column = column_of(heading)
    return None if column is None else _SAME.get(column.field)


def _day(row: table.Row, lower: float, degrees: Degrees) -> DayRange:
    problems: list[Refusal] = []
    on: date | None = None
    values: list[float] = []
    for column in COLUMNS:
        try:
            if column == "date":
                on = _on(row)
            else:
                values.append(_temperature(row, column, lower, degrees))
        except Refusal as problem:
            problems.append(problem)
    if len(values) == 2 and values[0] > values[1]:
        problems.append(no.LowAboveHigh(field="tmin", line=row.line, low=values[0], high=values[1]))
    table.raise_all(problems)
    return DayRange(on or date.min, *values)


def _on(row: table.Row) -> date:
    cell = table.shown(row, "date")
    try:
        return numerals.day(row.cells["date"])
    except ValueError as cause:
        raise no.NotADay(field="date", line=row.line, value=cell) from cause


def _temperature(row: table.Row, column: str, lower: float, degrees: Degrees) -> float:
    value = table.number(row, column)
    if not degrees.least <= value <= degrees.most:
        raise no.TemperatureOutOfRange(
            field=column,
            line=row.line,
            value=value,
            lower=lower,
            unit=degrees.unit,
            least=degrees.least,
            most=degrees.most,
        )
    return value


def _check_order(days: Sequence[tuple[int, DayRange]]) -> None:
    """Raise each place where a day does not follow the one before it."""
    problems: list[Refusal] = []
    for (_, earlier), (line, later) in pairwise(days):
        missing = (later.on - earlier.on).days - 1
        if missing < 0:
            problems.append(no.DayNotAfter(field="date", line=line, on=later.on, before=earlier.on))
        elif missing > 0:
            problems.append(
                no.DaysMissing(
                    field="date", line=line, on=later.on, before=earlier.on, missing=missing
                )
            )
    table.raise_all(problems[: table.MOST_PROBLEMS])


def earlier_years(
    stored: Sequence[DayRange], after: date, days: int
) -> tuple[tuple[DayRange, ...], ...]:
    """The `days` days that follow `after`, once as each earlier year had them.

    A year of which one of these days is not stored is left out; 29 February is taken from
    28 February where the earlier year has none. Nothing stored after `after` is looked at.
    """
    by_day = {day.on: day for day in stored if day.on <= after}
    ahead = [after + timedelta(days=n) for n in range(1, days + 1)]
    years = after.year - min((on.year for on in by_day), default=after.year) + 1
    found: list[tuple[DayRange, ...]] = []
    for back in range(1, years + 1):
        past = [by_day.get(_years_before(on, back)) for on in ahead]
        had = [day._replace(on=on) for day, on in zip(past, ahead, strict=True) if day is not None]
        if had and len(had) == len(ahead):
            found.append(tuple(had))
    return tuple(found)


def _years_before(on: date, years: int) -> date:
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return on.replace(year=on.year - years, day=28)
