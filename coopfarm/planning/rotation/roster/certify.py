"""Judge a roster: right names in the right order, the cycle tiled, everybody's title kept."""

import math
from collections.abc import Iterator
from typing import Final

from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.certificate import TOLERANCE, Certificate
from coopfarm.planning.rotation.roster.problem import Holder, Plan, Problem, Turn

TURN_MISSING: Final = Phrase("turn-missing", N_("%(id)s is a holder and has no turn."))
TURN_UNHELD: Final = Phrase("turn-unheld", N_("%(id)s has a turn and is no holder."))
TURN_TWICE: Final = Phrase("turn-twice", N_("%(id)s has more than one turn in the cycle."))
OUT_OF_ORDER: Final = Phrase(
    "turn-out-of-order",
    N_("Turn %(place)s belongs to %(holder)s, head to tail, and is given to %(id)s."),
)
PER_SHARE_WRONG: Final = Phrase(
    "minutes-per-share-wrong",
    N_("One share is stated to earn %(stated)s minutes; by the formula it earns %(right)s."),
)
EXACT_WRONG: Final = Phrase(
    "exact-minutes-wrong",
    N_("The exact turn of %(id)s is stated as %(stated)s minutes; by the formula it is %(right)s."),
)
ROUNDED_TOO_FAR: Final = Phrase(
    "turn-rounded-too-far",
    N_("%(id)s has %(minutes)s minutes, a whole minute or more from the exact %(right)s."),
)
GAP_BEFORE_TURN: Final = Phrase(
    "gap-before-turn",
    N_("The turn of %(id)s starts at minute %(starts)s; the turns before it end at %(ends)s."),
)
CYCLE_NOT_TILED: Final = Phrase(
    "cycle-not-tiled",
    N_("The turns add up to %(minutes)s minutes and the cycle has %(cycle)s."),
)

_A_MINUTE: Final = 1 - 1e-9  # a difference of one minute, less what the last digits lose


def certify(problem: Problem, plan: Plan) -> Certificate:
    """Whether the turns are those of the holders, tile the cycle, and keep to the formula."""
    unnamed = tuple(_unnamed(problem, plan))
    if unnamed:
        return Certificate((*unnamed, *_untiled(problem, plan)))
    return Certificate(
        (*_out_of_order(problem, plan), *_untiled(problem, plan), *_off_title(problem, plan))
    )


def _unnamed(problem: Problem, plan: Plan) -> Iterator[Sentence]:
    holders = {holder.id for holder in problem.holders}
    seen: set[str] = set()
    for turn in plan.turns:
        if turn.id not in holders:
            yield TURN_UNHELD(id=turn.id)
        elif turn.id in seen:
            yield TURN_TWICE(id=turn.id)
        seen.add(turn.id)
    for holder in problem.holders:
        if holder.id not in seen:
            yield TURN_MISSING(id=holder.id)


def _out_of_order(problem: Problem, plan: Plan) -> Iterator[Sentence]:
    pairs = zip(problem.holders, plan.turns, strict=True)
    for place, (holder, turn) in enumerate(pairs, start=1):
        if holder.id != turn.id:
            yield OUT_OF_ORDER(place=place, holder=holder.id, id=turn.id)
            return


def _untiled(problem: Problem, plan: Plan) -> Iterator[Sentence]:
    ends = 0
    for turn in plan.turns:
        if turn.starts_at_minute != ends:
            yield GAP_BEFORE_TURN(id=turn.id, starts=turn.starts_at_minute, ends=ends)
        ends = turn.starts_at_minute + turn.minutes
    minutes = sum(turn.minutes for turn in plan.turns)
    if minutes != problem.cycle_minutes:
        yield CYCLE_NOT_TILED(minutes=minutes, cycle=problem.cycle_minutes)


def _off_title(problem: Problem, plan: Plan) -> Iterator[Sentence]:
    right = _earned_by_one_share(problem)
    if not _agree(plan.minutes_per_share, right):
        yield PER_SHARE_WRONG(stated=plan.minutes_per_share, right=right)
    holders = {holder.id: holder for holder in problem.holders}
    for turn in plan.turns:
        yield from _turn_off_title(turn, holders[turn.id], right)


def _turn_off_title(turn: Turn, holder: Holder, per_share: float) -> Iterator[Sentence]:
    filling, draining = holder.filling_minutes or 0.0, holder.draining_minutes or 0.0
    right = per_share * holder.share + filling - draining
    if not _agree(turn.exact_minutes, right):
        yield EXACT_WRONG(id=turn.id, stated=turn.exact_minutes, right=right)
    if not abs(turn.minutes - right) < _A_MINUTE:
        yield ROUNDED_TOO_FAR(id=turn.id, minutes=turn.minutes, right=right)


def _earned_by_one_share(problem: Problem) -> float:
    """The cycle is all turns: shares times this, plus all filling, less all draining."""
    fixed = [
        sign * (minutes or 0.0)
        for holder in problem.holders
        for sign, minutes in ((1, holder.filling_minutes), (-1, holder.draining_minutes))
    ]
    shares = math.fsum(holder.share for holder in problem.holders)
    return (problem.cycle_minutes - math.fsum(fixed)) / shares


def _agree(stated: float, right: float) -> bool:
    return abs(stated - right) <= TOLERANCE * abs(right) + 1e-6
