"""What the map is drawn from: one question for each kind of thing on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from shapely import LineString, MultiPolygon, Point
from sqlalchemy import case, func, null, select
from sqlalchemy.orm import Session

from coopfarm.kernel.interval import Interval
from coopfarm.land.models import Canal, Outlet, Plot
from coopfarm.maps.rules.standing import TurnAhead
from coopfarm.members.models import Member
from coopfarm.members.queries import called
from coopfarm.store.base import same_row
from coopfarm.water.models import Allotment, Rotation, Turn


class DrawnCanal(NamedTuple):
    """A canal that has a line."""

    id: UUID
    code: str
    name: str
    capacity_l_s: float | None
    flows_against_line: bool
    line: LineString


class DrawnOutlet(NamedTuple):
    """An outlet; its place and its watercourse where they are known."""

    id: UUID
    code: str
    name: str
    canal_code: str | None
    place: Point | None
    watercourse: LineString | None


class MapPlot(NamedTuple):
    """A plot by the names people know it by; its boundary where that was asked for.

    Its member by name, or by number where names were not asked for; `concerned` are those who
    hold, work and pay it; `household` is whose it is held in, or the holder without one.
    """

    id: UUID
    code: str
    name: str
    outlet_code: str | None
    member_name: str | None
    concerned: tuple[UUID | None, ...]
    boundary: MultiPolygon | None
    household: UUID | None = None


@dataclass(frozen=True, slots=True)
class Shares:
    """A plan in force and, of each plot in it, award over need; None where nothing is needed."""

    version: int
    during: Interval
    of_plot: Mapping[UUID, float | None]


def canals(session: Session) -> Sequence[DrawnCanal]:
    query = select(
        Canal.id, Canal.code, Canal.name, Canal.capacity_l_s, Canal.flows_against_line, Canal.line
    ).order_by(Canal.code)
    found = session.execute(query.where(Canal.line.is_not(None)))
    return [DrawnCanal._make(row) for row in found]


def outlets(session: Session) -> Sequence[DrawnOutlet]:
    query = (
        select(Outlet.id, Outlet.code, Outlet.name, Canal.code, Outlet.place, Outlet.watercourse)
        .outerjoin(Canal, same_row(Canal, Outlet.canal_id, Outlet))
        .order_by(Outlet.code)
    )
    return [DrawnOutlet._make(row) for row in session.execute(query)]


def plots(session: Session, *, drawn: bool, names: bool, latin: bool = False) -> Sequence[MapPlot]:
    """Every plot, outlet by outlet, head to tail; with boundaries only where they are drawn."""
    boundary = Plot.boundary if drawn else null()
    member = called(latin=latin) if names else Member.number
    told = (Plot.id, Plot.code, Plot.name, Outlet.code, member)
    query = (
        select(
            *(*told, Plot.holder_id, Plot.worker_id, Plot.payer_id, boundary),
            func.coalesce(Member.household_id, Plot.holder_id),
        )
        .outerjoin(Outlet, same_row(Outlet, Plot.outlet_id, Plot))
        .outerjoin(Member, same_row(Member, Plot.holder_id, Plot))
        .order_by(Outlet.code, Plot.place_from_head, Plot.code)
    )
    found = session.execute(query)
    return [MapPlot._make((*row[:5], tuple(row[5:8]), *row[8:])) for row in found]


def outlet_codes(session: Session) -> Sequence[str]:
    return session.scalars(select(Outlet.code).order_by(Outlet.code)).all()


def turns_ahead(session: Session, now: datetime) -> Sequence[TurnAhead]:
    """The turns in force that are under way or still to come."""
    query = select(Turn.plot_id, Turn.outlet_id, Turn.starts_at, Turn.ends_at)
    found = session.execute(query.where(Turn.is_live, Turn.ends_at > now))
    return [TurnAhead(plot, outlet, Interval(start, end)) for plot, outlet, start, end in found]


def shares(session: Session, now: datetime) -> Shares | None:
    """What the plan in force gives: that of this moment, else the next to begin, else the last."""
    is_ahead = Rotation.ends_at > now
    plan = session.execute(
        select(Rotation.id, Rotation.version, Rotation.starts_at, Rotation.ends_at)
        .where(Rotation.state == "in_force")
        .order_by(is_ahead.desc(), case((is_ahead, Rotation.starts_at)), Rotation.ends_at.desc())
        .limit(1)
    ).first()
    if plan is None:
        return None
    query = select(Allotment.plot_id, Allotment.need_m3, Allotment.award_m3)
    found = session.execute(query.where(Allotment.rotation_id == plan.id))
    of_plot = {plot: award / need if need else None for plot, need, award in found}
    return Shares(plan.version, Interval(plan.starts_at, plan.ends_at), of_plot)
