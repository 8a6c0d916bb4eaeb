"""Give a place to who owes more, as long as somebody who owes less holds one they could have.

Where all parties count the same hours, no such exchange left means the least sum of squares:
the M-optimality criterion of Murota, Discrete Convex Analysis, 2003 (the hours make an M-convex
set).
"""

from collections.abc import Iterator
from typing import Final

from coopfarm.planning.parties.seats import Seating, bits

LEAST_HOURS: Final = 1e-9  # below this, hours and kilometres count as the same


def exchange(seating: Seating) -> bool:
    """Until nobody gains, and whether anybody did.

    Others may move in between, from party to party of the same hours: that leaves theirs alone.
    """
    gained = False
    while _one_pass(seating):
        gained = True
    return gained


def _one_pass(seating: Seating) -> bool:
    reach = _closure(seating)
    cheapest = [_cheapest(seating, seat) for seat in range(len(reach))]
    order = sorted(range(len(seating.members)), key=lambda m: -seating.owed[m])
    floor = min((found[0] for found in cheapest if found), default=0.0)
    changed = False
    for member in order:
        if seating.owed[member] < floor - LEAST_HOURS:
            break
        if not seating.below_limit(member):
            continue
        better = _better(seating, member, reach, cheapest)
        if any(_replace(seating, member, seat) for seat in better):
            changed = True
            cheapest = [_cheapest(seating, number) for number in range(len(reach))]
    return changed


def _better(
    seating: Seating,
    member: int,
    reach: list[int],
    cheapest: list[tuple[float, float, int] | None],
) -> Iterator[int]:
    """The reachable seats whose holder owes less without it than `member`, the least first.

    What the member or those who move hold by then may clash with the first of them.
    """
    reached = 0
    for seat in bits(seating.can_enter(member)):
        reached |= reach[seat]
    found = [(held, seat) for seat in bits(reached) if (held := cheapest[seat]) is not None]
    while found:
        best = min(found)
        (owed, minus_km, _), seat = best
        more = seating.owed[member] - owed
        nearer = -minus_km - seating.members[member].km
        if not (more > LEAST_HOURS or (more > -LEAST_HOURS and nearer > LEAST_HOURS)):
            return
        yield seat
        found.remove(best)


def _cheapest(seating: Seating, seat: int) -> tuple[float, float, int] | None:
    """Of the holders the one who would owe least without the seat, and of these the farthest."""
    hours = seating.hours(seat)
    return min(
        (
            (seating.owed[holder] + hours, -seating.members[holder].km, holder)
            for holder in seating.holders[seat]
        ),
        default=None,
    )


def _replace(seating: Seating, member: int, seat: int) -> bool:
    found = _cheapest(seating, seat)
    steps, _ = seating.way(member, 1 << seat, seating.alike(seat))
    if found is None or not steps:
        return False
    holder = found[2]
    seating.leave(holder, seat)
    if seating.follow(steps):
        return True
    seating.enter(holder, seat)
    return False


def _closure(seating: Seating) -> list[int]:
    """From each seat the seats that open up when its holders move, one after the other."""
    reach = []
    for number, seat in enumerate(seating.seats):
        mask = 1 << number
        for holder in seating.holders[number]:
            mask |= seating.can_enter(holder, seat.party) & seating.alike(number)
        reach.append(mask)
    for middle in range(len(reach)):
        bit, beyond = 1 << middle, reach[middle]
        reach = [mask | beyond if mask & bit else mask for mask in reach]
    return reach
