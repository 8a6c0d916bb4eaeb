"""What each member owes of the work of a period, in proportion to water or land."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant


class DutyPeriod(OfCooperative, Base):
    """The hours of work that a period needs, and by what they are spread over the members."""

    __tablename__ = "duty_periods"
    __table_args__ = (
        belongs_to("members", "made_by"),
        CheckConstraint("first_day <= last_day", "has_days"),
        CheckConstraint("need_minutes > 0", "need"),
        CheckConstraint("basis IN ('water', 'area')", "basis"),
    )

    name: Mapped[str] = mapped_column(String(120))
    first_day: Mapped[date]
    last_day: Mapped[date]
    need_minutes: Mapped[int]
    basis: Mapped[str] = mapped_column(String(5))
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)


class Duty(OfCooperative, Base):
    """One member's part of a period: the parts sum to the need. `measure` is what it follows."""

    __tablename__ = "duties"
    __table_args__ = (
        belongs_to("duty_periods", "period_id", ondelete="CASCADE"),
        belongs_to("members", "member_id"),
        UniqueConstraint("cooperative_id", "period_id", "member_id"),
        CheckConstraint("owed_minutes >= 0", "owed"),
    )

    period_id: Mapped[UUID]
    member_id: Mapped[UUID]
    measure: Mapped[float]
    owed_minutes: Mapped[int]
