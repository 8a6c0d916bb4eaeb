"""What happens when a machine does not come back: a ladder of steps, each taken once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from coopfarm.equipment.rules.policy import Policy
from coopfarm.kernel.refusal import Conflict, Invalid, NotAllowed
from coopfarm.kernel.words import N_, Phrase

GRACE_MINUTES: Final = 60.0
# The steps in their order, with the hours after the end of the booking at which each is due.
LADDER: Final[Mapping[str, float]] = MappingProxyType(
    {"remind": 1.0, "call": 4.0, "hours": 24.0, "hold": 72.0, "hearing": 168.0}
)
# Taken without a person; the others are the office's.
BY_ITSELF: Final = "remind"
STEPS: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "remind": Phrase("overdue:remind", N_("remind by short message")),
        "call": Phrase("overdue:call", N_("call")),
        "hours": Phrase("overdue:hours", N_("hours of work for the cooperative")),
        "hold": Phrase("overdue:hold", N_("no new bookings until it is back")),
        "hearing": Phrase("overdue:hearing", N_("hearing before the assembly")),
    }
)
REMINDER = Phrase(
    "told-overdue", N_("%(machine)s was to be back %(ends)s. Please bring it back, or call.")
)
NOT_SHOWN = Phrase(
    "told-no-show",
    N_("%(machine)s %(starts)s: nobody came, so it was given on. You can tell the reason."),
)


class NotOverdue(Conflict):
    """The ladder is for machines that are out beyond their time."""

    code = "not-overdue"
    words = N_("This booking is not overdue any more. Load the page again.")


class StepTaken(Conflict):
    code = "overdue-step-taken"
    words = N_("This step was taken already, %(at)s.")


class StepNotDue(Conflict):
    """The assembly set after how long a step may be taken."""

    code = "overdue-step-not-due"
    words = N_("This step may be taken %(hours)s hours after the end of the booking, from %(at)s.")


class StepReasonMissing(Invalid):
    code = "overdue-reason-missing"
    words = N_("%(field)s: say in a few words what was done, or why.")


class OnHold(NotAllowed):
    """Who keeps a machine beyond its time books no other one meanwhile."""

    code = "member-on-hold"
    words = N_(
        "New bookings are on hold until %(machine)s is back. Bring it back, or speak with the "
        "office."
    )


@dataclass(frozen=True, slots=True)
class Due:
    """A step of the ladder for one booking, and from when on it may be taken."""

    step: str
    at: datetime


def ladder(policy: Policy) -> dict[str, float]:
    """After how many hours each step is due, by the policy; a line that only warns drops it."""
    found = dict(LADDER)
    for step in LADDER:
        line = policy.line(f"overdue_{step}")
        if line is not None and line.is_hard:
            found[step] = line.value
        elif line is not None:
            del found[step]
    return found


def next_step(ends_at: datetime, policy: Policy, taken: Collection[str]) -> Due | None:
    """The first step that was not taken yet, in the order of the ladder."""
    for step, hours in ladder(policy).items():
        if step not in taken:
            return Due(step, due_at(ends_at, hours))
    return None


def due_at(ends_at: datetime, hours: float) -> datetime:
    """From when on a step may be taken."""
    return ends_at + timedelta(hours=hours)


def grace(policy: Policy) -> timedelta:
    """How long after its start a booking waits for somebody to come."""
    return timedelta(minutes=policy.value("grace_minutes", GRACE_MINUTES))


def releases(policy: Policy) -> bool:
    """Whether nobody coming frees the machine by itself: not where the line only warns."""
    line = policy.line("grace_minutes")
    return line is None or line.is_hard
