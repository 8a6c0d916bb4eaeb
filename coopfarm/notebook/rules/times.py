"""Days and hours as a notebook has them, in the cooperative's own time."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from coopfarm.kernel.interval import Interval
from coopfarm.kernel.numerals import plain_digits
from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_

_YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.\-](\d{1,2})(?:[/.\-](\d{4}))?")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.٫](\d{2}))?\s*(am|pm|ص|م)?\s*([abأاب])?")
_HALVES: Final = {"am": "am", "ص": "am", "pm": "pm", "م": "pm"}
_FIRST, _SECOND = frozenset("aأا"), frozenset("bب")


class DayUnusable(Invalid):
    code = "notebook-day-unusable"
    words = N_("“%(given)s” is not a day. Write the day first, as in 3/7/2026 or 3/7.")


class ClockUnusable(Invalid):
    code = "notebook-time-unusable"
    words = N_("“%(given)s” is not a time of the day. Write it as in 1:40, 13:40 or 1:40 pm.")


class HourSkipped(Invalid):
    """The clock was put forward over it."""

    code = "notebook-hour-skipped"
    words = N_(
        "There was no %(given)s on %(day)s: the clock was put forward over it. Ask which hour "
        "was meant."
    )


class HourTwice(Invalid):
    """The clock was put back, and showed it a second time."""

    code = "notebook-hour-twice"
    words = N_(
        "The clock was put back on %(day)s, and %(given)s came twice. Write “a” behind it for "
        "the first time, “b” for the second."
    )


class EndsFirst(Invalid):
    code = "notebook-ends-first"
    words = N_("It ends before it begins. Look at the letters behind the times.")


@dataclass(frozen=True, slots=True)
class Clock:
    """What a clock showed; `showing` is 1 or 2 where it was written which of two is meant."""

    at: time
    showing: int = 0


def read_day(text: str, today: date) -> date:
    """The day, in any digits; without a year the latest such day up to today.

    Raises DayUnusable.
    """
    given = plain_digits(text).strip()
    try:
        if found := _YEAR_FIRST.fullmatch(given):
            return date(*map(int, found.groups()))
        if found := _DAY_FIRST.fullmatch(given):
            day, month, year = found.groups()
            return _in_year(int(day), int(month), int(year) if year else None, today)
    except ValueError as error:
        raise DayUnusable(field="day", given=text[:40]) from error
    raise DayUnusable(field="day", given=text[:40])


def _in_year(day: int, month: int, year: int | None, today: date) -> date:
    if year is not None:
        return date(year, month, day)
    this_year = date(today.year, month, day)
    return this_year if this_year <= today else date(today.year - 1, month, day)


def read_clock(text: str, *, field: str) -> Clock:
    """What the clock showed, in any digits; 24:00 is midnight. Raises ClockUnusable."""
    given = plain_digits(text).strip().lower()
    found = _CLOCK.fullmatch(given) or re.fullmatch(r"(\d\d)(\d\d)()()", given)
    if found is None:
        raise ClockUnusable(field=field, given=text[:40])
    hour, minute, half, letter = found.groups()
    try:
        at = time(_hour(int(hour), _HALVES.get(half or "")), int(minute or 0))
    except ValueError as error:
        raise ClockUnusable(field=field, given=text[:40]) from error
    if hour == "24" and at.minute:
        raise ClockUnusable(field=field, given=text[:40])
    return Clock(at, 1 if letter in _FIRST else 2 if letter in _SECOND else 0)


def _hour(hour: int, half: str | None) -> int:
    """Raises ValueError for an hour that no clock of this kind shows."""
    if half is None:
        return 0 if hour == 24 else hour
    if not 1 <= hour <= 12:
        raise ValueError
    return hour % 12 + (12 if half == "pm" else 0)


def moment(day: date, clock: Clock, zone: ZoneInfo, *, field: str) -> datetime:
    """The moment in UTC. Raises HourSkipped and HourTwice."""
    shown = datetime.combine(day, clock.at)
    first, second = (shown.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(zone).replace(tzinfo=None) != shown:
        raise HourSkipped(field=field, given=f"{clock.at:%H:%M}", day=day)
    if first != second and not clock.showing:
        raise HourTwice(field=field, given=f"{clock.at:%H:%M}", day=day)
    return second if clock.showing == 2 else first


def stretch(day: date, starts: Clock, ends: Clock, zone: ZoneInfo) -> Interval:
    """From `starts` on that day to `ends`, on the next day where the clock shows no more by then.

    Raises HourSkipped, HourTwice and EndsFirst.
    """
    start = moment(day, starts, zone, field="starts")
    same_day = ends.at > starts.at or (starts.showing, ends.showing) == (1, 2)
    end = moment(day if same_day else day + timedelta(days=1), ends, zone, field="ends")
    if end <= start:
        raise EndsFirst(field="ends")
    return Interval(start, end)


def whole_day(day: date, zone: ZoneInfo) -> Interval:
    """From midnight to midnight; where midnight was skipped, from when the clock went on."""
    start, end = (
        datetime.combine(on, time(), tzinfo=zone).astimezone(UTC)
        for on in (day, day + timedelta(days=1))
    )
    return Interval(start, end)
