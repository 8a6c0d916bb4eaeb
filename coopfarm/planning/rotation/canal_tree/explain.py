"""Why this much from this canal: what holds each delivery, in sentences."""

from typing import Final

from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.rotation.canal_tree.network import heads_first
from coopfarm.planning.rotation.canal_tree.problem import Claim, Plan, Problem

WHOLE_CLAIM: Final = Phrase(
    "why-whole-claim",
    N_("You asked for %(amount)s%(unit)s and get all of it: no canal on your way holds you back."),
)
HELD_BY_CANAL: Final = Phrase(
    "why-held-by-canal",
    N_(
        "You are held by canal %(canal)s, which is full with %(capacity)s%(unit)s, and nobody on "
        "it above the floor gets more per unit of weight than you: %(level)s%(unit)s."
    ),
)
HELD_AT_FLOOR: Final = Phrase(
    "why-held-at-floor",
    N_(
        "A full canal on your way would leave you less than your floor, "
        "so you get the floor of %(floor)s%(unit)s."
    ),
)
ASKED_AND_GOT: Final = Phrase(
    "why-asked-and-got",
    N_("You asked for %(amount)s%(unit)s and get %(delivery)s%(unit)s; your weight is %(weight)s."),
)
LOST_ON_THE_WAY: Final = Phrase(
    "why-lost-on-the-way",
    N_("For each unit you get, %(entering)s have to enter at the top of canal %(head)s."),
)


def explain(problem: Problem, plan: Plan, *, unit: str = "") -> dict[str, tuple[Sentence, ...]]:
    """For each claim its reasons; `unit` ("m³", "l/s") follows every amount of water."""
    unit = f"\N{NO-BREAK SPACE}{unit}" if unit else ""
    losses = _losses(problem)
    capacities = {canal.id: canal.capacity for canal in problem.canals}
    return {
        claim.id: (*_held(claim, plan, capacities, unit), *losses[claim.canal])
        for claim in problem.claims
    }


def _held(
    claim: Claim, plan: Plan, capacities: dict[str, float], unit: str
) -> tuple[Sentence, ...]:
    held_by, delivery = plan.held_by[claim.id], plan.deliveries[claim.id]
    if held_by == "claim":
        return (WHOLE_CLAIM(amount=claim.amount, unit=unit),)
    got = ASKED_AND_GOT(amount=claim.amount, delivery=delivery, weight=claim.weight, unit=unit)
    if held_by == "floor":
        return (HELD_AT_FLOOR(floor=claim.floor, unit=unit), got)
    level = delivery / claim.weight
    held = HELD_BY_CANAL(canal=held_by, capacity=capacities[held_by], level=level, unit=unit)
    return (held, got)


def _losses(problem: Problem) -> dict[str, tuple[Sentence, ...]]:
    """For each canal what has to enter at the top for one unit of it, where water is lost."""
    tops: dict[str, tuple[str, float]] = {}
    for canal in heads_first(problem.canals):
        head, entering = tops[canal.feeds_from] if canal.feeds_from else (canal.id, 1.0)
        tops[canal.id] = (head, entering / canal.efficiency)
    return {
        canal: (LOST_ON_THE_WAY(entering=entering, head=head),) if entering > 1 else ()
        for canal, (head, entering) in tops.items()
    }
