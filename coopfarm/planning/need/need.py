"""What each plot needs over a stretch of days, and the arithmetic in sentences."""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import numpy as np

from coopfarm.kernel.refusal import Invalid, Several
from coopfarm.kernel.words import N_, Sentence
from coopfarm.planning.need import crops
from coopfarm.planning.need.explain import Season, Water, steps
from coopfarm.planning.need.gaps import FloatArray
from coopfarm.planning.need.plots import RAIN_THAT_COUNTS, CroppedPlot, Terms, problems_of
from coopfarm.planning.need.reference import ReferenceEt, named

_LONGEST_DAYS = 366
_MM_PER_M = 1000.0


class BadPeriod(Invalid):
    """The days to plan run backwards, or for more than a year."""

    code = "need-bad-period"
    words = N_(
        "The period from %(start)s up to %(end)s has %(days)s days; it can have 1 to %(most)s."
    )


class NoWeather(Invalid):
    """Days of the period are without weather."""

    code = "no-weather"
    words = N_(
        "There is no weather for %(count)s of the %(all)s days of the period: %(days)s. Import"
        " these days, or plan other days."
    )


class RainNotMeasured(Invalid):
    """Rain was to be counted and was not measured."""

    code = "rain-not-measured"
    words = N_(
        "Rain is to be counted and was not measured on %(days)s. Enter it, or plan without"
        " counting rain."
    )


class PlotNeed(NamedTuple):
    """The water to let onto a plot over the period, and how it was worked out."""

    id: str
    need_m3: float
    steps: tuple[Sentence, ...]


def need_of(
    plots: Sequence[CroppedPlot],
    reference: ReferenceEt,
    *,
    start: date,
    end: date,
    terms: Terms | None = None,
) -> tuple[PlotNeed, ...]:
    """The need of each plot in m³ from `start` up to, not including, `end`.

    Need is Σ ETo·Kc in mm less the rain that counts, times the area, over the field
    efficiency. Raises BadPeriod, NoWeather, RainNotMeasured; and for plots BadPlotArea,
    UnknownCrop, PlotNotSown, PlotTwice, several of them as Several.
    """
    terms = terms or Terms()
    season = _season(reference, _days(start, end), terms)
    problems = [*problems_of(plots, terms)]
    if problems:
        raise problems[0] if len(problems) == 1 else Several(problems)

    @cache
    def crop_mm(crop: str, sown_on: date | None) -> float:
        # FAO-56 eq. 58: crop evapotranspiration = Kc · ETo.
        return float((_kc_by_day(crop, sown_on, season.days, terms) * season.eto_mm).sum())

    return tuple(
        _plot_need(plot, crop_mm(plot.crop, plot.sown_on), season, terms) for plot in plots
    )


def _days(start: date, end: date) -> tuple[date, ...]:
    length = (end - start).days
    if not 1 <= length <= _LONGEST_DAYS:
        raise BadPeriod(start=start, end=end, days=length, most=_LONGEST_DAYS)
    return tuple(start + timedelta(days=n) for n in range(length))


def _season(reference: ReferenceEt, days: tuple[date, ...], terms: Terms) -> Season:
    places = {on: place for place, on in enumerate(reference.on)}
    without = [on for on in days if on not in places or math.isnan(reference.eto_mm[places[on]])]
    if without:
        raise NoWeather(days=named(without), count=len(without), all=len(days))
    rows = [places[on] for on in days]
    eto_mm = reference.eto_mm[rows]
    rain_mm = _rain_mm(days, reference.rain_mm[rows]) if terms.count_rain else 0.0
    return Season(days, eto_mm, float(eto_mm.sum()), rain_mm)


def _rain_mm(days: tuple[date, ...], rain_mm: FloatArray) -> float:
    unmeasured = [on for on, rain in zip(days, rain_mm, strict=True) if math.isnan(rain)]
    if unmeasured:
        raise RainNotMeasured(days=named(unmeasured), count=len(unmeasured))
    return float(rain_mm.sum())


def _kc_by_day(code: str, sown_on: date | None, days: Sequence[date], terms: Terms) -> FloatArray:
    fixed = terms.fixed_kc(code)
    if fixed is not None:
        return np.full(len(days), fixed)
    crop = crops.CROPS[crops.plain(code)]
    return np.array([crops.kc_on(crop, sown_on, on) for on in days])


def _plot_need(plot: CroppedPlot, crop_mm: float, season: Season, terms: Terms) -> PlotNeed:
    net_mm = max(crop_mm - season.rain_mm * RAIN_THAT_COUNTS, 0.0)
    net_m3 = net_mm / _MM_PER_M * plot.area_m2
    water = Water(crop_mm, net_mm, net_m3, net_m3 / terms.field_efficiency)
    return PlotNeed(plot.id, water.need_m3, tuple(steps(plot, water, season, terms)))
