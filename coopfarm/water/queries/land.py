"""The land as a plan needs it: plots head to tail, outlets with their schemes, canals."""

from collections.abc import Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from coopfarm.land.models import Canal, Outlet, Plot
from coopfarm.store.base import same_row
from coopfarm.water.models import (
    Scheme,
)


def plots_head_to_tail(session: Session) -> Sequence[tuple[Plot, str | None]]:
    """Every plot with its outlet's code, outlet by outlet, head to tail."""
    query = (
        select(Plot, Outlet.code)
        .outerjoin(Outlet, same_row(Outlet, Plot.outlet_id, Plot))
        .order_by(Outlet.code, Plot.place_from_head, Plot.code)
    )
    return [(plot, outlet) for plot, outlet in session.execute(query)]


def outlets_with_schemes(session: Session) -> Sequence[tuple[Outlet, Scheme | None]]:
    query = (
        select(Outlet, Scheme)
        .outerjoin(
            Scheme,
            and_(Scheme.cooperative_id == Outlet.cooperative_id, Scheme.outlet_id == Outlet.id),
        )
        .order_by(Outlet.code)
    )
    return [(outlet, scheme) for outlet, scheme in session.execute(query)]


def canals(session: Session) -> Sequence[Canal]:
    return session.scalars(select(Canal).order_by(Canal.code)).all()
