"""Asks and offers: who fits, and when names and numbers are shown."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_, Phrase

KINDS: Final = {
    "ask": Phrase("ask:ask", N_("needs hands")),
    "offer": Phrase("ask:offer", N_("offers hands")),
}
URGENCIES: Final = {
    "today": Phrase("urgency:today", N_("today")),
    "week": Phrase("urgency:week", N_("this week")),
    "whenever": Phrase("urgency:whenever", N_("whenever it suits")),
}
# What an entry in the ledger is of, where neighbours helped each other.
SOURCE: Final = "ask"
MOST_HOURS: Final = 80
MOST_OPEN: Final = 10


class AskUnusable(Invalid):
    code = "ask-unusable"
    words = N_(
        "%(field)s: say in a few words what it is about, and from half an hour to %(most)s h."
    )


class AsksTooMany(Conflict):
    code = "asks-too-many"
    words = N_("%(most)s of yours are open. Close one before you add another.")


class AskIsYours(Conflict):
    code = "ask-is-yours"
    words = N_("This one is yours. Others answer it.")


class AskNotYours(Conflict):
    code = "ask-not-yours"
    words = N_("Only the two who agreed say what was done, once they have.")


class AskOver(Conflict):
    code = "ask-over"
    words = N_("This one is closed. Look at what else is asked and offered.")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could answer, with what they are ranked by."""

    member_id: UUID
    has_skill: bool
    owes_minutes: int
    distance_km: float | None


def ranked(candidates: list[Candidate]) -> list[Candidate]:
    """Who has the skill first, then who owes most, then who is nearest; unknown ways last."""
    return sorted(candidates, key=_rank)


def _rank(one: Candidate) -> tuple[bool, int, bool, float, str]:
    km = one.distance_km
    return (not one.has_skill, -one.owes_minutes, km is None, km or 0.0, str(one.member_id))


def check_new(said: str, minutes: int, open_now: int) -> None:
    """Raise AskUnusable or AsksTooMany."""
    if not said.strip():
        raise AskUnusable(field="said", most=MOST_HOURS)
    check_minutes(minutes)
    if open_now >= MOST_OPEN:
        raise AsksTooMany(most=MOST_OPEN)


def check_minutes(minutes: int) -> None:
    """Raise AskUnusable where nobody works so little or so long."""
    if not 30 <= minutes <= MOST_HOURS * 60:
        raise AskUnusable(field="hours", most=MOST_HOURS)
