"""The best crews of a small case, proven by going through all that could be better.

Places filled come first, then the sum of squared hours still owed, then kilometres.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_
from coopfarm.planning.parties.problem import Member, Party, Problem
from coopfarm.planning.parties.roles import fits

MOST_STEPS: Final = 200_000
_SAME: Final = 1e-9

Crews = dict[str, tuple[str, ...]]
Value = tuple[int, float, float]  # places not filled, squares, kilometres


class TooLargeForExact(Invalid):
    """More ways than can be gone through."""

    code = "parties-too-large-for-exact"
    words = N_(
        "%(field)s: there are too many ways to make these crews to prove one of them the best. "
        "Ask for fewer parties at once, give all the same hours and a leader, or leave out exact."
    )


def best_crews(problem: Problem, crews: Mapping[str, Sequence[str]]) -> Crews:
    """The best crews, starting from `crews`; TooLargeForExact after 200,000 steps."""
    return _Search(problem, crews).run()


class _Search:
    """Party by party; a half-made plan is left once nothing below it can be better."""

    def __init__(self, problem: Problem, crews: Mapping[str, Sequence[str]]) -> None:
        self._parties = sorted(problem.parties, key=lambda one: (one.day, one.id))
        self._members = problem.members
        self._best = {party: tuple(crew) for party, crew in crews.items()}
        self._number = {member.id: who for who, member in enumerate(problem.members)}
        self._owed = [member.owes_hours for member in problem.members]
        self._in: list[list[Party]] = [[] for _ in problem.members]
        self._chosen: list[tuple[int, ...]] = []
        self._seen: set[object] = set()
        self._steps = 0
        self._free = [self._free_for(party) for party in self._parties]
        self._value = self._value_of_best()

    def run(self) -> Crews:
        self._from(0, 0, 0.0)
        return self._best

    def _free_for(self, party: Party) -> list[int]:
        return [who for who, member in enumerate(self._members) if party.id in member.free]

    def _value_of_best(self) -> Value:
        owed, open_places, km = list(self._owed), 0, 0.0
        for party in self._parties:
            crew = self._best[party.id]
            open_places += party.crew - len(crew)
            for member in crew:
                owed[self._number[member]] -= party.hours
                km += self._members[self._number[member]].km
        return open_places, sum(hours * hours for hours in owed), km

    def _from(self, at: int, open_places: int, km: float) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise TooLargeForExact(field="exact")
        if at == len(self._parties):
            self._keep(open_places, km)
            return
        if self._been(at, open_places, km) or not self._promises(at, open_places, km):
            return
        for crew in self._crews(at):
            self._ask(at, crew)
            further = sum(self._members[who].km for who in crew)
            self._from(at + 1, open_places + self._parties[at].crew - len(crew), km + further)
            self._take_back(at, crew)

    def _keep(self, open_places: int, km: float) -> None:
        value = (open_places, sum(hours * hours for hours in self._owed), km)
        if _better(value, self._value):
            self._value = value
            self._best = {
                party.id: tuple(self._members[who].id for who in crew)
                for party, crew in zip(self._parties, self._chosen, strict=True)
            }

    def _been(self, at: int, open_places: int, km: float) -> bool:
        """Whether the same was reached before: what is owed, and what could still clash."""
        clashing = tuple(
            tuple(
                number
                for number, party in enumerate(self._parties[at:])
                if any(party.clashes(other) for other in held)
            )
            for held in self._in
        )
        counts = tuple(
            len(held) if member.limit is not None else 0
            for held, member in zip(self._in, self._members, strict=True)
        )
        owed = tuple(round(hours, 9) for hours in self._owed)
        state = (at, open_places, round(km, 9), owed, clashing, counts)
        if state in self._seen:
            return True
        self._seen.add(state)
        return False

    def _promises(self, at: int, open_places: int, km: float) -> bool:
        """Whether something below could be better: crews as free as can be, hours cut anyhow."""
        least_open, hours_left, reach = open_places, 0.0, dict[int, float]()
        for party, free in zip(self._parties[at:], self._free[at:], strict=True):
            count = min(party.crew, len(free))
            least_open += party.crew - count
            hours_left += count * party.hours
            for who in free:
                reach[who] = reach.get(who, 0.0) + party.hours
        if least_open != self._value[0]:
            return least_open < self._value[0]
        return _better((least_open, self._least_squares(hours_left, reach), km), self._value)

    def _least_squares(self, hours: float, reach: Mapping[int, float]) -> float:
        """The least sum of squares when `hours` may be split anyhow, each up to their reach.

        For any level t the sum of min over y of (owed − y)² + 2·t·y, less 2·t·hours, is a bound.
        """
        # Lagrangian relaxation: Boyd & Vandenberghe, Convex Optimization, 2004, section 5.1.3.
        fixed = sum(owed * owed for who, owed in enumerate(self._owed) if who not in reach)
        low = min((self._owed[who] - most for who, most in reach.items()), default=0.0)
        high = max((self._owed[who] for who in reach), default=0.0)
        for _ in range(30):
            level = (low + high) / 2
            spent = sum(_cut(self._owed[who], most, level) for who, most in reach.items())
            low, high = (level, high) if spent > hours else (low, level)
        level = (low + high) / 2
        cuts = [
            (self._owed[who], _cut(self._owed[who], most, level)) for who, most in reach.items()
        ]
        spent = sum(cut for _, cut in cuts)
        return fixed + sum((owed - cut) ** 2 for owed, cut in cuts) + 2 * level * (spent - hours)

    def _crews(self, at: int) -> Iterator[tuple[int, ...]]:
        """The full crews first, of these the ones that owe most."""
        party = self._parties[at]
        able = [who for who in self._free[at] if self._may(who, party)]
        able.sort(key=lambda who: -self._owed[who])
        for size in range(min(party.crew, len(able)), -1, -1):
            for crew in combinations(able, size):
                if fits(party, [self._members[who] for who in crew]):
                    yield crew

    def _may(self, who: int, party: Party) -> bool:
        member: Member = self._members[who]
        if member.limit is not None and len(self._in[who]) >= member.limit:
            return False
        return not any(party.clashes(other) for other in self._in[who])

    def _ask(self, at: int, crew: tuple[int, ...]) -> None:
        self._chosen.append(crew)
        for who in crew:
            self._owed[who] -= self._parties[at].hours
            self._in[who].append(self._parties[at])

    def _take_back(self, at: int, crew: tuple[int, ...]) -> None:
        self._chosen.pop()
        for who in crew:
            self._owed[who] += self._parties[at].hours
            self._in[who].pop()


def _cut(owed: float, most: float, level: float) -> float:
    return min(max(owed - level, 0.0), most)


def _better(value: Value, than: Value) -> bool:
    if value[0] != than[0]:
        return value[0] < than[0]
    leeway = _SAME * (1 + abs(than[1]))
    if abs(value[1] - than[1]) > leeway:
        return value[1] < than[1]
    return value[2] < than[2] - _SAME
