"""One supply and the claims on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_
from coopfarm.planning.quantities import check_positive
from coopfarm.planning.rotation.claims import check_claims, claimed_in_all, floors_in_all

RULES: Final = ("proportional", "cea", "cel", "talmud")
_SAME: Final = 1e-9  # so little above, relative to the total, is rounding and not a mistake


class UnknownRule(Invalid):
    """A rule nobody here knows."""

    code = "unknown-rule"
    words = N_("%(rule)s is no rule for sharing a supply. Use one of: %(rules)s.")


class SupplyAboveClaims(Invalid):
    """There is enough for all."""

    code = "supply-above-claims"
    words = N_(
        "The supply is %(supply)s and all claims together are %(claimed)s: everybody can have "
        "the whole claim. Share out at most the claims."
    )


class FloorsAboveSupply(Invalid):
    """What is promised to all is more than there is."""

    code = "floors-above-supply"
    words = N_(
        "The floors add up to %(floors)s and the supply is %(supply)s. "
        "Lower the floors or find more supply."
    )


@dataclass(frozen=True, slots=True)
class Claim:
    """What one asks for, the weight of the asking, and what is promised whatever happens."""

    id: str
    amount: float
    weight: float = 1.0
    floor: float = 0.0


@dataclass(frozen=True, slots=True)
class Problem:
    """A supply, a rule of `RULES`, and claims in the same unit; refuses what cannot be shared."""

    supply: float
    rule: str
    claims: tuple[Claim, ...]

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise UnknownRule(field="rule", rule=self.rule, rules=", ".join(RULES))
        check_positive(self.supply, "supply")
        check_claims(self.claims)
        self._check_supply()

    def _check_supply(self) -> None:
        claimed = claimed_in_all(self.claims)
        floors = floors_in_all(self.claims)
        if self.supply > claimed * (1 + _SAME):
            raise SupplyAboveClaims(field="supply", supply=self.supply, claimed=claimed)
        if floors > self.supply * (1 + _SAME):
            raise FloorsAboveSupply(field="supply", supply=self.supply, floors=floors)


@dataclass(frozen=True, slots=True)
class Plan:
    """What each gets, and the level the rule speaks of.

    The level is, under cea, the award per unit of weight; under proportional, the fraction of
    what is claimed above the floors; under cel, the loss; under talmud, the award (supply up to
    half the claims) or the loss (above it) that is common to all who keep to their half.
    """

    awards: Mapping[str, float]
    level: float
