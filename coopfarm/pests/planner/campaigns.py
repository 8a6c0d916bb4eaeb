"""Which plots an area holds, and in which hours they may be sprayed together."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

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
from coopfarm.planning.pests.problems import AreaUnusable
from coopfarm.planning.pests.sun import inversions

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
INVERSION: Final = Phrase(
    "campaign-inversion",
    N_(
        "Inversions are to be expected from %(starts)s to %(ends)s, and spray hangs in them: avoid "
        "these hours. It is an advice (GRDC, Spray application manual, module 10)."
    ),
)
MEETS: Final = Phrase("campaign-conflict", N_("Plot %(plot)s: %(planned)s from %(at)s."))
_HOUR: Final = timedelta(hours=1)
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
    nights: tuple[Interval, ...] = ()
    """When inversions are to be expected that meet these hours."""

    @property
    def advice(self) -> tuple[Sentence, ...]:
        return tuple(INVERSION(starts=one.start, ends=one.end) for one in self.nights)

    @property
    def is_all_night(self) -> bool:
        """Whether every hour of it lies in one of them."""
        return any(
            one.start <= self.during.start and self.during.end <= one.end for one in self.nights
        )

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


def windows(
    session: Session, air: Sequence[dict[str, Any]], rows: Sequence[Row], now: datetime
) -> Sequence[Window]:
    """The stretches of fit hours ahead: those free for most plots first, then the earliest.

    Those that lie in an inversion from end to end come after the others.
    """
    plots = {one.plot.id: one.plot for one in rows if one.row.answer != "declined"}
    stretches = [*_stretches(air, now)]
    if not stretches or not plots:
        return []
    whole = Interval(stretches[0].start, stretches[-1].end + BEFORE_TURN)
    times = calendar.of_plots(session, [*plots], whole)
    found = [
        Window(one, tuple(conflicts(one, times, plots)), len(plots), nights(one, plots.values()))
        for one in stretches
    ]
    return sorted(found, key=lambda one: (one.is_all_night, -one.free_plots, one.during.start))


def nights(during: Interval, plots: Iterable[Plot]) -> tuple[Interval, ...]:
    """The inversions to be expected then, by the sun over the first plot that is drawn."""
    drawn = next((one.boundary for one in plots if one.boundary is not None), None)
    if drawn is None:
        return ()
    where = drawn.centroid
    return tuple(inversions(during, where.x, where.y))


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
