"""Who comes next for a machine that is freed: the order, and its reason in words."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_, Phrase, Sentence

# How far back the use of a machine counts.
LOOKED_BACK: Final = timedelta(days=90)
HOLD_HOURS: Final = 4.0
# A hold ends this long before what it holds begins, so that the next one can still come.
_BEFORE_START: Final = timedelta(hours=1)
# Nobody is offered what they would have to answer within less.
_LEAST_TO_ANSWER: Final = timedelta(minutes=15)


class NothingToWaitFor(Invalid):
    """Nothing can be freed any more in such a span."""

    code = "waiting-span-over"
    words = N_("%(field)s: within this time so long a job does not fit any more. Give a later end.")


class AlreadyWaiting(Conflict):
    """One place in the line is enough."""

    code = "already-waiting"
    words = N_("You wait for %(machine)s in that time already, from %(starts)s to %(ends)s.")


class NoOffer(Conflict):
    """Nothing is held for this entry, or not any more."""

    code = "offer-over"
    words = N_(
        "Nothing is held for you here any more. What was offered went on to the next in line; "
        "you can wait anew."
    )


class MachineHeld(Conflict):
    """The next on the waiting list has the first word."""

    code = "machine-held"
    words = N_(
        "%(machine)s is held from %(starts)s to %(ends)s for the next on the waiting list, "
        "until %(until)s."
    )


@dataclass(frozen=True, slots=True)
class Claim:
    """What gives somebody a place in the line; `owed_days` is what past seasons left owing."""

    id: UUID
    owed_days: float
    used_hours: float
    labour_hours: float
    since: datetime


@dataclass(frozen=True, slots=True)
class Rank:
    """A place in the line, why it is that one, and all that it was made from.

    `decided` is what tells it from the place before it (of the first: from the one behind it).
    """

    place: int
    of: int
    decided: str
    mine: float
    theirs: float
    day: str
    lot: str
    facts: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def lot(entry_id: UUID, day: date) -> str:
    """A public lot: anyone who knows the entry and the day makes the same."""
    return hashlib.sha256(f"{entry_id} {day.isoformat()}".encode()).hexdigest()


def in_line(claims: Iterable[Claim], day: date) -> list[tuple[Claim, Rank]]:
    """The line: most owing, least use, most labour, longest wait, then the lot of that day."""
    line = sorted(claims, key=lambda claim: _key(claim, day))
    return [(claim, _rank(line, at, day)) for at, claim in enumerate(line)]


def _key(claim: Claim, day: date) -> tuple[float, float, float, datetime, str]:
    return (
        -claim.owed_days,
        claim.used_hours,
        -claim.labour_hours,
        claim.since,
        lot(claim.id, day),
    )


_NAMES: Final = ("owed", "used", "labour", "since", "lot")


def _rank(line: Sequence[Claim], at: int, day: date) -> Rank:
    claim = line[at]
    beside = line[at - 1] if at else line[1] if len(line) > 1 else None
    decided = "alone" if beside is None else _decided(claim, beside)
    mine, theirs = (_amount(one, decided) for one in (claim, beside or claim))
    facts = {
        "owed_days": claim.owed_days,
        "used_hours": claim.used_hours,
        "labour_hours": claim.labour_hours,
        "since": claim.since.isoformat(),
    }
    of = len(line)
    return Rank(at + 1, of, decided, mine, theirs, day.isoformat(), lot(claim.id, day), facts)


def _decided(claim: Claim, beside: Claim) -> str:
    mine, theirs = (
        (one.owed_days, one.used_hours, one.labour_hours, one.since) for one in (claim, beside)
    )
    pairs = zip(_NAMES, mine, theirs, strict=False)
    return next((name for name, one, other in pairs if one != other), "lot")


def _amount(claim: Claim, decided: str) -> float:
    amounts = {"owed": claim.owed_days, "used": claim.used_hours, "labour": claim.labour_hours}
    return amounts.get(decided, 0.0)


_PLACE = Phrase("waiting-place", N_("You are number %(place)s of %(of)s in line."))
_ALONE = Phrase("waiting-alone", N_("Nobody else waits for this machine."))
_FIRST = {
    "owed": Phrase(
        "waiting-first-owed",
        N_(
            "Past seasons left you %(mine)s days owing, and the one behind you %(theirs)s: "
            "whoever had too little comes first."
        ),
    ),
    "used": Phrase(
        "waiting-first-used",
        N_(
            "In the last %(days)s days you had the machine for %(mine)s hours, and the one behind "
            "you for %(theirs)s: whoever had it least comes first."
        ),
    ),
    "labour": Phrase(
        "waiting-first-labour",
        N_("You gave %(mine)s hours of labour, and the one behind you %(theirs)s."),
    ),
    "since": Phrase("waiting-first-since", N_("All else is equal, and you asked first.")),
    "lot": Phrase(
        "waiting-first-lot",
        N_("All else is equal, so the lot of %(day)s decided: %(lot)s is the lower."),
    ),
}
_BEHIND = {
    "owed": Phrase(
        "waiting-behind-owed",
        N_(
            "Past seasons left the one before you %(theirs)s days owing, and you %(mine)s: "
            "whoever had too little comes first."
        ),
    ),
    "used": Phrase(
        "waiting-behind-used",
        N_(
            "In the last %(days)s days the one before you had the machine for %(theirs)s hours, "
            "and you for %(mine)s: whoever had it least comes first."
        ),
    ),
    "labour": Phrase(
        "waiting-behind-labour",
        N_("The one before you gave %(theirs)s hours of labour, and you %(mine)s."),
    ),
    "since": Phrase(
        "waiting-behind-since", N_("All else is equal, and the one before you asked earlier.")
    ),
    "lot": Phrase(
        "waiting-behind-lot",
        N_("All else is equal, so the lot of %(day)s decided: yours is %(lot)s."),
    ),
}


def in_words(rank: dict[str, Any]) -> tuple[Sentence, ...]:
    """A stored rank in words: the place, and what decided it."""
    if "place" not in rank:
        return ()
    place = _PLACE(place=rank["place"], of=rank["of"])
    if rank["decided"] == "alone":
        return place, _ALONE()
    why = (_FIRST if rank["place"] == 1 else _BEHIND)[rank["decided"]]
    facts = {name: rank[name] for name in ("mine", "theirs", "day")}
    return place, why(**facts, lot=rank["lot"][:8], days=LOOKED_BACK.days)


def held_until(slot: Interval, now: datetime, hours: float) -> datetime | None:
    """Until when a freed slot is held for one; None where too little time is left to answer."""
    until = min(now + timedelta(hours=hours), slot.start - _BEFORE_START)
    return until if until >= now + _LEAST_TO_ANSWER else None


def earliest_offer(now: datetime) -> datetime:
    """Slots before this moment cannot be held any more."""
    return now + _BEFORE_START + _LEAST_TO_ANSWER


STATES: Final = {
    "waiting": Phrase("waiting-state:waiting", N_("waiting")),
    "offered": Phrase("waiting-state:offered", N_("held for you")),
    "taken": Phrase("waiting-state:taken", N_("booked")),
    "lapsed": Phrase("waiting-state:lapsed", N_("passed on")),
    "withdrawn": Phrase("waiting-state:withdrawn", N_("withdrawn")),
}
OFFERED = Phrase(
    "told-offer", N_("%(machine)s is free %(starts)s. It is held for you until %(until)s.")
)
PASSED_ON = Phrase(
    "told-passed-on", N_("%(machine)s %(starts)s went to the next in line: no answer came.")
)
