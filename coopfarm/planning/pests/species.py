"""What is published about how pests develop: each number with its source and its year.

Only rows whose source was read are here; docs/planning/pests.md says what was left out and why.
An officer's own rows are made by the same class, and need a source and a year as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from coopfarm.kernel.words import N_
from coopfarm.planning.pests import problems as no
from coopfarm.planning.pests.degree_days import Cutoff, Method, Thresholds
from coopfarm.planning.quantities import check_positive

_YEARS = range(1900, 2101)


@dataclass(frozen=True, slots=True)
class Development:
    """How many degree-days, in °C, a pest takes from the biofix to an event.

    `method` and `cutoff` are those of the source, None where it names none. Raises
    NumberWithoutSource, ThresholdUnusable, ThresholdsCross or NotPositive.
    """

    pest: str
    name: str
    biofix: str
    event: str
    lower_c: float
    upper_c: float | None
    degree_days_c: float
    source: str
    year: int
    place: str
    method: Method | None = None
    cutoff: Cutoff | None = None

    def __post_init__(self) -> None:
        if not self.source.strip():
            raise no.NumberWithoutSource(field="source", pest=self.pest)
        if self.year not in _YEARS:
            raise no.NumberWithoutSource(field="year", pest=self.pest)
        check_positive(self.degree_days_c, "degree_days_c")
        Thresholds(self.lower_c, self.upper_c)

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(self.lower_c, self.upper_c, self.cutoff or Cutoff.HORIZONTAL)


_EGG = N_("an egg is laid")
_ADULT = N_("the adult emerges")

_ADAMS = (
    "Adams, Hamilton and Beasley: Field-based phenological model predicts pink bollworm"
    " emergence. California Agriculture 50(5):44-48"
)
_TUTA = (
    "Tuta absoluta: Thermal requirements and effect of temperature on development, survival,"
    " reproduction and longevity. European Journal of Entomology, November 2015"
)
_HARTSTACK = (
    "Hartstack, Hollingsworth, Ridgeway and Lopez: MOTHZV-2. USDA ARS-S-127, as UC IPM's"
    " phenology model 1 of the corn earworm gives it"
)
_ZALOM = (
    "Zalom, Barnett, Rice and Weakley: Factors associated with flight patterns of the peach twig"
    " borer. J. Econ. Entomol. 85:1904-1909, as UC IPM's phenology model 1 gives it"
)


def _pink_bollworm(event: str, degree_days_c: float) -> Development:
    return Development(
        pest="Pectinophora gossypiella",
        name=N_("Pink bollworm"),
        biofix=N_("1 February"),
        event=event,
        lower_c=13.9,
        upper_c=32.8,
        degree_days_c=degree_days_c,
        source=_ADAMS,
        year=1996,
        place="southeastern California, field",
    )


def _corn_earworm() -> Iterator[Development]:
    """The stages of UC IPM's model 1, added up from the egg."""
    total = 0.0
    for event, degree_days_c in (
        (N_("the egg hatches"), 40.5),
        (N_("the larvae are large"), 81.7),
        (N_("the larvae pupate"), 120.6),
        (_ADULT, 179.5),
    ):
        total += degree_days_c
        yield Development(
            pest="Helicoverpa zea",
            name=N_("Corn earworm"),
            biofix=_EGG,
            event=event,
            lower_c=12.6,
            upper_c=33.3,
            degree_days_c=round(total, 1),
            source=_HARTSTACK,
            year=1976,
            place="College Station, Texas, field",
            method=Method.SINGLE_SINE,
            cutoff=Cutoff.INTERMEDIATE,
        )


def _peach_twig_borer(event: str, degree_days_c: float) -> Development:
    return Development(
        pest="Anarsia lineatella",
        name=N_("Peach twig borer"),
        biofix=N_("the first male in a pheromone trap"),
        event=event,
        lower_c=10.0,
        upper_c=31.1,
        degree_days_c=degree_days_c,
        source=_ZALOM,
        year=1992,
        place="California, ten years of field data",
        method=Method.SINGLE_SINE,
        cutoff=Cutoff.HORIZONTAL,
    )


DEVELOPMENTS = (
    _pink_bollworm(N_("the spring emergence begins"), 227.0),
    _pink_bollworm(N_("the spring emergence peaks"), 510.0),
    Development(
        pest="Tuta absoluta",
        name=N_("Tomato leafminer"),
        biofix=_EGG,
        event=_ADULT,
        lower_c=8.0,
        upper_c=37.3,
        degree_days_c=416.7,
        source=_TUTA,
        year=2015,
        place="laboratory, constant temperatures from 10 to 30 °C",
    ),
    *_corn_earworm(),
    _peach_twig_borer(N_("the flight peaks, if it has one peak"), 205.0),
    _peach_twig_borer(N_("the next generation flies"), 600.0),
)


def developments_of(pest: str) -> tuple[Development, ...]:
    """The rows of a pest by its scientific name, the earliest event first."""
    return tuple(row for row in DEVELOPMENTS if row.pest == pest)
