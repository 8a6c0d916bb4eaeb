"""What an import would do, decided before anything is written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from coopfarm.kernel.refusal import Invalid, Several
from coopfarm.kernel.words import N_, Sentence
from coopfarm.land.rules import canals, cells, coding, columns, findings, flaws, incoming, remarks
from coopfarm.land.rules.columns import Matched
from coopfarm.land.rules.findings import NOTE, Finding
from coopfarm.land.rules.incoming import Known, Values
from coopfarm.land.rules.rows import CODE_LETTERS, Record, Row


class FileHasProblems(Several):
    """An import is all or nothing."""

    code = "file-has-problems"
    words = N_("%(count)s things in the file need to be put right. Nothing was imported.")


class NothingToImport(Invalid):
    """A file of the right kind with no features."""

    code = "nothing-to-import"
    words = N_("The file holds no features. Send one that does.")


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as it was read: its features, and how it was understood.

    `chosen` is what a person said about its columns: field → column, "" where it has none.
    """

    kind: str
    columns: Sequence[str]
    records: Sequence[Record]
    chosen: Mapping[str, str] = field(default_factory=dict)
    crs: str | None = None
    layer: str | None = None
    findings: Sequence[Finding] = ()
    make_codes: bool = False

    @property
    def warnings(self) -> Sequence[Sentence]:
        return findings.sayings(self.findings)


@dataclass(frozen=True, slots=True)
class Change:
    """One row to write: `after` has what is new in it, `before` what that was.

    `renamed_from` is the code that is stored, where the file has another.
    """

    number: int
    code: str
    before: Values | None
    after: Values
    renamed_from: str | None = None

    @property
    def is_new(self) -> bool:
        return self.before is None


@dataclass(frozen=True, slots=True)
class Report:
    """What an import does: rows to write, and all there is to say about the file.

    `findings` hold the problems too, with the repairs and notes.
    """

    kind: str
    changes: Sequence[Change]
    unchanged: int
    problems: Sequence[Invalid]
    findings: Sequence[Finding]
    column_of: Mapping[str, str]
    ignored: Sequence[str]
    new_outlets: Sequence[str] = ()
    crs: str | None = None

    @property
    def warnings(self) -> Sequence[Sentence]:
        return findings.sayings(self.findings)

    @property
    def new(self) -> int:
        return sum(change.is_new for change in self.changes)

    @property
    def changed(self) -> int:
        return len(self.changes) - self.new

    @property
    def total(self) -> int:
        return len(self.changes) + self.unchanged

    def check(self) -> None:
        """Raise FileHasProblems unless everything in the file can be imported."""
        if self.problems:
            raise FileHasProblems(self.problems)


def decide(reading: Reading, known: Known, *, make_outlets: bool = False) -> Report:
    """Compare a file with what is stored: the one decision behind dry run and import.

    With `make_outlets`, outlets that plots name and nobody knows are made.

    Raises NothingToImport and, for a mapping that does not fit the file, NoSuchColumn or
    NoSuchField; everything wrong with single features is in the report instead.
    """
    if not reading.records:
        raise NothingToImport
    matched = _matched(reading)
    rows = [Row(record, matched.column_of) for record in reading.records]
    coded = coding.identify(reading.kind, rows, known, make_codes=reading.make_codes)
    said = [_asked(reading.kind, row, known, make_outlets=make_outlets) for row in rows]
    problems = [*_code_problems(rows, reading.columns)]
    if reading.kind == "canals":
        _check_tree(rows, said, known)
    changes = _changes(rows, said, known)
    new_outlets = _new_outlets(said, known)
    problems += [problem for row in rows for problem in row.problems]
    return Report(
        kind=reading.kind,
        changes=changes,
        unchanged=len(rows) - len(changes),
        problems=problems,
        findings=[
            *map(findings.problem, problems),
            *reading.findings,
            *coded,
            *(finding for row in rows for finding in row.findings),
            *_notes(rows, said, new_outlets),
        ],
        column_of=matched.column_of,
        ignored=matched.ignored,
        new_outlets=new_outlets,
        crs=reading.crs,
    )


def _matched(reading: Reading) -> Matched:
    """The columns, where one called id counts only if there are ids of ours in it."""
    matched = columns.match(reading.kind, reading.columns, reading.chosen)
    column = matched.column_of.get("id")
    if (
        column is None
        or "id" in reading.chosen
        or any(coding.uuid_of(cells.text(record.values.get(column))) for record in reading.records)
    ):
        return matched
    column_of = {name: said for name, said in matched.column_of.items() if name != "id"}
    return Matched(column_of, tuple(c for c in reading.columns if c not in column_of.values()))


def _asked(kind: str, row: Row, known: Known, *, make_outlets: bool) -> Values:
    if row.record.flaw is not None:
        row.problems.append(row.record.flaw)
    if kind == "plots":
        stored = known.stored.get(row.known_by)
        return incoming.plot(row, stored, known, make_outlets=make_outlets)
    return incoming.outlet(row, known) if kind == "outlets" else incoming.canal(row)


def _code_problems(rows: Sequence[Row], names: Sequence[str]) -> Sequence[Invalid]:
    """What is wrong with the codes: kept with each row, but for a column that is not there."""
    if "code" not in rows[0].column_of and not all(row.code for row in rows):
        return [flaws.NoCodeColumn(field="chosen", columns=", ".join(names) or "–")]
    first: dict[str, int] = {}
    for row in rows:
        if not row.code:
            row.refuse(flaws.NoCode, "code")
        elif _is_short(row) and row.code in first:
            row.refuse(flaws.SameCodeTwice, "code", earlier=first[row.code])
        first.setdefault(row.code, row.record.number)
    return ()


def _is_short(row: Row) -> bool:
    """Whether a code fits; one that does not is refused."""
    if len(row.code) > CODE_LETTERS:
        column, letters = row.column_of.get("code", "–"), len(row.code)
        row.refuse(flaws.TooLong, "code", column=column, letters=letters, most=CODE_LETTERS)
    return len(row.code) <= CODE_LETTERS


def _check_tree(rows: Sequence[Row], said: Sequence[Values], known: Known) -> None:
    now = {row.stored_code: row.code for row in rows if row.is_renamed}
    kept = {now.get(c, c): now.get(f or "", f) for c, f in known.feeds_from.items()}
    wished = {row.code: values.get("feeds_from") for row, values in zip(rows, said, strict=True)}
    feeds_from = {**kept, **{c: f or kept.get(c) for c, f in wished.items()}}
    by_code = {row.code: row for row in rows}
    for canal, fault in canals.faults(feeds_from):
        by_code.get(canal, rows[0]).problems.append(fault)


def _changes(rows: Sequence[Row], said: Sequence[Values], known: Known) -> Sequence[Change]:
    found = []
    for row, values in zip(rows, said, strict=True):
        stored = known.stored.get(row.known_by)
        if stored is None:
            found.append(Change(row.record.number, row.code, None, values))
            continue
        named = {"code": row.code} if row.is_renamed else {}
        after = {**named, **incoming.differences(stored, values)}
        if after:
            before = {name: {"code": row.known_by, **stored}.get(name) for name in after}
            old = row.stored_code if row.is_renamed else None
            found.append(Change(row.record.number, row.code, before, after, old))
    return found


def _new_outlets(said: Sequence[Values], known: Known) -> Sequence[str]:
    named = {values["outlet"] for values in said if "outlet" in values}
    return tuple(sorted(named - set(known.outlets)))


def _notes(
    rows: Sequence[Row], said: Sequence[Values], new_outlets: Sequence[str]
) -> Iterator[Finding]:
    for word, places in incoming.unknown_crops(said):
        grown = remarks.UNKNOWN_CROP(plots=len(places), word=word)
        yield Finding(NOTE, grown, tuple(rows[place].record.number for place in places))
    if new_outlets:
        outlets = ", ".join(new_outlets)
        yield Finding(NOTE, remarks.MAKES_OUTLETS(outlets=len(new_outlets), codes=outlets))
