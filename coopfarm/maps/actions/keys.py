"""Addresses at which map programs read: made and revoked. No function here commits."""

import hashlib
from base64 import urlsafe_b64encode
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from coopfarm.maps.models import MapKey
from coopfarm.maps.queries import keys
from coopfarm.members.actions.hashing import keyed
from coopfarm.store import audit

_TOKEN_BYTES = 24


def token(key: MapKey, pepper: str) -> str:
    """The secret of a key: it follows from the pepper, so that only its hash is kept."""
    return urlsafe_b64encode(keyed(pepper, "map-key", str(key.id))[:_TOKEN_BYTES]).decode()


def token_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def make(session: Session, member_id: UUID, *, pepper: str, now: datetime) -> MapKey:
    """A new address of what the member may see; the one before is worthless."""
    revoke(session, member_id, now=now)
    key = MapKey(id=uuid4(), member_id=member_id, made_at=now)
    key.token_hash = token_hash(token(key, pepper))
    session.add(key)
    session.flush()
    audit.record(session, "map-key.make", key, actor_id=member_id, at=now)
    return key


def revoke(session: Session, member_id: UUID, *, now: datetime) -> None:
    """Have the address answer no longer; nothing where there is none."""
    key = keys.of_member(session, member_id)
    if key is None:
        return
    key.revoked_at = now
    session.flush()
    audit.record(session, "map-key.revoke", key, actor_id=member_id, at=now)
