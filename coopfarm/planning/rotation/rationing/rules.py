"""The four rules on whole arrays, for a million claims as for three.

Each takes a supply between the sum of the floors and the sum of the claims, and arrays of one
length in the unit of the supply, unchecked; each gives the awards and the level of the rule.
"""

from typing import Final

import numpy as np

from coopfarm.planning.rotation.level import Floats, filled, find_level

_SETTLED: Final = 1e-13  # of the supply, what awards may miss of it


def fill(
    supply: float, claims: Floats, weights: Floats | None = None, floors: Floats | None = None
) -> tuple[Floats, float]:
    """Constrained equal awards: clip(level·weight, floor, claim), the level per unit of weight."""
    slopes = _all(1.0, claims) if weights is None else weights
    lows = _all(0.0, claims) if floors is None else floors
    level = find_level(supply, slopes, lows, claims)
    return filled(level, slopes, lows, claims), level


def proportional(
    supply: float, claims: Floats, floors: Floats | None = None
) -> tuple[Floats, float]:
    """The floor, and of what is still claimed the same fraction for all: that is the level."""
    lows, open_claims, left = _after_floors(supply, claims, floors)
    claimed = float(open_claims.sum())
    fraction = min(left / claimed, 1.0) if claimed > 0 else 1.0
    return _on_top(lows, open_claims * fraction, claims), fraction


def equal_losses(
    supply: float, claims: Floats, floors: Floats | None = None
) -> tuple[Floats, float]:
    """The floor, and of what is still claimed all but the same loss, or nothing: constrained."""
    lows, open_claims, left = _after_floors(supply, claims, floors)
    above_floor, loss = _all_but_a_loss(left, open_claims, open_claims)
    return _on_top(lows, above_floor, claims), loss


def talmud(supply: float, claims: Floats, floors: Floats | None = None) -> tuple[Floats, float]:
    """The floor, and of what is still claimed equal awards up to half, then equal losses."""
    # Aumann & Maschler 1985: the contested-garment rule for any number of claims.
    lows, open_claims, left = _after_floors(supply, claims, floors)
    halves = open_claims / 2
    if left <= float(halves.sum()):
        above_floor, level = fill(left, halves)
    else:
        above_floor, level = _all_but_a_loss(left, open_claims, halves)
    return _on_top(lows, above_floor, claims), level


def _after_floors(
    supply: float, claims: Floats, floors: Floats | None
) -> tuple[Floats, Floats, float]:
    """The floors, what each still claims above them, and what is left to share."""
    lows = _all(0.0, claims) if floors is None else floors
    return lows, claims - lows, max(supply - float(lows.sum()), 0.0)


def _on_top(lows: Floats, above_floor: Floats, claims: Floats) -> Floats:
    above_floor += lows
    return np.minimum(above_floor, claims, out=above_floor)


def _all_but_a_loss(left: float, claims: Floats, most: Floats) -> tuple[Floats, float]:
    """Each claim less one common loss of at most `most`, adding up to what is left."""
    missing = float(claims.sum()) - left
    loss = find_level(missing, _all(1.0, claims), _all(0.0, claims), most)
    awards = np.minimum(most, loss)
    np.subtract(claims, awards, out=awards)
    astray = left - float(awards.sum())
    if abs(astray) > _SETTLED * left:
        # Losses add up to rounding of the claims; small awards have to add up to the supply.
        sharing = most > min(loss, np.nextafter(float(most.max()), 0.0))
        awards[sharing] += astray / max(int(sharing.sum()), 1)
        np.clip(awards, 0.0, claims, out=awards)
    return awards, loss


def _all(value: float, like: Floats) -> Floats:
    """The same number for all, without the memory."""
    return np.broadcast_to(np.float64(value), like.shape)
