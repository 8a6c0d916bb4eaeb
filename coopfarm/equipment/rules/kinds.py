"""The sorts of lines that the rules of booking are made of, and how each is said."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from coopfarm.equipment.rules.policy import Line
from coopfarm.kernel.words import N_, NN_, Phrase, Sentence

ALL: Final = Phrase("category:all", N_("all machines"))
# How addresses and pages call the rules for all machines; the database keeps "".
ALL_NAME: Final = "all"
WEEKDAYS: Final = tuple(
    Phrase(f"weekday:{place}", name)
    for place, name in enumerate(
        (
            N_("Monday"),
            N_("Tuesday"),
            N_("Wednesday"),
            N_("Thursday"),
            N_("Friday"),
            N_("Saturday"),
            N_("Sunday"),
        )
    )
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of line: its name, what it must say, up to how much, and how it reads.

    With `may_warn` it may be hard or only warn; with `may_narrow` it may be for one role.
    """

    name: Phrase
    says: Phrase
    needs: tuple[str, ...] = ("value",)
    most: float = 0.0
    least: float = 0.0
    may_warn: bool = True
    may_narrow: bool = True


def _after(name: str, words: str, says: str, most: float) -> Kind:
    """A line that says when something is done, rather than what may be booked."""
    called, said = Phrase(f"policy:{name}", words), Phrase(f"policy-says:{name}", says)
    return Kind(called, said, most=most, may_warn=False, may_narrow=False)


KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "min_minutes": Kind(
            Phrase("policy:min", N_("shortest booking, minutes")),
            Phrase("policy-says:min", N_("A booking lasts at least %(limit)s minutes.")),
            most=1440,
        ),
        "max_minutes": Kind(
            Phrase("policy:max", N_("longest booking, minutes")),
            Phrase("policy-says:max", N_("A booking lasts at most %(limit)s minutes.")),
            most=20_160,
            least=15,
        ),
        "notice_hours": Kind(
            Phrase("policy:notice", N_("hours ahead, at least")),
            Phrase("policy-says:notice", N_("It is made at least %(limit)s hours ahead.")),
            most=720,
        ),
        "horizon_days": Kind(
            Phrase("policy:horizon", N_("days ahead, at most")),
            Phrase("policy-says:horizon", N_("It is made at most %(limit)s days ahead.")),
            most=730,
        ),
        "approval": Kind(
            Phrase("policy:approval", N_("the office approves what is longer than, minutes")),
            Phrase(
                "policy-says:approval",
                N_("The office approves what is longer than %(limit)s minutes."),
            ),
            most=20_160,
            may_warn=False,
        ),
        "hours": Kind(
            Phrase("policy:hours", N_("between these hours")),
            Phrase("policy-says:hours", N_("It lies between %(opens)s and %(closes)s of one day.")),
            ("opens", "closes"),
        ),
        "weekdays": Kind(
            Phrase("policy:weekdays", N_("not on these days")),
            Phrase("policy-says:weekdays", N_("Nothing is booked on %(weekday)s.")),
            ("weekdays",),
        ),
        "season": Kind(
            Phrase("policy:season", N_("between these days of the year")),
            Phrase("policy-says:season", N_("It lies from %(opens)s to %(closes)s of a year.")),
            ("opens", "closes"),
        ),
        "open_bookings": Kind(
            Phrase("policy:open", N_("open bookings of a member, at most")),
            Phrase("policy-says:open", N_("A member has at most %(limit)s open bookings.")),
            most=100,
        ),
        "quota_bookings": Kind(
            Phrase("policy:quota-bookings", N_("bookings of a member in a period, at most")),
            Phrase(
                "policy-says:quota-bookings",
                NN_(
                    "A member books at most %(limit)s times in a day.",
                    "A member books at most %(limit)s times in %(days)s days.",
                    by="days",
                ),
            ),
            ("value", "days"),
            1000,
        ),
        "quota_hours": Kind(
            Phrase("policy:quota-hours", N_("hours of a member in a period, at most")),
            Phrase(
                "policy-says:quota-hours",
                NN_(
                    "A member books at most %(limit)s hours in a day.",
                    "A member books at most %(limit)s hours in %(days)s days.",
                    by="days",
                ),
            ),
            ("value", "days"),
            10_000,
        ),
        "hold_hours": _after(
            "hold",
            N_("what is freed is held for the next in line, hours"),
            N_("What is freed is held for the next in line for %(limit)s hours."),
            168,
        ),
        "grace_minutes": _after(
            "grace",
            N_("nobody came: given on after, minutes"),
            N_("Where nobody comes, it is given on after %(limit)s minutes."),
            1440,
        ),
        "overdue_remind": _after(
            "overdue-remind",
            N_("not back: reminder after, hours"),
            N_("Not back: a reminder after %(limit)s hours."),
            720,
        ),
        "overdue_call": _after(
            "overdue-call",
            N_("not back: call after, hours"),
            N_("Not back: a call after %(limit)s hours."),
            720,
        ),
        "overdue_hours": _after(
            "overdue-hours",
            N_("not back: hours of work after, hours"),
            N_("Not back: hours of work are owed after %(limit)s hours."),
            1440,
        ),
        "overdue_hold": _after(
            "overdue-hold",
            N_("not back: no new bookings after, hours"),
            N_("Not back: no new bookings after %(limit)s hours."),
            1440,
        ),
        "overdue_hearing": _after(
            "overdue-hearing",
            N_("not back: hearing after, hours"),
            N_("Not back: a hearing after %(limit)s hours."),
            2880,
        ),
    }
)
_APPROVES_ALL: Final = Phrase("policy-says:approval-all", N_("The office approves every booking."))


def in_words(line: Line) -> Iterator[Sentence]:
    """What a line says, to everybody whom it concerns."""
    kind = KINDS.get(line.code)
    if kind is None:
        return
    if line.code == "approval" and not line.value:
        yield _APPROVES_ALL()
    elif "weekdays" in kind.needs:
        yield from (kind.says(weekday=str(day)) for day in line.weekdays)
    elif "opens" in kind.needs:
        yield kind.says(opens=line.opens, closes=line.closes)
    elif "days" in kind.needs:
        yield kind.says(limit=_tidy(line.value), days=line.days)
    else:
        yield kind.says(limit=_tidy(line.value))


def _tidy(value: float) -> float:
    return int(value) if value == int(value) else value
