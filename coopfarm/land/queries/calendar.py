"""What is to happen on plots, whoever wrote it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

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
