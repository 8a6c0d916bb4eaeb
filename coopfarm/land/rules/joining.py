"""Lines in pieces made whole: parts of one canal, and the dashes of a drawing program."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, radians

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, STRtree
from shapely.geometry.base import BaseGeometry

from coopfarm.land.rules.order import METRES_A_DEGREE

Vectors = NDArray[np.float64]
Places = NDArray[np.int64]

# Pieces that end this close to each other were cut by accident.
PIECES_MEET_M = 5.0

# A drawing program writes a dashed line as many short ones.
LEAST_DASHES = 50
LONGEST_DASH_M = 30.0
# A gap is up to this many dashes long, within reason; a dash goes on within so many degrees.
GAP_IN_DASHES, MOST_GAP_M = 1.5, 25.0
BEND_DEG, ASIDE_DEG = 40.0, 30.0
SHORTEST_CANAL_M = 60.0

_TOUCHING_M = 0.5


@dataclass(frozen=True, slots=True)
class Joined:
    """Lines in degrees, the longest first, and how many were too short to be canals."""

    lines: Sequence[LineString]
    stubs: int


def merged(shape: BaseGeometry) -> BaseGeometry:
    """The line that pieces in degrees make up where they do; else what they merge into.

    The direction of the pieces is kept where they agree on one.
    """
    for directed in (True, False):
        line = shapely.line_merge(shape, directed=directed)
        if line.geom_type == "LineString":
            return line
    pieces = shapely.get_parts(line)
    chains = _chains(pieces, _near_ends(pieces, PIECES_MEET_M, bend_deg=180.0, aside_deg=180.0))
    return chains[0] if len(chains) == 1 else line


def are_dashes(lines: Sequence[BaseGeometry]) -> bool:
    """Whether lines in degrees are the dashes of a drawing, and not canals of their own."""
    return len(lines) >= LEAST_DASHES and _median_m(lines) <= LONGEST_DASH_M


def dashes_joined(lines: Sequence[BaseGeometry]) -> Joined:
    """Lines in degrees joined where one goes on from the end of another."""
    pieces = [piece for piece in shapely.get_parts(lines) if piece.length > 0]
    gap_m = min(max(GAP_IN_DASHES * _median_m(pieces), PIECES_MEET_M), MOST_GAP_M)
    chains = _chains(pieces, _near_ends(pieces, gap_m, bend_deg=BEND_DEG, aside_deg=ASIDE_DEG))
    lengths = dict(enumerate(_lengths_m(chains).tolist()))
    canals = [place for place, length_m in lengths.items() if length_m >= SHORTEST_CANAL_M]
    canals.sort(key=lambda place: -lengths[place])
    return Joined([chains[place] for place in canals], len(chains) - len(canals))


def _median_m(lines: Sequence[BaseGeometry]) -> float:
    return float(np.median(_lengths_m(lines)))


def _lengths_m(lines: Sequence[BaseGeometry]) -> Vectors:
    """Rough lengths, on a plane through the middle of all."""
    found: Vectors = shapely.length(shapely.transform(np.array(lines, dtype=object), _flat(lines)))
    return found


def _flat(lines: Sequence[BaseGeometry]) -> "_Plane":
    bounds = shapely.total_bounds(lines)
    return _Plane(cos(radians((bounds[1] + bounds[3]) / 2)))


@dataclass(frozen=True, slots=True)
class _Plane:
    """From degrees to metres on a plane at one latitude."""

    shrink: float

    def __call__(self, places: Vectors) -> Vectors:
        metres: Vectors = places * (self.shrink * METRES_A_DEGREE, METRES_A_DEGREE)
        return metres


def _near_ends(
    pieces: Sequence[BaseGeometry], gap_m: float, *, bend_deg: float, aside_deg: float
) -> Mapping[int, int]:
    """Which end goes on at which: end 2k begins piece k and end 2k + 1 is its last point.

    The nearest and straightest pair is taken first, and no pair closes a circle.
    """
    flat = shapely.transform(np.array(pieces, dtype=object), _flat(pieces))
    ends, outward = _ends(flat)
    one, other = STRtree(shapely.points(ends)).query(
        shapely.points(ends), predicate="dwithin", distance=gap_m
    )
    fresh = (one < other) & (one // 2 != other // 2)
    one, other = one[fresh], other[fresh]
    apart = ends[other] - ends[one]
    metres = np.hypot(*apart.T)
    on = apart / np.maximum(metres, 1e-9)[:, None]
    straight = -np.sum(outward[one] * outward[other], axis=1)
    aim = np.minimum(np.sum(outward[one] * on, axis=1), -np.sum(outward[other] * on, axis=1))
    aim = np.where(metres > _TOUCHING_M, aim, 1.0)
    good = (straight >= cos(radians(bend_deg))) & (aim >= cos(radians(aside_deg)))
    cost = metres + gap_m * (1 - np.minimum(straight, aim))
    order = np.argsort(cost[good], kind="stable")
    return _paired(one[good][order], other[good][order], len(flat))


def _ends(flat: Sequence[BaseGeometry]) -> tuple[Vectors, Vectors]:
    """Both ends of each line, and the way out of it there, as vectors of length 1."""
    ends = np.empty((2 * len(flat), 2))
    inner = np.empty_like(ends)
    for step, at in ((0, 0), (1, -1)):
        ends[step::2] = shapely.get_coordinates(shapely.get_point(flat, at))
        inner[step::2] = shapely.get_coordinates(shapely.get_point(flat, 1 if at == 0 else -2))
    out = ends - inner
    return ends, out / np.maximum(np.hypot(*out.T), 1e-9)[:, None]


def _paired(one: Places, other: Places, pieces: int) -> Mapping[int, int]:
    chain = list(range(pieces))

    def root(piece: int) -> int:
        while chain[piece] != piece:
            chain[piece] = chain[chain[piece]]
            piece = chain[piece]
        return piece

    pairs: dict[int, int] = {}
    for a, b in zip(one.tolist(), other.tolist(), strict=True):
        here, there = root(a // 2), root(b // 2)
        if a not in pairs and b not in pairs and here != there:
            pairs[a], pairs[b] = b, a
            chain[here] = there
    return pairs


def _chains(pieces: Sequence[BaseGeometry], pairs: Mapping[int, int]) -> Sequence[LineString]:
    """The lines that pieces make up, each begun at an end that nothing goes on from."""
    done: set[int] = set()
    chains = []
    for end in range(2 * len(pieces)):
        if end in pairs or end // 2 in done:
            continue
        order = [end]
        while order[-1] ^ 1 in pairs:
            order.append(pairs[order[-1] ^ 1])
        done |= {entered // 2 for entered in order}
        chains.append(_strung([_from(pieces[entered // 2], entered) for entered in order]))
    return chains


def _from(piece: BaseGeometry, end: int) -> Vectors:
    """The corners of a piece as they come when it is entered at that end."""
    corners: Vectors = shapely.get_coordinates(piece)
    return corners[::-1] if end % 2 else corners


def _strung(parts: Sequence[Vectors]) -> LineString:
    corners = np.concatenate(parts)
    kept = [True, *(bool((a != b).any()) for a, b in pairwise(corners))]
    return LineString(corners[np.array(kept)])
