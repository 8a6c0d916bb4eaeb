"""Lines pasted from a spreadsheet: which column means what."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_
from coopfarm.notebook.rules.lines import CELLS, MOST_LINES, Typed
from coopfarm.notebook.rules.spelling import plain

_SPELT: Final = {
    "kind": ("kind", "what", "what happened", "نوع", "ماذا"),
    "member": ("member", "who", "name", "number", "farmer", "عضو", "اسم", "الاسم", "رقم", "من"),
    "plot": ("plot", "field", "plot code", "قطعة", "حقل", "الحوض"),
    "day": ("day", "date", "يوم", "اليوم", "تاريخ", "التاريخ"),
    "starts": ("from", "starts", "start", "begin", "من الساعة", "بداية"),
    "ends": ("to", "until", "ends", "end", "إلى", "الى", "نهاية"),
    "words": ("words", "note", "notes", "remark", "remarks", "ملاحظة", "ملاحظات", "كلام"),
}
_CELL_OF: Final = {plain(word): cell for cell, spelt in _SPELT.items() for word in spelt}
_DELIMITERS: Final = "\t;,،"
LONGEST_PASTE: Final = 60_000
# One word may be in a line by chance; two columns with names of ours are a header.
_LEAST_NAMED: Final = 2


class TooManyLines(Invalid):
    code = "notebook-too-many-lines"
    words = N_(
        "A page has at most %(most)s lines here, and these are %(count)s. Enter it in parts."
    )


class PasteUnusable(Invalid):
    code = "notebook-paste-unusable"
    words = N_("What was pasted cannot be read as lines. Copy the rows from the spreadsheet again.")


@dataclass(frozen=True, slots=True)
class Pasted:
    """The lines, and the columns that nothing was made of."""

    lines: tuple[Typed, ...]
    ignored: tuple[str, ...] = ()


def read_pasted(text: str) -> Pasted:
    """Tab- or comma-separated lines; without a header the columns are those of the form.

    Raises PasteUnusable and TooManyLines.
    """
    rows = _rows(text)
    if not rows:
        return Pasted(())
    columns = [_CELL_OF.get(plain(name), "") for name in rows[0]]
    ignored: Sequence[str] = ()
    if len({*columns} - {""}) >= _LEAST_NAMED:
        ignored = [name for name, cell in zip(rows[0], columns, strict=True) if name and not cell]
        rows = rows[1:]
    else:
        columns = [*CELLS]
    if len(rows) > MOST_LINES:
        raise TooManyLines(field="pasted", most=MOST_LINES, count=len(rows))
    return Pasted(tuple(_typed(columns, row) for row in rows), tuple(ignored))


def _rows(text: str) -> list[list[str]]:
    if len(text) > LONGEST_PASTE:
        raise PasteUnusable(field="pasted")
    plain_ends = text.replace("\r\n", "\n").replace("\r", "\n")
    first = next((line for line in plain_ends.split("\n") if line.strip()), "")
    delimiter = next((sign for sign in _DELIMITERS if sign in first), ",")
    try:
        found = [*csv.reader(io.StringIO(plain_ends), delimiter=delimiter)]
    except csv.Error as error:
        raise PasteUnusable(field="pasted") from error
    return [[cell.strip() for cell in row] for row in found if any(cell.strip() for cell in row)]


def _typed(columns: Sequence[str], row: Sequence[str]) -> Typed:
    cells: dict[str, str] = {}
    for cell, value in zip(columns, row, strict=False):
        if cell and value:
            cells.setdefault(cell, value)
    return Typed(**cells)
