"""The lines of a page: what was typed, what it is understood as, and what is wrong with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Conflict, Invalid, Refusal
from coopfarm.kernel.words import N_, Phrase
from coopfarm.notebook.rules import times
from coopfarm.notebook.rules.roll import Ground, Person, Roll
from coopfarm.notebook.rules.spelling import plain

T = TypeVar("T")

KINDS: Final = {
    "water_taken": Phrase("notebook:water-taken", N_("water taken")),
    "water_missed": Phrase("notebook:water-missed", N_("water late or missing")),
    "work_done": Phrase("notebook:work-done", N_("work for the cooperative")),
    "note": Phrase("notebook:note", N_("note")),
}
_SPELT: Final[Mapping[str, tuple[str, ...]]] = {
    "water_taken": ("water taken", "water", "taken", "irrigated", "ماء", "أخذ الماء", "ري", "سقي"),
    "water_missed": (
        *("water missed", "missed", "late", "no water", "water late or missing"),
        *("لا ماء", "تأخر", "تأخر الماء", "لم يصل الماء"),
    ),
    "work_done": ("work done", "work", "hours", "work for the cooperative", "عمل", "شغل"),
    "note": ("note", "notes", "remark", "ملاحظة"),
}
_KIND_OF: Final = {plain(word): kind for kind, spelt in _SPELT.items() for word in spelt}
NEEDS_PLOT: Final = frozenset({"water_taken", "water_missed"})
NEEDS_TIMES: Final = frozenset({"water_taken", "work_done"})
NEEDS_WORDS: Final = frozenset({"water_missed", "note"})
LONGEST_WORDS: Final = 300
MOST_LINES: Final = 100
YEARS_BACK: Final = 2


class KindUnknown(Invalid):
    code = "notebook-kind-unknown"
    words = N_(
        "Say what happened: water taken, water late or missing, work for the cooperative, or note."
    )


class TimesMissing(Invalid):
    code = "notebook-times-missing"
    words = N_("Write from when to when.")


class WordsMissing(Invalid):
    code = "notebook-words-missing"
    words = N_("Write what happened in a few words.")


class TooLong(Invalid):
    code = "notebook-too-long"
    words = N_("This is longer than %(most)s letters. Shorten it.")


class NotYet(Invalid):
    code = "notebook-not-yet"
    words = N_("That has not happened yet: it would end on %(ends_at)s.")


class TooOld(Invalid):
    code = "notebook-too-old"
    words = N_("That is before %(first)s. Pages are entered up to two years back.")


class BeforeFirstDay(Invalid):
    code = "notebook-before-first-day"
    words = N_("That is before %(first)s, the first day of the cooperative.")


class LineTwice(Invalid):
    code = "notebook-line-twice"
    words = N_("Line %(line)s of this page says the same. Take one of them out.")


class EnteredAlready(Conflict):
    """The same kind, member, plot and times are kept."""

    code = "notebook-entered-already"
    words = N_(
        "%(name)s entered this line already on %(day)s, from notebook %(notebook)s, page %(page)s."
    )


@dataclass(frozen=True, slots=True)
class Typed:
    """The cells of a line, as they were typed."""

    kind: str = ""
    member: str = ""
    plot: str = ""
    day: str = ""
    starts: str = ""
    ends: str = ""
    words: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed; what is chosen from a list does not count."""
        return not any(cell.strip() for cell in astuple(replace(self, kind="")))


CELLS: Final = tuple(field.name for field in fields(Typed))


@dataclass(frozen=True, slots=True)
class Line:
    """What a line is understood as."""

    kind: str
    member: Person
    plot: Ground | None
    during: Interval
    is_whole_day: bool
    words: str

    @property
    def key(self) -> tuple[str, UUID, UUID | None, datetime, datetime, str]:
        """Two lines with the same key are one; the database holds to the same."""
        is_note = self.kind == "note"
        plot_id = None if is_note or self.plot is None else self.plot.id
        words = self.words if is_note else ""
        return (self.kind, self.member.id, plot_id, self.during.start, self.during.end, words)


@dataclass(frozen=True, slots=True)
class Row:
    """A line that was typed: its place, and the line it is or what is in the way."""

    place: int
    typed: Typed
    line: Line | None
    problems: tuple[Refusal, ...]

    def refused(self, refusal: Refusal) -> "Row":
        return replace(self, problems=(*self.problems, refusal))


@dataclass(frozen=True, slots=True)
class Frame:
    """When and where lines are read: now, in which zone, since when there is a cooperative."""

    now: datetime
    zone: ZoneInfo
    first_day: date

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def oldest(self) -> date:
        today = self.today
        return date(today.year - YEARS_BACK, today.month, min(today.day, 28))


def understand(typed: Sequence[Typed], roll: Roll, frame: Frame) -> tuple[Row, ...]:
    """Every line that is not blank, read by itself and against the others of the page."""
    rows, seen = [], dict[Any, int]()
    for place, one in enumerate(typed, start=1):
        if one.is_blank:
            continue
        row = read_row(place, one, roll, frame)
        if row.line is not None and (first := seen.setdefault(row.line.key, place)) != place:
            row = row.refused(LineTwice(field="member", line=first))
        rows.append(row)
    return tuple(rows)


def read_row(place: int, typed: Typed, roll: Roll, frame: Frame) -> Row:
    """One line, with everything that is wrong with it at once."""
    problems: list[Refusal] = []

    def tried(read: Callable[[], T]) -> T | None:
        try:
            return read()
        except Invalid as problem:
            problems.append(problem)
            return None

    kind = tried(lambda: read_kind(typed.kind))
    member = tried(lambda: roll.person(typed.member))
    plot = tried(lambda: roll.plot(typed.plot, member, is_needed=kind in NEEDS_PLOT))
    during = tried(lambda: _when(typed, frame, needs_times=kind in NEEDS_TIMES))
    words = tried(lambda: _words(typed.words, is_needed=kind in NEEDS_WORDS))
    if problems or kind is None or member is None or during is None or words is None:
        return Row(place, typed, None, tuple(problems))
    is_whole_day = not (typed.starts.strip() or typed.ends.strip())
    return Row(place, typed, Line(kind, member, plot, during, is_whole_day, words), ())


def read_kind(given: str) -> str:
    """The kind by its own name or one people use. Raises KindUnknown."""
    found = _KIND_OF.get(plain(given))
    if found is None:
        raise KindUnknown(field="kind")
    return found


def _when(typed: Typed, frame: Frame, *, needs_times: bool) -> Interval:
    day = times.read_day(typed.day, frame.today)
    _check_day(day, frame)
    starts, ends = typed.starts.strip(), typed.ends.strip()
    if not starts and not ends and not needs_times:
        whole = times.whole_day(day, frame.zone)
        if whole.start > frame.now:
            raise NotYet(field="day", ends_at=whole.end)
        return whole
    if not starts or not ends:
        raise TimesMissing(field="ends" if starts else "starts")
    since, until = times.read_clock(starts, field="starts"), times.read_clock(ends, field="ends")
    during = times.stretch(day, since, until, frame.zone)
    if during.end > frame.now:
        raise NotYet(field="day", ends_at=during.end)
    return during


def _check_day(day: date, frame: Frame) -> None:
    if day < frame.first_day:
        raise BeforeFirstDay(field="day", first=frame.first_day)
    if day < frame.oldest:
        raise TooOld(field="day", first=frame.oldest)


def _words(given: str, *, is_needed: bool) -> str:
    words = " ".join(given.split())
    if is_needed and not words:
        raise WordsMissing(field="words")
    if len(words) > LONGEST_WORDS:
        raise TooLong(field="words", most=LONGEST_WORDS)
    return words
