"""The arithmetic of a plot's need, in sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.need import crops
from coopfarm.planning.need.gaps import FloatArray
from coopfarm.planning.need.plots import RAIN_THAT_COUNTS, CroppedPlot, Terms

EVAPOTRANSPIRATION = Phrase(
    "reference-evapotranspiration",
    N_(
        "From %(first)s to %(last)s (%(days)s days) the reference evapotranspiration adds up to"
        " %(eto_mm)s mm."
    ),
)
CROP_TAKES = Phrase("crop-takes", N_("%(crop)s takes %(kc)s of it: %(crop_mm)s mm."))
NOTHING_TAKEN = Phrase("crop-takes-nothing", N_("%(crop)s takes no water in these days."))
NOT_IN_THE_FIELD = Phrase(
    "crop-not-in-the-field",
    N_("%(crop)s sown on %(sown_on)s is not in the field in these days and takes no water."),
)
RAIN_COUNTS = Phrase(
    "rain-counts",
    N_("Rain gave %(rain_mm)s mm, of which %(percent)s %% count: %(left_mm)s mm are left."),
)
AREA_NEEDS = Phrase("area-needs", N_("%(area_ha)s ha at %(net_mm)s mm need %(net_m3)s m³."))
FIELD_LOSES = Phrase(
    "field-loses",
    N_(
        "Of the water let onto the plot %(percent)s %% reach the roots, so the plot needs"
        " %(need_m3)s m³."
    ),
)


_M2_PER_HA = 10_000.0


@dataclass(frozen=True, slots=True, eq=False)
class Season:
    """The days of the period with their evapotranspiration, and the rain counted in them."""

    days: tuple[date, ...]
    eto_mm: FloatArray
    total_mm: float
    rain_mm: float


class Water(NamedTuple):
    """From what the crop takes to what is let onto the plot."""

    crop_mm: float
    net_mm: float
    net_m3: float
    need_m3: float


def steps(plot: CroppedPlot, water: Water, season: Season, terms: Terms) -> Iterator[Sentence]:
    """The inputs and the arithmetic of one plot's need, in the order they are worked out."""
    yield EVAPOTRANSPIRATION(
        first=season.days[0],
        last=season.days[-1],
        days=len(season.days),
        eto_mm=round(season.total_mm, 2),
    )
    if water.crop_mm == 0.0:
        yield _nothing_taken(plot, terms)
        return
    yield CROP_TAKES(
        crop=_name(plot),
        kc=round(water.crop_mm / season.total_mm, 3),
        crop_mm=round(water.crop_mm, 2),
    )
    if terms.count_rain:
        yield _rain_counted(water, season)
    yield from _volume(plot, water, terms)


def _name(plot: CroppedPlot) -> str:
    crop = crops.find(plot.crop)
    return crop.name if crop else plot.crop


def _nothing_taken(plot: CroppedPlot, terms: Terms) -> Sentence:
    crop = crops.find(plot.crop)
    if terms.coefficients is None and crop is not None and crop.stages is not None:
        return NOT_IN_THE_FIELD(crop=crop.name, sown_on=plot.sown_on)
    return NOTHING_TAKEN(crop=_name(plot))


def _rain_counted(water: Water, season: Season) -> Sentence:
    return RAIN_COUNTS(
        rain_mm=round(season.rain_mm, 1),
        percent=round(RAIN_THAT_COUNTS * 100),
        left_mm=round(water.net_mm, 2),
    )


def _volume(plot: CroppedPlot, water: Water, terms: Terms) -> Iterator[Sentence]:
    yield AREA_NEEDS(
        area_ha=round(plot.area_m2 / _M2_PER_HA, 4),
        net_mm=round(water.net_mm, 2),
        net_m3=round(water.net_m3),
    )
    if terms.field_efficiency < 1:
        yield FIELD_LOSES(
            percent=round(terms.field_efficiency * 100, 1), need_m3=round(water.need_m3)
        )
