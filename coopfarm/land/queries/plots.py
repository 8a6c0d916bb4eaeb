"""Plots: one, those of an outlet in order, and those that were asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from coopfarm.land.models import Plot
from coopfarm.land.queries import rows
from coopfarm.members.models import Member

PLOTS_A_PAGE = 100


@dataclass(frozen=True, slots=True)
class PlotPage:
    """Some of the plots that were asked for, and how many there are in all."""

    plots: Sequence[Plot]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PLOTS_A_PAGE))


def plot(session: Session, plot_id: UUID, *, for_update: bool = False) -> Plot:
    return rows.one(session, Plot, plot_id, for_update=for_update)


def from_head(session: Session, outlet_id: UUID, *, for_update: bool = False) -> Sequence[Plot]:
    """The plots of an outlet from head to tail; those without a place at the end."""
    query = (
        select(Plot)
        .where(Plot.outlet_id == outlet_id)
        .order_by(Plot.place_from_head.is_(None), Plot.place_from_head, Plot.code)
    )
    return session.scalars(query.with_for_update() if for_update else query).all()


def search(
    session: Session,
    words: str = "",
    *,
    outlet_id: UUID | None = None,
    page: int = 1,
    by_name: bool = True,
) -> PlotPage:
    """One page of plots by code; `words` narrows by code, name, crop or the holder's name.

    Without `by_name` the holder's number: whom a name finds is known by it.
    """
    query = select(Plot)
    if outlet_id is not None:
        query = query.where(Plot.outlet_id == outlet_id)
    if words:
        query = query.where(_about(words, by_name=by_name))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = min(max(page, 1), max(1, -(-total // PLOTS_A_PAGE)))
    first = (page - 1) * PLOTS_A_PAGE
    shown = session.scalars(query.order_by(Plot.code).offset(first).limit(PLOTS_A_PAGE))
    return PlotPage(shown.all(), total, page)


def holders(session: Session) -> Sequence[Member]:
    """Who may hold a plot, by name."""
    return session.scalars(
        select(Member)
        .where(Member.state.not_in(("applied", "left")))
        .order_by(Member.name, Member.number)
    ).all()


def _about(words: str, *, by_name: bool) -> Any:
    escaped = words.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    like = f"%{escaped}%"
    names = (Member.name, Member.name_latin) if by_name else (Member.number,)
    alike = [func.lower(name).like(like, escape="\\") for name in names]
    holders = select(Member.id).where(or_(*alike))
    return (
        func.lower(Plot.code).like(like, escape="\\")
        | func.lower(Plot.name).like(like, escape="\\")
        | func.lower(func.coalesce(Plot.crop, "")).like(like, escape="\\")
        | Plot.holder_id.in_(holders)
    )
