"""Features of a file on their way to records, and what is done to them there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from shapely.geometry.base import BaseGeometry

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import Fact, Phrase
from coopfarm.land.rules import cells, findings, remarks
from coopfarm.land.rules.cells import Cell
from coopfarm.land.rules.findings import Finding
from coopfarm.land.rules.flaws import Feature

# What is said of features without anything being done to them.
_NOTES = frozenset({remarks.IN_PARTS})


@dataclass(frozen=True, slots=True)
class Draft:
    """A feature with its shape in degrees; `flaw` says why that cannot be used."""

    number: int
    values: Mapping[str, Cell]
    shape: BaseGeometry | None
    flaw: Invalid | None = None
    from_lines: bool = False

    def code(self, column: str | None) -> str:
        return cells.text(self.values.get(column)) if column else ""

    def feature(self, column: str | None) -> Feature:
        return Feature(self.number, self.code(column))


@dataclass(slots=True)
class Deeds:
    """What was done, and to which features."""

    numbers: dict[Phrase, list[int]] = field(default_factory=dict)
    facts: dict[Phrase, Mapping[str, Fact]] = field(default_factory=dict)
    others: list[Finding] = field(default_factory=list)

    def add(self, phrase: Phrase, *numbers: int, **facts: Fact) -> None:
        """Note a deed; the same one done to many features is said once."""
        self.numbers.setdefault(phrase, []).extend(numbers)
        self.facts.setdefault(phrase, facts)

    def findings(self) -> Iterator[Finding]:
        for phrase, numbers in self.numbers.items():
            say = findings.note if phrase in _NOTES else findings.repair
            yield say(phrase, numbers, **self.facts[phrase])
        yield from self.others
