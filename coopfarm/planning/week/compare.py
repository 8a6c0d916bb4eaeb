"""The rules side by side: what each would give, and how evenly."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from coopfarm.planning import fairness
from coopfarm.planning.week.certify import certify
from coopfarm.planning.week.problem import Field, Plan, Problem
from coopfarm.planning.week.solve import solve


@dataclass(frozen=True, slots=True)
class Evenness:
    """How evenly satisfaction (award over need) lies over the plots that need water.

    `gini` is 0 when all have the same part of their need; `jain` is 1 then; `least` is the
    smallest part anybody gets; `head_tail` the head third's mean over the tail third's, None
    where the tail gets nothing or no outlet has a head and a tail.
    """

    gini: float
    jain: float
    least: float
    head_tail: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One rule's awards, how even they are, and how many findings stand against them."""

    awards_m3: dict[str, float]
    evenness: Evenness
    findings: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def outcome_of(problem: Problem, rule: str) -> Outcome:
    """The same week under another rule. Raises what `solve` raises."""
    other = replace(problem, rule=rule)
    plan = solve(other)
    return Outcome(
        dict(plan.awards_m3), evenness_of(problem, plan), len(certify(other, plan).findings)
    )


def evenness_of(problem: Problem, plan: Plan) -> Evenness:
    """Measured on satisfaction, never on volumes: a large farm is not an unfair one."""
    thirsty = [field for field in problem.fields if field.claim_m3 > 0]
    parts = [plan.awards_m3[field.id] / field.claim_m3 for field in thirsty]
    return Evenness(
        gini=fairness.gini(parts),
        jain=fairness.jain(parts),
        least=min(parts, default=0.0),
        head_tail=_head_to_tail(thirsty, parts),
    )


def _head_to_tail(thirsty: Sequence[Field], parts: Sequence[float]) -> float | None:
    """The head thirds of all outlets together, over their tail thirds."""
    by_outlet: dict[str, list[float]] = {}
    for field, part in zip(thirsty, parts, strict=True):
        by_outlet.setdefault(field.outlet, []).append(part)
    head: list[float] = []
    tail: list[float] = []
    for row in by_outlet.values():
        third = len(row) // 3
        head += row[:third]
        tail += row[len(row) - third :]
    if not tail or not sum(tail):
        return None
    return (sum(head) / len(head)) / (sum(tail) / len(tail))
