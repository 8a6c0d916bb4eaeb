"""Addresses at which calendar programs read: made and revoked. No function here commits."""

import hashlib
from base64 import urlsafe_b64encode
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from coopfarm.equipment.models import Feed
from coopfarm.equipment.queries import feeds, fleet
from coopfarm.equipment.queries.cases import Whose
from coopfarm.equipment.rules.care import NotYourMachine, cares_for
from coopfarm.members.actions.hashing import keyed
from coopfarm.store import audit

_TOKEN_BYTES = 24


def token(feed: Feed, pepper: str) -> str:
    """The secret of a feed: it follows from the pepper, so that only its hash is kept."""
    return urlsafe_b64encode(keyed(pepper, "feed", str(feed.id))[:_TOKEN_BYTES]).decode()


def token_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def make(session: Session, machine_id: UUID | None, whose: Whose, *, pepper: str) -> Feed:
    """A new address of one's own calendar, or of a machine's; the one before is worthless.

    Raises NotYourMachine, Missing.
    """
    revoke(session, machine_id, whose)
    feed = Feed(
        id=uuid4(),
        member_id=None if machine_id else whose.member_id,
        machine_id=machine_id,
        made_by=whose.by_id,
        made_at=whose.now,
    )
    feed.token_hash = token_hash(token(feed, pepper))
    session.add(feed)
    session.flush()
    audit.record(session, "feed.make", feed, actor_id=whose.by_id, at=whose.now)
    return feed


def revoke(session: Session, machine_id: UUID | None, whose: Whose) -> None:
    """Have the address answer no longer; nothing where there is none. Raises as `make`."""
    feed = (
        feeds.of_member(session, whose.member_id)
        if machine_id is None
        else of_machine(session, machine_id, whose)
    )
    if feed is None:
        return
    feed.revoked_at = whose.now
    session.flush()
    audit.record(session, "feed.revoke", feed, actor_id=whose.by_id, at=whose.now)


def of_machine(session: Session, machine_id: UUID, whose: Whose) -> Feed | None:
    """A machine's feed, for who cares for it. Raises NotYourMachine, Missing."""
    machine = fleet.machine(session, machine_id)
    if not cares_for(whose.by_id, whose.roles, machine.caretaker_id):
        raise NotYourMachine(machine=machine.named)
    return feeds.of_machine(session, machine_id)
