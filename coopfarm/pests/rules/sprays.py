"""What the record of a spraying must say, and until when it locks its plot."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Conflict, Invalid, Missing, NotAllowed
from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.pests.spray_hours import TOO_STILL, TOO_WINDY, SprayLimits

LONGEST_PRODUCT: Final = 60
LONGEST_SOURCE: Final = 400
LONGEST_NOTE: Final = 300
MOST: Final[Mapping[str, float]] = MappingProxyType(
    {"dose": 10_000, "wind_km_h": 150, "re_entry_hours": 10_000, "pre_harvest_days": 1_000}
)
DOSE_UNITS: Final[Mapping[str, Phrase]] = MappingProxyType(
    {
        "l_ha": Phrase("dose:l_ha", N_("litres a hectare")),
        "kg_ha": Phrase("dose:kg_ha", N_("kilograms a hectare")),
        "ml_l": Phrase("dose:ml_l", N_("millilitres in a litre of water")),
        "g_l": Phrase("dose:g_l", N_("grams in a litre of water")),
    }
)
_LONGEST: Final = timedelta(hours=24)
_LATEST: Final = timedelta(days=366)
_YEARS: Final = range(1900, 2101)

# What farmers read of a plot that was sprayed.
LOCKED = Phrase(
    "spray-locked",
    N_(
        "Plot %(plot)s was sprayed with %(product)s. Do not enter until %(enter)s; do not "
        "harvest before %(harvest)s."
    ),
)
LOCKED_TO_HARVEST = Phrase(
    "spray-locked-to-harvest",
    N_("Plot %(plot)s was sprayed with %(product)s. Do not harvest before %(harvest)s."),
)
LOCKED_TO_ENTER = Phrase(
    "spray-locked-to-enter",
    N_("Plot %(plot)s was sprayed with %(product)s. Do not enter until %(enter)s."),
)
IN_A_TURN = Phrase(
    "spray-in-a-turn",
    N_(
        "This turn falls into the hours in which nobody enters plot %(plot)s: it was sprayed with "
        "%(product)s, and is closed until %(enter)s. Ask the office how the water is let in."
    ),
)


class SprayUnusable(Invalid):
    code = "spray-unusable"
    words = N_("%(field)s: give a number from %(least)s to %(most)s.")


class SprayTextUnusable(Invalid):
    code = "spray-text-unusable"
    words = N_("%(field)s: say it in at most %(most)s letters.")


class SprayDoseUnit(Invalid):
    code = "spray-dose-unit"
    words = N_("%(field)s: choose how the dose is measured from the list.")


class SprayTimes(Invalid):
    code = "spray-times"
    words = N_(
        "%(field)s: write down what was done: it began within the last year, took at most a day, "
        "and is over by now."
    )


class SprayAreaTooLarge(Invalid):
    code = "spray-area-too-large"
    words = N_("%(field)s: plot %(plot)s has %(most)s ha. Give at most that.")


class SprayWithoutInterval(Invalid):
    """No number is known here, and none is made up."""

    code = "spray-without-interval"
    words = N_(
        "%(field)s: how long %(product)s keeps people out of this crop is not known here. Read it "
        "from the label: the hours, the days, who published them, and the year."
    )


class SprayIntervalKnown(Invalid):
    """A number with a source is gone by; a record does not shorten it."""

    code = "spray-interval-known"
    words = N_(
        "%(field)s: for %(product)s the cooperative goes by a number with its source. %(number)s "
        "Leave the label's numbers empty; if they differ, tell the office."
    )


class NotYourPlotToSpray(NotAllowed):
    code = "spray-not-your-plot"
    words = N_(
        "You can write down sprayings of plots that you hold or work, or that your crew sprayed "
        "in a work party. For others, tell the office."
    )


class NotYourSpray(Missing):
    code = "not-your-spray"
    words = N_("There is no record of spraying here that concerns you.")


class SprayTold(Conflict):
    code = "spray-told-already"
    words = N_(
        "This spraying is written down already: the same product on the same plot at the same "
        "time. If that record is wrong, have it struck out first."
    )


class SprayStruckAlready(Conflict):
    code = "spray-struck-already"
    words = N_("This record is struck out already. Load the page again and look.")


class SprayReasonMissing(Invalid):
    code = "spray-reason-missing"
    words = N_("%(field)s: say why the record is struck out. It stays readable, with the reason.")


@dataclass(frozen=True, slots=True)
class Label:
    """How long a product keeps people out, as somebody published it; `number_id` where kept."""

    re_entry_hours: float
    pre_harvest_days: float
    source: str
    year: int
    number_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Lock:
    """A plot that was sprayed: from when on it may be entered, and harvested."""

    plot: str
    product: str
    began_at: datetime
    enter: datetime
    harvest: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """A spraying as it is to be written down; `label` only for what no number is known of."""

    plot_id: UUID
    product: str
    dose: float
    dose_unit: str
    area_m2: float | None
    wind_km_h: float
    during: Interval
    operator_id: UUID | None = None
    label: Label | None = None
    note: str = ""
    campaign_id: UUID | None = None


def check(wish: Wish, now: datetime) -> None:
    """Raise SprayTextUnusable, SprayUnusable, SprayDoseUnit or SprayTimes."""
    text(wish.product, "product", LONGEST_PRODUCT, is_needed=True)
    text(wish.note, "note", LONGEST_NOTE)
    _check_number(wish.dose, "dose", above_zero=True)
    _check_number(wish.wind_km_h, "wind_km_h")
    if wish.dose_unit not in DOSE_UNITS:
        raise SprayDoseUnit(field="dose_unit")
    during = wish.during
    if during.length > _LONGEST or during.end > now or during.start < now - _LATEST:
        raise SprayTimes(field="ends")
    if wish.label is not None:
        _check_number(wish.label.re_entry_hours, "re_entry_hours")
        _check_number(wish.label.pre_harvest_days, "pre_harvest_days")
        text(wish.label.source, "source", LONGEST_SOURCE, is_needed=True)
        if wish.label.year not in _YEARS:
            raise SprayUnusable(field="source_year", least=_YEARS[0], most=_YEARS[-1])


def check_area(area_m2: float, plot: str, gross_area_m2: float) -> float:
    """The area, if the plot is as large. Raises SprayAreaTooLarge and SprayUnusable."""
    most_ha = gross_area_m2 / 10_000
    if not area_m2 > 0:
        raise SprayUnusable(field="area_ha", least=0, most=round(most_ha, 4))
    # A hectare is written with four digits after the point: to the square metre.
    if area_m2 > gross_area_m2 + 1:
        raise SprayAreaTooLarge(field="area_ha", plot=plot, most=round(most_ha, 4))
    return area_m2


def text(said: str, field: str, most: int, *, is_needed: bool = False) -> str:
    """Without needless spaces. Raises SprayTextUnusable."""
    plain = " ".join(said.split())
    if len(plain) > most or (is_needed and not plain):
        raise SprayTextUnusable(field=field, most=most)
    return plain


def clear_times(ended_at: datetime, label: Label) -> tuple[datetime, datetime]:
    """From when on people may enter, and from when on the crop may be harvested."""
    enter = ended_at + timedelta(hours=label.re_entry_hours)
    harvest = ended_at + timedelta(days=label.pre_harvest_days)
    return enter, harvest


def told(lock: Lock, now: datetime) -> Sentence | None:
    """What of a lock still holds, in words."""
    plot, product, enter, harvest = lock.plot, lock.product, lock.enter, lock.harvest
    if max(enter, harvest) <= now:
        return None
    if enter <= now:
        return LOCKED_TO_HARVEST(plot=plot, product=product, harvest=harvest)
    if harvest <= now:
        return LOCKED_TO_ENTER(plot=plot, product=product, enter=enter)
    return LOCKED(plot=plot, product=product, enter=enter, harvest=harvest)


def falls_into(lock: Lock, turn: Interval) -> Sentence | None:
    """What to say of a turn in whose hours nobody enters the plot."""
    if turn.start < lock.enter and lock.began_at < turn.end:
        return IN_A_TURN(plot=lock.plot, product=lock.product, enter=lock.enter)
    return None


def about_wind(wind_km_h: float) -> Sentence | None:
    """Whether the wind was outside of what sprays are used in."""
    limits = SprayLimits()
    if wind_km_h < limits.least_wind_km_h:
        return TOO_STILL(wind_km_h=wind_km_h, least_km_h=limits.least_wind_km_h)
    if wind_km_h > limits.most_wind_km_h:
        return TOO_WINDY(wind_km_h=wind_km_h, most_km_h=limits.most_wind_km_h)
    return None


def _check_number(value: float, field: str, *, above_zero: bool = False) -> None:
    if value > MOST[field] or not (value > 0 if above_zero else value >= 0):
        raise SprayUnusable(field=field, least=0, most=MOST[field])
