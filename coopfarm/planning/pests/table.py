"""A small table from a file: its columns by name, its rows by line, or a refusal."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from coopfarm.kernel import numerals
from coopfarm.kernel.refusal import Refusal, Several
from coopfarm.planning.pests import problems as no

T = TypeVar("T")

MOST_PROBLEMS = 200
_SHOWN = 40
_LONGEST_CELL = 10_000  # a quote that is never closed makes one cell of the whole file


class Row(NamedTuple):
    """The cells of one line that were asked for, by column, without the blanks around them."""

    line: int
    cells: Mapping[str, str]
    is_too_long: Refusal | None = None


class Quantity(NamedTuple):
    """What a column measures, and the values that have been seen on Earth."""

    field: str
    least: float
    most: float
    unit: str


def read_rows(
    text: str, columns: Sequence[str], column_of: Callable[[str], str | None]
) -> Iterator[Row]:
    """The rows below the heading; `column_of` says which column a heading stands for.

    Comma, semicolon or tab. Raises NotATable, NoRows, ColumnMissing and ColumnTwice.
    """
    lines = _lines(text.removeprefix("\ufeff"))
    first, heading = next(lines, (1, []))
    if not heading:
        raise no.NoRows(columns=", ".join(columns))
    places = _places(first, heading, columns, column_of)
    is_empty = True
    for line, cells in lines:
        is_empty = False
        yield Row(
            line,
            {c: cells[at].strip() if at < len(cells) else "" for c, at in places.items()},
            _too_long(line, cells, heading),
        )
    if is_empty:
        raise no.NoRows(columns=", ".join(columns))


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
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


def _places(
    line: int,
    heading: Sequence[str],
    columns: Sequence[str],
    column_of: Callable[[str], str | None],
) -> Mapping[str, int]:
    places: dict[str, int] = {}
    for place, name in enumerate(heading):
        column = column_of(name)
        if column is None:
            continue
        if column in places:
            first, second = heading[places[column]].strip(), name.strip()
            raise no.ColumnTwice(field=column, line=line, first=first, second=second)
        if column in columns:
            places[column] = place
    for column in columns:
        if column not in places:
            raise no.ColumnMissing(field=column, line=line, columns=", ".join(columns))
    return places


def _too_long(line: int, cells: Sequence[str], heading: Sequence[str]) -> Refusal | None:
    if any(cell.strip() for cell in cells[len(heading) :]):
        return no.RowTooLong(line=line, cells=len(cells), columns=len(heading))
    return None


def read_all(rows: Iterable[Row], read: Callable[[Row], T]) -> tuple[T, ...]:
    """What `read` makes of each row; raises the one problem met, or Several of them."""
    found: list[T] = []
    problems: list[Refusal] = []
    for row in rows:
        try:
            if row.is_too_long is not None:
                raise row.is_too_long
            found.append(read(row))
        except Several as several:
            problems += several.problems
        except Refusal as problem:
            problems.append(problem)
        if len(problems) >= MOST_PROBLEMS:
            problems.append(no.ReadingStopped(line=row.line))
            break
    raise_all(problems)
    return tuple(found)


def raise_all(problems: Sequence[Refusal]) -> None:
    """Raise the one problem, or Several; nothing where there is none."""
    if problems:
        raise problems[0] if len(problems) == 1 else Several(problems)


def number(row: Row, column: str) -> float:
    """The number in a cell, in any digits. Raises CellMissing or NotANumber."""
    cell = row.cells[column]
    if not cell:
        raise no.CellMissing(field=column, line=row.line)
    try:
        return numerals.number(cell)
    except ValueError as cause:
        raise no.NotANumber(field=column, line=row.line, value=cell[:_SHOWN]) from cause


def shown(row: Row, column: str) -> str:
    """As much of a cell as a refusal shows. Raises CellMissing where it is empty."""
    if not row.cells[column]:
        raise no.CellMissing(field=column, line=row.line)
    return row.cells[column][:_SHOWN]


def quantities(row: Row, measures: Sequence[Quantity]) -> dict[str, float]:
    """Each quantity of the row by its column. Raises every problem of the row at once."""
    values: dict[str, float] = {}
    problems: list[Refusal] = []
    for field, least, most, unit in measures:
        try:
            values[field] = number(row, field)
        except Refusal as problem:
            problems.append(problem)
            continue
        if not least <= values[field] <= most:
            problems.append(
                no.OutOfRange(
                    field=field,
                    line=row.line,
                    value=values[field],
                    least=least,
                    most=most,
                    unit=unit,
                )
            )
    raise_all(problems)
    return values
