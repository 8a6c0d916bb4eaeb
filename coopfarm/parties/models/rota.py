"""Turns of duty that go round: childcare, the secretary's table, the guard."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant

_OPEN = "state = 'open'"


class Rota(OfCooperative, Base):
    """Slots that the same members take in a fair order."""

    __tablename__ = "rotas"
    __table_args__ = (
        belongs_to("members", "made_by"),
        CheckConstraint("kind IN ('childcare', 'secretary', 'guard', 'other')", "kind"),
    )

    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120))
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)
    planned_at: Mapped[datetime | None] = mapped_column(Instant)
    findings: Mapped[list[Any]] = mapped_column(JSON, default=list)


class RotaMember(OfCooperative, Base):
    """Somebody who takes turns in a rota."""

    __tablename__ = "rota_members"
    __table_args__ = (
        belongs_to("rotas", "rota_id", ondelete="CASCADE"),
        belongs_to("members", "member_id"),
        UniqueConstraint("cooperative_id", "rota_id", "member_id"),
    )

    rota_id: Mapped[UUID]
    member_id: Mapped[UUID]


class Slot(OfCooperative, Base):
    """One turn of duty; a heavy one weighs 2."""

    __tablename__ = "rota_slots"
    __table_args__ = (
        belongs_to("rotas", "rota_id", ondelete="CASCADE"),
        belongs_to("members", "member_id"),
        CheckConstraint("starts_at < ends_at", "has_a_length"),
        CheckConstraint("weight IN (1, 2)", "weight"),
        CheckConstraint("state IN ('open', 'assigned', 'done', 'missed')", "state"),
        CheckConstraint("(state = 'open') = (member_id IS NULL)", "assigned"),
        Index("ix_rota_slots_member", "cooperative_id", "member_id", "starts_at"),
    )

    rota_id: Mapped[UUID]
    member_id: Mapped[UUID | None]
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    weight: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="open")
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)


class SlotSwap(OfCooperative, Base):
    """One member asks another to take each other's slot; nothing moves before both agree."""

    __tablename__ = "slot_swaps"
    __table_args__ = (
        belongs_to("rota_slots", "slot_id", ondelete="CASCADE"),
        belongs_to("rota_slots", "other_slot_id", ondelete="CASCADE"),
        belongs_to("members", "asked_by"),
        CheckConstraint("state IN ('open', 'agreed', 'declined')", "state"),
        Index(
            "uq_slot_swaps_open",
            "cooperative_id",
            "slot_id",
            unique=True,
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
    )

    slot_id: Mapped[UUID]
    other_slot_id: Mapped[UUID]
    asked_by: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(String(10), default="open")
    made_at: Mapped[datetime] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
