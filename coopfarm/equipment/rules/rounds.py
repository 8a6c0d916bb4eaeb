"""Rounds that share the machine-days of the season: their states, days, wishes and refusals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_, Phrase

LONGEST_DAYS: Final = 92
MOST_WISHED: Final = 31
BEST_VALUE: Final = 10
_LEAST_VALUE: Final = 1

STATES: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "open": Phrase("round:open", N_("open for wishes")),
        "closed": Phrase("round:closed", N_("closed")),
        "run": Phrase("round:run", N_("worked out")),
        "published": Phrase("round:published", N_("published")),
        "appealed": Phrase("round:appealed", N_("appealed against")),
        "final": Phrase("round:final", N_("final")),
    }
)
SHOWN_TO_ALL: Final = ("published", "appealed", "final")

BOOKED_BY_ROUND: Final = Phrase(
    "booked-by-round", N_("Shared out in round %(number)s. The reasons stand with the round.")
)
NOT_BOOKED: Final = Phrase(
    "round-day-not-booked",
    N_("%(day)s could not be booked for you: no machine of the round can be had on that day."),
)
NOT_BOOKED_RULE: Final = Phrase(
    "round-day-refused", N_("%(day)s could not be booked for you. What was in the way: %(why)s")
)


class RoundMovedOn(Conflict):
    """A step that was taken already, or whose turn is not yet."""

    code = "round-moved-on"
    words = N_("This cannot be done: the round is %(round_state)s. Load the page again.")


class WishesOver(Conflict):
    """After the deadline all wishes stand as they are."""

    code = "round-wishes-over"
    words = N_(
        "Wishes could be stated until %(deadline)s. What was stated then stands; a machine can "
        "still be booked on days that are not shared out."
    )


class DeadlineAhead(Conflict):
    """Nobody loses the time that was promised for wishing."""

    code = "round-deadline-ahead"
    words = N_("Members may state wishes until %(deadline)s. Close the round after that.")


class DaysTurnedRound(Invalid):
    code = "round-days-turned-round"
    words = N_("%(field)s: the last day comes before the first. Give it again.")


class TooManyDays(Invalid):
    code = "round-too-many-days"
    words = N_("%(field)s: a round is of at most %(most)s days. Make two of it.")


class DeadlineTooLate(Invalid):
    code = "round-deadline-too-late"
    words = N_("%(field)s: wishes end before the first day that is shared, and after now.")


class NothingFree(Conflict):
    """No machine of the category does the job and is free on any of the days."""

    code = "round-nothing-free"
    words = N_(
        "No machine of this category that does this work is free for a whole day of these days. "
        "Choose other days, or another category."
    )


class WishOutside(Invalid):
    code = "wish-outside-round"
    words = N_("%(field)s: the round is of the days from %(first)s to %(last)s.")


class WishedTooMany(Invalid):
    code = "wish-too-many-days"
    words = N_("%(field)s: from 1 to %(most)s days fit between the days you gave.")


class AppealEmpty(Invalid):
    code = "appeal-empty"
    words = N_("%(field)s: say in a few words what is not right.")


class NothingToAppeal(Conflict):
    code = "appeal-of-nothing"
    words = N_("You stated no wish in this round, so there is no share to appeal against.")


class AppealAnswered(Conflict):
    code = "appeal-answered"
    words = N_("This appeal was answered already. Load the page again.")


class AppealsOpen(Conflict):
    """Nothing is final while somebody waits for an answer."""

    code = "round-appeals-open"
    words = N_("%(count)s appeals wait for an answer. Answer them first.")


class RoundWished(Conflict):
    """A round that somebody relies on is not dropped."""

    code = "round-has-wishes"
    words = N_("Members have stated wishes in this round. Close it and work it out.")


class NoReason(Invalid):
    code = "round-reason-missing"
    words = N_("%(field)s: say why. Every member can read it.")


class SharedOut(Conflict):
    """The machine's day is kept for a round."""

    code = "machine-shared-out"
    words = N_(
        "%(machine)s is kept from %(starts)s to %(ends)s: these days are shared out in a round. "
        "State a wish there, or choose other hours."
    )


def check_days(first: date, last: date) -> None:
    """Raises DaysTurnedRound and TooManyDays."""
    if last < first:
        raise DaysTurnedRound(field="last_day")
    if (last - first).days >= LONGEST_DAYS:
        raise TooManyDays(field="last_day", most=LONGEST_DAYS)


def days_between(first: date, last: date) -> list[date]:
    """Every day from the first to the last, both among them."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def day_of(item: str) -> date:
    """The day that an item of the season's file names."""
    return date.fromisoformat(item)


def hours_of(on: date, opens: time, closes: time, zone: ZoneInfo) -> Interval:
    """The hours of a machine-day, by the clock of the cooperative."""
    return Interval(datetime.combine(on, opens, zone), datetime.combine(on, closes, zone))


@dataclass(frozen=True, slots=True)
class OwnWish:
    """What a member wishes of a round."""

    days: int
    from_day: date
    to_day: date
    best_day: date | None = None
    plot_id: UUID | None = None
    note: str = ""


def check_wish(first: date, last: date, own: OwnWish) -> None:
    """Hold a wish against the days of its round.

    Raises WishOutside, DaysTurnedRound and WishedTooMany.
    """
    named = {"from_day": own.from_day, "to_day": own.to_day, "best_day": own.best_day}
    for field, day in named.items():
        if day is not None and not first <= day <= last:
            raise WishOutside(field=field, first=first, last=last)
    if own.to_day < own.from_day:
        raise DaysTurnedRound(field="to_day")
    if own.best_day is not None and not own.from_day <= own.best_day <= own.to_day:
        raise WishOutside(field="best_day", first=own.from_day, last=own.to_day)
    most = min((own.to_day - own.from_day).days + 1, MOST_WISHED)
    if not 1 <= own.days <= most:
        raise WishedTooMany(field="days", most=most)


def values_of(
    days: Sequence[date], from_day: date, to_day: date, best: date | None
) -> dict[str, float]:
    """What each shared day is worth: the best 10, each day away from it one less, 1 at least."""
    return {
        day.isoformat(): float(max(BEST_VALUE - abs((day - (best or day)).days), _LEAST_VALUE))
        for day in days
        if from_day <= day <= to_day
    }
