"""From hours owed to crews: a leader for each, then who owes most, then who is nearest."""

import heapq
from collections.abc import Mapping, Sequence

from coopfarm.planning.parties.exact import best_crews
from coopfarm.planning.parties.exchange import exchange
from coopfarm.planning.parties.problem import Member, Plan, Problem
from coopfarm.planning.parties.roles import gaps, seat_crew
from coopfarm.planning.parties.seats import Seating, bits


def solve(problem: Problem) -> Plan:
    """As many led crews as can be, then as many places, then the least squared hours still owed.

    The sum of squares is the least where all parties count the same hours and fall on one day
    each, and where `problem.exact` asks for it; otherwise no single exchange makes it less.
    With `exact`, places come before led crews. The same problem gives the same plan.
    """
    seating, all_led = _seated(problem)
    crews = _crews(seating)
    if problem.exact and not (all_led and _even(problem)):
        crews = best_crews(problem, crews)
    return _plan_of(problem, crews)


def _seated(problem: Problem) -> tuple[Seating, bool]:
    """Everybody seated, and whether each party has its leader."""
    seating = Seating(problem)
    leading = sum(1 << number for number, seat in enumerate(seating.seats) if seat.leads)
    kept = 0
    while more := _led_besides(seating, kept, leading):
        kept |= more
        seating.keep_only(kept)
        _fill(seating, kept)
        while exchange(seating) and seating.open & kept:
            _fill(seating, kept)
    seating.keep_only(kept)
    return seating, not leading & ~kept


def _led_besides(seating: Seating, kept: int, leading: int) -> int:
    """The seats of parties not among the kept that somebody leads now.

    Who could lead one may have been busy elsewhere before others took that place.
    """
    missing = leading & ~kept
    seating.keep_only(kept | missing)
    _fill(seating, missing)
    led = {seating.seats[seat].party for seat in bits(missing) if seating.holders[seat]}
    return sum(seating.of_party(party) for party in led)


def _fill(seating: Seating, within: int) -> None:
    """Fill what can be filled; who made room for others may be free for more by then."""
    while _ask_all(seating, within):
        pass


def _ask_all(seating: Seating, within: int) -> bool:
    """Who owes most first, then who is nearest; each is asked again until there is no way.

    Whether anybody made room, and so may have come free for another place.
    """
    # Greedy on a polymatroid: Federgruen & Groenevelt, Operations Research 34(6), 1986.
    waiting = [_turn(seating, member) for member in range(len(seating.members))]
    heapq.heapify(waiting)
    closed, moved = 0, False
    while waiting and seating.open & within & ~closed:
        member = heapq.heappop(waiting)[-1]
        if not seating.below_limit(member):
            continue
        steps, seen = seating.way(member, seating.open & within, within & ~closed)
        if not steps:
            closed |= seen
        elif seating.follow(steps):
            heapq.heappush(waiting, _turn(seating, member))
            moved |= len(steps) > 2  # from outside straight into a seat
    return moved


def _turn(seating: Seating, member: int) -> tuple[float, float, int]:
    return -seating.owed[member], seating.members[member].km, member


def _even(problem: Problem) -> bool:
    """Whether all parties count the same hours and clash only with those of their day."""
    if len({party.hours for party in problem.parties}) > 1:
        return False
    timed = [party for party in problem.parties if party.starts_hour is not None]
    return not any(one.clashes(other) for one in timed for other in timed if one.day != other.day)


def _crews(seating: Seating) -> dict[str, tuple[str, ...]]:
    crews: dict[str, list[str]] = {party.id: [] for party in seating.parties}
    for number, seat in enumerate(seating.seats):
        crews[seating.parties[seat.party].id] += [
            seating.members[who].id for who in seating.holders[number]
        ]
    return {party: tuple(crew) for party, crew in crews.items()}


def _plan_of(problem: Problem, crews: Mapping[str, Sequence[str]]) -> Plan:
    """The plan that follows from crews, each with its leader first, then skills in their order."""
    known: dict[str, Member] = {member.id: member for member in problem.members}
    owed = {member.id: member.owes_hours for member in problem.members}
    ordered, unfilled = {}, {}
    for party in problem.parties:
        crew = [known[name] for name in crews[party.id]]
        seated = seat_crew(party, crew)
        ordered[party.id] = tuple(who.id for _, who in seated if who is not None)
        for who in crew:
            owed[who.id] -= party.hours
        if len(crew) < party.crew:
            unfilled[party.id] = gaps(party, crew)
    return Plan(ordered, owed, unfilled)
