"""The canals themselves: which feeds which, what a head can take, and what arrives.

A capacity is what may enter at the head of a canal. Of what enters, the part `efficiency`
arrives, where the canal's own claims are served and where the canals it feeds begin. So one unit
delivered from canal b, which a feeds, takes 1/e_b at the head of b and 1/(e_b·e_a) at the head
of a.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_
from coopfarm.planning.ids import check_ids
from coopfarm.planning.quantities import check_limit, check_positive

RESERVED: Final = ("claim", "floor")  # words of a plan: what else may hold a delivery
LEAST_ARRIVING: Final = 1e-9


class NoCanals(Invalid):
    """Nothing for water to flow in."""

    code = "no-canals"
    words = N_("There are no canals. Give at least one, with feeds_from null where it begins.")


class ReservedId(Invalid):
    """A canal named like another answer of the plan."""

    code = "reserved-id"
    words = N_("%(field)s: a canal cannot be called %(id)s, because plans use that word.")


class UnknownFeed(Invalid):
    """Fed by a canal that is not there."""

    code = "unknown-feed"
    words = N_(
        "%(field)s: canal %(id)s is fed by %(feeds_from)s, which is not among the canals. "
        "Add that canal, or give null where the water comes from outside."
    )


class CanalFeedsItself(Invalid):
    """Water that runs in a circle."""

    code = "canal-feeds-itself"
    words = N_(
        "%(field)s: canal %(id)s feeds itself: %(circle)s. "
        "Give null for the canal whose water comes from outside."
    )


class EfficiencyOutOfRange(Invalid):
    """More arrives than entered, or nothing does."""

    code = "efficiency-out-of-range"
    words = N_(
        "%(field)s is %(efficiency)s. It is the part of the water that arrives: above 0, up to 1."
    )


class NothingArrives(Invalid):
    """Losses along the way that leave nothing to share."""

    code = "nothing-arrives"
    words = N_(
        "%(field)s: of the water that enters at the top, only %(arriving)s arrives at the end of "
        "canal %(id)s. Check the efficiencies on its way."
    )


class FloorsDoNotFit(Invalid):
    """What is promised below a canal is more than it carries."""

    code = "floors-do-not-fit"
    words = N_(
        "%(field)s: the floors below canal %(id)s need %(needed)s at its head, "
        "and it carries %(capacity)s. Lower the floors or raise the capacity."
    )


@dataclass(frozen=True, slots=True)
class Canal:
    """A canal, what feeds it (None: water from outside), and what its head and length let by."""

    id: str
    feeds_from: str | None
    capacity: float
    efficiency: float


def heads_first(canals: Sequence[Canal]) -> list[Canal]:
    """Every canal after the one that feeds it; those in a circle, or below one, are left out."""
    fed: dict[str | None, list[Canal]] = defaultdict(list)
    for canal in canals:
        fed[canal.feeds_from].append(canal)
    order = list(fed[None])
    for canal in order:  # grows while it is read
        order.extend(fed.get(canal.id, ()))
    return order


def entering(canals: Sequence[Canal], served: Mapping[str, float]) -> dict[str, float]:
    """What enters at the head of each canal when so much is delivered from each."""
    arriving: dict[str | None, float] = defaultdict(float)
    arriving.update(served)
    heads: dict[str, float] = {}
    for canal in reversed(heads_first(canals)):
        heads[canal.id] = arriving[canal.id] / canal.efficiency
        arriving[canal.feeds_from] += heads[canal.id]
    return heads


def check_canals(canals: Sequence[Canal]) -> None:
    """Refuse canals without name or number, fed by nothing that is there, or by themselves."""
    if not canals:
        raise NoCanals(field="canals")
    check_ids((canal.id for canal in canals), "canals")
    known = {canal.id for canal in canals}
    for place, canal in enumerate(canals):
        _check_canal(canal, f"canals[{place}]", known)
    _check_circles(canals)
    _check_losses(canals)


def check_floors(canals: Sequence[Canal], floors: Mapping[str, float]) -> None:
    """Refuse floors, added up by the canal they are served from, that some head cannot take."""
    needed = entering(canals, floors)
    for place, canal in enumerate(canals):
        if needed[canal.id] > canal.capacity * (1 + _SAME):
            raise FloorsDoNotFit(
                field=f"canals[{place}].capacity",
                id=canal.id,
                needed=needed[canal.id],
                capacity=canal.capacity,
            )


_SAME: Final = 1e-9  # so little above a capacity is rounding and not a mistake


def _check_canal(canal: Canal, where: str, known: set[str]) -> None:
    if canal.id in RESERVED:
        raise ReservedId(field=f"{where}.id", id=canal.id)
    check_limit(canal.capacity, f"{where}.capacity")
    if not 0 < canal.efficiency <= 1:
        stated = f"{canal.efficiency:g}"
        raise EfficiencyOutOfRange(field=f"{where}.efficiency", efficiency=stated)
    check_positive(canal.efficiency, f"{where}.efficiency")
    if canal.feeds_from is not None and canal.feeds_from not in known:
        raise UnknownFeed(field=f"{where}.feeds_from", id=canal.id, feeds_from=canal.feeds_from)


def _check_circles(canals: Sequence[Canal]) -> None:
    reached = {canal.id for canal in heads_first(canals)}
    feeds = {canal.id: canal.feeds_from for canal in canals}
    places = {canal.id: place for place, canal in enumerate(canals)}
    stuck = next((canal.id for canal in canals if canal.id not in reached), None)
    if stuck is None:
        return
    circle = _circle_above(stuck, feeds)
    raise CanalFeedsItself(
        field=f"canals[{places[circle[0]]}].feeds_from",
        id=circle[0],
        circle=" ← ".join((*circle, circle[0])),
    )


def _circle_above(canal: str, feeds: Mapping[str, str | None]) -> list[str]:
    """The canals of the circle that is met by walking up from this one."""
    way: dict[str, None] = {}
    step: str | None = canal
    while step is not None and step not in way:
        way[step] = None
        step = feeds[step]
    names = list(way)
    return names[names.index(step) :] if step in way else []


def _check_losses(canals: Sequence[Canal]) -> None:
    places = {canal.id: place for place, canal in enumerate(canals)}
    arriving: dict[str | None, float] = {None: 1.0}
    for canal in heads_first(canals):
        part = arriving[canal.feeds_from] * canal.efficiency
        arriving[canal.id] = part
        if part < LEAST_ARRIVING:
            field = f"canals[{places[canal.id]}].efficiency"
            raise NothingArrives(field=field, id=canal.id, arriving=f"{part:g}")
