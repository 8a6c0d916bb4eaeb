"""Plots as water sees them, how need is counted, and what keeps either from being used."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from coopfarm.kernel.refusal import Invalid, Refusal
from coopfarm.kernel.words import N_
from coopfarm.planning.need import crops
from coopfarm.planning.need.problems import told

# FAO Irrigation and Drainage Paper 46 (CROPWAT), "fixed percentage": 70-90 % of the rain.
RAIN_THAT_COUNTS = 0.8
_HIGHEST_KC = 2.0


class BadFieldEfficiency(Invalid):
    """A share of the water that cannot be."""

    code = "need-bad-efficiency"
    words = N_("The field efficiency is %(value)s; it is more than 0 and at most 1.")


class BadCoefficient(Invalid):
    """A crop coefficient that cannot be."""

    code = "need-bad-coefficient"
    words = N_("The coefficient of %(crop)s is %(value)s; it lies between 0 and %(most)s.")


class BadPlotArea(Invalid):
    """A plot without an area."""

    code = "need-bad-area"
    words = N_("Plot %(plot)s has an area of %(area_m2)s m²; it must be more than 0.")


class PlotTwice(Invalid):
    """The same plot twice in one plan."""

    code = "need-plot-twice"
    words = N_("Plot %(plot)s stands twice in the list. Keep one of them.")


class UnknownCrop(Invalid):
    """A crop the table does not have."""

    code = "need-unknown-crop"
    words = N_(
        "Plot %(plot)s has the crop “%(crop)s”, which is not in the table of crops. What would"
        " work: %(known)s."
    )


class PlotNotSown(crops.NoSowingDate):
    """A plot with a seasonal crop, without the day it was sown."""

    code = "need-no-sowing-date"
    words = N_(
        "Plot %(plot)s has %(crop)s and no sowing date, and how much water it takes depends on"
        " its age. Enter the date."
    )


class CroppedPlot(NamedTuple):
    """A plot as water sees it: what grows on how much land, since when."""

    id: str
    crop: str
    area_m2: float
    sown_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How need is counted.

    `field_efficiency` is the share of the water let onto a plot that reaches the roots.
    `coefficients` by crop code stand instead of the table and the stages; a crop that they
    do not name then takes nothing.
    """

    field_efficiency: float = 1.0
    count_rain: bool = False
    coefficients: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        if not 0 < self.field_efficiency <= 1:
            raise BadFieldEfficiency(value=told(self.field_efficiency))
        for crop, value in (self.coefficients or {}).items():
            if not 0 <= value <= _HIGHEST_KC:
                raise BadCoefficient(crop=crop, value=told(value), most=_HIGHEST_KC)

    def fixed_kc(self, crop: str) -> float | None:
        """The coefficient that stands instead of the table's; None where the table is asked."""
        if self.coefficients is None:
            return None
        fixed = {crops.plain(code): value for code, value in self.coefficients.items()}
        return fixed.get(crops.plain(crop), 0.0)


def problems_of(plots: Sequence[CroppedPlot], terms: Terms) -> Iterator[Refusal]:
    """Whatever keeps the need of these plots from being worked out, plot by plot."""
    seen: set[str] = set()
    for place, plot in enumerate(plots):
        if plot.id in seen:
            yield PlotTwice(field=f"plots[{place}].id", plot=plot.id)
        seen.add(plot.id)
        if not 0 < plot.area_m2 < math.inf:
            yield BadPlotArea(
                field=f"plots[{place}].area_m2", plot=plot.id, area_m2=told(plot.area_m2)
            )
        if terms.coefficients is None:
            yield from _crop_problems(place, plot)


def _crop_problems(place: int, plot: CroppedPlot) -> Iterator[Refusal]:
    crop = crops.find(plot.crop)
    if crop is None:
        known = crops.closest(plot.crop)
        unknown = UnknownCrop(
            field=f"plots[{place}].crop", plot=plot.id, crop=plot.crop, known=", ".join(known)
        )
        unknown.alternatives = [{"crop": code} for code in known]
        yield unknown
    elif crop.stages is not None and plot.sown_on is None:
        yield PlotNotSown(field=f"plots[{place}].sown_on", plot=plot.id, crop=crop.name)
