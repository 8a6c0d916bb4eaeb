"""Look for crews better than those of a plan, party by party; the judge of `exact`.

All that can be reached is kept side by side, so it ends for small cases only; beyond 200,000
crews tried nothing is said.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from coopfarm.planning.parties.problem import Member, Party, Plan, Problem
from coopfarm.planning.parties.seated import led_and_seated

MOST_TRIED: Final = 200_000
_SAME: Final = 1e-6

# What each owes, and the numbers of the parties each is in.
State = tuple[tuple[float, ...], tuple[tuple[int, ...], ...]]


def better_squares(problem: Problem, plan: Plan) -> float | None:
    """The sum of squares of better crews: more places filled, or as many and less owed.

    None where there are none, or too many to try.
    """
    best = _best(problem)
    if best is None:
        return None
    open_places = sum(party.crew - len(plan.crews[party.id]) for party in problem.parties)
    squares = sum(owed * owed for owed in plan.owed_after.values())
    fewer = best[0] < open_places
    less = best[0] == open_places and best[1] < squares - _SAME * (1 + squares)
    return best[1] if fewer or less else None


def _best(problem: Problem) -> tuple[int, float] | None:
    start = tuple(member.owes_hours for member in problem.members)
    states: dict[State, int] = {(start, ((),) * len(start)): 0}
    tried = 0
    for number, party in enumerate(problem.parties):
        crews = list(_crews(problem, party, MOST_TRIED))
        tried += len(states) * len(crews)
        if tried > MOST_TRIED:
            return None
        states = _with_party(problem, number, states, crews)
    return min(
        (missing, sum(owed * owed for owed in state[0])) for state, missing in states.items()
    )


def _crews(problem: Problem, party: Party, most: int) -> Iterator[tuple[int, ...]]:
    """Nobody, and every crew that has its leader; at most one more than `most`."""
    able = [who for who, member in enumerate(problem.members) if party.id in member.free]
    tried = 0
    for size in range(min(party.crew, len(able)) + 1):
        for crew in combinations(able, size):
            tried += 1
            if not crew or led_and_seated(party, _members(problem, crew)) or tried > most:
                yield crew
            if tried > most:
                return


def _with_party(
    problem: Problem, number: int, states: dict[State, int], crews: Sequence[tuple[int, ...]]
) -> dict[State, int]:
    after: dict[State, int] = {}
    party = problem.parties[number]
    for (owed, held), missing in states.items():
        for crew in crews:
            if all(_can_come(problem, who, number, held[who]) for who in crew):
                state = _joined(owed, held, crew, (number, party.hours))
                now = missing + party.crew - len(crew)
                after[state] = min(now, after.get(state, now))
    return after


def _joined(
    owed: tuple[float, ...],
    held: tuple[tuple[int, ...], ...],
    crew: tuple[int, ...],
    party: tuple[int, float],
) -> State:
    owes, parties = list(owed), list(held)
    for who in crew:
        owes[who] -= party[1]
        parties[who] = (*parties[who], party[0])
    return tuple(owes), tuple(parties)


def _can_come(problem: Problem, who: int, number: int, held: tuple[int, ...]) -> bool:
    limit = problem.members[who].limit
    if limit is not None and len(held) >= limit:
        return False
    return not any(problem.parties[number].clashes(problem.parties[other]) for other in held)


def _members(problem: Problem, crew: tuple[int, ...]) -> list[Member]:
    return [problem.members[who] for who in crew]
