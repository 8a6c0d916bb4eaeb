"""What is to happen to each person."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant


class PersonTime(OfCooperative, Base):
    """A stretch of somebody's time that a capability has written down.

    Of hard ones no two of one member may share a moment, and the database sees to that.
    """

    __tablename__ = "person_times"
    __table_args__ = (
        belongs_to("members", "member_id", ondelete="CASCADE"),
        CheckConstraint("starts_at < ends_at", "has_a_length"),
        Index("ix_person_times_of", "cooperative_id", "member_id", "starts_at"),
    )

    member_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(20))
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    is_hard: Mapped[bool]
