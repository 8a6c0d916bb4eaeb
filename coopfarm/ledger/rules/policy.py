"""What the members agreed on: how far an account may go, and who waits how long."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_, Phrase
from coopfarm.ledger.rules.units import UNITS

NEWCOMERS: Final = {
    "mean": Phrase("newcomers:mean", N_("at the mean of all members")),
    "zero": Phrase("newcomers:zero", N_("at zero")),
}
IDLE: Final = {
    "none": Phrase("idle:none", N_("nothing happens")),
    "gift": Phrase("idle:gift", N_("what lies idle is given to the cooperative")),
    "share-out": Phrase("idle:share-out", N_("what lies idle is shared out among all members")),
}


class PolicyUnusable(Invalid):
    code = "ledger-policy-unusable"
    words = N_(
        "%(field)s: a limit for receiving is zero or below it, one for giving zero or above it, "
        "and a sanction stops at zero or below it, within the limit."
    )


class PolicyReasonMissing(Invalid):
    code = "ledger-policy-reason-missing"
    words = N_("Write what the members decided and when: everybody reads it.")


class PolicyChanged(Conflict):
    code = "ledger-policy-changed"
    words = N_("Somebody changed these rules since you opened them. Load them again.")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far an account may go in one unit's smallest step; a sanction stops at `floor`."""

    low: int
    high: int
    floor: int = 0


_WEEKS_OF_WORK: Final = 80 * 60
_DAY_OF_WATER: Final = 24 * 60
_MUCH_MONEY: Final = 10_000_00
# What holds until the members decide otherwise.
AT_FIRST: Final = MappingProxyType(
    {
        "labour": Bounds(-_WEEKS_OF_WORK, _WEEKS_OF_WORK),
        "machine": Bounds(-_WEEKS_OF_WORK, _WEEKS_OF_WORK),
        "water": Bounds(-_DAY_OF_WATER, _DAY_OF_WATER),
        "money": Bounds(-_MUCH_MONEY, _MUCH_MONEY),
    }
)
LONGEST_WAIT_DAYS: Final = 60
LONGEST_IDLE_MONTHS: Final = 60


@dataclass(frozen=True, slots=True)
class Terms:
    """The rules in force; `version` 0 is what holds before the members decided anything.

    Credit above `idle_above` is idle where nothing was received for `idle_months`.
    """

    limits: Mapping[str, Bounds] = field(default_factory=lambda: AT_FIRST)
    confirm_days: int = 7
    newcomers: str = "mean"
    idle: str = "none"
    idle_months: int = 12
    idle_above: Mapping[str, int] = field(default_factory=dict)
    version: int = 0

    def bounds(self, unit: str) -> Bounds:
        return self.limits[unit]

    def as_json(self) -> dict[str, Any]:
        return {
            "limits": {u: [b.low, b.high, b.floor] for u, b in self.limits.items()},
            "confirm_days": self.confirm_days,
            "newcomers": self.newcomers,
            "idle": self.idle,
            "idle_months": self.idle_months,
            "idle_above": {**self.idle_above},
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any], version: int) -> "Terms":
        limits = {unit: Bounds(*stored["limits"][unit]) for unit in UNITS}
        rest = {name: value for name, value in stored.items() if name != "limits"}
        return cls(limits=limits, version=version, **rest)


def check_terms(terms: Terms) -> None:
    """Raise PolicyUnusable with the field that cannot be used."""
    for unit, bounds in terms.limits.items():
        if not bounds.low <= bounds.floor <= 0 <= bounds.high:
            raise PolicyUnusable(field=unit)
    if not 1 <= terms.confirm_days <= LONGEST_WAIT_DAYS:
        raise PolicyUnusable(field="confirm_days")
    if not 1 <= terms.idle_months <= LONGEST_IDLE_MONTHS:
        raise PolicyUnusable(field="idle_months")
    if terms.newcomers not in NEWCOMERS:
        raise PolicyUnusable(field="newcomers")
    if terms.idle not in IDLE or any(above < 0 for above in terms.idle_above.values()):
        raise PolicyUnusable(field="idle")
