"""Stored temperatures and published numbers, to the days on which a pest may be expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_
from coopfarm.land.models import Plot
from coopfarm.pests.models import PestNumber
from coopfarm.pests.queries import numbers, scouting
from coopfarm.pests.rules import numbers as rules
from coopfarm.planning.pests.degree_days import Method, WarmDay, degree_days
from coopfarm.planning.pests.risk import risk_of, to_scout
from coopfarm.planning.pests.species import Development
from coopfarm.planning.pests.temperatures import DayRange, earlier_years
from coopfarm.planning.pests.window import Prediction, predict
from coopfarm.water.queries import weather

# As far as an event is looked for after the last measured day, and back for earlier years.
_AHEAD: Final = 240
_BACK: Final = timedelta(days=366 * 10)


class NoTemperatures(Invalid):
    """Nothing is stored, or a day is missing since the biofix."""

    code = "no-temperatures"
    words = N_(
        "%(field)s: the lowest and highest temperature of every day from there on are needed, and "
        "%(missing)s has none. Choose a later day, or enter the weather."
    )


@dataclass(frozen=True, slots=True)
class Forecast:
    """The running total of degree-days since the biofix, and the window that is predicted."""

    development: Development
    days: Sequence[WarmDay]
    prediction: Prediction


def forecast(session: Session, row: PestNumber, biofix_on: date, today: date) -> Forecast:
    """How far a pest has developed by what was measured, and when it gets to its event.

    Days after `today` are taken from earlier years. Raises NoTemperatures.
    """
    development = development_of(row)
    stored = _stored(session, today)
    measured = [day for day in stored if biofix_on <= day.on]
    _check_whole(measured, biofix_on, today)
    outlooks = earlier_years(stored, measured[-1].on, _AHEAD)
    prediction = predict(development, biofix_on, measured, outlooks)
    method = development.method or Method.SINGLE_SINE
    days = degree_days(measured, development.thresholds, method)
    return Forecast(development, days, prediction)


def development_of(row: PestNumber) -> Development:
    sourced = rules.Sourced(
        row.kind, row.subject, row.numbers, row.source, row.source_year, row.place
    )
    return rules.development(sourced)


def _stored(session: Session, today: date) -> list[DayRange]:
    """Every stored day up to today that has both temperatures."""
    where = weather.station(session)
    if where is None:
        return []
    days = weather.days_of_weather(session, where, today - _BACK, today + timedelta(days=1))
    return [
        DayRange(day.on_day, day.measured["tmin_c"], day.measured["tmax_c"])
        for day in days
        if day.measured.get("tmin_c") is not None and day.measured.get("tmax_c") is not None
    ]


def _check_whole(measured: Sequence[DayRange], biofix_on: date, today: date) -> None:
    """Raises NoTemperatures for the first day without temperatures."""
    if biofix_on > today or not measured or measured[0].on != biofix_on:
        raise NoTemperatures(field="biofix_on", missing=biofix_on)
    for earlier, later in pairwise(measured):
        if later.on - earlier.on != timedelta(days=1):
            missing = earlier.on + timedelta(days=1)
            raise NoTemperatures(field="biofix_on", missing=missing)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A plot at risk: for ranking whom to scout first, not a probability."""

    plot: Plot
    risk: float


def ranking(session: Session, pest: str, since: datetime, crop: str = "") -> Sequence[Ranked]:
    """The plots at any risk from what was seen since, the highest first.

    Empty where nothing is published on how far the pest spreads, or nothing was seen.
    """
    row = numbers.kernel_of(session, pest)
    if row is None:
        return []
    plots = {str(plot.id): plot for plot in scouting.drawn_plots(session, crop)}
    where = [*scouting.places(session, [*plots.values()]).values()]
    seen = scouting.infestations(session, pest, since)
    risks = risk_of(where, seen, rules.kernel(row.numbers))
    return [Ranked(plots[key], risks[key]) for key in to_scout(risks)]
