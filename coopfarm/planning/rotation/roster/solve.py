"""From titles to turns in whole minutes that tile the cycle."""

import math
from collections.abc import Sequence
from itertools import accumulate

from coopfarm.planning.rotation.roster.problem import Plan, Problem, Turn


def solve(problem: Problem) -> Plan:
    """The warabandi formula, then whole minutes by largest remainder, then starts head to tail."""
    each = minutes_per_share(problem)
    exact = [max(each * h.share + h.extra_minutes, 0.0) for h in problem.holders]
    whole = whole_minutes(problem.cycle_minutes, exact)
    starts = accumulate(whole, initial=0)
    ids = [holder.id for holder in problem.holders]
    return Plan(each, tuple(map(Turn, ids, exact, whole, starts)))


def minutes_per_share(problem: Problem) -> float:
    """What one share earns of the cycle once filling is set aside and draining is given back."""
    # Asawa, Irrigation and Water Resources Engineering, section 5.11.3.
    filling = math.fsum(holder.filling_minutes or 0.0 for holder in problem.holders)
    draining = math.fsum(holder.draining_minutes or 0.0 for holder in problem.holders)
    shares = math.fsum(holder.share for holder in problem.holders)
    return (problem.cycle_minutes - filling + draining) / shares


def whole_minutes(cycle_minutes: int, exact: Sequence[float]) -> list[int]:
    """Each rounded down, and the minutes left over to the largest remainders, head first.

    `exact` is 0 or more and adds up to the cycle; so do the whole minutes, each less than one
    from its exact value.
    """
    whole = [int(minutes) for minutes in exact]
    left_over = cycle_minutes - sum(whole)
    by_remainder = sorted(range(len(exact)), key=lambda i: whole[i] - exact[i])
    for place in by_remainder[:left_over]:
        whole[place] += 1
    return whole
