"""What is done together against a pest: a campaign, who joins it, who is told, what it did."""

from datetime import datetime
from typing import Any
from uuid import UUID

from shapely import Point
from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant
from coopfarm.store.geometry import Shape


class PestCampaign(OfCooperative, Base):
    """Many plots treated at one time against one pest.

    It is called from a proposal, or by hand with a reason. `chosen` says how its area was
    chosen, `air` the weather of each hour from which its window was taken.
    """

    __tablename__ = "pest_campaigns"
    __table_args__ = (
        belongs_to("control_proposals", "proposal_id"),
        belongs_to("members", "made_by"),
        UniqueConstraint("cooperative_id", "proposal_id"),
        CheckConstraint(
            "state IN ('called', 'scheduled', 'postponed', 'go', 'done', 'evaluated',"
            " 'called_off')",
            "state",
        ),
        CheckConstraint("proposal_id IS NOT NULL OR length(trim(reason)) > 0", "reason"),
        CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", "window"),
        CheckConstraint("starts_at < ends_at", "has_a_length"),
        CheckConstraint(
            "state IN ('called', 'postponed', 'called_off') OR starts_at IS NOT NULL", "scheduled"
        ),
        CheckConstraint("radius_m >= 0 AND hours_ahead >= 0 AND visit_after_days > 0", "notices"),
        Index("ix_pest_campaigns_state", "cooperative_id", "state", "made_at"),
    )

    pest: Mapped[str] = mapped_column(String(40))
    crop: Mapped[str] = mapped_column(String(40), default="")
    proposal_id: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(String(300), default="")
    chosen: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(10), default="called")
    air: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    starts_at: Mapped[datetime | None] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    radius_m: Mapped[float]
    hours_ahead: Mapped[int]
    visit_after_days: Mapped[int]
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)
    stated_at: Mapped[datetime] = mapped_column(Instant)


class CampaignPlot(OfCooperative, Base):
    """A plot in the area of a campaign, how much of it lies there, and whether it joins."""

    __tablename__ = "campaign_plots"
    __table_args__ = (
        belongs_to("pest_campaigns", "campaign_id", ondelete="CASCADE"),
        belongs_to("plots", "plot_id", ondelete="CASCADE"),
        belongs_to("members", "answered_by"),
        UniqueConstraint("cooperative_id", "campaign_id", "plot_id"),
        CheckConstraint("answer IN ('waiting', 'joined', 'declined')", "answer"),
        CheckConstraint("(answer = 'waiting') = (answered_at IS NULL)", "answered"),
        CheckConstraint("inside_m2 > 0", "inside"),
    )

    campaign_id: Mapped[UUID]
    plot_id: Mapped[UUID]
    inside_m2: Mapped[float]
    answer: Mapped[str] = mapped_column(String(8), default="waiting")
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None] = mapped_column(Instant)


class CampaignCount(OfCooperative, Base):
    """What was counted on a plot before or after: plants looked at, plants with the pest."""

    __tablename__ = "campaign_counts"
    __table_args__ = (
        belongs_to("campaign_plots", "campaign_plot_id", ondelete="CASCADE"),
        belongs_to("members", "by_id"),
        UniqueConstraint("cooperative_id", "campaign_plot_id", "stage"),
        CheckConstraint("stage IN ('before', 'after')", "stage"),
        CheckConstraint("plants > 0 AND infested >= 0 AND infested <= plants", "plants"),
    )

    campaign_plot_id: Mapped[UUID]
    stage: Mapped[str] = mapped_column(String(6))
    plants: Mapped[int]
    infested: Mapped[int]
    by_id: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)


class SensitiveSite(OfCooperative, Base):
    """A place that has to be told before anybody sprays near it, and whom to tell."""

    __tablename__ = "sensitive_sites"
    __table_args__ = (
        belongs_to("members", "member_id"),
        belongs_to("members", "made_by"),
        CheckConstraint("kind IN ('hives', 'organic', 'school', 'well')", "kind"),
        CheckConstraint("length(trim(name)) > 0", "name"),
        CheckConstraint("member_id IS NOT NULL OR length(trim(phone)) > 0", "contact"),
        Index("ix_sensitive_sites_kind", "cooperative_id", "kind", "name"),
    )

    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(80))
    place: Mapped[Point] = mapped_column(Shape("POINT"))
    member_id: Mapped[UUID | None]
    contact: Mapped[str] = mapped_column(String(80), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class CampaignNotice(OfCooperative, Base):
    """A sensitive site is told of a campaign's window; whether somebody there has heard of it."""

    __tablename__ = "campaign_notices"
    __table_args__ = (
        belongs_to("pest_campaigns", "campaign_id", ondelete="CASCADE"),
        belongs_to("sensitive_sites", "site_id"),
        belongs_to("members", "answered_by"),
        UniqueConstraint("cooperative_id", "campaign_id", "site_id"),
        CheckConstraint("state IN ('waiting', 'acknowledged', 'waived')", "state"),
        CheckConstraint("(state = 'waiting') = (answered_at IS NULL)", "answered"),
        CheckConstraint("state <> 'waived' OR length(trim(note)) > 0", "waived"),
        CheckConstraint("distance_m >= 0", "distance"),
    )

    campaign_id: Mapped[UUID]
    site_id: Mapped[UUID]
    distance_m: Mapped[float]
    due_at: Mapped[datetime] = mapped_column(Instant)
    made_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    note: Mapped[str] = mapped_column(String(300), default="")
