"""How equal a sharing is. All measures take amounts of 0 or more, in any one unit.

Judge satisfaction (received/needed) and not volumes, or large farms look unfair. Where there is
nobody, or nobody has anything, all are equal: Gini and Theil are 0, Jain and the head-to-tail
ratio 1; the least ratio is 1 of nobody and 0 of nothing.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Amounts = Sequence[float] | NDArray[np.float64]


def satisfaction(received: Amounts, needed: Amounts) -> NDArray[np.float64]:
    """Received/needed of everybody who needs something; the others are left out."""
    got, want = _amounts(received), _amounts(needed)
    return got[want > 0] / want[want > 0]


def gini(amounts: Amounts) -> float:
    """0 where all have the same, towards 1 where one has everything."""
    # Σ(2i − n − 1)·x₍ᵢ₎ / (n·Σx): Sen, On Economic Inequality, 1973.
    ordered = np.sort(_scaled(amounts))
    total, n = float(ordered.sum()), ordered.size
    ranks = 2.0 * np.arange(1, n + 1) - n - 1
    return max(float((ranks * ordered).sum()) / (n * total), 0.0) if total else 0.0


def jain(amounts: Amounts) -> float:
    """1 where all have the same, 1/n where one has everything."""
    # (Σx)² / (n·Σx²): Jain, Chiu & Hawe 1984, DEC-TR-301.
    values = _scaled(amounts)
    squares = float((values * values).sum())
    together = float(values.sum())
    return together * together / (values.size * squares) if squares else 1.0


def theil(amounts: Amounts) -> float:
    """0 where all have the same, ln n where one has everything."""
    # mean of (x/μ)·ln(x/μ), with 0·ln 0 = 0: Theil, Economics and Information Theory, 1967.
    values = _scaled(amounts)
    if not values.any():
        return 0.0
    ratios = values / values.mean()
    some = ratios[ratios > 0]
    return max(float((some * np.log(some)).sum()) / values.size, 0.0)


def least_ratio(ratios: Amounts) -> float:
    """What the worst-off has."""
    values = _amounts(ratios)
    return float(values.min()) if values.size else 1.0


def head_tail_ratio(ratios: Amounts) -> float:
    """Mean of the first third over mean of the last, head to tail; inf where the tail has none.

    A third is rounded down, and at least one.
    """
    values = _amounts(ratios)
    if not values.any():
        return 1.0
    third = max(values.size // 3, 1)
    head, tail = float(values[:third].mean()), float(values[-third:].mean())
    if tail > 0:
        return head / tail
    return math.inf if head > 0 else 1.0


def _scaled(amounts: Amounts) -> NDArray[np.float64]:
    """In units of the largest, so that squares stay finite."""
    values = _amounts(amounts)
    largest = float(values.max(initial=0.0))
    return values / largest if largest else values


def _amounts(amounts: Amounts) -> NDArray[np.float64]:
    """As an array; ValueError for what is negative or not finite."""
    values = np.asarray(amounts, dtype=np.float64)
    if not np.isfinite(values).all() or (values < 0).any():
        raise ValueError("a measure of fairness takes finite amounts of 0 or more")
    return values
