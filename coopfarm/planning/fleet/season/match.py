"""One round: one item for each member, as many as can be served, worth the most together."""

from dataclasses import dataclass

import numpy as np

from coopfarm.planning.fleet.season.flow import FAR, Flow
from coopfarm.planning.fleet.season.prices import rising_prices
from coopfarm.planning.fleet.season.table import Bools, Ints

NOTHING = -1


@dataclass(frozen=True, slots=True)
class Match:
    """The item of each row, or `NOTHING`; and the price of each item, the proof of the rest."""

    chosen: Ints
    prices: Ints


def match(worth: Ints, may: Bools, places: Ints) -> Match:
    """Serve rows from the first on, whoever can be; then make the worth of the served largest."""
    chosen = np.full(worth.shape[0], NOTHING, dtype=np.int64)
    served = _who_can_be_served(may, places)
    if not served.size:
        return Match(chosen, np.zeros_like(places))
    flow = Flow(worth[served], may[served], places)
    start = rising_prices(np.where(may[served], worth[served], -FAR), places)
    for row in flow.choose(start):
        flow.serve(int(row))
    chosen[served] = flow.holds.argmax(axis=1)
    return Match(chosen, flow.prices)


def _who_can_be_served(may: Bools, places: Ints) -> Ints:
    """The first row, and each further one that can be served beside all before it."""
    flow = Flow(np.zeros(may.shape, dtype=np.int64), may, places)
    rows = np.flatnonzero(may.any(axis=1))
    return rows[[flow.serve(int(row)) for row in rows]] if rows.size else rows
