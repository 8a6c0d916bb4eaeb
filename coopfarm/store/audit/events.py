"""The acts: written down with what they did, read back newest first."""

import itertools
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, or_, select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant
from coopfarm.store.tenancy import TenantSession

_serial = itertools.count()


class AuditEvent(OfCooperative, Base):
    """One act on one thing. The database refuses to change or remove it."""

    __tablename__ = "audit_events"
    __table_args__ = (
        belongs_to("members", "actor_id"),
        belongs_to("members", "on_behalf_of"),
        Index("ix_audit_events_subject", "cooperative_id", "subject_kind", "subject_id"),
        Index("ix_audit_events_at", "cooperative_id", "at"),
        Index("ix_audit_events_actor", "cooperative_id", "actor_id", "at"),
        Index("ix_audit_events_on_behalf_of", "cooperative_id", "on_behalf_of", "at"),
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
    """Write down one act in the act's own transaction; `actor_id` None is the system.

    Where somebody stands in for the actor (`session.by`), the act is theirs on the actor's behalf.
    """
    by = session.by if isinstance(session, TenantSession) else None
    if by is not None and actor_id not in (None, by):
        actor_id, on_behalf_of = by, actor_id
    event = AuditEvent(
        id=ordered_id(at),
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


def history(
    session: Session,
    *,
    subject: OfCooperative | None = None,
    member_id: UUID | None = None,
    before: UUID | None = None,
    limit: int,
) -> Sequence[AuditEvent]:
    """The newest acts first: on `subject`, and by or for that member, where these are given.

    `before` is the id of the last event of the page that was shown before.
    """
    query = select(AuditEvent).order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(limit)
    if subject is not None:
        kind, key = type(subject).__name__, str(subject.id)
        query = query.where(AuditEvent.subject_kind == kind, AuditEvent.subject_id == key)
    if member_id is not None:
        concerned = (AuditEvent.actor_id, AuditEvent.on_behalf_of)
        query = query.where(or_(*(column == member_id for column in concerned)))
    if before is not None:
        shown = select(AuditEvent.at, AuditEvent.id).where(AuditEvent.id == before)
        query = query.where(tuple_(AuditEvent.at, AuditEvent.id) < shown.scalar_subquery())
    return session.scalars(query).all()


def ordered_id(at: datetime) -> UUID:
    """A UUID that sorts by its moment, and within it in the order in which they were made."""
    # RFC 9562, version 7: 48 bits of milliseconds, a counter (6.2, method 1), and chance.
    milliseconds = max(0, int(at.timestamp() * 1000))
    serial = next(_serial) & 0xFFFF_FFFF
    high = milliseconds << 16 | 0x7000 | serial >> 20
    low = 0b10 << 62 | (serial & 0xF_FFFF) << 42 | secrets.randbits(42)
    return UUID(int=high << 64 | low)
