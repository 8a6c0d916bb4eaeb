"""What one season leaves to the next: who had too little comes first, who had too much later."""

from typing import Final

import numpy as np

from coopfarm.planning.fleet.season.problem import Plan, Problem
from coopfarm.planning.rotation.rationing import rules

KEPT: Final = 0.8  # of a carry-over, from one season to the next


def carried_over(before: float, fair: float, received: float, entitlement: float) -> float:
    """The carry-over into the next season, in machine-days; above 0 for who had too little.

    A fifth of the old one lapses. Neither debt nor claim is more than `entitlement`, what one
    season owes a member.
    """
    # deficit ← clip(0.8·deficit + fair − received, ±entitlement)
    return min(max(KEPT * before + fair - received, -entitlement), entitlement)


def after_season(problem: Problem, plan: Plan) -> dict[str, float]:
    """The carry-over of each member after a season.

    Fair is the same for all, but nobody's fair share is more than they wanted; the fair shares
    add up to what was handed out. The entitlement is that common level.
    """
    wants = np.array([float(member.wants) for member in problem.members])
    received = np.array([float(len(plan.gets.get(member.id, ()))) for member in problem.members])
    fair, level = rules.fill(float(received.sum()), wants)
    return {
        member.id: carried_over(member.carry_over, share, got, level)
        if level
        else KEPT * member.carry_over
        for member, share, got in zip(
            problem.members, fair.tolist(), received.tolist(), strict=True
        )
    }
