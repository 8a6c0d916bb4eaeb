"""From the application to the leaving: which step may follow where a membership stands."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_, Phrase

LONGEST_NAME: Final = 120
LONGEST_NUMBER: Final = 20
LONGEST_REASON: Final = 300
# How a member is called whose name was removed; the number follows.
FORMER: Final = "former member "
# What stands where words about them were; a number follows.
WORDS_REMOVED: Final = "–"
# Who may act: only such a one can be the manager that a cooperative must have.
ACTS: Final = frozenset({"accepted", "active", "leaving"})


@dataclass(frozen=True, slots=True)
class Step:
    """Where a membership may stand before a step, and where it stands after it."""

    froms: frozenset[str]
    to: str
    words: Phrase
    done: Phrase
    needs_reason: bool = False
    needs_day: bool = False


def _step(froms: str, to: str, words: Phrase, done: Phrase, **more: object) -> Step:
    return Step(frozenset(froms.split()), to, words, done, **more)  # type: ignore[arg-type]


STEPS: Final = {
    "accept": _step(
        "applied",
        "accepted",
        Phrase("step:accept", N_("Accept")),
        Phrase("stepped:accept", N_("%(name)s is accepted, and active from the first sign-in on.")),
    ),
    "decline": _step(
        "applied",
        "left",
        Phrase("step:decline", N_("Decline")),
        Phrase("stepped:decline", N_("The application of %(name)s is declined.")),
        needs_reason=True,
    ),
    "suspend": _step(
        "accepted active leaving",
        "suspended",
        Phrase("step:suspend", N_("Suspend")),
        Phrase("stepped:suspend", N_("%(name)s is suspended: reads, and does not act.")),
        needs_reason=True,
    ),
    "resume": _step(
        "suspended",
        "active",
        Phrase("step:resume", N_("End the suspension")),
        Phrase("stepped:resume", N_("The suspension of %(name)s has ended.")),
    ),
    "leave": _step(
        "accepted active suspended",
        "leaving",
        Phrase("step:leave", N_("Leaves on a day")),
        Phrase("stepped:leave", N_("%(name)s is leaving.")),
        needs_day=True,
    ),
    "stay": _step(
        "leaving",
        "active",
        Phrase("step:stay", N_("Stays after all")),
        Phrase("stepped:stay", N_("%(name)s stays.")),
    ),
    "end": _step(
        "leaving",
        "left",
        Phrase("step:end", N_("Has left")),
        Phrase("stepped:end", N_("%(name)s has left.")),
    ),
    "return": _step(
        "left",
        "accepted",
        Phrase("step:return", N_("Comes back")),
        Phrase("stepped:return", N_("%(name)s is a member again.")),
    ),
}


class StepNotPossible(Conflict):
    code = "step-not-possible"
    words = N_(
        "That step does not follow from where this membership stands (%(state)s). Load the page "
        "again: it shows what can follow."
    )


class LastManager(Conflict):
    """Somebody must be able to let others in."""

    code = "last-manager"
    words = N_(
        "%(name)s is the only manager who can act. Give another member this role first; then it "
        "can be taken away, and the member can be suspended or leave."
    )


class ReasonMissing(Invalid):
    code = "reason-missing"
    words = N_("Write the reason: the member reads it, and it stays in the history.")


class LeavingDayPast(Invalid):
    code = "leaving-day-past"
    words = N_("%(day)s is past. Leaving begins today at the earliest.")


class NotGoneYet(Conflict):
    code = "not-gone-yet"
    words = N_("%(name)s leaves on %(day)s. Until then the membership runs.")


class IsForgotten(Conflict):
    code = "is-forgotten"
    words = N_(
        "The name of this former member was removed for good, and nobody comes back under it. "
        "Enter them as a new member."
    )


class NumberTaken(Conflict):
    code = "number-taken"
    words = N_("Another member has the number %(number)s. Take one that is free: %(free)s.")


class NumberUnusable(Invalid):
    code = "number-unusable"
    words = N_("A member's number has 1 to 20 letters, digits and dashes, such as M-0147.")


class MemberNameUnusable(Invalid):
    code = "member-name-unusable"
    words = N_("Write the name, with 2 to 120 letters.")


class RoleUnknown(Invalid):
    code = "role-unknown"
    words = N_("%(field)s: there is no such role.")


class NoRole(Invalid):
    code = "no-role"
    words = N_("Leave at least one role: who has none can do nothing here.")


def steps_from(state: str) -> tuple[str, ...]:
    """What can follow where a membership stands, in the order in which it usually does."""
    return tuple(name for name, step in STEPS.items() if state in step.froms)


def check_step(name: str, state: str) -> Step:
    """The step, if it may follow. Raises StepNotPossible."""
    step = STEPS.get(name)
    if step is None or state not in step.froms:
        raise StepNotPossible(state=state)
    return step


def check_said(step: Step, reason: str, on: date | None, today: date) -> None:
    """Raise what is missing of the things that are said with a step."""
    if step.needs_reason and not reason:
        raise ReasonMissing(field="reason")
    if step.needs_day and on is not None and on < today:
        raise LeavingDayPast(field="on", day=on)


def check_manager_stays(name: str, others: int, *, ceases: bool) -> None:
    """Raise LastManager where nobody else could manage after this."""
    if ceases and others == 0:
        raise LastManager(name=name)


def check_person(name: str, number: str) -> None:
    """Raise MemberNameUnusable or NumberUnusable."""
    if not 2 <= len(name) <= LONGEST_NAME:
        raise MemberNameUnusable(field="name")
    if not re.fullmatch(r"[\w./-]{1,20}", number):
        raise NumberUnusable(field="number")


def check_roles(roles: Collection[str], known: Collection[str]) -> None:
    """Raise RoleUnknown or NoRole."""
    if not roles:
        raise NoRole(field="roles")
    if set(roles) - set(known):
        raise RoleUnknown(field="roles")


def next_number(numbers: Iterable[str]) -> str:
    """The number after the highest one, written as that is: `M-0148` after `M-0147`.

    Those of applications and officers, which nobody chose, do not count.
    """
    found = [
        match
        for number in numbers
        if not re.match("[AO]-[0-9a-f]{8}$", number)
        and (match := re.fullmatch(r"(.*?)([0-9]{1,9})", number))
    ]
    if not found:
        return "M-0001"
    last = max(found, key=lambda match: int(match[2]))
    return f"{last[1]}{int(last[2]) + 1:0{len(last[2])}d}"


def is_forgotten(name: str) -> bool:
    """Whether a former member's name was removed."""
    return name.startswith(FORMER)
