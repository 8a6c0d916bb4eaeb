"""What may be drawn: points and lines on the ground, and the numbers that go with them."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import shapely
from pyproj import Geod
from shapely import LineString, STRtree

from coopfarm.kernel.refusal import Conflict, Invalid
from coopfarm.kernel.words import N_
from coopfarm.land.rules.coordinates import LAT_DEG, LON_DEG

Vertex = tuple[float, float]

MOST_POINTS = 500
LONGEST_STEP_KM = 100

# Seven decimals of a degree are a centimetre.
DECIMALS = 7

# In a real canal more is left than a thousandth.
LEAST_EFFICIENCY = 1e-3
SAME_EFFICIENCY = 0.005

_EARTH = Geod(ellps="WGS84")


class TooFewPoints(Invalid):
    """A line has two ends."""

    code = "drawn-too-few-points"
    words = N_(
        "%(points)s points are drawn, and %(least)s are needed at least. Add where the water comes"
        " from and where it goes."
    )


class TooManyPoints(Invalid):
    """More points than can be moved one by one."""

    code = "drawn-too-many-points"
    words = N_(
        "%(points)s points are drawn, and %(most)s fit. Leave out those on straight stretches, or"
        " import the line from a file."
    )


class OffTheEarth(Invalid):
    """Degrees that are nowhere."""

    code = "drawn-off-the-earth"
    words = N_(
        "Point %(place)s is at longitude %(lon)s, latitude %(lat)s. Longitudes go from -180 to 180"
        " and latitudes from -90 to 90; perhaps the two are exchanged."
    )


class StepTooLong(Invalid):
    """Two points that no ditch joins."""

    code = "drawn-step-too-long"
    words = N_(
        "Point %(place)s is %(km)s km from the one before it, and %(most_km)s km is the most. One"
        " of the two may be mistyped."
    )


class LineCrossesItself(Invalid):
    """Water does not meet itself on its way."""

    code = "drawn-crosses-itself"
    words = N_(
        "The line meets itself at longitude %(lon)s, latitude %(lat)s. Move or delete a point near"
        " there."
    )


class OnePointOnly(Invalid):
    """A cut in the bank is in one place."""

    code = "drawn-one-point-only"
    words = N_("A nakka is one point, and %(points)s are drawn. Leave the one where it is cut.")


class PointUnreadable(Invalid):
    """A place that is no pair of numbers."""

    code = "drawn-point-unreadable"
    words = N_(
        "Point %(place)s: “%(given)s” is no number of degrees. Write it as in 29.6127, or delete"
        " the point."
    )


class StepFromNowhere(Invalid):
    """A distance needs a point to start at."""

    code = "drawn-step-from-nowhere"
    words = N_(
        "So many metres are counted from the point before, and there is none yet. Give the first"
        " point by longitude and latitude."
    )


class CapacityNotPositive(Invalid):
    """A channel that carries nothing is none."""

    code = "capacity-not-positive"
    words = N_(
        "A capacity of %(given)s l/s carries nothing. Write the most it can carry, or leave it"
        " empty where nobody knows."
    )


class LossOutOfRange(Invalid):
    """More than all cannot be lost."""

    code = "loss-out-of-range"
    words = N_(
        "A loss of %(given)s %% per km leaves nothing at the end. It is at least 0 and less than"
        " 100; earthen canals lose a few."
    )


class LossesDisagree(Invalid):
    """The loss of each km and what arrives tell of two different canals."""

    code = "losses-disagree"
    words = N_(
        "Losing %(loss)s %% per km over %(km)s km, %(worked_out)s %% arrives, and %(written)s %% is"
        " written. Leave one of the two empty."
    )


class CodeTaken(Invalid):
    """Two things under one code cannot be told apart."""

    code = "land-code-taken"
    words = N_("%(name)s is the code of another one already. Give this one a code of its own.")


class HangsOnIt(Conflict):
    """What is above cannot go before what is below."""

    code = "land-hangs-on-it"
    words = N_(
        "%(what)s stays: %(hanging)s get their water from it. Put them elsewhere first, or delete"
        " them."
    )


class PartOfPlans(Conflict):
    """Plans that were made go on telling of it."""

    code = "land-part-of-plans"
    words = N_("%(what)s stays: it is part of plans or rosters, which go on telling of it.")


class ChangedSinceDrawn(Conflict):
    """Taking a drawing back would lose what was done after it."""

    code = "drawing-changed-since"
    words = N_(
        "%(changed)s changed since this was drawn, and taking it back would lose that. Take the"
        " later change back first, or draw anew."
    )


class AlreadyTakenBack(Conflict):
    """Once is enough."""

    code = "drawing-taken-back"
    words = N_("This was taken back already.")


def path(points: Sequence[Vertex], least: int = 2) -> tuple[Vertex, ...]:
    """The points rounded to a centimetre, those that repeat the one before left out.

    Raises the first reason they cannot be drawn.
    """
    if len(points) > MOST_POINTS:
        raise TooManyPoints(field="points", points=len(points), most=MOST_POINTS)
    for place, (lon, lat) in enumerate(points, start=1):
        if not (-LON_DEG <= lon <= LON_DEG and -LAT_DEG <= lat <= LAT_DEG):
            where = {"lon": f"{lon:.10g}", "lat": f"{lat:.10g}"}
            raise OffTheEarth(field="points", place=place, **where)
    rounded = [(round(lon, DECIMALS), round(lat, DECIMALS)) for lon, lat in points]
    kept = tuple(
        here for place, here in enumerate(rounded) if not place or here != rounded[place - 1]
    )
    if len(kept) < least:
        raise TooFewPoints(field="points", points=len(kept), least=least)
    _check_steps(kept)
    _check_simple(kept)
    return kept


def check_capacity(capacity_l_s: float | None) -> None:
    """Raise CapacityNotPositive for a capacity in l/s of nothing or less."""
    if capacity_l_s is not None and not capacity_l_s > 0:
        raise CapacityNotPositive(field="capacity_l_s", given=capacity_l_s)


def efficiency_over(loss_percent_km: float, length_m: float) -> float:
    """The part of the water that arrives at the end, 0 to 1. Raises LossOutOfRange."""
    if not 0 <= loss_percent_km < 100:
        raise LossOutOfRange(field="loss_percent_km", given=loss_percent_km)
    # Conveyance efficiency is outflow over inflow: Bos & Nugteren, On Irrigation Efficiencies
    # (ILRI Publication 19, 1990), §2. Losses in % of the flow per km (Kostyakov's sigma) compound.
    left: float = (1 - loss_percent_km / 100) ** (length_m / 1000)
    if left < LEAST_EFFICIENCY:
        raise LossOutOfRange(field="loss_percent_km", given=loss_percent_km)
    return left


def loss_over(efficiency: float, length_m: float | None) -> float | None:
    """The loss in % per km that leaves this part of the water after so many metres."""
    if not length_m:
        return None
    left_a_km: float = efficiency ** (1000 / length_m)
    return 100 * (1 - left_a_km)


def arriving(
    loss_percent_km: float | None, efficiency: float | None, length_m: float | None
) -> float:
    """The efficiency that follows from what is known; 1 where nothing is.

    Raises LossesDisagree where both are given and tell of two canals, and LossOutOfRange.
    """
    if loss_percent_km is None:
        return 1.0 if efficiency is None else efficiency
    worked_out = efficiency_over(loss_percent_km, length_m or 0)
    if length_m is None:
        return 1.0 if efficiency is None else efficiency
    if efficiency is not None and abs(efficiency - worked_out) > SAME_EFFICIENCY:
        raise LossesDisagree(
            field="efficiency",
            loss=loss_percent_km,
            km=round(length_m / 1000, 2),
            worked_out=round(100 * worked_out, 1),
            written=round(100 * efficiency, 1),
        )
    return worked_out


def with_losses(
    loss_percent_km: float | None, length_m: float | None, values: Mapping[str, Any]
) -> dict[str, Any]:
    """What else changes with new values of a canal, so that losses and efficiency tell the same.

    An efficiency that is written takes the place of the losses; a new length counts with them.
    """
    if loss_percent_km is None:
        return {}
    if "efficiency" in values:
        return {"loss_percent_km": None}
    length_m = values.get("length_m", length_m)
    return {"efficiency": efficiency_over(loss_percent_km, length_m)} if length_m else {}


def _check_steps(points: Sequence[Vertex]) -> None:
    for place, (here, there) in enumerate(pairwise(points), start=2):
        km = _EARTH.inv(*here, *there)[2] / 1000
        if km > LONGEST_STEP_KM or abs(here[0] - there[0]) > LON_DEG:
            far = {"km": round(km), "most_km": LONGEST_STEP_KM}
            raise StepTooLong(field="points", place=place, **far)


def _check_simple(points: Sequence[Vertex]) -> None:
    for where in _meetings(points):
        lon, lat = shapely.get_coordinates(where)[0].tolist()
        raise LineCrossesItself(field="points", lon=f"{lon:.6f}", lat=f"{lat:.6f}")


def _meetings(points: Sequence[Vertex]) -> Iterator[shapely.Geometry]:
    """Where a segment meets another than at the point they share."""
    segments = [LineString(pair) for pair in pairwise(points)]
    pairs = STRtree(segments).query(segments, predicate="intersects").T.tolist() if segments else ()
    for first, second in sorted(pair for pair in pairs if pair[0] < pair[1]):
        shared = shapely.intersection(segments[first], segments[second])
        if second > first + 1 or shared.geom_type != "Point":
            yield shared
