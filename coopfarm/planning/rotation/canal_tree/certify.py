"""Judge deliveries by the max-min theorem, knowing nothing of how they were found.

A plan that keeps capacities, floors and claims is max-min fair when each farm has its whole
claim, or lies below a full canal on which nobody above the floor has more per unit of weight
(Bertsekas & Gallager, Data Networks, section 6.5: every flow has its bottleneck).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.certificate import Certificate, Leeway
from coopfarm.planning.rotation.canal_tree.network import Canal, entering, heads_first
from coopfarm.planning.rotation.canal_tree.problem import Claim, Plan, Problem

DELIVERY_MISSING: Final = Phrase("delivery-missing", N_("%(id)s has a claim and no delivery."))
DELIVERY_UNCLAIMED: Final = Phrase(
    "delivery-unclaimed", N_("%(id)s has a delivery of %(delivery)s and no claim.")
)
HOLD_MISSING: Final = Phrase("hold-missing", N_("The plan does not say what holds %(id)s."))
HOLD_UNCLAIMED: Final = Phrase(
    "hold-unclaimed", N_("The plan says what holds %(id)s, which has no claim.")
)
DELIVERY_BELOW_FLOOR: Final = Phrase(
    "delivery-below-floor", N_("%(id)s gets %(delivery)s, less than the floor of %(floor)s.")
)
DELIVERY_ABOVE_CLAIM: Final = Phrase(
    "delivery-above-claim", N_("%(id)s gets %(delivery)s, more than the claim of %(amount)s.")
)
CANAL_OVERFLOWS: Final = Phrase(
    "canal-overflows",
    N_("%(entering)s has to enter canal %(canal)s, which carries %(capacity)s."),
)
NOT_HELD_BACK: Final = Phrase(
    "not-held-back",
    N_(
        "%(id)s gets %(delivery)s of %(amount)s, although none of the canals on its way is full: "
        "it could have more."
    ),
)
OTHERS_HAVE_MORE: Final = Phrase(
    "others-have-more",
    N_(
        "%(id)s gets %(own)s for each unit of weight, below the claim, while on every full canal "
        "on its way somebody above the floor has more: on canal %(canal)s it is %(most)s."
    ),
)
HELD_WRONGLY: Final = Phrase(
    "held-wrongly",
    N_("The plan says that %(id)s is held by %(held_by)s, which the deliveries do not bear out."),
)

_MOST_SPILL: Final = 1e-3


@dataclass(frozen=True, slots=True)
class _Bottleneck:
    """A full canal and the most that anybody above the floor has on it per unit of weight.

    `at_least` is that less what rounding may have added, to be judged by.
    """

    canal: str
    at_least: float
    most: float


def certify(problem: Problem, plan: Plan) -> Certificate:
    """Whether everything fits, nobody could have more without harm, and the reasons are true."""
    findings = tuple(_unnamed(problem, plan))
    if findings:
        return Certificate(findings)
    judge = _Judge(problem, plan)
    findings = (*judge.out_of_bounds(), *judge.overflowing())
    return Certificate(findings or tuple(judge.unfair()))


def _unnamed(problem: Problem, plan: Plan) -> Iterator[Sentence]:
    claimants = {claim.id for claim in problem.claims}
    for claim in problem.claims:
        if claim.id not in plan.deliveries:
            yield DELIVERY_MISSING(id=claim.id)
        if claim.id not in plan.held_by:
            yield HOLD_MISSING(id=claim.id)
    for name, delivery in plan.deliveries.items():
        if name not in claimants:
            yield DELIVERY_UNCLAIMED(id=name, delivery=delivery)
    for name in plan.held_by:
        if name not in claimants:
            yield HOLD_UNCLAIMED(id=name)


class _Judge:
    """One plan before the theorem."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem = problem
        self.plan = plan
        self.leeway = Leeway.of(sum(plan.deliveries.values()), len(problem.claims))
        served: dict[str, float] = defaultdict(float)
        for claim in problem.claims:
            served[claim.canal] += plan.deliveries[claim.id]
        self.entering = entering(problem.canals, served)
        self.feeds = {canal.id: canal.feeds_from for canal in problem.canals}

    def out_of_bounds(self) -> Iterator[Sentence]:
        # "not at least" and "not at most" also catch what is not a number.
        for claim in self.problem.claims:
            delivery = self.plan.deliveries[claim.id]
            if not delivery >= claim.floor - self.leeway.around(claim.floor):
                yield DELIVERY_BELOW_FLOOR(id=claim.id, delivery=delivery, floor=claim.floor)
            if not delivery <= claim.amount + self.leeway.around(claim.amount):
                yield DELIVERY_ABOVE_CLAIM(id=claim.id, delivery=delivery, amount=claim.amount)

    def overflowing(self) -> Iterator[Sentence]:
        for canal in self.problem.canals:
            flow = self.entering[canal.id]
            if not flow <= canal.capacity + self._spill(canal):
                yield CANAL_OVERFLOWS(canal=canal.id, entering=flow, capacity=canal.capacity)

    def unfair(self) -> Iterator[Sentence]:
        """Those who could have more without taking it from one who has less, or held otherwise."""
        bottlenecks = self._bottlenecks()
        tightest: dict[str | None, _Bottleneck | None] = {None: None}
        for canal in heads_first(self.problem.canals):
            here, above = bottlenecks.get(canal.id), tightest[canal.feeds_from]
            both = [b for b in (above, here) if b is not None]
            tightest[canal.id] = min(both, key=lambda b: b.at_least, default=None)
        for claim in self.problem.claims:
            yield from self._short(claim, tightest[claim.canal])
            yield from self._held_otherwise(claim, bottlenecks)

    def _bottlenecks(self) -> dict[str, _Bottleneck]:
        """The full canals."""
        most: dict[str | None, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
        for claim in self.problem.claims:
            delivery = self.plan.deliveries[claim.id]
            off = self.leeway.around(delivery)
            if delivery > claim.floor + off:
                own = ((delivery - off) / claim.weight, delivery / claim.weight)
                most[claim.canal] = max(most[claim.canal], own)
        for canal in reversed(heads_first(self.problem.canals)):
            most[canal.feeds_from] = max(most[canal.feeds_from], most[canal.id])
        return {
            canal.id: _Bottleneck(canal.id, *most[canal.id])
            for canal in self.problem.canals
            if self.entering[canal.id] >= canal.capacity - self._spill(canal)
        }

    def _spill(self, canal: Canal) -> float:
        """How far a full canal may be from its capacity by rounding of what it delivers."""
        return min(self.leeway.around(canal.capacity), _MOST_SPILL * canal.capacity)

    def _short(self, claim: Claim, tightest: _Bottleneck | None) -> Iterator[Sentence]:
        delivery = self.plan.deliveries[claim.id]
        off = self.leeway.around(delivery)
        if delivery >= claim.amount - off:
            return
        if tightest is None:
            yield NOT_HELD_BACK(id=claim.id, delivery=delivery, amount=claim.amount)
        elif tightest.at_least > (delivery + off) / claim.weight:
            own = delivery / claim.weight
            yield OTHERS_HAVE_MORE(id=claim.id, own=own, canal=tightest.canal, most=tightest.most)

    def _held_otherwise(
        self, claim: Claim, bottlenecks: Mapping[str, _Bottleneck]
    ) -> Iterator[Sentence]:
        delivery, held_by = self.plan.deliveries[claim.id], self.plan.held_by[claim.id]
        off = self.leeway.around(delivery)
        if held_by == "claim":
            true = delivery >= claim.amount - off
        elif held_by == "floor":
            true = delivery <= claim.floor + off
        else:
            full = bottlenecks.get(held_by)
            true = full is not None and full.at_least <= (delivery + off) / claim.weight
            true = true and held_by in self._way_up(claim.canal)
        if not true:
            yield HELD_WRONGLY(id=claim.id, held_by=held_by)

    def _way_up(self, canal: str) -> Iterator[str]:
        step: str | None = canal
        while step is not None:
            yield step
            step = self.feeds[step]
