"""When a pest may be expected, counted from a day on which something was seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from coopfarm.kernel.words import N_, NN_, Phrase, Sentence
from coopfarm.planning.pests import problems as no
from coopfarm.planning.pests.degree_days import Method, degree_days, follow_each_other
from coopfarm.planning.pests.species import Development
from coopfarm.planning.pests.temperatures import DayRange

ELSEWHERE = Phrase(
    "window-elsewhere",
    N_(
        "The numbers are from %(source)s (%(year)s; %(place)s). Here the pest may be earlier or"
        " later: look in the field before anything is decided."
    ),
)
METHOD_NOT_NAMED = Phrase(
    "window-method-not-named",
    N_("The source does not say how it counted; %(method)s with a %(cutoff)s cut-off is used."),
)
BY_EARLIER_YEARS = Phrase(
    "window-by-earlier-years",
    NN_(
        "Measured up to %(until)s; after that it goes by one earlier year.",
        "Measured up to %(until)s; after that it goes by %(years)s earlier years.",
        "years",
    ),
)
NOT_REACHED = Phrase(
    "window-not-reached",
    NN_(
        "In one of the earlier years it was not reached by %(until)s.",
        "In %(years)s of the earlier years it was not reached by %(until)s.",
        "years",
    ),
)
TOO_HOT = Phrase(
    "window-too-hot",
    NN_(
        "One day was hotter than %(upper_c)s °C, where the numbers end: the pest may be late.",
        "%(days)s days were hotter than %(upper_c)s °C, where the numbers end: the pest may be"
        " late.",
        "days",
    ),
)


@dataclass(frozen=True, slots=True)
class Prediction:
    """The days, half-open, on which an event falls; None where no temperatures reach it.

    `so_far_c` are the degree-days measured from the biofix on, `target_c` those that it takes;
    `is_measured` says that nothing but measured days went into the window.
    """

    opens_on: date | None
    closes_on: date | None
    so_far_c: float
    target_c: float
    is_measured: bool
    caveats: tuple[Sentence, ...]


def predict(
    development: Development,
    biofix_on: date,
    measured: Sequence[DayRange],
    outlooks: Sequence[Sequence[DayRange]] = (),
) -> Prediction:
    """The window of an event: when its degree-days, counted from the biofix, are reached.

    Temperatures are in °C. Each outlook goes on where `measured` ends, say as an earlier year
    did; the window reaches from the first to the last day on which any of them gets there.
    Raises BiofixNotMeasured, and ValueError for days that do not follow each other.
    """
    since = _since(biofix_on, measured, outlooks)
    method = development.method or Method.SINGLE_SINE
    totals = degree_days(since, development.thresholds, method)
    target = development.degree_days_c
    arrived = next((day.on for day in totals if day.total >= target), None)
    arrivals = [arrived] if arrived is not None else _arrivals(development, since, outlooks)
    reached = sorted(on for on in arrivals if on is not None)
    return Prediction(
        opens_on=reached[0] if reached else None,
        closes_on=reached[-1] + timedelta(days=1) if reached else None,
        so_far_c=totals[-1].total,
        target_c=target,
        is_measured=arrived is not None,
        caveats=(
            *_about_the_source(development),
            *_about_heat(development, since, arrived),
            *(() if arrived is not None else _about_outlooks(since, outlooks, arrivals)),
        ),
    )


def _since(
    biofix_on: date, measured: Sequence[DayRange], outlooks: Sequence[Sequence[DayRange]]
) -> list[DayRange]:
    """The measured days from the biofix on, once all days are seen to follow each other."""
    since = [day for day in measured if day.on >= biofix_on]
    if not since or since[0].on != biofix_on:
        first = measured[0].on if measured else None
        last = measured[-1].on if measured else None
        raise no.BiofixNotMeasured(field="biofix", biofix=biofix_on, first=first, last=last)
    if not all(follow_each_other([*since, *outlook]) for outlook in ((), *outlooks)):
        raise ValueError("the days of temperature do not follow each other")
    return since


def _arrivals(
    development: Development, since: Sequence[DayRange], outlooks: Sequence[Sequence[DayRange]]
) -> list[date | None]:
    method = development.method or Method.SINGLE_SINE
    return [
        next(
            (
                day.on
                for day in degree_days([*since, *outlook], development.thresholds, method)
                if day.total >= development.degree_days_c
            ),
            None,
        )
        for outlook in outlooks
    ]


def _about_the_source(development: Development) -> list[Sentence]:
    said = [
        ELSEWHERE(source=development.source, year=str(development.year), place=development.place)
    ]
    if development.method is None or development.cutoff is None:
        method = development.method or Method.SINGLE_SINE
        cutoff = development.thresholds.cutoff
        said.append(METHOD_NOT_NAMED(method=method.value, cutoff=cutoff.value))
    return said


def _about_heat(
    development: Development, since: Sequence[DayRange], arrived: date | None
) -> list[Sentence]:
    # Degree-days mispredict the pink bollworm of Punjab after days above 40 °C (Dhaliwal).
    if development.upper_c is None:
        return []
    counted = [day for day in since if arrived is None or day.on <= arrived]
    hot = sum(day.tmax > development.upper_c for day in counted)
    return [TOO_HOT(days=hot, upper_c=development.upper_c)] if hot else []


def _about_outlooks(
    since: Sequence[DayRange],
    outlooks: Sequence[Sequence[DayRange]],
    arrivals: Sequence[date | None],
) -> list[Sentence]:
    if not outlooks:
        return []
    said = [BY_EARLIER_YEARS(until=since[-1].on, years=len(outlooks))]
    missed = sum(on is None for on in arrivals)
    if missed:
        last = max(outlook[-1].on for outlook in outlooks if outlook)
        said.append(NOT_REACHED(years=missed, until=last))
    return said
