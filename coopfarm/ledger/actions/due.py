"""What nobody answered for so many days counts by itself. No function here commits."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Refusal
from coopfarm.ledger import queries
from coopfarm.ledger.actions import claims, posting
from coopfarm.ledger.models import Transfer
from coopfarm.store.db import Database

_WAITS = ("claimed", "confirmed")


def is_due(session: Session, now: datetime) -> bool:
    query = select(Transfer.id).where(Transfer.state.in_(_WAITS), Transfer.posts_at <= now)
    return session.scalar(query.limit(1)) is not None


def run(session: Session, now: datetime) -> int:
    """Post every claim whose days are over; how many were looked at.

    One that the rules do not let pass goes to the office, as if it had been disputed.
    """
    waiting = session.scalars(
        select(Transfer.id)
        .where(Transfer.state.in_(_WAITS), Transfer.posts_at <= now)
        .order_by(Transfer.id)
    ).all()
    for transfer_id in waiting:
        _let_stand(session, transfer_id, now)
    return len(waiting)


def perform(database: Database, cooperative_id: int, now: datetime) -> int:
    """`run` in a transaction of its own."""
    with database.transaction(cooperative_id) as session:
        return run(session, now)


def _let_stand(session: Session, transfer_id: UUID, now: datetime) -> None:
    transfer = queries.transfer(session, transfer_id, for_update=True)
    if transfer.state not in _WAITS:
        return
    lines = queries.lines_of(session, [transfer_id])[transfer_id]
    try:
        claims.count(session, transfer, lines, now)
    except Refusal:
        transfer.state, transfer.disputed_at = "disputed", now
    posting.note(session, "ledger.stand", transfer, {"state": transfer.state}, by_id=None, now=now)
    session.flush()
