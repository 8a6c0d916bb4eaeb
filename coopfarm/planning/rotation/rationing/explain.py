"""Why this much: the rule, the level and the arithmetic of each member, in sentences."""

import math
from dataclasses import dataclass
from typing import Final

from coopfarm.kernel.words import N_, Fact, Phrase, Sentence
from coopfarm.planning.rotation.level import LAST_DIGIT
from coopfarm.planning.rotation.rationing.problem import Claim, Plan, Problem

EQUAL_LEVEL: Final = Phrase(
    "why-equal-level",
    N_(
        "The level is %(level)s%(unit)s for each unit of weight. You have %(weight)s, "
        "which comes to %(earned)s%(unit)s."
    ),
)
EQUAL_LEVEL_PER: Final = Phrase(
    "why-equal-level-per",
    N_(
        "The level is %(level)s%(unit)s per %(per)s. You have %(weight)s, "
        "which comes to %(earned)s%(unit)s."
    ),
)
SHORT_OF_CLAIM: Final = Phrase(
    "why-short-of-claim",
    N_(
        "You asked for %(amount)s%(unit)s and get %(award)s%(unit)s. If you had asked for more "
        "you would still get %(award)s%(unit)s."
    ),
)
SAME_FOR_ALL: Final = Phrase(
    "why-same-for-all",
    N_("Everybody who is neither at the floor nor fully served has the same level."),
)
FULLY_SERVED: Final = Phrase(
    "why-fully-served",
    N_("You asked for %(amount)s%(unit)s, which is no more than that: you get all of it."),
)
AT_FLOOR: Final = Phrase(
    "why-at-floor",
    N_(
        "Your floor of %(floor)s%(unit)s is more than that, so you get the floor. "
        "You asked for %(amount)s%(unit)s."
    ),
)
FLOORS_FIRST: Final = Phrase(
    "why-floors-first",
    N_(
        "Floors are given first: %(floor)s%(unit)s to you. The rule shares out the rest "
        "over what is still claimed, %(open)s%(unit)s by you."
    ),
)
SAME_FRACTION: Final = Phrase(
    "why-same-fraction",
    N_(
        "Everybody gets the same %(percent)s %% of the claim: "
        "of %(open)s%(unit)s that is %(gain)s%(unit)s."
    ),
)
SAME_LOSS: Final = Phrase(
    "why-same-loss",
    N_(
        "Everybody who gets some of the claim bears the same loss of %(level)s%(unit)s: "
        "%(open)s − %(level)s = %(gain)s%(unit)s."
    ),
)
CLAIM_WITHIN_LOSS: Final = Phrase(
    "why-claim-within-loss",
    N_(
        "Everybody who gets some of the claim bears the same loss of %(level)s%(unit)s. "
        "Yours of %(open)s%(unit)s is no more than the loss, so nothing is left of it."
    ),
)
HALF_OF_CLAIM: Final = Phrase(
    "why-half-of-claim",
    N_(
        "The supply is no more than half of what is claimed: up to half of the own claim "
        "everybody gets the same %(level)s%(unit)s. Half of yours is %(half)s%(unit)s; "
        "you get %(gain)s%(unit)s."
    ),
)
HALF_IS_SAFE: Final = Phrase(
    "why-half-is-safe",
    N_(
        "The supply is more than half of what is claimed: up to half of the own claim everybody "
        "loses the same %(level)s%(unit)s. Half of yours is %(half)s%(unit)s; "
        "you lose %(loss)s%(unit)s."
    ),
)
IN_ALL: Final = Phrase(
    "why-in-all",
    N_("You asked for %(amount)s%(unit)s and get %(award)s%(unit)s in all."),
)
NO_WEIGHTS: Final = Phrase(
    "why-no-weights", N_("This rule looks at claims alone, so weights change nothing.")
)


def explain(
    problem: Problem, plan: Plan, *, unit: str = "", weight_unit: str | None = None
) -> dict[str, tuple[Sentence, ...]]:
    """For each claim its reasons; `unit` ("m³") follows amounts, `weight_unit` is "hectare"."""
    unit = f"\N{NO-BREAK SPACE}{unit}" if unit else ""
    if problem.rule == "cea":
        return {claim.id: _equal_awards(claim, plan, unit, weight_unit) for claim in problem.claims}
    weighted = (NO_WEIGHTS(),) if any(claim.weight != 1 for claim in problem.claims) else ()
    return {
        part.claim.id: (*_shared_above_floors(problem, part, plan.level, unit), *weighted)
        for part in _parts(problem, plan)
    }


def _equal_awards(
    claim: Claim, plan: Plan, unit: str, weight_unit: str | None
) -> tuple[Sentence, ...]:
    earned = plan.level * claim.weight
    facts: dict[str, Fact] = {"level": plan.level, "weight": claim.weight, "earned": earned}
    if weight_unit is None:
        level = EQUAL_LEVEL(**facts, unit=unit)
    else:
        level = EQUAL_LEVEL_PER(**facts, unit=unit, per=weight_unit)
    if claim.amount <= earned * (1 + LAST_DIGIT):
        return (level, FULLY_SERVED(amount=claim.amount, unit=unit))
    if claim.floor > earned:
        return (level, AT_FLOOR(floor=claim.floor, amount=claim.amount, unit=unit))
    award = plan.awards[claim.id]
    return (level, SHORT_OF_CLAIM(amount=claim.amount, award=award, unit=unit), SAME_FOR_ALL())


@dataclass(frozen=True, slots=True)
class _Part:
    """A claim with its award, and whether all claims together are served up to their half."""

    claim: Claim
    award: float
    within_half: bool

    @property
    def open_claim(self) -> float:
        return self.claim.amount - self.claim.floor

    @property
    def gain(self) -> float:
        return self.award - self.claim.floor


def _parts(problem: Problem, plan: Plan) -> list[_Part]:
    floors = math.fsum(claim.floor for claim in problem.claims)
    claimed = math.fsum(claim.amount for claim in problem.claims)
    within_half = problem.supply - floors <= (claimed - floors) / 2
    return [_Part(claim, plan.awards[claim.id], within_half) for claim in problem.claims]


def _shared_above_floors(
    problem: Problem, part: _Part, level: float, unit: str
) -> tuple[Sentence, ...]:
    floors = any(claim.floor for claim in problem.claims)
    first = FLOORS_FIRST(floor=part.claim.floor, open=part.open_claim, unit=unit)
    return (
        *((first,) if floors else ()),
        _RULES_IN_WORDS[problem.rule](part, level, unit),
        IN_ALL(amount=part.claim.amount, award=part.award, unit=unit),
    )


def _in_proportion(part: _Part, level: float, unit: str) -> Sentence:
    return SAME_FRACTION(percent=100 * level, open=part.open_claim, gain=part.gain, unit=unit)


def _with_equal_losses(part: _Part, level: float, unit: str) -> Sentence:
    if part.open_claim <= level:
        return CLAIM_WITHIN_LOSS(level=level, open=part.open_claim, unit=unit)
    return SAME_LOSS(level=level, open=part.open_claim, gain=part.gain, unit=unit)


def _by_halves(part: _Part, level: float, unit: str) -> Sentence:
    half = part.open_claim / 2
    if part.within_half:
        return HALF_OF_CLAIM(level=level, half=half, gain=part.gain, unit=unit)
    loss = part.claim.amount - part.award
    return HALF_IS_SAFE(level=level, half=half, loss=loss, unit=unit)


_RULES_IN_WORDS: Final = {
    "proportional": _in_proportion,
    "cel": _with_equal_losses,
    "talmud": _by_halves,
}
