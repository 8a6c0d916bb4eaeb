"""What a dry run found, as much of it as one page shows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import shapely

from coopfarm.kernel.words import Sentence
from coopfarm.land.rules.findings import NOTE, PROBLEM, REPAIR, Finding
from coopfarm.land.rules.importing import Change, Reading, Report
from coopfarm.land.rules.rows import CODE_LETTERS, Record
from coopfarm.web import written

SHOWN_ALIKE: Final = 4
LINES_A_PAGE: Final = 50
ROWS_A_PAGE: Final = 25
FEATURES_A_LINE: Final = 6
SHAPES: Final = ("boundary", "line", "place", "watercourse")
_ORDER: Final = (PROBLEM, REPAIR, NOTE)
# What follows from something else that is shown.
_UNSAID: Final = frozenset({"placed_by_hand"})


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence and a few of the features it is about; further features follow without it."""

    said: Sentence | None
    features: Sequence[int]


@dataclass(frozen=True, slots=True)
class Sort:
    """The findings of one sort: `lines` of this page, of as many `pages`."""

    kind: str
    code: str
    count: int
    lines: Sequence[Line]
    has_more: bool
    page: int = 1
    pages: int = 1


@dataclass(frozen=True, slots=True)
class Part:
    """A page of something longer."""

    rows: Sequence[Any]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """A feature of the file in the list that says the same as the map."""

    number: int
    code: str
    state: str
    middle: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a row: what was stored and what the file says."""

    field: str
    was: Any
    now: Any

    @property
    def is_shape(self) -> bool:
        return self.field in SHAPES


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row that is written, field by field."""

    change: Change
    differences: Sequence[Difference]


def sorts(report: Report, wanted: str = "") -> Sequence[Sort]:
    """The findings by sort, problems first; of the sort that is wanted a whole page."""
    found: dict[tuple[str, str], list[Finding]] = {}
    for finding in sorted(report.findings, key=lambda finding: _ORDER.index(finding.kind)):
        found.setdefault((finding.kind, finding.said.code), []).append(finding)
    if wanted in {code for _, code in found}:
        found = {key: alike for key, alike in found.items() if key[1] == wanted}
    return [_sort(kind, code, alike, whole=code == wanted) for (kind, code), alike in found.items()]


def mentioned(shown: Sequence[Sort]) -> set[int]:
    """The features that the sentences of this page speak of."""
    return {number for sort in shown for line in sort.lines for number in line.features}


def states(reading: Reading, report: Report) -> Mapping[int, str]:
    """What becomes of each feature: problem, repair, new, renamed, changed or same."""
    found = {record.number: "same" for record in reading.records}
    for change in report.changes:
        found[change.number] = state_of(change)
    for kind in (REPAIR, PROBLEM):
        for finding in report.findings:
            if finding.kind == kind:
                found |= {number: kind for number in finding.features if number in found}
    return found


def state_of(change: Change) -> str:
    if change.is_new:
        return "new"
    return "renamed" if change.renamed_from is not None else "changed"


def repaired(report: Report) -> int:
    """How many features the import puts right."""
    return len({n for f in report.findings if f.kind == REPAIR for n in f.features})


def feature_rows(reading: Reading, report: Report, numbers: set[int]) -> Sequence[FeatureRow]:
    """The features of these numbers, in the order of the file."""
    state, codes = states(reading, report), codes_of(reading, report)
    return [
        FeatureRow(record.number, codes[record.number], state[record.number], _middle(record))
        for record in reading.records
        if record.number in numbers
    ]


def codes_of(reading: Reading, report: Report) -> Mapping[int, str]:
    """The code of each feature: the one it is given, else the one in the file."""
    column = report.column_of.get("code", "")
    found = {record.number: _text(record.values.get(column)) for record in reading.records}
    return found | {change.number: change.code for change in report.changes if change.code}


def changes(report: Report) -> Part:
    """A page of the rows that are written: first what is renamed or changed, then what is new."""
    in_order = sorted(report.changes, key=lambda change: (change.is_new, change.number))
    part = page_of(in_order, ROWS_A_PAGE, "rows")
    rows = [ChangedRow(change, list(_differences(change))) for change in part.rows]
    return Part(rows, part.total, part.page, part.pages)


def page_of(found: Sequence[Any], most: int, name: str) -> Part:
    """The page that was asked for as `name`, from 1; the last one where there are not so many."""
    last = max(1, -(-len(found) // most))
    page = min(written.page(name), last)
    return Part(found[(page - 1) * most : page * most], len(found), page, last)


def _sort(kind: str, code: str, alike: Sequence[Finding], *, whole: bool) -> Sort:
    lines = list(_lines(alike))
    count = len(alike) if len(alike) > 1 else max(1, len(alike[0].features))
    if not whole:
        return Sort(kind, code, count, lines[:SHOWN_ALIKE], len(lines) > SHOWN_ALIKE)
    part = page_of(lines, LINES_A_PAGE, "page")
    return Sort(kind, code, count, part.rows, has_more=False, page=part.page, pages=part.pages)


def _lines(alike: Sequence[Finding]) -> Iterator[Line]:
    for finding in alike:
        features = finding.features
        yield Line(finding.said, features[:FEATURES_A_LINE])
        for start in range(FEATURES_A_LINE, len(features), FEATURES_A_LINE):
            yield Line(None, features[start : start + FEATURES_A_LINE])


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()[:CODE_LETTERS]


def _middle(record: Record) -> tuple[float, float] | None:
    """Longitude and latitude in degrees of a point on the feature."""
    shape = record.shape if record.shape is not None else record.outline
    if shape is None or shape.is_empty:
        return None
    point = shapely.centroid(shape)
    return point.x, point.y


def _differences(change: Change) -> Iterator[Difference]:
    if change.renamed_from is not None:
        yield Difference("code", change.renamed_from, change.code)
    for name, value in change.after.items():
        if name not in _UNSAID and name != "code":
            yield Difference(name, (change.before or {}).get(name), value)
