"""Which plots an area holds, and in which hours they may be sprayed together."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from shapely import MultiPolygon, unary_union
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.kernel.calendar import KINDS
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.words import N_, NN_, Phrase, Sentence
from coopfarm.land.models import Plot, PlotTime
from coopfarm.land.queries import calendar, network
from coopfarm.land.schemas import geojson
from coopfarm.pests.queries import scouting, sightings
from coopfarm.pests.queries.campaigns import Row
from coopfarm.pests.rules.campaigns import Choice
from coopfarm.planning.pests.coverage import Parcel, coverage_of
from coopfarm.planning.pests.hours import read_hours
from coopfarm.planning.pests.problems import AreaUnusable
from coopfarm.planning.pests.spray_hours import judge_hours

# Spraying shortly before water is let on washes it into the drains: planning of the project, X6.
BEFORE_TURN: Final = timedelta(hours=24)
TURN_SOON: Final = Phrase(
    "campaign-conflict-turn",
    NN_(
        "Plot %(plot)s has its water turn at %(at)s: no spraying within %(hours)s hour before it.",
        "Plot %(plot)s has its water turn at %(at)s: no spraying within %(hours)s hours before it.",
        "hours",
    ),
)
MEETS: Final = Phrase("campaign-conflict", N_("Plot %(plot)s: %(planned)s from %(at)s."))
_HOUR: Final = timedelta(hours=1)
# Hours since 1970 where the day is given; hours of the day, or few days, where it is not.
_DAYS_GIVEN: Final = 100_000
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 (clocks of the field, before they get a zone)
_ZONED: Final = re.compile(r"(Z|[+-]\d\d:?\d\d)$")
# What tells, and keeps nobody from spraying.
_HARMLESS: Final = frozenset({"pest_window", "spray", "pre_harvest"})


@dataclass(frozen=True, slots=True)
class Affected:
    """A plot in an area, and how many m² of it lie there."""

    plot: Plot
    inside_m2: float


@dataclass(frozen=True, slots=True)
class Conflict:
    """What is planned on a plot that does not go with spraying it."""

    plot_id: UUID
    said: Sentence


@dataclass(frozen=True, slots=True)
class Window:
    """Hours in a row that are fit, and what on the plots does not go with them."""

    during: Interval
    conflicts: tuple[Conflict, ...]
    plots: int

    @property
    def free_plots(self) -> int:
        return self.plots - len({one.plot_id for one in self.conflicts})

    @property
    def hours(self) -> int:
        return round(self.during.length / _HOUR)

    @property
    def starts(self) -> list[datetime]:
        return [self.during.start + hour * _HOUR for hour in range(self.hours)]


def outline_of(text: str) -> BaseGeometry | None:
    """The areas of a GeoJSON text in degrees, joined; None where none was given.

    Raises AreaUnusable and what `geojson.read` does.
    """
    if not text.strip():
        return None
    shapes = [one.shape for one in geojson.read(text.encode()).features]
    if not shapes or not all(
        one is not None and one.geom_type in ("Polygon", "MultiPolygon") and one.is_valid
        for one in shapes
    ):
        raise AreaUnusable(field="outline")
    return unary_union([one for one in shapes if one is not None])


def affected(session: Session, choice: Choice, crop: str = "") -> Sequence[Affected]:
    """The plots of an area by code, of one crop where one is given; a block counts whole."""
    outlets = {*choice.outlet_ids, *network.outlets_on(session, choice.canal_ids)}
    query = select(Plot).order_by(Plot.code)
    plots = session.scalars(query.where(Plot.crop == crop) if crop else query).all()
    drawn = _inside(session, choice, plots)
    found = []
    for plot in plots:
        inside_m2 = plot.net_area_m2 if plot.outlet_id in outlets else drawn.get(plot.id, 0.0)
        if inside_m2 > 0:
            found.append(Affected(plot, inside_m2))
    return found


def _inside(session: Session, choice: Choice, plots: Sequence[Plot]) -> dict[UUID, float]:
    """How many m² of each drawn plot lie within the circle or the outline."""
    origin = scouting.plane_of(session)
    areas = [] if choice.outline is None else [origin.flat(choice.outline)]
    if choice.sighting_id is not None and choice.circle_m > 0:
        place = sightings.sighting(session, choice.sighting_id).place
        areas.append(origin.flat(place).buffer(choice.circle_m))
    if not areas:
        return {}
    parcels = [
        Parcel(str(plot.id), plot.net_area_m2, origin.flat(_sound(plot.boundary)))
        for plot in plots
        if plot.boundary is not None
    ]
    covered = coverage_of(unary_union(areas), parcels, ())
    return {UUID(one.id): one.inside_m2 for one in covered.plots}


def _sound(boundary: MultiPolygon) -> BaseGeometry:
    """An outline drawn by hand may touch itself; as an area it is the same."""
    return boundary if boundary.is_valid else boundary.buffer(0)


def read_air(text: str, first_day: date, zone: ZoneInfo) -> list[dict[str, Any]]:
    """The hours of a CSV text, judged, for keeping: `at`, what was measured, `ok` and why not.

    Hours without a day begin on `first_day`; without an offset they are of `zone`. Raises what
    `read_hours` does.
    """
    hours = read_hours(text)
    judged = judge_hours(hours)
    return [
        {
            "at": _moment(air.hour, air.place, first_day, zone).isoformat(),
            "temperature_c": air.temperature_c,
            "wind_km_h": air.wind_km_h,
            "rain_mm": air.rain_mm,
            "delta_t_c": found.delta_t_c,
            "ok": found.ok,
            "reasons": [said.as_json() for said in found.reasons],
        }
        for air, found in zip(hours, judged, strict=True)
    ]


def _moment(written: str, place: int, first_day: date, zone: ZoneInfo) -> datetime:
    if place < _DAYS_GIVEN:
        clock = datetime.combine(first_day, time()) + place * _HOUR
        return clock.replace(tzinfo=zone).astimezone(UTC)
    shown = _EPOCH + place * _HOUR
    known = UTC if _ZONED.search(written.strip()) else zone
    return shown.replace(tzinfo=known).astimezone(UTC)


def windows(
    session: Session, air: Sequence[dict[str, Any]], rows: Sequence[Row], now: datetime
) -> Sequence[Window]:
    """The stretches of fit hours ahead: those free for most plots first, then the earliest."""
    plots = {one.plot.id: one.plot for one in rows if one.row.answer != "declined"}
    stretches = [*_stretches(air, now)]
    if not stretches or not plots:
        return []
    whole = Interval(stretches[0].start, stretches[-1].end + BEFORE_TURN)
    times = calendar.of_plots(session, [*plots], whole)
    found = [Window(one, tuple(conflicts(one, times, plots)), len(plots)) for one in stretches]
    return sorted(found, key=lambda one: (-one.free_plots, one.during.start))


def conflicts(
    during: Interval, times: Sequence[PlotTime], plots: dict[UUID, Plot]
) -> Iterator[Conflict]:
    """What does not go with spraying these plots then: a turn soon after, whatever meets it."""
    hours = round(BEFORE_TURN / _HOUR)
    for one in times:
        name = plots[one.plot_id].name or plots[one.plot_id].code
        margin = BEFORE_TURN if one.kind == "turn" else timedelta()
        if one.kind in _HARMLESS or not (
            one.starts_at < during.end + margin and during.start < one.ends_at
        ):
            continue
        if one.kind == "turn":
            said = TURN_SOON(plot=name, at=one.starts_at, hours=hours)
        else:
            planned = KINDS[one.kind]() if one.kind in KINDS else one.kind
            said = MEETS(plot=name, planned=planned, at=one.starts_at)
        yield Conflict(one.plot_id, said)


def conflicts_of(session: Session, during: Interval, rows: Sequence[Row]) -> Sequence[Conflict]:
    """What stands against a window on the plots that take part or may."""
    plots = {one.plot.id: one.plot for one in rows if one.row.answer != "declined"}
    whole = Interval(during.start, during.end + BEFORE_TURN)
    return [*conflicts(during, calendar.of_plots(session, [*plots], whole), plots)]


def _stretches(air: Sequence[dict[str, Any]], now: datetime) -> Iterator[Interval]:
    """Fit hours that follow each other, joined, from the next full one on."""
    begin: datetime | None = None
    end: datetime | None = None
    for one in air:
        at = datetime.fromisoformat(one["at"])
        if not one["ok"] or at < now:
            continue
        if begin is not None and end == at:
            end = at + _HOUR
            continue
        if begin is not None and end is not None:
            yield Interval(begin, end)
        begin, end = at, at + _HOUR
    if begin is not None and end is not None:
        yield Interval(begin, end)
