"""What a season report tells, and how few households a figure of it may be of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_
from coopfarm.maps.rules.suppressing import FEWEST_HOUSEHOLDS

LONGEST_DAYS: Final = 400


class SeasonDays(Invalid):
    """The days of a season must follow each other, and be of one season."""

    code = "season-days"
    words = N_("A season ends after it begins, and has up to %(most)s days.")


@dataclass(frozen=True, slots=True)
class Season:
    """From one day to another, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: what it is of, its figures, and the households they came from."""

    name: str
    figures: tuple[float, ...]
    households: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows that may be shown, and in `others` how many were left out or put together."""

    lines: Sequence[Line]
    together: Line | None = None
    others: int = 0


def season(first: date, last: date) -> Season:
    """Raises SeasonDays."""
    if not first <= last <= first + timedelta(days=LONGEST_DAYS):
        raise SeasonDays(field="to", most=LONGEST_DAYS)
    return Season(first, last)


def table(lines: Sequence[Line], *, all_shown: bool) -> Table:
    """The rows of enough households; the others together, if they are enough then.

    What is shown besides never tells a row that is not: no sum over all of them is given.
    """
    if all_shown:
        return Table(lines)
    shown = [one for one in lines if len(one.households) >= FEWEST_HOUSEHOLDS]
    small = [one for one in lines if len(one.households) < FEWEST_HOUSEHOLDS]
    households = frozenset[UUID]().union(*(one.households for one in small))
    if len(small) < 2 or len(households) < FEWEST_HOUSEHOLDS:
        return Table(shown, others=len(small))
    sums = tuple(map(sum, zip(*(one.figures for one in small), strict=True)))
    return Table(shown, Line("", sums, households), len(small))
