"""The peak of the season: wishes, the round that shares machine-days out, and campaigns."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant


class Round(OfCooperative, Base):
    """One sharing out of the machine-days of a category between two days.

    `inputs` is all that it was made from, its seed among it, so that anyone can make it again;
    `outcome` is what came of it.
    """

    __tablename__ = "allocation_rounds"
    __table_args__ = (
        belongs_to("members", "made_by"),
        UniqueConstraint("cooperative_id", "number"),
        CheckConstraint(
            "state IN ('open', 'closed', 'run', 'published', 'appealed', 'final')", "state"
        ),
        CheckConstraint("first_day <= last_day", "has_days"),
        CheckConstraint(
            "state IN ('open', 'closed') OR (outcome_hash <> '' AND is_certified)", "certified"
        ),
        Index("ix_allocation_rounds_state", "cooperative_id", "state", "first_day"),
    )

    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    category: Mapped[str] = mapped_column(String(30))
    job: Mapped[str] = mapped_column(String(30))
    first_day: Mapped[date]
    last_day: Mapped[date]
    deadline_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(10), default="open")
    places: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    inputs: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    inputs_hash: Mapped[str] = mapped_column(String(64), default="")
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    outcome_hash: Mapped[str] = mapped_column(String(64), default="")
    is_certified: Mapped[bool] = mapped_column(default=False)
    findings: Mapped[list[Any]] = mapped_column(JSON, default=list)
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    final_at: Mapped[datetime | None] = mapped_column(Instant)
    edition: Mapped[int] = mapped_column(default=1)


class Wish(OfCooperative, Base):
    """What one member wishes of a round: how many days, on which plot, which days suit best."""

    __tablename__ = "wishes"
    __table_args__ = (
        belongs_to("allocation_rounds", "round_id", ondelete="CASCADE"),
        belongs_to("members", "member_id"),
        belongs_to("plots", "plot_id"),
        UniqueConstraint("cooperative_id", "round_id", "member_id"),
        CheckConstraint("days > 0", "days"),
    )

    round_id: Mapped[UUID]
    member_id: Mapped[UUID]
    plot_id: Mapped[UUID | None]
    days: Mapped[int]
    from_day: Mapped[date]
    to_day: Mapped[date]
    best_day: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(300), default="")
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)
    edition: Mapped[int] = mapped_column(default=1)


class SeasonShare(OfCooperative, Base):
    """What one member got of a round and why, and what they carry over into the next."""

    __tablename__ = "season_shares"
    __table_args__ = (
        belongs_to("allocation_rounds", "round_id", ondelete="CASCADE"),
        belongs_to("members", "member_id"),
        UniqueConstraint("cooperative_id", "round_id", "member_id"),
        Index("ix_season_shares_member", "cooperative_id", "member_id"),
    )

    round_id: Mapped[UUID]
    member_id: Mapped[UUID]
    days: Mapped[list[Any]] = mapped_column(JSON)
    fair_days: Mapped[float]
    carried_in: Mapped[float]
    carried_out: Mapped[float]
    reasons: Mapped[list[Any]] = mapped_column(JSON)
    appeal: Mapped[str] = mapped_column(String(500), default="")
    appealed_at: Mapped[datetime | None] = mapped_column(Instant)
    appeal_answer: Mapped[str] = mapped_column(String(500), default="")


class Campaign(OfCooperative, Base):
    """A joint job over many plots: routes of the machines, checked and replayable."""

    __tablename__ = "campaigns"
    __table_args__ = (
        belongs_to("members", "made_by"),
        UniqueConstraint("cooperative_id", "number"),
        CheckConstraint("state IN ('draft', 'published', 'replaced', 'done')", "state"),
        CheckConstraint("state = 'draft' OR is_certified", "certified"),
        CheckConstraint("travel IN ('pooled', 'own')", "travel"),
        Index("ix_campaigns_state", "cooperative_id", "state"),
    )

    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    category: Mapped[str] = mapped_column(String(30))
    job: Mapped[str] = mapped_column(String(30))
    first_day: Mapped[date]
    last_day: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default="draft")
    travel: Mapped[str] = mapped_column(String(10), default="pooled")
    inputs: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    inputs_hash: Mapped[str] = mapped_column(String(64), default="")
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    outcome_hash: Mapped[str] = mapped_column(String(64), default="")
    is_certified: Mapped[bool] = mapped_column(default=False)
    findings: Mapped[list[Any]] = mapped_column(JSON, default=list)
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    edition: Mapped[int] = mapped_column(default=1)


class Stop(OfCooperative, Base):
    """One plot of a campaign: which machine comes when, or why none does."""

    __tablename__ = "campaign_stops"
    __table_args__ = (
        belongs_to("campaigns", "campaign_id", ondelete="CASCADE"),
        belongs_to("plots", "plot_id"),
        belongs_to("members", "member_id"),
        belongs_to("machines", "machine_id"),
        belongs_to("bookings", "booking_id"),
        UniqueConstraint("cooperative_id", "campaign_id", "plot_id"),
        CheckConstraint("(starts_at IS NULL) = (machine_id IS NULL)", "served"),
        CheckConstraint("starts_at IS NULL OR starts_at < ends_at", "has_a_length"),
    )

    campaign_id: Mapped[UUID]
    plot_id: Mapped[UUID]
    member_id: Mapped[UUID | None]
    machine_id: Mapped[UUID | None]
    booking_id: Mapped[UUID | None]
    starts_at: Mapped[datetime | None] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    lost_minutes: Mapped[int] = mapped_column(default=0)
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)
