"""What is known about short messages."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select

from coopfarm.sms import rules
from coopfarm.sms.models import Message, ReceivedMessage
from coopfarm.store.tenancy import ALL_COOPERATIVES, TenantSession

SHOWN = timedelta(days=14)
_MOST_SHOWN = 500


def message_for_update(session: TenantSession, message_id: UUID) -> Message | None:
    return session.scalar(select(Message).where(Message.id == message_id).with_for_update())


def named(session: TenantSession, name: str) -> Message | None:
    """The message that a gateway's report is about: by our reference, or by its own id.

    The one place where it is not known yet whose it is.
    """
    session.show_token(name)
    query = select(Message).where(or_(Message.reference == name, Message.provider_id == name))
    return session.scalar(query, execution_options=ALL_COOPERATIVES)


def recent(session: TenantSession, now: datetime) -> Sequence[Message]:
    """The messages of the last days, the newest first."""
    query = select(Message).where(Message.made_at > now - SHOWN)
    return session.scalars(query.order_by(Message.made_at.desc()).limit(_MOST_SHOWN)).all()


def received(session: TenantSession, now: datetime) -> Sequence[ReceivedMessage]:
    query = select(ReceivedMessage).where(ReceivedMessage.at > now - SHOWN)
    return session.scalars(query.order_by(ReceivedMessage.at.desc()).limit(_MOST_SHOWN)).all()


def was_received(session: TenantSession, gateway: str, provider_id: str) -> bool:
    query = select(ReceivedMessage.id).where(
        ReceivedMessage.gateway == gateway, ReceivedMessage.provider_id == provider_id
    )
    return session.scalar(query) is not None


def sent_since(session: TenantSession, purpose: str, since: datetime) -> int:
    """How many messages of a purpose the cooperative has paid for, or will."""
    query = select(func.count()).select_from(Message)
    query = query.where(
        Message.purpose == purpose, Message.made_at > since, Message.state != "failed"
    )
    return session.scalar(query) or 0


def due(session: TenantSession, now: datetime) -> Sequence[UUID]:
    """The messages that wait and may be tried now."""
    query = select(Message.id).where(
        Message.state == "queued",
        Message.next_try_at.is_(None) | (Message.next_try_at <= now),
    )
    return session.scalars(query.order_by(Message.made_at)).all()


def lost(session: TenantSession, now: datetime) -> Sequence[UUID]:
    """The messages whose sending was cut off."""
    query = select(Message.id).where(
        Message.state == "sending", Message.state_since < now - rules.LOST_AFTER
    )
    return session.scalars(query).all()
