"""Who did what, for whom, when, and what it was before: added to, never changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant


class AuditEvent(OfCooperative, Base):
    """One act on one thing. The database refuses to change or remove it."""

    __tablename__ = "audit_events"
    __table_args__ = (
        belongs_to("members", "actor_id"),
        belongs_to("members", "on_behalf_of"),
        Index("ix_audit_events_subject", "cooperative_id", "subject_kind", "subject_id"),
        Index("ix_audit_events_at", "cooperative_id", "at"),
    )

    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[UUID | None]
    on_behalf_of: Mapped[UUID | None]
    verb: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(60))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)


def record(
    session: Session,
    verb: str,
    subject: OfCooperative,
    *,
    actor_id: UUID | None,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    on_behalf_of: UUID | None = None,
) -> None:
    """Write down one act in the act's own transaction; `actor_id` None is the system."""
    event = AuditEvent(
        at=at,
        actor_id=actor_id,
        on_behalf_of=on_behalf_of,
        verb=verb,
        subject_kind=type(subject).__name__,
        subject_id=str(subject.id),
        before=before,
        after=after,
    )
    session.add(event)
