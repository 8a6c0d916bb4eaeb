"""Judge the days that requests were given, by the prices of the days and in whole numbers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.certificate import Certificate
from coopfarm.planning.fleet.season.slots import Request, Slots, in_order, worth_of
from coopfarm.planning.fleet.season.table import Bools, Ints

DAY_OUTSIDE: Final = Phrase(
    "slots-day-outside", N_("%(request)s gets day %(day)s, which is outside its window.")
)
TOO_MANY_DAYS: Final = Phrase(
    "slots-too-many-days", N_("%(request)s gets %(count)s days and asks for %(days)s.")
)
TOO_FEW_MACHINES: Final = Phrase(
    "slots-too-few-machines",
    N_("Day %(day)s of %(machine_class)s is given %(count)s times and has %(places)s machines."),
)
BADLY_PRICED: Final = Phrase(
    "slots-badly-priced",
    N_("The price of day %(day)s of %(machine_class)s proves nothing: it has machines left."),
)
NOT_EARLIEST: Final = Phrase(
    "slots-not-earliest",
    N_("%(request)s gets day %(day)s, and by the prices of the days another would be better."),
)
SERVED_TOO_LATE: Final = Phrase(
    "slots-served-too-late",
    N_("%(request)s is short of a day that could have been found, or that went to one after it."),
)

_LOWEST: Final = np.iinfo(np.int64).min // 2


def certify_slots(
    requests: Sequence[Request], machines: Mapping[str, Sequence[int]], slots: Slots
) -> Certificate:
    """Windows and machines kept, nobody short before their time, and no earlier choice of days."""
    findings: list[Sentence] = []
    for name, places in machines.items():
        asking = in_order([one for one in requests if one.machine_class == name])
        if asking:
            findings += _judge_class(name, asking, np.array(places, dtype=np.int64), slots)
    return Certificate(tuple(findings))


def _judge_class(
    name: str, asking: Sequence[Request], places: Ints, slots: Slots
) -> Iterator[Sentence]:
    worth, inside = worth_of(asking, places.size)
    holds = np.zeros_like(inside)
    for row, request in enumerate(asking):
        for day in slots.days[request.id]:
            if not (0 <= day < places.size and inside[row, day]):
                yield DAY_OUTSIDE(request=request.id, day=day)
                return
            holds[row, day] = True
    yield from _overfull(name, asking, holds, places)
    yield from _not_earliest(name, asking, holds, places, (worth, inside, slots))
    yield from _too_late(asking, holds, inside, places)


def _overfull(
    name: str, asking: Sequence[Request], holds: Bools, places: Ints
) -> Iterator[Sentence]:
    for row in np.flatnonzero(holds.sum(axis=1) > [request.days for request in asking]):
        request = asking[int(row)]
        yield TOO_MANY_DAYS(request=request.id, count=int(holds[row].sum()), days=request.days)
    given = holds.sum(axis=0)
    for day in np.flatnonzero(given > places):
        yield TOO_FEW_MACHINES(
            day=int(day), machine_class=name, count=int(given[day]), places=int(places[day])
        )


def _not_earliest(
    name: str,
    asking: Sequence[Request],
    holds: Bools,
    places: Ints,
    stated: tuple[Ints, Bools, Slots],
) -> Iterator[Sentence]:
    worth, inside, slots = stated
    prices = np.array(slots.prices[name], dtype=np.int64)
    left = places > holds.sum(axis=0)
    for day in np.flatnonzero((prices < 0) | ((prices > 0) & left)):
        yield BADLY_PRICED(day=int(day), machine_class=name)
    net = worth - prices
    best_other = np.where(inside & ~holds, net, _LOWEST).max(axis=1, keepdims=True)
    for row, day in np.argwhere(holds & (net < best_other)):
        yield NOT_EARLIEST(request=asking[int(row)].id, day=int(day))


def _too_late(
    asking: Sequence[Request], holds: Bools, inside: Bools, places: Ints
) -> Iterator[Sentence]:
    """A missing day is due before every day that went, in a later turn, where it could be found.

    The turn of a day: how many days its request has with it, then the place in the order.
    """
    free = places > holds.sum(axis=0)
    counts = holds.sum(axis=1)
    turn = counts * len(asking) + np.arange(len(asking))
    latest = np.where(holds, turn[:, None], -1).max(axis=0)
    reached = _reachable(holds, inside)
    for row, request in enumerate(asking):
        days = (inside[row] & ~holds[row]) @ reached
        due = turn[row] + len(asking)
        if counts[row] < request.days and (
            (days & free).any() or latest[days].max(initial=-1) > due
        ):
            yield SERVED_TOO_LATE(request=request.id)


def _reachable(holds: Bools, inside: Bools) -> Bools:
    """From which day a holder could move to which, in any number of moves; itself included."""
    free_to = inside & ~holds
    reached = np.array([free_to[held].any(axis=0) for held in holds.T])
    np.fill_diagonal(reached, val=True)
    for day in range(len(reached)):
        reached |= reached[:, day, None] & reached[day]
    return reached
