"""What is to happen on plots, whoever wrote it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from coopfarm.kernel.calendar import RE_ENTRY, locks
from coopfarm.kernel.interval import Interval
from coopfarm.land.models import PlotTime


def of_plots(
    session: Session, plot_ids: Collection[UUID], during: Interval, *, only_hard: bool = False
) -> Sequence[PlotTime]:
    """What is to happen on these plots in a stretch of time, the earliest first."""
    query = select(PlotTime).where(
        PlotTime.plot_id.in_(plot_ids),
        PlotTime.starts_at < during.end,
        PlotTime.ends_at > during.start,
    )
    if only_hard:
        query = query.where(PlotTime.is_hard)
    return session.scalars(query.order_by(PlotTime.starts_at, PlotTime.id)).all()


def in_the_way(
    session: Session, plot_ids: Collection[UUID], during: Interval, *, harvests: bool
) -> Sequence[PlotTime]:
    """What keeps others off these plots: hard entries, and locks after spraying."""
    query = select(PlotTime).where(
        PlotTime.plot_id.in_(plot_ids),
        PlotTime.starts_at < during.end,
        PlotTime.ends_at > during.start,
        or_(PlotTime.is_hard, PlotTime.kind.in_(locks(harvests=harvests))),
    )
    return session.scalars(query.order_by(PlotTime.starts_at, PlotTime.id)).all()


def locked(session: Session, during: Interval) -> Sequence[PlotTime]:
    """The hours in which nobody enters a plot after spraying, on whichever, the earliest first."""
    query = select(PlotTime).where(
        PlotTime.kind == RE_ENTRY, PlotTime.starts_at < during.end, PlotTime.ends_at > during.start
    )
    return session.scalars(query.order_by(PlotTime.starts_at, PlotTime.id)).all()
