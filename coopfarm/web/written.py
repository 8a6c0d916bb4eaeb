"""What people typed, as numbers, days, hours: in any digits, refused by the name of its field."""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from flask import request as http

from coopfarm.kernel import numerals
from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_

_LAST_PAGE = 9999
# The marks people type between digits, as they stand on Arabic, Persian and Urdu keyboards.
_MARKS = str.maketrans("٫٬،", ".,,")
_HOUR = re.compile(r"(\d{1,2})(?:[:.٫](\d{2}))?")


class NotANumber(Invalid):
    code = "not-a-number"
    words = N_("%(field)s: “%(given)s” is not a number. Digits of any script work, such as 12.5.")


class NotADay(Invalid):
    code = "not-a-day"
    words = N_("%(field)s: “%(given)s” is not a day. Write year-month-day, such as 2026-07-04.")


class NotAnHour(Invalid):
    code = "not-an-hour"
    words = N_("%(field)s: “%(given)s” is not a time of the day. Write it as in 7:30 or 16:00.")


class HourSkipped(Invalid):
    """The clock is put forward over it."""

    code = "hour-skipped"
    words = N_(
        "%(field)s: there is no %(given)s on %(day)s: the clock is put forward over it. Choose "
        "an hour before or after."
    )


class HourTwice(Invalid):
    """The clock is put back, and shows it a second time."""

    code = "hour-twice"
    words = N_(
        "%(field)s: the clock is put back on %(day)s, and %(given)s comes twice. Choose an hour "
        "before or after."
    )


class FieldMissing(Invalid):
    code = "field-missing"
    words = N_("%(field)s: this is needed. Fill it in.")


def number(text: str, *, field: str) -> float:
    """A finite number written in any digits. Raises FieldMissing or NotANumber."""
    plain = numerals.plain_digits(text).translate(_MARKS).strip().replace(" ", "")
    if not plain:
        raise FieldMissing(field=field)
    if not re.fullmatch(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?", plain) or len(plain) > 24:
        raise NotANumber(field=field, given=text[:40])
    return float(plain.replace(",", ""))


def day(text: str, *, field: str) -> date:
    """A day as year-month-day in any digits. Raises FieldMissing or NotADay."""
    plain = numerals.plain_digits(text).strip()
    if not plain:
        raise FieldMissing(field=field)
    try:
        return date.fromisoformat(plain)
    except ValueError as error:
        raise NotADay(field=field, given=text[:40]) from error


def hour(text: str, *, field: str) -> time:
    """A time of the day, as 7, 7:30 or 16:00 in any digits. Raises FieldMissing or NotAnHour."""
    plain = numerals.plain_digits(text).strip()
    if not plain:
        raise FieldMissing(field=field)
    found = _HOUR.fullmatch(plain)
    try:
        if found:
            return time(int(found[1]), int(found[2] or 0))
    except ValueError as error:
        raise NotAnHour(field=field, given=text[:40]) from error
    raise NotAnHour(field=field, given=text[:40])


def moment(on: date, at: time, zone: ZoneInfo, *, field: str) -> datetime:
    """When the clocks of a zone show `at` on a day, in UTC. Raises HourSkipped and HourTwice."""
    shown = datetime.combine(on, at)
    first, second = (shown.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(zone).replace(tzinfo=None) != shown:
        raise HourSkipped(field=field, given=f"{at:%H:%M}", day=on)
    if first != second:
        raise HourTwice(field=field, given=f"{at:%H:%M}", day=on)
    return first


def page(name: str = "page") -> int:
    """The page of a list that was asked for in the query, from 1; the first for anything else."""
    return max(1, numerals.whole(http.args.get(name, ""), _LAST_PAGE) or 1)
