"""Writing into the calendar of plots. No function here commits."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from coopfarm.kernel.calendar import Entry
from coopfarm.land.models import PlotTime
from coopfarm.land.rules.calendar import PlotLocked, PlotTaken
from coopfarm.store.guards import kept_by


def write(session: Session, entries: Iterable[Entry]) -> None:
    """Put entries of plots into the calendar.

    Raises PlotTaken where two hard ones meet, and PlotLocked for what people do after spraying.
    """
    for entry in entries:
        session.add(
            PlotTime(
                id=entry.id,
                plot_id=entry.of,
                kind=entry.kind,
                starts_at=entry.during.start,
                ends_at=entry.during.end,
                is_hard=entry.is_hard,
                what=entry.what,
            )
        )
    with kept_by("plot_times_no_overlap", PlotTaken()), kept_by("plot_times_locked", PlotLocked()):
        session.flush()


def erase(session: Session, ids: Sequence[UUID]) -> None:
    """Take out what was written for these rows."""
    session.execute(
        delete(PlotTime).where(PlotTime.id.in_(ids)),
        execution_options={"synchronize_session": False},
    )
