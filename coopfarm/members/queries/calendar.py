"""What is to happen to people, whoever wrote it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.kernel.interval import Interval
from coopfarm.members.models import PersonTime


def of_people(
    session: Session, member_ids: Collection[UUID], during: Interval, *, only_hard: bool = False
) -> Sequence[PersonTime]:
    """What these members have in a stretch of time, the earliest first."""
    query = select(PersonTime).where(
        PersonTime.member_id.in_(member_ids),
        PersonTime.starts_at < during.end,
        PersonTime.ends_at > during.start,
    )
    if only_hard:
        query = query.where(PersonTime.is_hard)
    return session.scalars(query.order_by(PersonTime.starts_at, PersonTime.id)).all()
