"""What is known of pests and products: the numbers that are in force, and those that were."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Missing
from coopfarm.pests.models import PestNumber


def in_force(session: Session, kind: str, subject: str | None = None) -> Sequence[PestNumber]:
    """The numbers of a kind that are gone by, those entered first before the others."""
    query = select(PestNumber).where(PestNumber.kind == kind, PestNumber.ended_at.is_(None))
    if subject is not None:
        query = query.where(PestNumber.subject == subject)
    return session.scalars(query.order_by(PestNumber.entered_at, PestNumber.id)).all()


def all_in_force(session: Session) -> Sequence[PestNumber]:
    """Every number that is gone by, by kind and subject."""
    query = select(PestNumber).where(PestNumber.ended_at.is_(None))
    order = (PestNumber.kind, PestNumber.subject, PestNumber.entered_at, PestNumber.id)
    return session.scalars(query.order_by(*order)).all()


def ended(session: Session, *, most: int = 100) -> Sequence[PestNumber]:
    """What was gone by before, the latest first."""
    query = select(PestNumber).where(PestNumber.ended_at.is_not(None))
    return session.scalars(query.order_by(PestNumber.ended_at.desc()).limit(most)).all()


def number(session: Session, number_id: UUID, *, for_update: bool = False) -> PestNumber:
    """One number. Raises Missing."""
    query = select(PestNumber).where(PestNumber.id == number_id)
    found = session.scalar(query.with_for_update() if for_update else query)
    if found is None:
        raise Missing
    return found


def kernel_of(session: Session, pest: str) -> PestNumber | None:
    """How far a pest spreads, the last that was entered."""
    return next(reversed(in_force(session, "kernel", pest)), None)
