"""From a forest of canals to max-min fair deliveries, each canal filled once.

Seen from above, a canal whose own level is t behaves as if nobody below it claimed more than at
level t. So a walk from the tails to the heads finds for each canal the level at which it is
full, with the claims below already lowered to the levels further down, and lowers them to its
own. What is left at the heads is what progressive filling of all canals at once would give.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from coopfarm.planning.rotation.canal_tree.network import Canal
from coopfarm.planning.rotation.canal_tree.problem import Claim, Plan, Problem
from coopfarm.planning.rotation.level import LAST_DIGIT, Floats, find_level

_CLAIM: Final = -1
_FLOOR: Final = -2


@dataclass(frozen=True, slots=True)
class _Farms:
    """The claims as columns, so sorted that those below any canal stand together."""

    amounts: Floats
    weights: Floats
    floors: Floats
    entering: Floats  # what one unit delivered takes at the head now looked at
    held_by: NDArray[np.int64]

    def below(self, span: slice) -> "_Farms":
        """Views on the claims of one subtree."""
        return _Farms(
            self.amounts[span],
            self.weights[span],
            self.floors[span],
            self.entering[span],
            self.held_by[span],
        )


def solve(problem: Problem) -> Plan:
    """Fill all to one level per unit of weight, held back only by claims, floors and canals."""
    tree = _tails_last(problem.canals)
    order, spans = _by_subtree(problem.claims, tree)
    farms = _columns([problem.claims[i] for i in order])
    for place in range(len(tree) - 1, -1, -1):
        below = farms.below(spans[place])
        below.entering[:] /= tree[place].efficiency
        _fill_canal(tree[place], place, below)
    names = {place: canal.id for place, canal in enumerate(tree)}
    names |= {_CLAIM: "claim", _FLOOR: "floor"}
    by_claim = np.argsort(np.array(order))
    ids = [claim.id for claim in problem.claims]
    amounts = farms.amounts[by_claim].tolist()
    held_by = [names[holder] for holder in farms.held_by[by_claim].tolist()]
    return Plan(dict(zip(ids, amounts, strict=True)), dict(zip(ids, held_by, strict=True)))


def _fill_canal(canal: Canal, place: int, farms: _Farms) -> None:
    """Lower those below the canal to the level at which it is full, if they fill it at all."""
    wanted = farms.entering * farms.amounts
    if float(wanted.sum()) <= canal.capacity:
        return
    floors = farms.entering * farms.floors
    level = find_level(canal.capacity, farms.entering * farms.weights, floors, wanted)
    earned = level * farms.weights
    lowered = np.maximum(earned * (1 + LAST_DIGIT), farms.floors) < farms.amounts
    on_floor = lowered & (farms.floors > earned)
    farms.held_by[lowered] = place
    farms.held_by[on_floor] = _FLOOR
    np.copyto(farms.amounts, np.maximum(earned, farms.floors), where=lowered)


def _columns(claims: Sequence[Claim]) -> _Farms:
    return _Farms(
        np.array([claim.amount for claim in claims], dtype=np.float64),
        np.array([claim.weight for claim in claims], dtype=np.float64),
        np.array([claim.floor for claim in claims], dtype=np.float64),
        np.ones(len(claims)),
        np.full(len(claims), _CLAIM, dtype=np.int64),
    )


def _tails_last(canals: Sequence[Canal]) -> list[Canal]:
    """Each canal before those it feeds, and every subtree in one piece."""
    fed: dict[str | None, list[Canal]] = defaultdict(list)
    for canal in canals:
        fed[canal.feeds_from].append(canal)
    tree: list[Canal] = []
    waiting = fed[None][::-1]
    while waiting:
        canal = waiting.pop()
        tree.append(canal)
        waiting.extend(fed.get(canal.id, ())[::-1])
    return tree


def _by_subtree(claims: Sequence[Claim], tree: Sequence[Canal]) -> tuple[list[int], list[slice]]:
    """The order of the claims, and which stretch of it lies below each canal of the tree."""
    places = {canal.id: place for place, canal in enumerate(tree)}
    homes = [places[claim.canal] for claim in claims]
    order = sorted(range(len(claims)), key=homes.__getitem__)
    counts = np.bincount(homes, minlength=len(tree))
    starts = np.concatenate(([0], np.cumsum(counts))).tolist()
    ends = list(range(1, len(tree) + 1))  # of the subtree, as a place in the tree
    for place in range(len(tree) - 1, -1, -1):
        feed = tree[place].feeds_from
        if feed is not None:
            ends[places[feed]] = max(ends[places[feed]], ends[place])
    return order, [slice(starts[place], starts[end]) for place, end in enumerate(ends)]
