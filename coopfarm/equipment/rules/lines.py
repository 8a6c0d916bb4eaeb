"""Lines of the rules of booking, as they are sent and as they are kept."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from coopfarm.equipment.rules.jobs import CATEGORIES
from coopfarm.equipment.rules.kinds import KINDS, Kind
from coopfarm.equipment.rules.policy import Line
from coopfarm.kernel.refusal import Invalid, Missing
from coopfarm.kernel.roles import ROLES
from coopfarm.kernel.words import N_, Phrase

# How addresses and pages call the rules for all machines; the database keeps "".
ALL_NAME: Final = "all"
MOST_LINES: Final = 40
LONGEST_PERIOD_DAYS: Final = 366
_HOUR: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_DAY_OF_YEAR: Final = re.compile(r"(\d\d)-(\d\d)")
_DAYS_OF_MONTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# Amounts of which there are no halves.
_WHOLE: Final = frozenset(
    {"min_minutes", "max_minutes", "approval", "open_bookings", "quota_bookings", "grace_minutes"}
)
NEEDS: Final = {
    name: Phrase(f"needs:{name}", words)
    for name, words in {
        "kind": N_("one of the sorts of rules there are"),
        "role": N_("a role, or nobody in particular"),
        "whole": N_("a whole number"),
        "hour": N_("an hour of the day such as 06:00"),
        "later": N_("an hour later than the first"),
        "day of a year": N_("a day of the year such as 05-15"),
        "weekdays": N_("at least one day of the week, and not all seven"),
    }.items()
}


class BadPolicyLine(Invalid):
    """A line that says nothing a booking could be held against."""

    code = "bad-policy-line"
    words = N_("%(field)s: this line cannot be used. It needs %(needs)s.")


class PolicyNumberOutside(BadPolicyLine):
    """A number with which the line would shut out everything, or nothing."""

    code = "policy-number-outside"
    words = N_("%(field)s: this line needs a number from %(least)s to %(most)s.")


class TooManyLines(Invalid):
    """Nobody reads a longer list of rules."""

    code = "policy-too-many-lines"
    words = N_("A version of the rules has at most %(most)s lines. Take one out first.")


class NoSuchCategory(Missing):
    """Rules are made for a category of machines that there is, or for all."""

    code = "no-such-category"
    words = N_("There is no category of machines of that name.")


def category_named(name: str) -> str:
    """The category an address names. Raises NoSuchCategory."""
    if name == ALL_NAME:
        return ""
    if name not in CATEGORIES:
        raise NoSuchCategory
    return name


def checked(sent: Mapping[str, Any]) -> Line:
    """What was sent, as a line that bookings can be held against. Raises BadPolicyLine."""
    code, role = str(sent.get("code")), sent.get("role") or ""
    kind = KINDS.get(code)
    if kind is None:
        raise BadPolicyLine(field="code", needs="kind")
    if role and (role not in ROLES or not kind.may_narrow):
        raise BadPolicyLine(field="role", needs="role")
    given = {name: _CHECKS[name](sent.get(name), code, kind) for name in kind.needs}
    if code == "hours" and given["closes"] <= given["opens"]:
        raise BadPolicyLine(field="closes", needs="later")
    is_hard = bool(sent.get("is_hard", True)) or not kind.may_warn
    return Line(code, is_hard=is_hard, role=str(role), **given)


def kept(line: Line) -> dict[str, Any]:
    """A line as it is stored, without what its kind does not need."""
    told: dict[str, Any] = {"code": line.code, "is_hard": line.is_hard}
    told |= {name: getattr(line, name) for name in KINDS[line.code].needs}
    if "weekdays" in told:
        told["weekdays"] = list(line.weekdays)
    return told | ({"role": line.role} if line.role else {})


def _amount(given: object, code: str, kind: Kind) -> float:
    if code in _WHOLE:
        return _number(given, "value", kind.least, kind.most, is_whole=True)
    return _number(given, "value", kind.least, kind.most)


def _days(given: object, _code: str, _kind: Kind) -> int:
    return int(_number(given, "days", 1, LONGEST_PERIOD_DAYS, is_whole=True))


def _number(
    given: object, field: str, least: float, most: float, *, is_whole: bool = False
) -> float:
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    number = float(given) if is_number else float("nan")  # type: ignore[arg-type]  # is_number
    if not least <= number <= most:
        raise PolicyNumberOutside(field=field, least=least, most=most)
    if is_whole and number != int(number):
        raise BadPolicyLine(field=field, needs="whole")
    return int(number) if number == int(number) else number


def _opens(given: object, code: str, _kind: Kind) -> str:
    return _moment(given, code, "opens")


def _closes(given: object, code: str, _kind: Kind) -> str:
    return _moment(given, code, "closes")


def _moment(given: object, code: str, field: str) -> str:
    """An hour of the day, or a day of the year."""
    text = given.strip() if isinstance(given, str) else ""
    if code == "season":
        if not _is_day_of_year(text):
            raise BadPolicyLine(field=field, needs="day of a year")
    elif not _HOUR.fullmatch(text):
        raise BadPolicyLine(field=field, needs="hour")
    return text


def _is_day_of_year(text: str) -> bool:
    found = _DAY_OF_YEAR.fullmatch(text)
    if found is None:
        return False
    month, day = int(found[1]), int(found[2])
    return 1 <= month <= len(_DAYS_OF_MONTHS) and 1 <= day <= _DAYS_OF_MONTHS[month - 1]


def _weekdays(given: object, _code: str, _kind: Kind) -> tuple[int, ...]:
    days = {day for day in given if day in range(7)} if isinstance(given, list | tuple) else set()
    if not 1 <= len(days) < 7:
        raise BadPolicyLine(field="weekdays", needs="weekdays")
    return tuple(sorted(int(day) for day in days))


_CHECKS: Final[Mapping[str, Callable[[object, str, Kind], Any]]] = MappingProxyType(
    {"value": _amount, "days": _days, "opens": _opens, "closes": _closes, "weekdays": _weekdays}
)
