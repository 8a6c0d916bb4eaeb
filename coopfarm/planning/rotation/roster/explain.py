"""Why these minutes and this start: the warabandi arithmetic of each holder."""

import math
from typing import Final

from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.rotation.roster.problem import Holder, Plan, Problem, Turn

ONE_SHARE_EARNS: Final = Phrase(
    "why-one-share-earns",
    N_(
        "The cycle has %(cycle)s minutes; less %(filling)s of filling, plus %(draining)s of "
        "draining, that is %(shared)s for %(shares)s shares: %(each)s minutes for one share."
    ),
)
ONE_SHARE_EARNS_PER: Final = Phrase(
    "why-one-share-earns-per",
    N_(
        "The cycle has %(cycle)s minutes; less %(filling)s of filling, plus %(draining)s of "
        "draining, that is %(shared)s for %(shares)s %(unit)s: %(each)s minutes for one %(unit)s."
    ),
)
YOUR_TURN: Final = Phrase(
    "why-your-turn",
    N_(
        "%(each)s × %(share)s = %(earned)s; + %(filling)s filling, − %(draining)s draining "
        "= %(exact)s minutes, in whole minutes %(minutes)s."
    ),
)
FIRST_TURN: Final = Phrase(
    "why-first-turn", N_("You are first at the head, so your turn starts with the cycle.")
)
ONE_TURN_BEFORE: Final = Phrase(
    "why-one-turn-before",
    N_(
        "Head to tail, one turn of %(starts)s minutes comes before yours, "
        "so it starts at minute %(starts)s of the cycle."
    ),
)
TURNS_BEFORE: Final = Phrase(
    "why-turns-before",
    N_(
        "Head to tail, %(count)s turns of together %(starts)s minutes come before yours, "
        "so it starts at minute %(starts)s of the cycle."
    ),
)
NO_TURN: Final = Phrase(
    "why-no-turn", N_("A share of 0 and no allowance earn no minutes; the row is kept empty.")
)


def explain(
    problem: Problem, plan: Plan, *, share_unit: str | None = None
) -> dict[str, tuple[Sentence, ...]]:
    """For each holder the reasons; `share_unit` ("hectare", "athar") names one share."""
    first = _one_share(problem, plan, share_unit)
    rows = zip(problem.holders, plan.turns, strict=True)
    return {
        holder.id: (first, *_turn(plan.minutes_per_share, holder, turn, before))
        for before, (holder, turn) in enumerate(rows)
    }


def _one_share(problem: Problem, plan: Plan, share_unit: str | None) -> Sentence:
    filling = math.fsum(holder.filling_minutes or 0.0 for holder in problem.holders)
    draining = math.fsum(holder.draining_minutes or 0.0 for holder in problem.holders)
    facts = {
        "cycle": problem.cycle_minutes,
        "filling": filling,
        "draining": draining,
        "shared": problem.cycle_minutes - filling + draining,
        "shares": math.fsum(holder.share for holder in problem.holders),
        "each": plan.minutes_per_share,
    }
    if share_unit is None:
        return ONE_SHARE_EARNS(**facts)
    return ONE_SHARE_EARNS_PER(**facts, unit=share_unit)


def _turn(each: float, holder: Holder, turn: Turn, before: int) -> tuple[Sentence, ...]:
    if turn.minutes == 0 and not holder.share and not holder.extra_minutes:
        return (NO_TURN(),)
    arithmetic = YOUR_TURN(
        each=each,
        share=holder.share,
        earned=each * holder.share,
        filling=holder.filling_minutes or 0.0,
        draining=holder.draining_minutes or 0.0,
        exact=turn.exact_minutes,
        minutes=turn.minutes,
    )
    return (arithmetic, _start(turn, before))


def _start(turn: Turn, before: int) -> Sentence:
    if before == 0:
        return FIRST_TURN()
    if before == 1:
        return ONE_TURN_BEFORE(starts=turn.starts_at_minute)
    return TURNS_BEFORE(count=before, starts=turn.starts_at_minute)
