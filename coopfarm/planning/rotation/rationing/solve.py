"""From a supply and claims to awards."""

import numpy as np

from coopfarm.planning.rotation.level import Floats
from coopfarm.planning.rotation.rationing import rules
from coopfarm.planning.rotation.rationing.problem import Plan, Problem


def solve(problem: Problem) -> Plan:
    """Share the supply by the rule of the problem; the same problem gives the same numbers."""
    claims = _column([claim.amount for claim in problem.claims])
    floors = _column([claim.floor for claim in problem.claims])
    if problem.rule == "cea":
        weights = _column([claim.weight for claim in problem.claims])
        awards, level = rules.fill(problem.supply, claims, weights, floors)
    else:
        awards, level = _WITHOUT_WEIGHTS[problem.rule](problem.supply, claims, floors)
    ids = (claim.id for claim in problem.claims)
    return Plan(dict(zip(ids, awards.tolist(), strict=True)), level)


_WITHOUT_WEIGHTS = {
    "proportional": rules.proportional,
    "cel": rules.equal_losses,
    "talmud": rules.talmud,
}


def _column(numbers: list[float]) -> Floats:
    return np.array(numbers, dtype=np.float64)
