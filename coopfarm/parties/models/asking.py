"""Neighbours ask for hands and offer theirs; who they are stays hidden until both agree."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant


class Ask(OfCooperative, Base):
    """Hands that somebody asks for or offers: which skill, how long, how urgent."""

    __tablename__ = "asks"
    __table_args__ = (
        belongs_to("members", "member_id"),
        CheckConstraint("kind IN ('ask', 'offer')", "kind"),
        CheckConstraint("urgency IN ('today', 'week', 'whenever')", "urgency"),
        CheckConstraint("state IN ('open', 'met', 'closed')", "state"),
        CheckConstraint("minutes > 0", "minutes"),
        Index("ix_asks_state", "cooperative_id", "state", "made_at"),
    )

    member_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(5))
    skill: Mapped[str] = mapped_column(String(20), default="")
    said: Mapped[str] = mapped_column(String(300))
    minutes: Mapped[int]
    urgency: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(6), default="open")
    made_at: Mapped[datetime] = mapped_column(Instant)


class AskMatch(OfCooperative, Base):
    """One who would help, or be helped: `member_id` came to it; both say yes before names show."""

    __tablename__ = "ask_matches"
    __table_args__ = (
        belongs_to("asks", "ask_id", ondelete="CASCADE"),
        belongs_to("members", "member_id"),
        UniqueConstraint("cooperative_id", "ask_id", "member_id"),
    )

    ask_id: Mapped[UUID]
    member_id: Mapped[UUID]
    owner_agreed_at: Mapped[datetime | None] = mapped_column(Instant)
    member_agreed_at: Mapped[datetime | None] = mapped_column(Instant)
    declined_at: Mapped[datetime | None] = mapped_column(Instant)
    made_at: Mapped[datetime] = mapped_column(Instant)
