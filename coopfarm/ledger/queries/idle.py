"""Credit that lies idle: given long ago, and nothing received since."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopfarm.ledger.models import LedgerAccount, LedgerLine, Transfer
from coopfarm.ledger.queries.accounts import balances
from coopfarm.ledger.rules import Terms
from coopfarm.store.base import same_row

_DAYS_A_MONTH: Final = 30.4375


def idle_credit(session: Session, unit: str, terms: Terms, today: date) -> dict[UUID, int]:
    """Of each member what lies above the agreed amount, and has for the agreed months."""
    since = today - timedelta(days=round(terms.idle_months * _DAYS_A_MONTH))
    above = terms.idle_above.get(unit, 0)
    found = {one: total - above for one, total in balances(session, unit).items() if total > above}
    moved = _moved(session, unit, since) if found else set()
    return {one: amount for one, amount in found.items() if one not in moved}


def _moved(session: Session, unit: str, since: date) -> set[UUID]:
    """Who received something lately, or gave for the first time."""
    query = (
        select(
            LedgerAccount.member_id,
            func.min(Transfer.happened_on),
            func.max(Transfer.happened_on).filter(LedgerLine.amount < 0),
        )
        .join(LedgerLine, same_row(LedgerAccount, LedgerLine.account_id, LedgerLine))
        .join(Transfer, same_row(Transfer, LedgerLine.transfer_id, LedgerLine))
        .where(
            Transfer.unit == unit,
            Transfer.posted_at.is_not(None),
            LedgerAccount.member_id.is_not(None),
        )
        .group_by(LedgerAccount.member_id)
    )
    return {
        one
        for one, first, received in session.execute(query)
        if one and (first > since or (received is not None and received > since))
    }
