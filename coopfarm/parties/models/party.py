"""Work parties: what is to be done where, the places of the crew, and who was asked and why."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant


class PartyPolicy(OfCooperative, Base):
    """One version of what the members agreed on about work parties; the newest is in force.

    `terms` is what `rules.policy` reads.
    """

    __tablename__ = "party_policies"
    __table_args__ = (
        belongs_to("members", "made_by"),
        UniqueConstraint("cooperative_id", "version"),
    )

    version: Mapped[int]
    terms: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(300), default="")
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)


class MemberSkill(OfCooperative, Base):
    """Something a member can do for a crew; `leading` is given by the office alone."""

    __tablename__ = "member_skills"
    __table_args__ = (
        belongs_to("members", "member_id", ondelete="CASCADE"),
        UniqueConstraint("cooperative_id", "member_id", "skill"),
    )

    member_id: Mapped[UUID]
    skill: Mapped[str] = mapped_column(String(20))


class WorkParty(OfCooperative, Base):
    """Work done together: task, place, hours, places of the crew, and what is credited for it.

    `holder_id` is whom it helps, who owes the hours then; without one the cooperative does.
    `code` and `tag` are shown by the leader: who has one of them is there.
    """

    __tablename__ = "work_parties"
    __table_args__ = (
        belongs_to("canals", "canal_id"),
        belongs_to("members", "holder_id"),
        belongs_to("members", "made_by"),
        belongs_to("ledger_transfers", "transfer_id"),
        UniqueConstraint("cooperative_id", "number"),
        CheckConstraint(
            "task IN ('pest_control', 'canal_cleaning', 'harvest_help', 'other')", "task"
        ),
        CheckConstraint(
            "state IN ('open', 'full', 'under_way', 'done', 'credited', 'cancelled')", "state"
        ),
        CheckConstraint("starts_at < ends_at AND cut_off_at <= starts_at", "times"),
        CheckConstraint("places > 0 AND credit_minutes > 0", "counts"),
        CheckConstraint("(state = 'credited') = (credited_at IS NOT NULL)", "credited"),
        CheckConstraint("(latitude_deg IS NULL) = (longitude_deg IS NULL)", "point"),
        Index("ix_work_parties_state", "cooperative_id", "state", "starts_at"),
    )

    number: Mapped[int]
    task: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(String(500), default="")
    meeting_place: Mapped[str] = mapped_column(String(120), default="")
    latitude_deg: Mapped[float | None]
    longitude_deg: Mapped[float | None]
    canal_id: Mapped[UUID | None]
    holder_id: Mapped[UUID | None]
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    cut_off_at: Mapped[datetime] = mapped_column(Instant)
    places: Mapped[int]
    skills: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    tools: Mapped[str] = mapped_column(String(300), default="")
    credit_minutes: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="open")
    state_reason: Mapped[str] = mapped_column(String(300), default="")
    tag: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(6))
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    credited_at: Mapped[datetime | None] = mapped_column(Instant)
    transfer_id: Mapped[UUID | None]
    edition: Mapped[int] = mapped_column(default=1)


class PartyPlot(OfCooperative, Base):
    """A plot that a work party works on; its calendar has the same id."""

    __tablename__ = "work_party_plots"
    __table_args__ = (
        belongs_to("work_parties", "party_id", ondelete="CASCADE"),
        belongs_to("plots", "plot_id"),
        UniqueConstraint("cooperative_id", "party_id", "plot_id"),
    )

    party_id: Mapped[UUID]
    plot_id: Mapped[UUID]


class PartyPlan(OfCooperative, Base):
    """Who is to be asked to which parties: what it was worked out from, and what came of it."""

    __tablename__ = "party_plans"
    __table_args__ = (
        belongs_to("members", "made_by"),
        CheckConstraint("state IN ('draft', 'asked', 'dropped')", "state"),
        CheckConstraint("state <> 'asked' OR is_certified", "certified"),
    )

    state: Mapped[str] = mapped_column(String(10), default="draft")
    runs: Mapped[list[Any]] = mapped_column(JSON)
    is_certified: Mapped[bool]
    findings: Mapped[list[Any]] = mapped_column(JSON, default=list)
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)
    asked_at: Mapped[datetime | None] = mapped_column(Instant)


class Place(OfCooperative, Base):
    """One member and one work party: asked, joined, and what came of it.

    It holds a place of the crew while `is_live`; of live ones a party has as many as `places`,
    and the database sees to that. The calendar of the person has the same id.
    """

    __tablename__ = "party_places"
    __table_args__ = (
        belongs_to("work_parties", "party_id", ondelete="CASCADE"),
        belongs_to("members", "member_id"),
        belongs_to("members", "substitute_id"),
        belongs_to("members", "witness_id"),
        belongs_to("members", "entered_by"),
        UniqueConstraint("cooperative_id", "party_id", "member_id"),
        CheckConstraint(
            "state IN ('asked', 'joined', 'left', 'present', 'absent', 'excused', 'cash')", "state"
        ),
        CheckConstraint("role IN ('leader', 'skill', 'hand')", "role"),
        CheckConstraint("is_live = (state IN ('asked', 'joined', 'present', 'absent'))", "live"),
        CheckConstraint("state <> 'absent' OR witness_id IS NOT NULL", "witnessed"),
        CheckConstraint("witness_id <> member_id", "another_witness"),
        CheckConstraint("excuse IN ('illness', 'hardship', 'other', '')", "excuse"),
        Index("ix_party_places_member", "cooperative_id", "member_id"),
    )

    party_id: Mapped[UUID]
    member_id: Mapped[UUID]
    role: Mapped[str] = mapped_column(String(6), default="hand")
    skill: Mapped[str] = mapped_column(String(20), default="")
    state: Mapped[str] = mapped_column(String(8))
    is_live: Mapped[bool]
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)
    substitute_id: Mapped[UUID | None]
    substitute_agreed_at: Mapped[datetime | None] = mapped_column(Instant)
    substitute_name: Mapped[str] = mapped_column(String(120), default="")
    excuse: Mapped[str] = mapped_column(String(8), default="")
    excuse_words: Mapped[str] = mapped_column(String(300), default="")
    cash_hundredths: Mapped[int | None]
    paid_at: Mapped[datetime | None] = mapped_column(Instant)
    arrived_at: Mapped[datetime | None] = mapped_column(Instant)
    witness_id: Mapped[UUID | None]
    entered_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)
    edition: Mapped[int] = mapped_column(default=1)
