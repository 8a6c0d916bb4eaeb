"""Tables of the short messages: those to be sent, and those that came."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant


class Message(OfCooperative, Base):
    """One message to one number, from the act that wrote it to the phone.

    The text of a code is wiped once it was sent. `reference` is what reports name it by.
    """

    __tablename__ = "messages"
    __table_args__ = (
        belongs_to("members", "member_id"),
        UniqueConstraint("reference"),
        CheckConstraint("state IN ('queued', 'sending', 'sent', 'delivered', 'failed')", "state"),
        CheckConstraint("tries >= 0 AND segments >= 0", "counts"),
        Index("ix_messages_at", "cooperative_id", "made_at"),
        Index("ix_messages_state", "cooperative_id", "state"),
        Index("ix_messages_provider_id", "provider_id"),
    )

    member_id: Mapped[UUID | None]
    number: Mapped[str] = mapped_column(String(20))
    text: Mapped[str]
    purpose: Mapped[str] = mapped_column(String(20))
    segments: Mapped[int]
    reference: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12), default="queued")
    state_since: Mapped[datetime] = mapped_column(Instant)
    problem: Mapped[str] = mapped_column(String(200), default="")
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None] = mapped_column(Instant)
    good_until: Mapped[datetime | None] = mapped_column(Instant)
    provider_id: Mapped[str | None] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(Instant)


class ReceivedMessage(OfCooperative, Base):
    """A message that somebody known to the cooperative sent to it; never kept twice."""

    __tablename__ = "received_messages"
    __table_args__ = (
        UniqueConstraint("cooperative_id", "gateway", "provider_id"),
        Index("ix_received_messages_at", "cooperative_id", "at"),
    )

    number: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(2000))
    gateway: Mapped[str] = mapped_column(String(20))
    provider_id: Mapped[str | None] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)
