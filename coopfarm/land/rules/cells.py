"""What one cell of a file says: a number, a day, a word."""

from datetime import date
from math import isfinite

from coopfarm.kernel import numerals
from coopfarm.planning.need import crops

Cell = str | int | float | bool | None

WITH_LINE = frozenset({"forward", "with", "downstream", "same", "1", "0", "false", "no"})
AGAINST_LINE = frozenset({"backward", "against", "upstream", "reverse", "reversed", "-1", "true"})

# Tab and line ends are blanks, and stay as such.
_NO_LETTERS = dict.fromkeys({*range(32), 127} - {9, 10, 13})

_CROPS_BY_NAME = {crops.plain(crop.name): code for code, crop in crops.CROPS.items()}


def text(cell: Cell) -> str:
    """The cell without blanks around it; a whole number written without its `.0`."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        if not isfinite(cell):
            return ""
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return " ".join(sound(str(cell)).split())


def sound(said: str) -> str:
    """The text without what no letter is: control characters and halves of surrogate pairs."""
    if said.isprintable():
        return said
    return said.encode("utf-8", "ignore").decode().translate(_NO_LETTERS)


def number(cell: Cell) -> float:
    """The cell's number, finite, in any digits. Raises ValueError."""
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    value = float(cell or 0) if is_number else numerals.number(text(cell))
    if not isfinite(value):
        raise ValueError("not finite")
    return value


def whole(cell: Cell) -> int:
    """The cell's whole number. Raises ValueError, also for 2.5."""
    value = number(cell)
    if not value.is_integer():
        raise ValueError("not whole")
    return int(value)


def day(cell: Cell) -> date:
    """The cell's day, written year, month, day. Raises ValueError."""
    return numerals.day(text(cell))


def against_line(cell: Cell) -> bool:
    """Whether water runs against the line as drawn. Raises ValueError."""
    word = text(cell).lower()
    if word in AGAINST_LINE:
        return True
    if word in WITH_LINE:
        return False
    raise ValueError("neither with nor against")


def crop(cell: Cell) -> str:
    """The code of a crop from its code or its English name; the word as a code if unknown."""
    word = crops.plain(text(cell))
    return _CROPS_BY_NAME.get(word, word)
