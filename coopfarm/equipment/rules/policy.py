"""The rules of booking as data: each line has a code, its number, and whether it only warns."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from coopfarm.equipment.rules import refusals as no
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Line:
    """One rule: `value` in the unit of its code; `days` is the period of a quota.

    `opens` and `closes` are hours (`06:00`) or days of the year (`05-15`); `weekdays` are
    those on which nothing is booked, Monday 0; `role` narrows the line to who holds it.
    """

    code: str
    value: float = 0.0
    is_hard: bool = True
    days: int = 0
    opens: str = ""
    closes: str = ""
    weekdays: tuple[int, ...] = ()
    role: str = ""

    def concerns(self, roles: Collection[str]) -> bool:
        """Whether the line is for everybody, or for somebody with these roles."""
        return not self.role or self.role in roles


@dataclass(frozen=True, slots=True)
class Has:
    """What a member has already: the bookings that count, and how many of them are open."""

    booked: tuple[Interval, ...] = ()
    open_bookings: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What a booking asks for, and what the member has already.

    `booked` are the member's other bookings that count, whatever the machine; `of_category`
    has those of the machines of one category, where rules of that category ask for them.
    """

    machine: str
    during: Interval
    now: datetime
    zone: ZoneInfo
    roles: frozenset[str] = frozenset()
    open_bookings: int = 0
    booked: tuple[Interval, ...] = ()
    of_category: Mapping[str, Has] = field(default_factory=lambda: MappingProxyType({}))

    def under(self, category: str, machine: str) -> "Asked":
        """The same as the rules of a category see it."""
        has = self.of_category.get(category)
        named = replace(self, machine=machine or self.machine)
        if has is None:
            return named
        return replace(named, booked=has.booked, open_bookings=has.open_bookings)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the lines say: `refused` by the hard ones, `warned` by the others."""

    refused: tuple[Refusal, ...] = ()
    warned: tuple[Refusal, ...] = ()
    needs_approval: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """A version of the rules for a category of machines.

    Of a booking of several machines `also` has the rules of the others; `machine` is the one
    these are about, where it is not the first.
    """

    version: int = 0
    category: str = ""
    lines: tuple[Line, ...] = ()
    also: tuple["Policy", ...] = ()
    machine: str = ""

    def check(self, asked: Asked) -> Verdict:
        """Hold what is asked against every line that concerns who asks."""
        refused: list[Refusal] = []
        warned: list[Refusal] = []
        for policy in (self, *self.also):
            seen = asked.under(policy.category, policy.machine)
            for line, said in policy.against(seen):
                (refused if line.is_hard else warned).append(said)
        return Verdict(tuple(refused), tuple(warned), self._needs_approval(asked))

    def against(self, asked: Asked) -> Iterator[tuple[Line, Refusal]]:
        """The lines of this version alone that what is asked goes against, cited."""
        for place, line in enumerate(self.lines, start=1):
            judge = _JUDGES.get(line.code) if line.concerns(asked.roles) else None
            said = judge(line, asked) if judge else None
            if said is not None:
                said.cite(place, self.version, self.category)
                yield line, said

    def _needs_approval(self, asked: Asked) -> bool:
        minutes = asked.during.length / timedelta(minutes=1)
        return any(
            line.code == "approval" and minutes > line.value
            for line in self._lines_for(asked.roles)
        )

    def _lines_for(self, roles: Collection[str]) -> Iterator[Line]:
        for policy in (self, *self.also):
            yield from (line for line in policy.lines if line.concerns(roles))

    def line(self, code: str) -> Line | None:
        """The first line of that code, for everybody; None where there is none."""
        return next((line for line in self.lines if line.code == code and not line.role), None)

    def value(self, code: str, default: float) -> float:
        """The number of that line, or what holds where the policy says nothing."""
        line = self.line(code)
        return default if line is None else line.value

    def hours(self, roles: Collection[str] = ()) -> tuple[time, time] | None:
        """Between which hours of a day a booking may lie, where a hard line says so."""
        for line in self._lines_for(roles):
            if line.code == "hours" and line.is_hard:
                return time.fromisoformat(line.opens), time.fromisoformat(line.closes)
        return None

    def nearest_length(self, length: timedelta, roles: Collection[str] = ()) -> timedelta:
        """The length that the hard lines allow nearest to this one."""
        for line in self._lines_for(roles):
            limit = timedelta(minutes=line.value)
            if line.code == "max_minutes" and line.is_hard:
                length = min(length, limit)
            elif line.code == "min_minutes" and line.is_hard:
                length = max(length, limit)
        return length

    @property
    def is_counting(self) -> bool:
        """Whether a member's other bookings must be known."""
        return any(line.code in LIMITS for policy in (self, *self.also) for line in policy.lines)


EVERYTHING_GOES: Final = Policy()
# The lines for which a member's other bookings must be known.
LIMITS: Final = frozenset({"open_bookings", "quota_bookings", "quota_hours"})


def _length(line: Line, asked: Asked) -> no.ByRule | None:
    minutes = round(asked.during.length / timedelta(minutes=1))
    limit = int(line.value)
    if line.code == "min_minutes" and minutes < limit:
        return no.TooShort(machine=asked.machine, limit=limit, asked=minutes)
    if line.code == "max_minutes" and minutes > limit:
        return no.TooLong(machine=asked.machine, limit=limit, asked=minutes)
    return None


def _notice(line: Line, asked: Asked) -> no.ByRule | None:
    ahead = (asked.during.start - asked.now) / timedelta(hours=1)
    if ahead >= line.value:
        return None
    return no.TooSoon(machine=asked.machine, limit=_tidy(line.value), asked=round(ahead, 1))


def _horizon(line: Line, asked: Asked) -> no.ByRule | None:
    ahead = (asked.during.end - asked.now) / timedelta(days=1)
    if ahead <= line.value:
        return None
    return no.TooFarAhead(machine=asked.machine, limit=_tidy(line.value), asked=round(ahead, 1))


def _hours(line: Line, asked: Asked) -> no.ByRule | None:
    start, end = (at.astimezone(asked.zone) for at in (asked.during.start, asked.during.end))
    opens, closes = time.fromisoformat(line.opens), time.fromisoformat(line.closes)
    is_inside = start.date() == end.date() and opens <= start.time() and end.time() <= closes
    if is_inside:
        return None
    return no.OutsideHours(machine=asked.machine, opens=line.opens, closes=line.closes)


def _weekdays(line: Line, asked: Asked) -> no.ByRule | None:
    first = asked.during.start.astimezone(asked.zone).date()
    last = (asked.during.end - timedelta.resolution).astimezone(asked.zone).date()
    days = min((last - first).days, 6) + 1
    touched = {(first.weekday() + ahead) % 7 for ahead in range(days)}
    return no.OutsideDays(machine=asked.machine) if touched & set(line.weekdays) else None


def _season(line: Line, asked: Asked) -> no.ByRule | None:
    last = asked.during.end - timedelta.resolution
    days = [f"{at.astimezone(asked.zone):%m-%d}" for at in (asked.during.start, last)]
    wraps = line.closes < line.opens
    if all(
        (day >= line.opens or day <= line.closes) if wraps else line.opens <= day <= line.closes
        for day in days
    ):
        return None
    return no.OutsideSeason(machine=asked.machine, opens=line.opens, closes=line.closes)


def _open(line: Line, asked: Asked) -> no.ByRule | None:
    if asked.open_bookings < line.value:
        return None
    return no.TooManyOpen(limit=int(line.value), asked=asked.open_bookings)


def _quota(line: Line, asked: Asked) -> no.ByRule | None:
    period = timedelta(days=line.days)
    # The fullest of all periods of that length that hold the booking.
    fullest = max(_amount(line, asked, start, period) for start in _starts(asked, period))
    if fullest <= line.value:
        return None
    kind = no.QuotaOfHours if line.code == "quota_hours" else no.QuotaOfBookings
    return kind(limit=_tidy(line.value), days=line.days, asked=_tidy(fullest))


def _starts(asked: Asked, period: timedelta) -> Sequence[datetime]:
    starts = [asked.during.start, *(one.start for one in asked.booked)]
    latest, earliest = asked.during.start, asked.during.start - period
    return [start for start in starts if earliest < start <= latest]


def _amount(line: Line, asked: Asked, start: datetime, period: timedelta) -> float:
    found = [one for one in asked.booked if start <= one.start < start + period]
    if line.code == "quota_bookings":
        return len(found) + 1
    lengths = sum((one.length for one in found), asked.during.length)
    return round(lengths / timedelta(hours=1), 2)


def _tidy(value: float) -> float:
    return int(value) if value == int(value) else value


_JUDGES: Final[Mapping[str, Callable[[Line, Asked], no.ByRule | None]]] = MappingProxyType(
    {
        "min_minutes": _length,
        "max_minutes": _length,
        "notice_hours": _notice,
        "horizon_days": _horizon,
        "hours": _hours,
        "weekdays": _weekdays,
        "season": _season,
        "open_bookings": _open,
        "quota_bookings": _quota,
        "quota_hours": _quota,
    }
)


def policy_of(version: int, category: str, lines: Sequence[Mapping[str, Any]]) -> Policy:
    """A stored version as rules."""
    kept = tuple(Line(**{**line, "weekdays": tuple(line.get("weekdays", ()))}) for line in lines)
    return Policy(version, category, kept)
