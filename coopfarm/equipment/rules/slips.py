"""What was really done, from the meters, and what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from coopfarm.equipment.rules.work import M2_A_HECTARE, Cost, Rig, cost_of
from coopfarm.kernel.refusal import Conflict, Invalid, NotAllowed
from coopfarm.kernel.words import N_, Phrase

SLIP_STATES: Final = {
    "drafted": Phrase("slip:drafted", N_("to be signed")),
    "countersigned": Phrase("slip:countersigned", N_("signed by both")),
    "posted": Phrase("slip:posted", N_("posted")),
    "disputed": Phrase("slip:disputed", N_("disputed")),
}


class SlipNotInThatState(Conflict):
    code = "slip-not-in-that-state"
    words = N_("This cannot be done any more: the work slip is past that step. Load it again.")


class SlipChanged(Conflict):
    """Nobody signs other figures than those they read."""

    code = "slip-changed"
    words = N_("The figures of this work slip were changed since you opened it. Read them again.")


class NotYourSlip(NotAllowed):
    """Each side signs for itself."""

    code = "slip-not-yours-to-sign"
    words = N_("A work slip is signed by the member, and by somebody else for the office.")


class SlipWordsMissing(Invalid):
    code = "slip-words-missing"
    words = N_("%(field)s: say in a few words what is not right, or what was decided.")


class SlipAmountWrong(Invalid):
    code = "slip-amount-wrong"
    words = N_("%(field)s: give a number from 0 to %(most)s.")


MOST: Final = 10_000.0


@dataclass(frozen=True, slots=True)
class Use:
    """One machine of a booking: when it went out and came back, and what its meter then said."""

    meter: str
    out_at: datetime
    back_at: datetime
    out_reading: float | None
    back_reading: float | None

    @property
    def metered(self) -> float | None:
        if self.out_reading is None or self.back_reading is None:
            return None
        return max(0.0, self.back_reading - self.out_reading)


@dataclass(frozen=True, slots=True)
class Done:
    """What was really done."""

    hours: float
    hectares: float
    kilometres: float


def done(uses: Sequence[Use], area_m2: float | None) -> Done:
    """By the meters; hours without one by the clock, hectares without one by the plot.

    Machines that work together count once: the most of each.
    """
    by_meter = {
        unit: max((use.metered or 0.0 for use in uses if use.meter == unit), default=0.0)
        for unit in ("hours", "hectares", "kilometres")
    }
    has_hours = any(use.meter == "hours" and use.metered is not None for use in uses)
    by_clock = max((use.back_at - use.out_at for use in uses), default=timedelta(0))
    return Done(
        hours=round(by_meter["hours"] if has_hours else by_clock / timedelta(hours=1), 2),
        hectares=round(by_meter["hectares"] or (area_m2 or 0.0) / M2_A_HECTARE, 4),
        kilometres=round(by_meter["kilometres"], 2),
    )


def real_cost(rigs: tuple[Rig, ...], what: Done) -> Cost:
    """What these machines cost for what was done."""
    return cost_of(rigs, what.hours * 60, what.hectares * M2_A_HECTARE)


def difference(real: Cost, booked: Cost) -> Cost:
    """What is still owed beyond what was charged at booking; below 0 is given back."""
    return Cost(round(real.money - booked.money, 2), round(real.hours - booked.hours, 2))
