"""Judge awards by the law of their rule, knowing nothing of how they were found.

Every award speaks for a span of levels: one strictly between floor and claim for a single level,
one at the claim for that level or more, one at the floor for that level or less. A rule is kept
when one level lies in every span.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.certificate import TOLERANCE, Certificate, Leeway
from coopfarm.planning.rotation.rationing.problem import Claim, Plan, Problem

AWARD_MISSING: Final = Phrase("award-missing", N_("%(id)s has a claim and no award."))
AWARD_UNCLAIMED: Final = Phrase(
    "award-unclaimed", N_("%(id)s has an award of %(award)s and no claim.")
)
AWARD_BELOW_FLOOR: Final = Phrase(
    "award-below-floor", N_("%(id)s gets %(award)s, less than the floor of %(floor)s.")
)
AWARD_ABOVE_CLAIM: Final = Phrase(
    "award-above-claim", N_("%(id)s gets %(award)s, more than the claim of %(amount)s.")
)
AWARDS_MISS_SUPPLY: Final = Phrase(
    "awards-miss-supply", N_("The awards add up to %(awarded)s and the supply is %(supply)s.")
)
LEVEL_TOO_LOW: Final = Phrase(
    "level-too-low",
    N_("The level is stated as %(level)s; the awards speak for %(lowest)s or more."),
)
LEVEL_TOO_HIGH: Final = Phrase(
    "level-too-high",
    N_("The level is stated as %(level)s; the awards speak for %(highest)s or less."),
)
MORE_THAN_HALF: Final = Phrase(
    "more-than-half",
    N_(
        "%(id)s gets %(part)s above the floor. The supply is no more than half of what is claimed, "
        "so by the Talmud rule nobody gets more than half: %(half)s."
    ),
)
LESS_THAN_HALF: Final = Phrase(
    "less-than-half",
    N_(
        "%(id)s gets %(part)s above the floor. The supply is more than half of what is claimed, "
        "so by the Talmud rule nobody gets less than half: %(half)s."
    ),
)
UNFAIR: Final = {
    "proportional": Phrase(
        "unfair-proportional",
        N_(
            "%(favoured)s gets %(more)s and %(short)s gets %(less)s of each unit claimed above "
            "the floor. Proportional means the same for all."
        ),
    ),
    "cea": Phrase(
        "unfair-cea",
        N_(
            "%(favoured)s is above the floor and gets %(more)s for each unit of weight, while "
            "%(short)s is below the claim and gets %(less)s. Equal awards means the same for both."
        ),
    ),
    "cel": Phrase(
        "unfair-cel",
        N_(
            "%(favoured)s is above the floor and loses %(less)s, while %(short)s is below the "
            "claim and loses %(more)s. Equal losses means the same for both."
        ),
    ),
    "talmud": Phrase(
        "unfair-talmud",
        N_(
            "The award of %(favoured)s speaks for a common level of at least %(more)s, that of "
            "%(short)s for at most %(less)s. By the Talmud rule one level serves both."
        ),
    ),
}

_LAST_DIGITS: Final = 1e-13  # of a claim, lost when an award is taken from it


@dataclass(frozen=True, slots=True)
class _Part:
    """A claim, its award, and how far off the award may be by rounding."""

    claim: Claim
    award: float
    off: float

    @property
    def gain(self) -> float:
        return self.award - self.claim.floor

    @property
    def loss(self) -> float:
        return self.claim.amount - self.award

    @property
    def off_loss(self) -> float:
        return self.off + _LAST_DIGITS * self.claim.amount

    @property
    def open_claim(self) -> float:
        return self.claim.amount - self.claim.floor


@dataclass(frozen=True, slots=True)
class _Span:
    """The level one award speaks for, to be told, and the span of them, to be judged by."""

    id: str
    level: float
    lowest: float
    highest: float


def certify(problem: Problem, plan: Plan) -> Certificate:
    """Whether everybody is named once, nobody is out of bounds, all is shared, by the rule."""
    findings = (*_unnamed(problem, plan), *_infeasible(problem, plan))
    return Certificate(findings or tuple(_unlawful(problem, plan)))


def _unnamed(problem: Problem, plan: Plan) -> Iterator[Sentence]:
    claimants = {claim.id for claim in problem.claims}
    for claim in problem.claims:
        if claim.id not in plan.awards:
            yield AWARD_MISSING(id=claim.id)
    for name, award in plan.awards.items():
        if name not in claimants:
            yield AWARD_UNCLAIMED(id=name, award=award)


def _infeasible(problem: Problem, plan: Plan) -> Iterator[Sentence]:
    # "not at least" and "not at most" also catch what is not a number.
    leeway = Leeway.of(problem.supply, len(problem.claims))
    for claim in problem.claims:
        award = plan.awards.get(claim.id, claim.floor)
        if not award >= claim.floor - leeway.around(claim.floor):
            yield AWARD_BELOW_FLOOR(id=claim.id, award=award, floor=claim.floor)
        if not award <= claim.amount + leeway.around(claim.amount):
            yield AWARD_ABOVE_CLAIM(id=claim.id, award=award, amount=claim.amount)
    awarded = sum(plan.awards.values())
    if not abs(awarded - problem.supply) <= TOLERANCE * problem.supply:
        yield AWARDS_MISS_SUPPLY(awarded=awarded, supply=problem.supply)


def _unlawful(problem: Problem, plan: Plan) -> Iterator[Sentence]:
    parts = _parts(problem, plan)
    if problem.rule != "talmud":
        yield from _without_a_level(problem, plan, [_SPANS[problem.rule](part) for part in parts])
        return
    halved = [part.open_claim / 2 for part in parts]
    left = problem.supply - math.fsum(claim.floor for claim in problem.claims)
    awards_are_equal = left <= math.fsum(halved)
    out_of_half = tuple(_out_of_half(parts, awards_are_equal=awards_are_equal))
    span = _gain_up_to_half if awards_are_equal else _loss_up_to_half
    yield from out_of_half or _without_a_level(problem, plan, [span(part) for part in parts])


def _parts(problem: Problem, plan: Plan) -> list[_Part]:
    leeway = Leeway.of(problem.supply, len(problem.claims))
    awards = [(claim, plan.awards[claim.id]) for claim in problem.claims]
    return [_Part(claim, award, leeway.around(award)) for claim, award in awards]


def _without_a_level(problem: Problem, plan: Plan, spans: list[_Span]) -> Iterator[Sentence]:
    """The two that need different levels; or, where one serves all, that another is stated."""
    high = max(spans, key=lambda span: span.lowest)
    low = min(spans, key=lambda span: span.highest)
    slack = TOLERANCE * abs(plan.level)
    if high.lowest > low.highest:
        favoured, short = (low, high) if problem.rule == "cel" else (high, low)
        yield UNFAIR[problem.rule](
            favoured=favoured.id, short=short.id, more=high.level, less=low.level
        )
    elif not plan.level >= high.lowest - slack:
        yield LEVEL_TOO_LOW(level=plan.level, lowest=high.level)
    elif not plan.level <= low.highest + slack:
        yield LEVEL_TOO_HIGH(level=plan.level, highest=low.level)


def _equal_awards(part: _Part) -> _Span:
    weight = part.claim.weight
    lowest = (part.award - part.off) / weight if part.gain > part.off else 0.0
    highest = (part.award + part.off) / weight if part.loss > part.off else math.inf
    return _Span(part.claim.id, part.award / weight, max(lowest, 0.0), highest)


def _same_fraction(part: _Part) -> _Span:
    if part.open_claim <= part.off:
        return _Span(part.claim.id, 1.0, 0.0, 1.0)
    fractions = (
        gain / part.open_claim
        for gain in (part.gain, max(part.gain - part.off, 0.0), part.gain + part.off)
    )
    return _Span(part.claim.id, *fractions)


def _equal_losses(part: _Part) -> _Span:
    highest = part.loss + part.off_loss if part.gain > part.off else math.inf
    return _Span(part.claim.id, part.loss, max(part.loss - part.off_loss, 0.0), highest)


def _gain_up_to_half(part: _Part) -> _Span:
    return _up_to_half(part, part.gain, part.off)


def _loss_up_to_half(part: _Part) -> _Span:
    return _up_to_half(part, part.loss, part.off_loss)


def _up_to_half(part: _Part, amount: float, off: float) -> _Span:
    """The levels of which the amount is the lesser of level and half."""
    highest = amount + off if amount < part.open_claim / 2 - off else math.inf
    return _Span(part.claim.id, amount, max(amount - off, 0.0), highest)


def _out_of_half(parts: list[_Part], *, awards_are_equal: bool) -> Iterator[Sentence]:
    for part in parts:
        half = part.open_claim / 2
        if awards_are_equal and part.gain > half + part.off:
            yield MORE_THAN_HALF(id=part.claim.id, part=part.gain, half=half)
        if not awards_are_equal and part.gain < half - part.off:
            yield LESS_THAN_HALF(id=part.claim.id, part=part.gain, half=half)


_SPANS: Final[dict[str, Callable[[_Part], _Span]]] = {
    "proportional": _same_fraction,
    "cea": _equal_awards,
    "cel": _equal_losses,
}
