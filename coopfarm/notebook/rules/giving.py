"""Lines of a notebook about giving and receiving: who gave whom how much, on which day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID, uuid5

from coopfarm.kernel.numerals import plain_digits
from coopfarm.kernel.refusal import Invalid, Refusal
from coopfarm.kernel.words import N_
from coopfarm.ledger.rules import FUNDS, LONGEST_WORDS, MOST, Deed, Line
from coopfarm.ledger.rules.units import from_wire
from coopfarm.notebook.rules.roll import Roll
from coopfarm.notebook.rules.spelling import plain
from coopfarm.notebook.rules.times import read_day

MOST_LINES: Final = 100
COLUMNS: Final = ("day", "giver", "receiver", "unit", "amount", "words")
_SPELT: Final = {
    "labour": ("labour", "work", "hours", "h", "عمل", "ساعات", "ساعة"),
    "machine": ("machine", "tractor", "آلة", "جرار"),
    "water": ("water", "turn", "ماء", "مياه", "نوبة"),
    "money": ("money", "cash", "مال", "نقد", "جنيه"),
}
_UNIT_OF: Final = {plain(word): unit for unit, spelt in _SPELT.items() for word in spelt}
_FUND_OF: Final = {plain(word): FUNDS[0] for word in ("cooperative", "coop", "الجمعية", "جمعية")}
# The same line, from whichever page it is copied, has the same id and is entered once.
_LINES: Final = UUID("6bb3f3f4-53a1-4f2a-9a27-5d9ff1bb1d2c")


class GivingColumns(Invalid):
    code = "notebook-giving-columns"
    words = N_(
        "A line has six parts: the day, who gave, who received, of what, how much, and a few "
        "words; this one has %(count)s. Put tabs, semicolons or commas between them."
    )


class GivingUnit(Invalid):
    code = "notebook-giving-unit"
    words = N_("“%(given)s” is none of: work, machine, water, money.")


class GivingAmount(Invalid):
    code = "notebook-giving-amount"
    words = N_("“%(given)s” is not an amount above zero, such as 2.5 hours.")


class GivingToCome(Invalid):
    code = "notebook-giving-to-come"
    words = N_("%(day)s is still to come. Enter what was given once it has been given.")


class GivingToOneself(Invalid):
    code = "notebook-giving-to-oneself"
    words = N_("Who gave and who received are the same. Name two.")


class GivingEntered(Invalid):
    code = "notebook-giving-entered"
    words = N_("This line is in the ledger already. Leave it out, or tell the two apart in words.")


class GivingWords(Invalid):
    code = "notebook-giving-words"
    words = N_("Write a few words: both sides read what it was.")


class GivingTooMany(Invalid):
    code = "notebook-giving-too-many"
    words = N_("A page has 1 to %(most)s lines here, and these are %(count)s.")


class Frame(NamedTuple):
    """What lines are read against."""

    roll: Roll
    today: date
    notebook: str
    page: str


@dataclass(frozen=True, slots=True)
class Given:
    """One line as it was typed, and what it was understood as, or what is in the way."""

    place: int
    typed: str
    deed: Deed | None = None
    problem: Refusal | None = None


def read_lines(text: str, frame: Frame) -> tuple[Given, ...]:
    """Every line that is not blank. Raises GivingTooMany."""
    typed = [line.strip() for line in text.splitlines() if line.strip()]
    if not 1 <= len(typed) <= MOST_LINES:
        raise GivingTooMany(field="lines", most=MOST_LINES, count=len(typed))
    found = [_read(place, line, frame) for place, line in enumerate(typed, start=1)]
    return tuple(_once(found))


def _once(found: Sequence[Given]) -> Sequence[Given]:
    """A line that stands twice on a page is entered once."""
    seen: set[object] = set()
    told = []
    for one in found:
        source = one.deed.source if one.deed else None
        if source is not None and source in seen:
            told.append(Given(one.place, one.typed, problem=GivingEntered(field="lines")))
        else:
            told.append(one)
        seen.add(source)
    return told


def _read(place: int, line: str, frame: Frame) -> Given:
    try:
        return Given(place, line, deed=_deed(_parts(line), frame))
    except Invalid as refusal:
        return Given(place, line, problem=refusal)


def _parts(line: str) -> list[str]:
    delimiter = next((one for one in "\t;؛،" if one in line), ",")
    # Words may hold commas of their own.
    parts = [part.strip() for part in line.split(delimiter, len(COLUMNS) - 1)]
    if len(parts) != len(COLUMNS):
        raise GivingColumns(field="lines", count=len(parts))
    return parts


def _deed(parts: Sequence[str], frame: Frame) -> Deed:
    day, giver, receiver, what, how_much, words = parts
    on = read_day(day, frame.today)
    if on > frame.today:
        raise GivingToCome(field="lines", day=on)
    unit = _UNIT_OF.get(plain(what))
    if unit is None:
        raise GivingUnit(field="lines", given=what[:40])
    amount = _amount(how_much, unit)
    if not words:
        raise GivingWords(field="lines")
    gave, got = _owner(giver, frame.roll), _owner(receiver, frame.roll)
    if gave == got:
        raise GivingToOneself(field="lines")
    facts = {"words": words[:LONGEST_WORDS], "notebook": frame.notebook, "page": frame.page}
    source = uuid5(_LINES, f"{on}|{gave}|{got}|{unit}|{amount}|{plain(words)}")
    lines = (Line(gave, amount), Line(got, -amount))
    return Deed(unit, "notebook", lines, on, facts, ("notebook", source))


def _owner(given: str, roll: Roll) -> UUID | str:
    return _FUND_OF.get(plain(given)) or roll.person(given, field="lines").id


def _amount(given: str, unit: str) -> int:
    try:
        number = float(plain_digits(given).replace("٫", ".").replace(",", "."))
    except ValueError as error:
        raise GivingAmount(field="lines", given=given[:40]) from error
    # Not a number compares with nothing.
    if not 0 < number < MOST or from_wire(unit, number) <= 0:
        raise GivingAmount(field="lines", given=given[:40])
    return from_wire(unit, number)
