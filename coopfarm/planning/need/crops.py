"""What each crop takes of the reference evapotranspiration, stage by stage.

Coefficients are those of FAO-56 Table 12, lengths of stages those of Table 11 (Allen, Pereira,
Raes and Smith 1998; the tables as data: CC0). docs/planning/need.md names the row of each crop.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from types import MappingProxyType
from typing import NamedTuple

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_


class NoSowingDate(Invalid):
    """A crop that is sown every season, without the day it was sown."""

    code = "no-sowing-date"
    words = N_(
        "How much water %(crop)s takes depends on its age, and its sowing date is missing. Enter"
        " the date."
    )


class Kc(NamedTuple):
    """Crop coefficients after emergence, at full growth and at the harvest."""

    ini: float
    mid: float
    end: float


class Stages(NamedTuple):
    """Days of the initial, development, mid-season and late stages."""

    ini: int
    dev: int
    mid: int
    late: int


@dataclass(frozen=True, slots=True)
class Crop:
    """A crop by its code and English name; one without stages stands all year at `kc.mid`."""

    code: str
    name: str
    kc: Kc
    stages: Stages | None = None


def kc_on(crop: Crop, sown_on: date | None, on: date) -> float:
    """The crop coefficient on a day: 0 before sowing and after the harvest.

    A crop that stands all year is taken at its mid-season value whatever its date, since the
    day an orchard was planted does not say when its leaves come out. Raises NoSowingDate.
    """
    if crop.stages is None:
        return crop.kc.mid
    if sown_on is None:
        raise NoSowingDate(crop=crop.name)
    return _curve(crop.kc, crop.stages, (on - sown_on).days + 1)


def _curve(kc: Kc, stages: Stages, day: int) -> float:
    """The coefficient on the given day of the season, the day of sowing being 1."""
    # FAO-56 eq. 66: level, then straight lines between the stages.
    grown = stages.ini + stages.dev
    turning = grown + stages.mid
    if not 1 <= day <= turning + stages.late:
        return 0.0
    if day <= stages.ini:
        return kc.ini
    if day <= grown:
        return kc.ini + (day - stages.ini) / stages.dev * (kc.mid - kc.ini)
    if day <= turning:
        return kc.mid
    return kc.mid + (day - turning) / stages.late * (kc.end - kc.mid)


def find(code: str) -> Crop | None:
    """The crop of that code, however its words are joined; None where there is none."""
    return CROPS.get(plain(code))


def closest(code: str) -> tuple[str, ...]:
    """The codes most like this one, for a person to choose from; every code where none is."""
    return tuple(get_close_matches(plain(code), CROPS, n=3, cutoff=0.5)) or tuple(CROPS)


def plain(code: str) -> str:
    """The code as the table spells it: "Winter-Wheat" is "winter_wheat"."""
    return "_".join(code.casefold().replace("-", " ").replace("_", " ").split())


_TABLE = (
    # Cereals. "wheat" is sown in December in a desert, "spring_wheat" in March further north.
    Crop("wheat", N_("Wheat"), Kc(0.30, 1.15, 0.25), Stages(20, 50, 60, 30)),
    Crop("spring_wheat", N_("Spring wheat"), Kc(0.30, 1.15, 0.25), Stages(20, 25, 60, 30)),
    Crop("winter_wheat", N_("Winter wheat"), Kc(0.70, 1.15, 0.25), Stages(30, 140, 40, 30)),
    Crop("barley", N_("Barley"), Kc(0.30, 1.15, 0.25), Stages(20, 50, 60, 30)),
    Crop("maize", N_("Maize"), Kc(0.30, 1.20, 0.35), Stages(30, 40, 50, 30)),
    Crop("sweet_maize", N_("Sweet maize"), Kc(0.30, 1.15, 1.05), Stages(20, 25, 25, 10)),
    Crop("rice", N_("Rice"), Kc(1.05, 1.20, 0.75), Stages(30, 30, 60, 30)),
    Crop("sorghum", N_("Sorghum"), Kc(0.30, 1.05, 0.55), Stages(20, 35, 40, 30)),
    Crop("millet", N_("Millet"), Kc(0.30, 1.00, 0.30), Stages(15, 25, 40, 25)),
    # Fibre, oil and sugar. Cotton: Egypt, Pakistan; sugarcane: virgin, low latitudes.
    Crop("cotton", N_("Cotton"), Kc(0.35, 1.17, 0.60), Stages(30, 50, 60, 55)),
    Crop("sunflower", N_("Sunflower"), Kc(0.35, 1.10, 0.35), Stages(25, 35, 45, 25)),
    Crop("sesame", N_("Sesame"), Kc(0.35, 1.10, 0.25), Stages(20, 30, 40, 20)),
    Crop("safflower", N_("Safflower"), Kc(0.35, 1.10, 0.25), Stages(20, 35, 45, 25)),
    Crop("groundnut", N_("Groundnut"), Kc(0.40, 1.15, 0.60), Stages(35, 45, 35, 25)),
    Crop("soybean", N_("Soybean"), Kc(0.50, 1.15, 0.50), Stages(20, 35, 60, 25)),
    Crop("sugarcane", N_("Sugarcane"), Kc(0.40, 1.25, 0.75), Stages(35, 60, 190, 120)),
    Crop("sugar_beet", N_("Sugar beet"), Kc(0.35, 1.20, 0.70), Stages(25, 35, 50, 50)),
    # Pulses. Table 11 has no chickpea: its stages are those of lentil, arid region.
    Crop("chickpea", N_("Chickpea"), Kc(0.40, 1.00, 0.35), Stages(25, 35, 70, 40)),
    Crop("lentil", N_("Lentil"), Kc(0.40, 1.10, 0.30), Stages(25, 35, 70, 40)),
    Crop("faba_bean", N_("Faba bean"), Kc(0.50, 1.15, 0.30), Stages(90, 45, 40, 60)),
    Crop("green_bean", N_("Green bean"), Kc(0.50, 1.05, 0.90), Stages(15, 25, 25, 10)),
    Crop("cowpea", N_("Cowpea"), Kc(0.40, 1.05, 0.60), Stages(20, 30, 30, 20)),
    # Vegetables. "vegetables" is Table 12 "small vegetables", Table 11 "crucifers".
    Crop("vegetables", N_("Vegetables"), Kc(0.70, 1.05, 0.95), Stages(25, 35, 25, 10)),
    Crop("tomato", N_("Tomato"), Kc(0.60, 1.15, 0.80), Stages(30, 40, 45, 30)),
    Crop("pepper", N_("Pepper"), Kc(0.60, 1.05, 0.90), Stages(30, 35, 40, 20)),
    Crop("eggplant", N_("Eggplant"), Kc(0.60, 1.05, 0.90), Stages(30, 45, 40, 25)),
    Crop("cucumber", N_("Cucumber"), Kc(0.60, 1.00, 0.75), Stages(20, 30, 40, 15)),
    Crop("squash", N_("Squash"), Kc(0.50, 0.95, 0.75), Stages(25, 35, 25, 15)),
    Crop("melon", N_("Melon"), Kc(0.50, 1.05, 0.75), Stages(25, 35, 40, 20)),
    Crop("watermelon", N_("Watermelon"), Kc(0.40, 1.00, 0.75), Stages(20, 30, 30, 30)),
    Crop("onion", N_("Onion"), Kc(0.70, 1.05, 0.75), Stages(15, 25, 70, 40)),
    Crop("potato", N_("Potato"), Kc(0.50, 1.15, 0.75), Stages(25, 30, 45, 30)),
    Crop("carrot", N_("Carrot"), Kc(0.70, 1.05, 0.95), Stages(30, 40, 60, 20)),
    Crop("cabbage", N_("Cabbage"), Kc(0.70, 1.05, 0.95), Stages(40, 60, 50, 15)),
    Crop("lettuce", N_("Lettuce"), Kc(0.70, 1.00, 0.95), Stages(25, 35, 30, 10)),
    # Fodder, averaged over its cuttings, so that one value stands for the season.
    Crop("alfalfa", N_("Alfalfa"), Kc(0.40, 0.95, 0.90)),
    Crop("berseem", N_("Berseem clover"), Kc(0.40, 0.90, 0.85)),
    Crop("pasture", N_("Pasture"), Kc(0.40, 0.90, 0.85)),
    # Trees and vines. Table 12 gives orchards 0.90 to 1.20 by what grows below the trees; a
    # mixed one is taken at its row between, "walnut orchard". Stone fruit and apples: bare.
    Crop("orchard", N_("Orchard"), Kc(0.50, 1.10, 0.65)),
    Crop("apricot", N_("Apricot"), Kc(0.55, 0.90, 0.65)),
    Crop("apple", N_("Apple"), Kc(0.60, 0.95, 0.75)),
    Crop("almond", N_("Almond"), Kc(0.40, 0.90, 0.65)),
    Crop("pistachio", N_("Pistachio"), Kc(0.40, 1.10, 0.45)),
    Crop("walnut", N_("Walnut"), Kc(0.50, 1.10, 0.65)),
    Crop("olive", N_("Olive"), Kc(0.65, 0.70, 0.70)),
    Crop("citrus", N_("Citrus"), Kc(0.70, 0.65, 0.70)),
    Crop("dates", N_("Date palm"), Kc(0.90, 0.95, 0.95)),
    Crop("banana", N_("Banana"), Kc(1.00, 1.20, 1.10)),
    Crop("vineyard", N_("Vineyard"), Kc(0.30, 0.70, 0.45)),
    Crop("table_grapes", N_("Table grapes"), Kc(0.30, 0.85, 0.45)),
    # Nothing grows, nothing is given.
    Crop("fallow", N_("Fallow"), Kc(0.0, 0.0, 0.0)),
)

CROPS: Mapping[str, Crop] = MappingProxyType({crop.code: crop for crop in _TABLE})
