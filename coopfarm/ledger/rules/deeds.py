"""What may be entered into the ledger, and what stands in the way."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from coopfarm.kernel.refusal import Conflict, Invalid, NotAllowed
from coopfarm.kernel.words import N_, Sentence
from coopfarm.ledger.rules.kinds import KINDS
from coopfarm.ledger.rules.policy import Terms
from coopfarm.ledger.rules.units import UNITS, signed

FUNDS: Final = ("cooperative", "upkeep")
# A hundred million of the currency, or two million years of work: beyond it somebody mistyped.
MOST: Final = 10**10
LONGEST_WORDS: Final = 300


@dataclass(frozen=True, slots=True)
class Line:
    """What one owner, a member's id or the name of a fund, gave (+) or received (−)."""

    owner: UUID | str
    amount: int


@dataclass(frozen=True, slots=True)
class Deed:
    """What some gave and others received, in one unit's smallest step.

    `kind` is one of `rules.KINDS`, `facts` fill its sentence. Of one `source`, such as
    ("work-party", id), there is one deed of a kind and never a second.
    """

    unit: str
    kind: str
    lines: tuple[Line, ...]
    on: date
    facts: Mapping[str, Any]
    source: tuple[str, UUID] | None = None


class DeedUneven(Invalid):
    code = "deed-uneven"
    words = N_(
        "What is given and what is received must be the same, between two owners or more, each "
        "named once and none with nothing. Check the amounts."
    )


class DeedUnknown(Invalid):
    code = "deed-unknown"
    words = N_("%(field)s: the ledger does not know this. Choose one of: %(known)s.")


class DeedTooLarge(Invalid):
    code = "deed-too-large"
    words = N_("%(field)s: this is more than the ledger takes. Check the number.")


class DeedNotToday(Invalid):
    code = "deed-not-today"
    words = N_("%(day)s is still to come. Enter what was given once it has been given.")


class LedgerWordsMissing(Invalid):
    code = "ledger-words-missing"
    words = N_("Say in a few words what it is about: the other side reads it.")


class AlreadyPosted(Conflict):
    code = "already-posted"
    words = N_("This is in the ledger already. Nothing was entered a second time.")


class AlreadyReversed(Conflict):
    code = "already-reversed"
    words = N_("This entry was taken back already. An entry is taken back once.")


class NotInThatState(Conflict):
    code = "entry-not-in-that-state"
    words = N_("This entry is past that step. Load the page again: it shows what can follow.")


class NotYoursToSign(NotAllowed):
    code = "entry-not-yours-to-sign"
    words = N_(
        "An entry is confirmed by the other side: by whoever received or gave, and by the office "
        "for the cooperative. Nobody confirms what they claimed themselves."
    )


class NotYourEntry(NotAllowed):
    code = "entry-not-yours"
    words = N_("Only who takes part in an entry, and the office, can do this.")


class LimitReached(Conflict):
    """Refused, and not flagged: the ledger never shows what the members ruled out."""

    code = "ledger-limit-reached"
    words = N_(
        "With this, the account of %(name)s would stand at %(after)s of %(unit)s; the members "
        "agreed on %(limit)s at the most (version %(version)s). A smaller amount fits, or give "
        "and receive the other way first."
    )


class FloorReached(Conflict):
    """No sanction takes away what everybody keeps."""

    code = "ledger-floor-reached"
    words = N_(
        "A sanction stops at %(limit)s of %(unit)s: below it nobody is pushed, whatever they did. "
        "%(name)s would stand at %(after)s."
    )


class WaterIsNoSanction(Conflict):
    code = "water-is-no-sanction"
    words = N_("Water is never taken away as a sanction. Use hours of work or money.")


class StillOpen(Conflict):
    code = "ledger-still-open"
    words = N_(
        "%(name)s still has %(amount)s in the ledger to be settled. Settle the account first, "
        "under Giving and receiving; then the membership can end."
    )


class HasLeft(Conflict):
    code = "ledger-member-left"
    words = N_("%(name)s has left the cooperative: nothing more is entered for them.")


def check_day(on: date, today: date) -> None:
    """Raise DeedNotToday for what is still to come."""
    if on > today:
        raise DeedNotToday(field="on", day=on)


def check_shape(deed: Deed) -> None:
    """Raise DeedUnknown, DeedUneven, DeedTooLarge or WaterIsNoSanction."""
    if deed.unit not in UNITS:
        raise DeedUnknown(field="unit", known=", ".join(UNITS))
    if deed.kind not in KINDS:
        raise DeedUnknown(field="kind", known=", ".join(KINDS))
    _check_lines(deed.lines)
    if KINDS[deed.kind].is_sanction and deed.unit == "water":
        raise WaterIsNoSanction(field="unit")


def _check_lines(lines: tuple[Line, ...]) -> None:
    owners = {line.owner for line in lines}
    for owner in owners:
        if isinstance(owner, str) and owner not in FUNDS:
            raise DeedUnknown(field="owner", known=", ".join(FUNDS))
    if any(abs(line.amount) > MOST for line in lines):
        raise DeedTooLarge(field="amount")
    is_even = len(owners) == len(lines) >= 2 and sum(line.amount for line in lines) == 0
    if not is_even or any(line.amount == 0 for line in lines):
        raise DeedUneven(field="lines")


def check_limits(
    deed: Deed, before: Mapping[UUID, int], names: Mapping[UUID, str], terms: Terms
) -> None:
    """Raise LimitReached or FloorReached for the first member whom this takes further out.

    `before` has the balances of the members in the deed. Funds have no limit; what nobody may
    be kept from (`Kind.is_free`) has none either; and who comes back towards zero is not held.
    """
    kind, bounds = KINDS[deed.kind], terms.bounds(deed.unit)
    if kind.is_free:
        return
    for line in deed.lines:
        if isinstance(line.owner, str):
            continue
        was = before.get(line.owner, 0)
        after = was + line.amount
        facts: dict[str, str | Sentence] = {
            "name": names.get(line.owner, ""),
            "after": signed(deed.unit, after),
            "unit": deed.unit,
        }
        if kind.is_sanction and line.amount < 0 and after < bounds.floor:
            raise FloorReached(field=None, limit=signed(deed.unit, bounds.floor), **facts)
        limit = bounds.high if line.amount > 0 else bounds.low
        if after > limit if line.amount > 0 else after < limit:
            told = signed(deed.unit, limit)
            raise LimitReached(field=None, limit=told, version=terms.version, **facts)


def opposite(lines: Collection[Line]) -> tuple[Line, ...]:
    return tuple(Line(line.owner, -line.amount) for line in lines)


def passed_on(idle: Mapping[UUID, int], receivers: Collection[UUID]) -> tuple[Line, ...]:
    """The lines by which idle credit goes to all `receivers` alike, or to the cooperative.

    Nobody appears twice; what cannot be divided goes to the cooperative.
    """
    total = sum(idle.values())
    each = total // len(receivers) if receivers else 0
    net = dict.fromkeys(receivers, each)
    for one, amount in idle.items():
        net[one] = net.get(one, 0) - amount
    lines = [Line(one, net[one]) for one in sorted(net, key=str) if net[one]]
    rest = total - each * len(receivers)
    return (*lines, Line("cooperative", rest)) if rest else tuple(lines)
