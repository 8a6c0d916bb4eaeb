"""Which row of ours each feature of a file is, and what it is to be called."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry

from coopfarm.land.rules import cells, findings, flaws, remarks
from coopfarm.land.rules.findings import Finding
from coopfarm.land.rules.incoming import Known
from coopfarm.land.rules.rows import Row

# How made codes begin; their numbers have as many figures as the last one needs.
_LETTER: Mapping[str, str] = MappingProxyType({"plots": "P", "outlets": "W", "canals": "C"})
_LEAST_FIGURES = 3

_DRAWN_IN = ("boundary", "line", "place", "watercourse")


def identify(kind: str, rows: Sequence[Row], known: Known, *, make_codes: bool) -> list[Finding]:
    """Give each row the stored code it is known by, if any, and the code it is to have.

    An id of ours goes before a code. With `make_codes`, features without a code have that of
    the stored row that is drawn alike, or the next free number, and codes that stand twice are
    told apart. What is wrong is kept with the rows.
    """
    _by_id(rows, known)
    found = [*_made(kind, rows, known)] if make_codes else []
    if make_codes:
        found += _parted(rows)
    renamed = [row.record.number for row in rows if row.is_renamed]
    _check_renames(rows, known)
    return [*found, *([findings.repair(remarks.RENAMED, renamed)] if renamed else [])]


def uuid_of(text: str) -> str | None:
    """The id as we write it, where the text is one."""
    try:
        return str(UUID(text))
    except ValueError:
        return None


def _by_id(rows: Sequence[Row], known: Known) -> None:
    first: dict[str, int] = {}
    for row in rows:
        said = cells.text(row.cell("id")) or row.code
        stored = known.by_id.get(uuid_of(said) or "")
        if stored is None:
            continue
        row.stored_code = stored
        if not row.code or uuid_of(row.code):
            row.given_code = stored
        if stored in first:
            row.refuse(flaws.SameIdTwice, "id", earlier=first[stored], stored=stored)
        first.setdefault(stored, row.record.number)


def _made(kind: str, rows: Sequence[Row], known: Known) -> Sequence[Finding]:
    """Codes for the rows that have none: those of rows drawn alike, else new ones."""
    nameless = [row for row in rows if not row.code]
    taken = {row.code for row in rows}
    drawn_as = {
        _plain(shape): code
        for code, values in reversed([*known.stored.items()])
        for name in _DRAWN_IN
        if (shape := values.get(name)) is not None
    }
    again, new = [], []
    for row in nameless:
        code = None if row.record.shape is None else drawn_as.get(_plain(row.record.shape))
        if code is None or code in taken:
            new.append(row)
        else:
            row.given_code = code
            taken.add(code)
            again.append(row.record.number)
    _number(new, _LETTER[kind], taken | known.stored.keys())
    found = [findings.note(remarks.CODES_FOUND, again)] if again else []
    if new:
        numbers = [row.record.number for row in new]
        first, last = new[0].code, new[-1].code
        found.append(findings.repair(remarks.CODES_MADE, numbers, first=first, last=last))
    return found


def _number(rows: Sequence[Row], letter: str, taken: set[str]) -> None:
    """Number rows on from the last code that is a letter and a number."""
    used = [int(c[1:]) for c in taken if c[:1] == letter and c[1:].isascii() and c[1:].isdigit()]
    last = max((number for number in used if number < 10**9), default=0)
    figures = max(_LEAST_FIGURES, len(str(last + len(rows))))
    for number, row in enumerate(rows, start=last + 1):
        row.given_code = f"{letter}{number:0{figures}}"


def _parted(rows: Sequence[Row]) -> Sequence[Finding]:
    """Tell rows of one code apart: the second of A7 becomes A7-2."""
    taken = {row.code for row in rows}
    seen: set[str] = set()
    numbers = []
    for row in rows:
        if row.code in seen:
            code, place = row.code, 2
            while f"{code}-{place}" in taken:
                place += 1
            row.given_code = f"{code}-{place}"
            taken.add(row.code)
            numbers.append(row.record.number)
        seen.add(row.code)
    return [findings.repair(remarks.CODES_PARTED, numbers)] if numbers else []


def _check_renames(rows: Sequence[Row], known: Known) -> None:
    """Refuse a code that another stored row has and keeps."""
    given_up = {row.stored_code for row in rows if row.is_renamed}
    for row in rows:
        if row.is_renamed and row.code in known.stored and row.code not in given_up:
            row.refuse(flaws.CodeTaken, "code", stored=row.stored_code)


def _plain(shape: BaseGeometry) -> bytes:
    """The same bytes for the same shape, wherever it begins and however it winds."""
    return bytes(shapely.to_wkb(shapely.normalize(shape)))
