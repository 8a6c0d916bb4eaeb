"""The rules of booking as data: each line has a code, its number, and whether it only warns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from coopfarm.equipment.rules import refusals as no
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Invalid, Refusal
from coopfarm.kernel.words import N_, Phrase


class BadPolicyLine(Invalid):
    """A line that says nothing a booking could be held against."""

    code = "bad-policy-line"
    words = N_("%(field)s: this line cannot be used. It needs %(needs)s.")


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


@dataclass(frozen=True, slots=True)
class Asked:
    """What a booking asks for, and what the member has already.

    `booked` are the member's other bookings in machines of the category, those that count.
    """

    machine: str
    during: Interval
    now: datetime
    zone: ZoneInfo
    roles: frozenset[str] = frozenset()
    open_bookings: int = 0
    booked: tuple[Interval, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the lines say: `refused` by the hard ones, `warned` by the others."""

    refused: tuple[Refusal, ...] = ()
    warned: tuple[Refusal, ...] = ()
    needs_approval: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """A version of the rules for a category of machines."""

    version: int = 0
    category: str = ""
    lines: tuple[Line, ...] = ()

    def check(self, asked: Asked) -> Verdict:
        """Hold what is asked against every line that concerns who asks."""
        refused: list[Refusal] = []
        warned: list[Refusal] = []
        for line in self.lines:
            if line.role and line.role not in asked.roles:
                continue
            judge = _JUDGES.get(line.code)
            said = judge(line, asked) if judge else None
            if said is not None:
                (refused if line.is_hard else warned).append(said)
        return Verdict(tuple(refused), tuple(warned), self._needs_approval(asked))

    def _needs_approval(self, asked: Asked) -> bool:
        minutes = asked.during.length / timedelta(minutes=1)
        return any(
            line.code == "approval"
            and minutes > line.value
            and (not line.role or line.role in asked.roles)
            for line in self.lines
        )

    def hours(self) -> tuple[time, time] | None:
        """Between which hours of a day a booking may lie, where a hard line says so."""
        for line in self.lines:
            if line.code == "hours" and line.is_hard:
                return time.fromisoformat(line.opens), time.fromisoformat(line.closes)
        return None


EVERYTHING_GOES: Final = Policy()
# The lines for which a member's other bookings must be known.
LIMITS: Final = frozenset({"open_bookings", "quota_bookings", "quota_hours"})


def _length(line: Line, asked: Asked) -> Refusal | None:
    minutes = round(asked.during.length / timedelta(minutes=1))
    limit = int(line.value)
    if line.code == "min_minutes" and minutes < limit:
        return no.TooShort(machine=asked.machine, limit=limit, asked=minutes)
    if line.code == "max_minutes" and minutes > limit:
        return no.TooLong(machine=asked.machine, limit=limit, asked=minutes)
    return None


def _notice(line: Line, asked: Asked) -> Refusal | None:
    ahead = (asked.during.start - asked.now) / timedelta(hours=1)
    if ahead >= line.value:
        return None
    return no.TooSoon(machine=asked.machine, limit=_tidy(line.value), asked=round(ahead, 1))


def _horizon(line: Line, asked: Asked) -> Refusal | None:
    ahead = (asked.during.end - asked.now) / timedelta(days=1)
    if ahead <= line.value:
        return None
    return no.TooFarAhead(machine=asked.machine, limit=_tidy(line.value), asked=round(ahead, 1))


def _hours(line: Line, asked: Asked) -> Refusal | None:
    start, end = (at.astimezone(asked.zone) for at in (asked.during.start, asked.during.end))
    opens, closes = time.fromisoformat(line.opens), time.fromisoformat(line.closes)
    is_inside = start.date() == end.date() and opens <= start.time() and end.time() <= closes
    if is_inside:
        return None
    return no.OutsideHours(machine=asked.machine, opens=line.opens, closes=line.closes)


def _weekdays(line: Line, asked: Asked) -> Refusal | None:
    day = asked.during.start.astimezone(asked.zone).weekday()
    return no.OutsideDays(machine=asked.machine) if day in line.weekdays else None


def _season(line: Line, asked: Asked) -> Refusal | None:
    days = [f"{at.astimezone(asked.zone):%m-%d}" for at in (asked.during.start, asked.during.end)]
    wraps = line.closes < line.opens
    if all(
        (day >= line.opens or day <= line.closes) if wraps else line.opens <= day <= line.closes
        for day in days
    ):
        return None
    return no.OutsideSeason(machine=asked.machine, opens=line.opens, closes=line.closes)


def _open(line: Line, asked: Asked) -> Refusal | None:
    if asked.open_bookings < line.value:
        return None
    return no.TooManyOpen(limit=int(line.value), asked=asked.open_bookings)


def _quota(line: Line, asked: Asked) -> Refusal | None:
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


_JUDGES: Final[Mapping[str, Callable[[Line, Asked], Refusal | None]]] = MappingProxyType(
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


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of line: how it is called, and what it must say."""

    name: Phrase
    needs: tuple[str, ...]
    most: float = field(default=0.0)


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "min_minutes": Kind(
            Phrase("policy:min", N_("shortest booking, minutes")), ("value",), 1440
        ),
        "max_minutes": Kind(
            Phrase("policy:max", N_("longest booking, minutes")), ("value",), 20_160
        ),
        "notice_hours": Kind(Phrase("policy:notice", N_("hours ahead, at least")), ("value",), 720),
        "horizon_days": Kind(Phrase("policy:horizon", N_("days ahead, at most")), ("value",), 730),
        "approval": Kind(
            Phrase("policy:approval", N_("the office approves what is longer than, minutes")),
            ("value",),
            20_160,
        ),
        "hours": Kind(Phrase("policy:hours", N_("between these hours")), ("opens", "closes")),
        "weekdays": Kind(Phrase("policy:weekdays", N_("not on these days")), ("weekdays",)),
        "season": Kind(
            Phrase("policy:season", N_("between these days of the year")), ("opens", "closes")
        ),
        "open_bookings": Kind(
            Phrase("policy:open", N_("open bookings of a member, at most")), ("value",), 100
        ),
        "quota_bookings": Kind(
            Phrase("policy:quota-bookings", N_("bookings of a member in a period, at most")),
            ("value", "days"),
            1000,
        ),
        "quota_hours": Kind(
            Phrase("policy:quota-hours", N_("hours of a member in a period, at most")),
            ("value", "days"),
            10_000,
        ),
    }
)


def policy_of(version: int, category: str, lines: Sequence[Mapping[str, Any]]) -> Policy:
    """A stored version as rules."""
    kept = tuple(Line(**{**line, "weekdays": tuple(line.get("weekdays", ()))}) for line in lines)
    return Policy(version, category, kept)
