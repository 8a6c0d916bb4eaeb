"""Prices to start a flow from: raised for all items at once, never above where they will end."""

from typing import Final

import numpy as np

from coopfarm.planning.fleet.season.table import Ints

_MOST_STEPS: Final = 400
_LOOK_BACK: Final = 24
_WORTH_IT: Final = 0.95  # of those waiting, who may still wait that many steps later


def rising_prices(net_worth: Ints, places: Ints) -> Ints:
    """Prices at which whatever has one is wished for by more members than it has places.

    Each row of `net_worth` wants one item, and all can be served. Each step raises every item
    that too many want, to just below the point at which as many want it as it has places.
    """
    # The ascending auction of Demange, Gale & Sotomayor, J. Political Economy 94 (1986).
    prices = np.zeros(places.size, dtype=np.int64)
    waiting = [net_worth.shape[0] + 1]
    while len(waiting) < _MOST_STEPS:
        rise, too_many = _rise(net_worth - prices, places)
        waiting.append(too_many)
        slow = len(waiting) > _LOOK_BACK and too_many > _WORTH_IT * waiting[-_LOOK_BACK]
        if slow or not rise.any():
            break
        prices += rise
    return prices


def _rise(net: Ints, places: Ints) -> tuple[Ints, int]:
    """By how much each price may rise, and how many members find their best item full."""
    rows = np.arange(net.shape[0])
    best = net.argmax(axis=1)
    most = net[rows, best]
    net[rows, best] = np.iinfo(np.int64).min // 2
    lead = most - net.max(axis=1)  # what the best is worth above the next
    by_item = np.lexsort((lead, best))
    counts = np.bincount(best, minlength=places.size)
    over = np.flatnonzero(counts > places)
    rise = np.zeros(places.size, dtype=np.int64)
    first_out = by_item[np.cumsum(counts)[over] - places[over] - 1]
    rise[over] = np.maximum(lead[first_out] - 1, 0)
    return rise, int((counts - places)[over].sum())
