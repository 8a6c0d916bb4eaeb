"""What somebody has said they take out."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.store.audit import AuditEvent


def last_wish(
    session: Session, member_id: UUID, since: datetime, verb: str = "map.export"
) -> dict[str, Any] | None:
    """What was written down of the last file a member asked for since then."""
    query = (
        select(AuditEvent.after)
        .where(
            AuditEvent.actor_id == member_id,
            AuditEvent.verb == verb,
            AuditEvent.at >= since,
        )
        .order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
    )
    return session.scalars(query.limit(1)).one_or_none()
