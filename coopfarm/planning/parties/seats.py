"""Places and who sits in them: a flow from members over their days to the places of parties.

Places of one party and one role are one seat with room for several. Sets of seats are whole
numbers with a bit for each.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from coopfarm.planning.parties.problem import Member, Party, Problem

Step = tuple[int, int]  # from which seat, and who moves
OUTSIDE: Final = -1  # where a way begins


@dataclass(frozen=True, slots=True)
class Seat:
    """`room` places of one party; `skill` is None for the leader's and for anyone's."""

    party: int
    room: int
    leads: bool
    skill: str | None

    def suits(self, member: Member) -> bool:
        if self.leads:
            return member.leads
        return self.skill is None or self.skill in member.skills


class Seating:
    """Who holds which seat; moves along paths in which each makes room for the one before."""

    def __init__(self, problem: Problem) -> None:
        self.members, self.parties = problem.members, problem.parties
        # Long hours have the lowest bits: who owes most is asked to them first.
        order = sorted(
            range(len(self.parties)), key=lambda p: (-self.parties[p].hours, -self.parties[p].crew)
        )
        self.seats: list[Seat] = [one for p in order for one in _seats(p, self.parties[p])]
        self.holders: list[list[int]] = [[] for _ in self.seats]
        self.held: list[dict[int, int]] = [{} for _ in self.members]
        self.owed: list[float] = [member.owes_hours for member in self.members]
        self.open = _bits(s for s, seat in enumerate(self.seats) if seat.room)
        self._of_party = [0] * len(self.parties)
        for number, seat in enumerate(self.seats):
            self._of_party[seat.party] |= 1 << number
        self._alike: dict[float, int] = {}
        for number in range(len(self.seats)):
            hours = self.hours(number)
            self._alike[hours] = self._alike.get(hours, 0) | 1 << number
        self._clash = [self._clashing(party) for party in self.parties]
        self._may = self._suits = self._suited()

    def hours(self, seat: int) -> float:
        return self.parties[self.seats[seat].party].hours

    def alike(self, seat: int) -> int:
        """The seats of all parties that count the same hours."""
        return self._alike[self.hours(seat)]

    def below_limit(self, member: int) -> bool:
        limit = self.members[member].limit
        return limit is None or len(self.held[member]) < limit

    def keep_only(self, seats: int) -> None:
        """Leave the other seats, in which nobody sits, out of everything that follows."""
        self._may = [mask & seats for mask in self._suits]
        self.open = _bits(
            number for number in bits(seats) if len(self.holders[number]) < self.seats[number].room
        )

    def of_party(self, party: int) -> int:
        """The seats of a party."""
        return self._of_party[party]

    def can_enter(self, member: int, leaving: int | None = None) -> int:
        """The seats that suit and clash with nothing else the member holds."""
        mask = self._may[member]
        for party in self.held[member]:
            if party != leaving:
                mask &= ~self._clash[party]
        return mask

    def way(self, member: int, wanted: int, within: int) -> tuple[list[Step], int]:
        """The shortest way from a member to one of the `wanted` seats, and all seats seen.

        The steps run from the last to the first; none where there is no way.
        """
        fresh = self.can_enter(member) & within
        came: dict[int, Step] = dict.fromkeys(bits(fresh), (OUTSIDE, member))
        seen, frontier = fresh, list(came)
        while frontier:
            hit = fresh & wanted
            if hit:
                return self._steps(came, (hit & -hit).bit_length() - 1), seen
            fresh, frontier = self._next(frontier, came, within & ~seen)
            seen |= fresh
        return [], seen

    def _next(
        self, frontier: list[int], came: dict[int, Step], within: int
    ) -> tuple[int, list[int]]:
        fresh, found = 0, []
        for seat in frontier:
            party = self.seats[seat].party
            for holder in self.holders[seat]:
                new = self.can_enter(holder, party) & within & ~fresh
                if new:
                    fresh |= new
                    for number in bits(new):
                        came[number] = (seat, holder)
                        found.append(number)
        return fresh, found

    def _steps(self, came: dict[int, Step], last: int) -> list[Step]:
        steps: list[Step] = [(last, -1)]
        at = last
        while at != OUTSIDE:
            steps.append(came[at])
            at = came[at][0]
        return steps

    def follow(self, steps: list[Step]) -> bool:
        """Move everybody on a way; where that would clash nothing moves, and False."""
        moves = [(mover, come_from, to) for (to, _), (come_from, mover) in pairwise(steps)]
        for mover, come_from, _ in moves:
            if come_from != OUTSIDE:
                self.leave(mover, come_from)
        if self._all_fit(moves):
            return True
        for mover, come_from, _ in moves:
            if come_from != OUTSIDE:
                self.enter(mover, come_from)
        return False

    def _all_fit(self, moves: list[tuple[int, int, int]]) -> bool:
        for done, (mover, _, to) in enumerate(moves):
            if not self.can_enter(mover) >> to & 1:
                for undone, _, at in moves[:done]:
                    self.leave(undone, at)
                return False
            self.enter(mover, to)
        return True

    def enter(self, member: int, seat: int) -> None:
        self.holders[seat].append(member)
        self.held[member][self.seats[seat].party] = seat
        self.owed[member] -= self.hours(seat)
        if len(self.holders[seat]) >= self.seats[seat].room:
            self.open &= ~(1 << seat)

    def leave(self, member: int, seat: int) -> None:
        self.holders[seat].remove(member)
        del self.held[member][self.seats[seat].party]
        self.owed[member] += self.hours(seat)
        self.open |= 1 << seat

    def _clashing(self, party: Party) -> int:
        mask = 0
        for number, other in enumerate(self.parties):
            if party.clashes(other):
                mask |= self._of_party[number]
        return mask

    def _suited(self) -> list[int]:
        number = {party.id: p for p, party in enumerate(self.parties)}
        kinds: dict[tuple[bool, frozenset[str]], list[int]] = {}
        suited = []
        for member in self.members:
            kind = (member.leads, frozenset(member.skills))
            if kind not in kinds:
                kinds[kind] = self._by_party(member)
            mask = 0
            for party in member.free:
                mask |= kinds[kind][number[party]]
            suited.append(mask)
        return suited

    def _by_party(self, member: Member) -> list[int]:
        fit = _bits(s for s, seat in enumerate(self.seats) if seat.suits(member))
        return [mask & fit for mask in self._of_party]


def bits(mask: int) -> Iterator[int]:
    """The seats of a set, the lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _bits(numbers: Iterator[int]) -> int:
    mask = 0
    for number in numbers:
        mask |= 1 << number
    return mask


def _seats(number: int, party: Party) -> Iterator[Seat]:
    yield Seat(number, 1, leads=True, skill=None)
    for skill, room in party.skills.items():
        yield Seat(number, room, leads=False, skill=skill)
    if party.anyone:
        yield Seat(number, party.anyone, leads=False, skill=None)
