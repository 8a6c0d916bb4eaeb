"""What stands around a drawing: every line and point of the land, for its map."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from shapely import MultiPolygon, Point
from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.land.models import Canal, Nakka, Outlet, Plot


class OutlinedPlot(NamedTuple):
    """A plot by its code, those who hold, work and pay it, and its boundary."""

    code: str
    concerned: tuple[UUID | None, ...]
    boundary: MultiPolygon


class PlacedNakka(NamedTuple):
    """A nakka that is somewhere."""

    id: UUID
    label: str
    outlet_code: str
    place: Point


def plots(session: Session) -> Sequence[OutlinedPlot]:
    concerned = (Plot.holder_id, Plot.worker_id, Plot.payer_id)
    query = select(Plot.code, Plot.boundary, *concerned).where(Plot.boundary.is_not(None))
    found = session.execute(query.order_by(Plot.code))
    return [OutlinedPlot(code, tuple(who), boundary) for code, boundary, *who in found]


def canals(session: Session) -> Sequence[Canal]:
    query = select(Canal).where(Canal.line.is_not(None))
    return session.scalars(query.order_by(Canal.code)).all()


def outlets(session: Session) -> Sequence[Outlet]:
    return session.scalars(select(Outlet).order_by(Outlet.code)).all()


def nakkas(session: Session) -> Sequence[PlacedNakka]:
    query = (
        select(Nakka.id, Nakka.label, Outlet.code, Nakka.place)
        .join(
            Outlet,
            (Outlet.cooperative_id == Nakka.cooperative_id) & (Outlet.id == Nakka.outlet_id),
        )
        .where(Nakka.place.is_not(None))
    )
    found = session.execute(query.order_by(Outlet.code, Nakka.label))
    return [PlacedNakka._make(row) for row in found]
