"""The four rules on whole arrays, for a million claims as for three.

Each takes a supply between the sum of the floors and the sum of the claims, and arrays of one
length in the unit of the supply, unchecked; each gives the awards and the level of the rule.
"""

import numpy as np

from coopfarm.planning.rotation.level import LAST_DIGIT, Floats, find_level


def fill(
    supply: float, claims: Floats, weights: Floats | None = None, floors: Floats | None = None
) -> tuple[Floats, float]:
    """Constrained equal awards: clip(level·weight, floor, claim), the level per unit of weight."""
    slopes = np.ones_like(claims) if weights is None else weights
    lows = np.zeros_like(claims) if floors is None else floors
    level = find_level(supply, slopes, lows, claims)
    awards = slopes * level
    # Where the level was found as claim/weight, its product with the weight may miss the claim.
    served = awards * (1 + LAST_DIGIT) >= claims
    np.maximum(awards, lows, out=awards)
    np.copyto(awards, claims, where=served)
    return awards, level


def proportional(
    supply: float, claims: Floats, floors: Floats | None = None
) -> tuple[Floats, float]:
    """The floor, and of what is still claimed the same fraction for all: that is the level."""
    lows, open_claims, left = _after_floors(supply, claims, floors)
    claimed = float(open_claims.sum())
    fraction = min(left / claimed, 1.0) if claimed > 0 else 1.0
    return np.minimum(lows + open_claims * fraction, claims), fraction


def equal_losses(
    supply: float, claims: Floats, floors: Floats | None = None
) -> tuple[Floats, float]:
    """The floor, and of what is still claimed all but the same loss, or nothing: constrained."""
    lows, open_claims, left = _after_floors(supply, claims, floors)
    above_floor, loss = _all_but_a_loss(left, open_claims, open_claims)
    return np.minimum(lows + above_floor, claims), loss


def talmud(supply: float, claims: Floats, floors: Floats | None = None) -> tuple[Floats, float]:
    """The floor, and of what is still claimed equal awards up to half, then equal losses."""
    # Aumann & Maschler 1985: the contested-garment rule for any number of claims.
    lows, open_claims, left = _after_floors(supply, claims, floors)
    halves = open_claims / 2
    if left <= float(halves.sum()):
        above_floor, level = fill(left, halves)
    else:
        above_floor, level = _all_but_a_loss(left, open_claims, halves)
    return np.minimum(lows + above_floor, claims), level


def _after_floors(
    supply: float, claims: Floats, floors: Floats | None
) -> tuple[Floats, Floats, float]:
    """The floors, what each still claims above them, and what is left to share."""
    lows = np.zeros_like(claims) if floors is None else floors
    return lows, claims - lows, max(supply - float(lows.sum()), 0.0)


def _all_but_a_loss(left: float, claims: Floats, most: Floats) -> tuple[Floats, float]:
    """Each claim less one common loss of at most `most`, adding up to what is left."""
    loss = find_level(float(claims.sum()) - left, np.ones_like(claims), np.zeros_like(most), most)
    awards = claims - np.minimum(most, loss)
    # The losses add up to rounding of the claims; the awards have to add up to the supply.
    sharing = most > min(loss, np.nextafter(float(most.max()), 0.0))
    awards[sharing] += (left - float(awards.sum())) / max(int(sharing.sum()), 1)
    return np.clip(awards, 0.0, claims), loss
