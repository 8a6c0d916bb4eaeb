"""One feature of a file, read column by column; what cannot be read is kept as a problem."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from shapely.geometry.base import BaseGeometry

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import Sentence
from coopfarm.land.rules import cells, flaws
from coopfarm.land.rules.cells import Cell
from coopfarm.land.rules.findings import NOTE, Finding

T = TypeVar("T")

CODE_LETTERS = 60
NAME_LETTERS = 120
WORD_LETTERS = 40
LARGEST = 1e12

_SHOWN_LETTERS = 40


@dataclass(frozen=True, slots=True)
class Record:
    """A feature as it was read: cells by column, and its shape in degrees.

    `area_m2` and `length_m` are measured on the ellipsoid; `flaw` says why there is no shape.
    `outline` is what a map can draw of it, valid or not, in few corners.
    """

    number: int
    values: Mapping[str, Cell]
    shape: BaseGeometry | None = None
    area_m2: float | None = None
    length_m: float | None = None
    flaw: Invalid | None = None
    outline: BaseGeometry | None = None


@dataclass(slots=True)
class Row:
    """A record seen through the matched columns; gathers what is wrong with it.

    `given_code` goes before the one in its cells; `stored_code` is that of the stored row it
    is by its id.
    """

    record: Record
    column_of: Mapping[str, str]
    given_code: str = ""
    stored_code: str = ""
    problems: list[Invalid] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.given_code or cells.text(self.cell("code"))

    @property
    def known_by(self) -> str:
        """The code of the stored row this would be."""
        return self.stored_code or self.code

    @property
    def is_renamed(self) -> bool:
        return self.stored_code not in ("", self.code)

    @property
    def feature(self) -> flaws.Feature:
        return flaws.Feature(self.record.number, self.code)

    def cell(self, name: str) -> Cell:
        return self.record.values.get(self.column_of.get(name, ""))

    def refuse(self, kind: type[Invalid], name: str, **facts: str | float) -> None:
        self.problems.append(kind(field=self.where(name), **self.feature.facts, **facts))

    def note(self, said: Sentence) -> None:
        self.findings.append(Finding(NOTE, said, (self.record.number,)))

    def words(self, name: str, most: int) -> str | None:
        """The text of a field of up to `most` letters; None where the cell is blank."""
        said = cells.text(self.cell(name))
        if len(said) > most:
            self.refuse(
                flaws.TooLong, name, column=self.column_of[name], letters=len(said), most=most
            )
            return None
        return said or None

    def number(self, name: str, least: float = 0.0, most: float = LARGEST) -> float | None:
        """The number of a field; None where it is blank or was refused."""
        value = self._read(name, cells.number, flaws.BadNumber)
        return self._within(name, value, least, most)

    def whole(self, name: str, least: int, most: int) -> int | None:
        value = self._within(name, self._read(name, cells.whole, flaws.BadWholeNumber), least, most)
        return None if value is None else int(value)

    def day(self, name: str) -> date | None:
        return self._read(name, cells.day, flaws.BadDay)

    def against_line(self, name: str) -> bool | None:
        return self._read(name, cells.against_line, flaws.BadFlow)

    def _read(self, name: str, read: Callable[[Cell], T], no: type[Invalid]) -> T | None:
        cell = self.cell(name)
        if not cells.text(cell):
            return None
        try:
            return read(cell)
        except ValueError:
            shown = cells.text(cell)[:_SHOWN_LETTERS]
            self.refuse(no, name, value=shown, column=self.column_of[name])
            return None

    def _within(self, name: str, value: float | None, least: float, most: float) -> float | None:
        if value is None or least <= value <= most:
            return value
        column = self.column_of[name]
        self.refuse(
            flaws.NumberOutOfRange, name, value=value, column=column, least=least, most=most
        )
        return None

    def where(self, name: str) -> str:
        return f"features[{self.record.number}].{name}"
