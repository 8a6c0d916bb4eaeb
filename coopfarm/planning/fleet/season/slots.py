"""Days of machines for many requests at once, without travel: one flow for each class."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from coopfarm.planning.fleet.season.flow import Flow
from coopfarm.planning.fleet.season.table import Bools, Ints


@dataclass(frozen=True, slots=True)
class Request:
    """So many `days` of one machine of a class, from day `opens` up to but not on day `closes`.

    `deficit` is what past seasons left owing; the largest is served first.
    """

    id: str
    machine_class: str
    opens: int
    closes: int
    days: int
    deficit: float = 0.0


@dataclass(frozen=True, slots=True)
class Slots:
    """The days of each request, in their order; and what each day of each class is worth.

    The prices are whole numbers in the unit of `worth_of`: the proof that no other choice of
    days serves as many and is earlier.
    """

    days: Mapping[str, tuple[int, ...]]
    prices: Mapping[str, tuple[int, ...]]


def fill_slots(requests: Sequence[Request], machines: Mapping[str, Sequence[int]]) -> Slots:
    """Every request its first day before any its second, the largest deficit first.

    `machines` has for each class how many there are on each day, from day 0. Of all ways to
    serve so, the days are the earliest in their windows, all lateness added up; where that is
    the same, for those who come first.
    """
    days: dict[str, tuple[int, ...]] = {request.id: () for request in requests}
    prices: dict[str, tuple[int, ...]] = {}
    of_class: dict[str, list[Request]] = {name: [] for name in machines}
    for request in requests:
        of_class[request.machine_class].append(request)
    for name, asking in of_class.items():
        ordered = in_order(asking)
        flow = _filled(ordered, np.array(machines[name], dtype=np.int64))
        prices[name] = tuple(flow.prices.tolist())
        for request, held in zip(ordered, flow.holds, strict=True):
            days[request.id] = tuple(np.flatnonzero(held).tolist())
    return Slots(days, prices)


def in_order(requests: Sequence[Request]) -> list[Request]:
    """Largest deficit first, and as given where that is the same."""
    return sorted(requests, key=lambda request: -request.deficit)


def worth_of(ordered: Sequence[Request], horizon: int) -> tuple[Ints, Bools]:
    """What each day is worth to each request of a class, and whether it lies in the window.

    A day earlier counts more than all that the order of the requests can add.
    """
    count = len(ordered)
    day = np.arange(horizon)
    opens = np.array([request.opens for request in ordered], dtype=np.int64)[:, None]
    closes = np.array([request.closes for request in ordered], dtype=np.int64)[:, None]
    inside = (day >= opens) & (day < closes)
    earliness = np.where(inside, horizon - (day - opens), 0)
    first_counts_more = np.arange(count, 0, -1, dtype=np.int64)[:, None]
    return earliness * ((count * horizon) ** 2 + 1 + first_counts_more), inside


def _filled(ordered: Sequence[Request], places: Ints) -> Flow:
    worth, inside = worth_of(ordered, places.size)
    flow = Flow(worth, inside, places)
    asking, day = list(range(len(ordered))), 0
    while asking:
        asking = [row for row in asking if ordered[row].days > day and flow.serve(row)]
        day += 1
    return flow
