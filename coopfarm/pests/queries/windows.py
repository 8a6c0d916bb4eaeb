"""Windows in which a pest may be expected."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Missing
from coopfarm.land.models import Plot
from coopfarm.members.models import Member
from coopfarm.pests.models import PestWindow


def window(session: Session, window_id: UUID, *, for_update: bool = False) -> PestWindow:
    """One window. Raises Missing."""
    query = select(PestWindow).where(PestWindow.id == window_id)
    found = session.scalar(query.with_for_update() if for_update else query)
    if found is None:
        raise Missing
    return found


def ahead(session: Session, today: date) -> Sequence[PestWindow]:
    """The windows in the calendar that have not closed, the next to open first."""
    query = select(PestWindow).where(PestWindow.ended_at.is_(None), PestWindow.closes_on > today)
    return session.scalars(query.order_by(PestWindow.opens_on, PestWindow.id)).all()


def live_of(session: Session, number_id: UUID, crop: str) -> Sequence[PestWindow]:
    """The windows in the calendar by this number for this crop."""
    query = select(PestWindow).where(
        PestWindow.number_id == number_id, PestWindow.crop == crop, PestWindow.ended_at.is_(None)
    )
    return session.scalars(query).all()


def calendar_ids(session: Session, window_id: UUID) -> list[UUID]:
    """What a window is called in the calendars of members."""
    return [uuid5(window_id, str(one)) for one in session.scalars(select(Member.id))]


def crops(session: Session) -> Sequence[str]:
    """What stands on the plots, by code."""
    query = select(Plot.crop).where(Plot.crop.is_not(None)).distinct().order_by(Plot.crop)
    return [crop for crop in session.scalars(query) if crop]
