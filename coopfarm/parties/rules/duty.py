"""Duty in proportion to water or land, and what counts as done of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final
from uuid import UUID

from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_, Phrase

BASES: Final = {
    "water": Phrase("duty-basis:water", N_("minutes of water")),
    "area": Phrase("duty-basis:area", N_("area farmed")),
}
MOST_HOURS: Final = 1_000_000
MOST_DAYS: Final = 400


class NobodyToOwe(Conflict):
    """No water turn, or no plot with a holder."""

    code = "duty-nobody"
    words = N_(
        "Nobody has water or land by which the work could be spread. Plan the water first, or "
        "spread by area."
    )


class DutyDays(Invalid):
    code = "duty-days"
    words = N_("%(field)s: a period has from 1 to %(most)s days. Choose a day after the first.")


class DutyNeed(Invalid):
    code = "duty-need"
    words = N_("%(field)s: give the hours that the work needs, from 1 to %(most)s.")


@dataclass(frozen=True, slots=True)
class Owed:
    """What came of one member's part of a period, in minutes."""

    owed: int
    done: int = 0
    substituted: int = 0
    cash: int = 0
    excused: int = 0

    @property
    def open(self) -> int:
        """What is still to be done; whoever did more is not owed it here but in the ledger."""
        return max(0, self.owed - self.done - self.substituted - self.cash - self.excused)


def spread(need_minutes: int, measures: Mapping[UUID, float]) -> dict[UUID, int]:
    """The need in parts proportional to what each has, in whole minutes that sum to the need.

    Largest remainders get the minutes that rounding left; of equal ones the smallest id.
    Raises NobodyToOwe.
    """
    # Balinski & Young, Fair Representation (1982), ch. 3: the method of Hamilton.
    exact = {one: Fraction(measure) for one, measure in measures.items() if measure > 0}
    total = sum(exact.values())
    if not total:
        raise NobodyToOwe
    parts = {one: need_minutes * measure / total for one, measure in exact.items()}
    whole = {one: int(part) for one, part in parts.items()}
    left = need_minutes - sum(whole.values())
    by_remainder = sorted(parts, key=lambda one: (whole[one] - parts[one], one))
    return {one: whole[one] + (one in by_remainder[:left]) for one in parts} if left else whole


def check_period(first_day: date, last_day: date, hours: float) -> int:
    """The need in minutes. Raises DutyDays and DutyNeed."""
    if not 0 <= (last_day - first_day).days < MOST_DAYS:
        raise DutyDays(field="last_day", most=MOST_DAYS)
    if not 1 <= hours <= MOST_HOURS:
        raise DutyNeed(field="hours", most=MOST_HOURS)
    return round(hours * 60)
