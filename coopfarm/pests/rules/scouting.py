"""Which plots a round of scouting looks at, in which order they are walked, what a tally says."""

import random
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import hypot
from typing import Final

from coopfarm.kernel.refusal import Conflict, Invalid, NotAllowed
from coopfarm.kernel.words import N_
from coopfarm.planning.pests.risk import Place

MOST_PLOTS: Final = 40
MOST_PLANTS: Final = 1_000


class NothingToScout(Invalid):
    """No drawn plot, of this crop or at any risk."""

    code = "nothing-to-scout"
    words = N_("%(field)s: no plot that is drawn on the map fits this. Choose another crop or way.")


class NotANumberOfPlots(Invalid):
    code = "not-a-number-of-plots"
    words = N_("%(field)s: choose from 1 to %(most)s plots.")


class TallyUnusable(Invalid):
    code = "tally-unusable"
    words = N_(
        "%(field)s: give how many plants you looked at, from 1 to %(most)s, and how many of them "
        "had the pest."
    )


class ScoutingClosed(Conflict):
    code = "scouting-closed"
    words = N_("This round of scouting is closed. What was counted in it stays as it is.")


class NotYourScouting(NotAllowed):
    code = "not-your-scouting"
    words = N_("Only who walks this round and the office fill it in.")


def check_size(plots: int) -> int:
    """Raises NotANumberOfPlots."""
    if not 1 <= plots <= MOST_PLOTS:
        raise NotANumberOfPlots(field="plots", most=MOST_PLOTS)
    return plots


def check_tally(plants: int, infested: int) -> None:
    """Raises TallyUnusable."""
    if not 1 <= plants <= MOST_PLANTS or not 0 <= infested <= plants:
        raise TallyUnusable(field="plants", most=MOST_PLANTS)


def drawn(places: Sequence[Place], count: int, seed: int) -> list[Place]:
    """So many places by lot; the same seed draws the same ones."""
    ordered = sorted(places, key=lambda place: place.id)
    # A lot for where to look, not for a secret.
    return random.Random(seed).sample(ordered, min(count, len(ordered)))  # noqa: S311 (as said)


def riskiest(places: Sequence[Place], risks: Mapping[str, float], count: int) -> list[Place]:
    """So many places at risk, the highest first."""
    at_risk = [place for place in places if risks.get(place.id, 0.0) > 0]
    return sorted(at_risk, key=lambda place: (-risks[place.id], place.id))[:count]


def walk(places: Sequence[Place]) -> list[Place]:
    """A short way through all places: the nearest next, then crossings undone."""
    left = sorted(places, key=lambda place: (place.x_m, place.y_m, place.id))
    way = left[:1]
    left = left[1:]
    while left:
        here = way[-1]
        nearest = min(left, key=lambda place: (_apart_m(here, place), place.id))
        left.remove(nearest)
        way.append(nearest)
    return _without_crossings(way)


def length_m(way: Sequence[Place]) -> float:
    return sum(_apart_m(one, other) for one, other in pairwise(way))


def _without_crossings(way: list[Place]) -> list[Place]:
    """2-opt (Croes 1958): turn a stretch round while that makes the way shorter."""
    better = True
    while better:
        better = False
        for first in range(len(way) - 1):
            for last in range(first + 1, len(way)):
                other = way[:first] + way[first : last + 1][::-1] + way[last + 1 :]
                if length_m(other) < length_m(way) - 1e-6:
                    way, better = other, True
    return way


def _apart_m(one: Place, other: Place) -> float:
    return hypot(one.x_m - other.x_m, one.y_m - other.y_m)
