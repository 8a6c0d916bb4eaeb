"""Land that is claimed twice: plots over each other, in a file and with those that are stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from coopfarm.land.rules import remarks
from coopfarm.land.rules.findings import NOTE, Finding
from coopfarm.land.rules.order import METRES_A_DEGREE

# Neighbours surveyed apart overlap by less than this without anybody gaining water by it.
LEAST_OVERLAP_M2 = 10.0

# More pairs than this for each plot are no neighbours, but one map laid over another.
MOST_PAIRS_A_PLOT, MOST_NAMED = 40, 1_000
_AT_ONCE = 100

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Claim:
    """A valid shape in degrees and whose it is; `number` is None for a plot that is stored."""

    name: str
    shape: BaseGeometry
    number: int | None = None


def findings(claims: Sequence[Claim]) -> Iterator[Finding]:
    """Name each pair that shares 10 m² or more, or that is the same land altogether.

    Two plots that are stored are not spoken of.
    """
    shapes = np.array([claim.shape for claim in claims], dtype=object)
    if not len(shapes):
        return
    twins = _twins(shapes)
    alone = np.array([place for place in range(len(shapes)) if twins[place] == place])
    for place, first in enumerate(twins):
        if first != place:
            yield from _said(claims[first], claims[place], None)
    most = MOST_PAIRS_A_PLOT * len(claims)
    one, other = _neighbours(shapes[alone], _is_fresh(claims, alone), most)
    one, other = alone[one], alone[other]
    if len(one) > most:
        yield _everywhere(claims, len(one))
        return
    shared = _rough_m2(shapely.intersection(shapes[one], shapes[other]))
    large = shared >= LEAST_OVERLAP_M2
    if large.sum() > MOST_NAMED:
        yield _everywhere(claims, int(large.sum()))
        return
    for a, b, m2 in zip(one[large], other[large], shared[large], strict=True):
        yield from _said(claims[a], claims[b], round(float(m2)))


def _everywhere(claims: Sequence[Claim], pairs: int) -> Finding:
    numbers = tuple(claim.number for claim in claims if claim.number is not None)
    return Finding(NOTE, remarks.OVERLAPS_EVERYWHERE(pairs=pairs), numbers)


def _said(one: Claim, other: Claim, area_m2: int | None) -> Iterator[Finding]:
    """What is said of a pair; `area_m2` is None where both are the same land."""
    if one.number is None:
        one, other = other, one
    if one.number is None:
        return
    facts: dict[str, str | int] = {"plot": one.name or "–", "other": other.name or "–"}
    if area_m2 is not None:
        facts["area_m2"] = area_m2
    if other.number is None:
        phrase = remarks.SAME_LAND_STORED if area_m2 is None else remarks.OVERLAP_STORED
        yield Finding(NOTE, phrase(feature=one.number, **facts), (one.number,))
        return
    numbers = (one.number, other.number)
    if area_m2 is None:
        facts |= {"feature": one.number, "second": other.number}
    phrase = remarks.SAME_LAND if area_m2 is None else remarks.OVERLAP
    yield Finding(NOTE, phrase(**facts), numbers)


def _twins(shapes: NDArray[np.object_]) -> Sequence[int]:
    """For each shape the first that is the same, wherever each begins and however it winds."""
    first: dict[bytes, int] = {}
    plain = shapely.to_wkb(shapely.normalize(shapes))
    return [first.setdefault(wkb, place) for place, wkb in enumerate(plain)]


def _is_fresh(claims: Sequence[Claim], places: Places) -> NDArray[np.bool_]:
    return np.array([claims[place].number is not None for place in places], dtype=bool)


def _neighbours(
    shapes: NDArray[np.object_], fresh: NDArray[np.bool_], most: int
) -> tuple[Places, Places]:
    """Pairs whose boxes share 10 m² or more, one of them fresh; not many more than `most`."""
    tree, boxes = STRtree(shapes), shapely.bounds(shapes)
    found, count = [np.empty((2, 0), dtype=np.int64)], 0
    for start in range(0, len(shapes), _AT_ONCE):
        pairs = np.add(tree.query(shapes[start : start + _AT_ONCE]), [[start], [0]])
        one, other = pairs[:, (pairs[0] < pairs[1]) & (fresh[pairs[0]] | fresh[pairs[1]])]
        near = _shared_m2(boxes[one], boxes[other]) >= LEAST_OVERLAP_M2
        found.append(np.stack([one[near], other[near]]))
        count += int(near.sum())
        if count > most:
            break
    one, other = np.concatenate(found, axis=1)
    return one, other


def _shared_m2(box: Numbers, second: Numbers) -> Numbers:
    """What boxes in degrees share, and their shapes at most."""
    wide = np.minimum(box[:, 2], second[:, 2]) - np.maximum(box[:, 0], second[:, 0])
    high = np.minimum(box[:, 3], second[:, 3]) - np.maximum(box[:, 1], second[:, 1])
    south = np.minimum(np.abs(box[:, 1]), np.abs(second[:, 1]))
    found: Numbers = np.maximum(wide, 0) * np.maximum(high, 0) * _m2_a_square_degree(south)
    return found


def _rough_m2(shapes: NDArray[np.object_]) -> Numbers:
    """The areas in m² of small shapes in degrees, each on a plane at its own latitude."""
    south, north = shapely.bounds(shapes)[:, 1], shapely.bounds(shapes)[:, 3]
    middle = np.nan_to_num((south + north) / 2)
    found: Numbers = shapely.area(shapes) * _m2_a_square_degree(middle)
    return found


def _m2_a_square_degree(lat: Numbers) -> Numbers:
    found: Numbers = METRES_A_DEGREE**2 * np.cos(np.radians(lat))
    return found
