"""Weather and crops of a period, as plain values that can be kept and used again."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.land.models import Plot
from coopfarm.members.models import Cooperative
from coopfarm.planning.need.need import PlotNeed, need_of
from coopfarm.planning.need.plots import CroppedPlot, Terms
from coopfarm.planning.need.reference import ReferenceEt, reference_et
from coopfarm.planning.need.weather import Station, WeatherDay
from coopfarm.water import queries, rules
from coopfarm.water.models import WeatherStation

YEARS_BACK = 3
EARLIER_YEARS = Phrase(
    "weather-of-earlier-years",
    N_("%(count)s of the days have no weather yet; the same days of an earlier year are taken."),
)


@dataclass(frozen=True, slots=True)
class Season:
    """All that the need is worked out from."""

    station: Station
    days: tuple[WeatherDay, ...]
    plots: tuple[CroppedPlot, ...]
    terms: Terms
    start: date
    end: date

    def needs(self) -> tuple[tuple[PlotNeed, ...], ReferenceEt]:
        """The need of every plot in m³, and the evapotranspiration behind it."""
        reference = reference_et(self.station, self.days)
        needs = need_of(self.plots, reference, start=self.start, end=self.end, terms=self.terms)
        return needs, reference

    @property
    def reference_mm(self) -> float:
        """Reference evapotranspiration over the whole period."""
        return float(reference_et(self.station, self.days).eto_mm.sum())

    def as_json(self) -> dict[str, Any]:
        """Plain values; `from_json` gives the same season back."""
        return {
            "station": asdict(self.station),
            "days": [_without_gaps(asdict(day)) for day in self.days],
            "plots": [_plain(plot._asdict()) for plot in self.plots],
            "terms": asdict(self.terms),
            "start": self.start.isoformat(),
            "end": self.end.isoformat(),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Season":
        return cls(
            Station(**stored["station"]),
            tuple(WeatherDay(**_dated(day, "on")) for day in stored["days"]),
            tuple(CroppedPlot(**_dated(plot, "sown_on")) for plot in stored["plots"]),
            Terms(**stored["terms"]),
            date.fromisoformat(stored["start"]),
            date.fromisoformat(stored["end"]),
        )


def season_of(
    session: Session, home: Cooperative, wish: rules.Wish, plots: Sequence[Plot]
) -> tuple[Season, tuple[Sentence, ...]]:
    """The weather and crops of the wished period, and what had to be put in for gaps.

    Raises NoStation and NoCrop.
    """
    where = queries.station(session)
    if where is None:
        raise rules.NoStation
    start, end = _days(home, wish)
    days, notes = _weather(session, where, start, end, earlier_years=wish.earlier_years)
    season = Season(
        Station(where.latitude_deg, where.elevation_m, where.wind_height_m),
        days,
        _cropped(plots, table_decides=wish.coefficients is None),
        Terms(
            field_efficiency=home.field_efficiency,
            count_rain=wish.count_rain,
            coefficients=wish.coefficients,
        ),
        start,
        end,
    )
    return season, notes


def _days(home: Cooperative, wish: rules.Wish) -> tuple[date, date]:
    """The days from midnight to midnight, local time, nearest to the period.

    So cycles of ten and a half days take ten and eleven days in turn, and none twice.
    """
    zone = ZoneInfo(home.timezone)
    half_a_day = timedelta(hours=12)
    start, end = (
        (moment.astimezone(zone).replace(tzinfo=None) + half_a_day).date()
        for moment in (wish.starts_at, wish.ends_at)
    )
    return start, max(end, start + timedelta(days=1))


def _weather(
    session: Session, where: WeatherStation, start: date, end: date, *, earlier_years: bool
) -> tuple[tuple[WeatherDay, ...], tuple[Sentence, ...]]:
    days = _kept(session, where, start, end)
    missing = {start + timedelta(days=n) for n in range((end - start).days)} - set(days)
    if not (missing and earlier_years):
        return tuple(days[on] for on in sorted(days)), ()
    borrowed = _of_earlier_years(session, where, missing)
    notes = (EARLIER_YEARS(count=len(borrowed)),) if borrowed else ()
    days |= borrowed
    return tuple(days[on] for on in sorted(days)), notes


def _kept(
    session: Session, where: WeatherStation, start: date, end: date
) -> dict[date, WeatherDay]:
    found = queries.days_of_weather(session, where, start, end)
    return {day.on_day: WeatherDay(on=day.on_day, **day.measured) for day in found}


def _of_earlier_years(
    session: Session, where: WeatherStation, missing: set[date]
) -> dict[date, WeatherDay]:
    """For each missing day the weather 52 weeks earlier, or 104, or 156."""
    borrowed: dict[date, WeatherDay] = {}
    for years in range(1, YEARS_BACK + 1):
        back = timedelta(weeks=52 * years)
        left = missing - set(borrowed)
        if not left:
            break
        found = _kept(session, where, min(left) - back, max(left) - back + timedelta(days=1))
        for on in left & {day + back for day in found}:
            values = {k: v for k, v in asdict(found[on - back]).items() if k != "on"}
            borrowed[on] = WeatherDay(on=on, **values)
    return borrowed


def _cropped(plots: Sequence[Plot], *, table_decides: bool) -> tuple[CroppedPlot, ...]:
    bare = [plot for plot in plots if not plot.crop]
    if bare and table_decides:
        raise rules.NoCrop(plot=bare[0].code, count=len(bare))
    return tuple(CroppedPlot(p.code, p.crop or "", p.net_area_m2, p.sown_on) for p in plots)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}


def _without_gaps(values: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in _plain(values).items() if v is not None}


def _dated(values: dict[str, Any], key: str) -> dict[str, Any]:
    said = values.get(key)
    return {**values, key: date.fromisoformat(said) if said else None}
