"""The one level to which all are filled, found exactly."""

import math
from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LAST_DIGIT: Final = 4e-16  # by which level·slope may miss the amount it was found from
_BLOCK: Final = 1 << 15  # stays in the cache of one core
_SAMPLE: Final = 64  # one in so many stands for all in the first guess
_NEWTON_PASSES: Final = 24
_SETTLED: Final = 1e-14


def find_level(target: float, slopes: Floats, lows: Floats, highs: Floats) -> float:
    """The smallest level t with Σ clip(t·slope, low, high) = target.

    Slopes are above 0 and 0 ≤ low ≤ high, all of one length. At or below Σ low the answer is
    0, at or above Σ high it is the level that serves the last one fully.
    """
    least, most = float(lows.sum()), float(highs.sum())
    if target >= most:
        return float((highs / slopes).max(initial=0.0))
    if target <= least:
        return 0.0
    start = _guess((target - least) / (most - least), slopes, lows, highs)
    level, slope = _newton(target, start, slopes, lows, highs)
    return level if slope > 0 else _last_served(level, slopes, lows, highs)


def filled(level: float, slopes: Floats, lows: Floats, highs: Floats) -> Floats:
    """clip(level·slope, low, high); who is served at this level is so to the last digit."""
    amounts = np.empty_like(highs)
    for part in _blocks(highs.size):
        wished = slopes[part] * level
        np.maximum(wished, lows[part], out=amounts[part])
        # A level that was found as high/slope may miss the high when multiplied by the slope.
        np.copyto(amounts[part], highs[part], where=wished * (1 + LAST_DIGIT) >= highs[part])
    return amounts


def _blocks(size: int) -> Iterator[slice]:
    for start in range(0, size, _BLOCK):
        yield slice(start, start + _BLOCK)


def _guess(fraction: float, slopes: Floats, lows: Floats, highs: Floats) -> float:
    """Where to look first: the level of a sample that is served to the same degree."""
    if slopes.size > _SAMPLE * _SAMPLE:
        slopes, lows, highs = slopes[::_SAMPLE], lows[::_SAMPLE], highs[::_SAMPLE]
        target = (1 - fraction) * float(lows.sum()) + fraction * float(highs.sum())
        return find_level(target, slopes, lows, highs)
    return fraction * float(highs.sum()) / float(slopes.sum())


def _newton(
    target: float, start: float, slopes: Floats, lows: Floats, highs: Floats
) -> tuple[float, float]:
    """The level and its slope: Newton's steps on the piecewise linear total, in a bracket."""
    below, above, level = 0.0, math.inf, start
    for step in range(_NEWTON_PASSES):
        total, slope = _total_and_slope(level, slopes, lows, highs)
        gap = target - total
        if abs(gap) <= _SETTLED * target:
            return level, slope
        below, above = (level, above) if gap > 0 else (below, level)
        level = level + gap / slope if slope > 0 else above
        if not below < level < above:
            above = min(above, float((highs / slopes).max()))
            level = (below + above) / 2 if step % 2 else below + (above - below) / 16
    level = _between_bends(target, slopes, lows, highs)
    return level, _total_and_slope(level, slopes, lows, highs)[1]


def _total_and_slope(
    level: float, slopes: Floats, lows: Floats, highs: Floats
) -> tuple[float, float]:
    """What is handed out at a level, and how fast that grows there."""
    total = slope = 0.0
    for part in _blocks(highs.size):
        wished = slopes[part] * level
        given = np.maximum(wished, lows[part])
        np.minimum(given, highs[part], out=given)
        total += float(given.sum())
        # A sum of products, not np.dot: BLAS adds up differently on every kind of processor.
        slope += float((slopes[part] * (given == wished)).sum())
    return total, slope


def _between_bends(target: float, slopes: Floats, lows: Floats, highs: Floats) -> float:
    """The level by halving the sorted bends of the total, for what Newton does not settle."""
    bends = np.sort(np.concatenate(([0.0], lows / slopes, highs / slopes))).tolist()

    def total_at(level: float) -> float:
        return _total_and_slope(level, slopes, lows, highs)[0]

    place = min(max(bisect_left(bends, target, key=total_at), 1), len(bends) - 1)
    below, above = bends[place - 1], bends[place]
    slope = _total_and_slope((below + above) / 2, slopes, lows, highs)[1]
    if slope == 0:
        return float(above)
    return float(min(below + (target - total_at(below)) / slope, above))


def _last_served(level: float, slopes: Floats, lows: Floats, highs: Floats) -> float:
    """Where nobody's amount moves with the level: the one at which the last was fully served."""
    served = (highs <= level * slopes * (1 + LAST_DIGIT)) & (highs > lows)
    return float((highs[served] / slopes[served]).max(initial=0.0))
