"""Degree-days: how much warmth a day gave a pest to develop by."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from coopfarm.planning.pests import problems as no
from coopfarm.planning.pests.temperatures import FAHRENHEIT, DayRange


class Method(StrEnum):
    """The curve a day's temperature is taken to follow; a double one falls to tomorrow's low."""

    SINGLE_SINE = "single-sine"
    DOUBLE_SINE = "double-sine"
    SINGLE_TRIANGLE = "single-triangle"
    DOUBLE_TRIANGLE = "double-triangle"


class Cutoff(StrEnum):
    """Above the upper threshold: no faster, slower by as much, or not at all."""

    HORIZONTAL = "horizontal"
    INTERMEDIATE = "intermediate"
    VERTICAL = "vertical"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Between which temperatures a pest develops; without an upper one, ever faster.

    Raises ThresholdUnusable and ThresholdsCross.
    """

    lower: float
    upper: float | None = None
    cutoff: Cutoff = Cutoff.HORIZONTAL

    def __post_init__(self) -> None:
        for field, value in (("lower", self.lower), ("upper", self.upper)):
            if value is not None and not FAHRENHEIT.least <= value <= FAHRENHEIT.most:
                raise no.ThresholdUnusable(
                    field=field,
                    stated=f"{value:g}",
                    least=FAHRENHEIT.least,
                    most=FAHRENHEIT.most,
                )
        if self.upper is not None and self.upper <= self.lower:
            raise no.ThresholdsCross(field="upper", upper=self.upper, lower=self.lower)


class WarmDay(NamedTuple):
    """The degree-days of one day, and those of all days up to and with it."""

    on: date
    degree_days: float
    total: float


class _Curve(NamedTuple):
    """A day between its low and high: the mean of what is above t, and for which share of it."""

    excess: Callable[[float, float, float], float]
    share: Callable[[float, float, float], float]


def degree_days(
    days: Sequence[DayRange], thresholds: Thresholds, method: Method = Method.SINGLE_SINE
) -> tuple[WarmDay, ...]:
    """The degree-days of each day and their running total, in the degrees of the thresholds.

    `days` follow each other. A double method takes the second half of a day from the low of
    the next; the last day has no next and takes its own.
    """
    curve = _CURVES[method]
    is_double = method in (Method.DOUBLE_SINE, Method.DOUBLE_TRIANGLE)
    lows = [day.tmin for day in days]
    evening_lows = lows[1:] + lows[-1:] if is_double else lows
    total = 0.0
    found: list[WarmDay] = []
    for day, evening_low in zip(days, evening_lows, strict=True):
        # Zalom et al. 1983, Tables 4 and 6: each half-day is half a day of its own curve.
        warmth = (
            _whole_day(curve, day.tmin, day.tmax, thresholds)
            + _whole_day(curve, evening_low, day.tmax, thresholds)
        ) / 2
        total += warmth
        found.append(WarmDay(day.on, warmth, total))
    return tuple(found)


def follow_each_other(days: Sequence[DayRange]) -> bool:
    """Whether no day between the first and the last is missing or twice."""
    return all((later.on - earlier.on).days == 1 for earlier, later in pairwise(days))


def _whole_day(curve: _Curve, low: float, high: float, thresholds: Thresholds) -> float:
    """The degree-days of a day symmetrical about its high; a night may be warmer than it."""
    low, high = min(low, high), max(low, high)
    warmth = curve.excess(low, high, thresholds.lower)
    if thresholds.upper is None:
        return warmth
    too_much = curve.excess(low, high, thresholds.upper)
    if thresholds.cutoff is Cutoff.HORIZONTAL:
        return max(0.0, warmth - too_much)
    if thresholds.cutoff is Cutoff.INTERMEDIATE:
        return max(0.0, warmth - 2 * too_much)
    # What lies above the upper threshold, and the whole column below it, is taken away.
    span = thresholds.upper - thresholds.lower
    return max(0.0, warmth - too_much - span * curve.share(low, high, thresholds.upper))


def _sine_excess(low: float, high: float, above: float) -> float:
    mid, swing = (low + high) / 2, (high - low) / 2
    if high <= above:
        return 0.0
    if low >= above:
        return mid - above
    theta = _sine_angle(low, high, above)
    # Baskerville and Emin 1969; Zalom et al. 1983, Table 5, case 4.
    return max(0.0, ((mid - above) * (math.pi / 2 - theta) + swing * math.cos(theta)) / math.pi)


def _sine_share(low: float, high: float, above: float) -> float:
    if high <= above:
        return 0.0
    if low >= above:
        return 1.0
    return 0.5 - _sine_angle(low, high, above) / math.pi


def _sine_angle(low: float, high: float, above: float) -> float:
    """Where the sine crosses `above`, from -π/2 at the low to π/2 at the high."""
    sine = (above - (low + high) / 2) / ((high - low) / 2)
    return math.asin(max(-1.0, min(1.0, sine)))


def _triangle_excess(low: float, high: float, above: float) -> float:
    if high <= above:
        return 0.0
    if low >= above:
        return (low + high) / 2 - above
    # Sevacherian et al. 1977; Zalom et al. 1983, Table 3, case 4.
    return (high - above) ** 2 / (high - low) / 2


def _triangle_share(low: float, high: float, above: float) -> float:
    if high <= above:
        return 0.0
    return 1.0 if low >= above else (high - above) / (high - low)


_SINE = _Curve(_sine_excess, _sine_share)
_TRIANGLE = _Curve(_triangle_excess, _triangle_share)
_CURVES = {
    Method.SINGLE_SINE: _SINE,
    Method.DOUBLE_SINE: _SINE,
    Method.SINGLE_TRIANGLE: _TRIANGLE,
    Method.DOUBLE_TRIANGLE: _TRIANGLE,
}
