"""Transfers with their lines."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Missing
from coopfarm.ledger.models import LedgerAccount, LedgerLine, Transfer
from coopfarm.ledger.rules import Line
from coopfarm.store.base import same_row


def transfer(session: Session, transfer_id: UUID, *, for_update: bool = False) -> Transfer:
    """Raises Missing; a draft is nobody's to see."""
    query = select(Transfer).where(Transfer.id == transfer_id, Transfer.state != "draft")
    if for_update:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise Missing
    return found


def lines_of(session: Session, transfer_ids: Collection[UUID]) -> dict[UUID, tuple[Line, ...]]:
    """The lines of transfers, givers first."""
    query = (
        select(LedgerLine, LedgerAccount)
        .join(LedgerAccount, same_row(LedgerAccount, LedgerLine.account_id, LedgerLine))
        .where(LedgerLine.transfer_id.in_(transfer_ids))
        .order_by(LedgerLine.amount.desc(), LedgerAccount.id)
    )
    found: dict[UUID, tuple[Line, ...]] = dict.fromkeys(transfer_ids, ())
    for line, account in session.execute(query):
        found[line.transfer_id] = (*found[line.transfer_id], Line(account.owner, line.amount))
    return found


def of_source(session: Session, source: tuple[str, UUID]) -> Transfer | None:
    """The entry that was made of it, where there is one."""
    query = select(Transfer).where(
        Transfer.source_kind == source[0], Transfer.source_id == source[1]
    )
    return session.scalar(query.order_by(Transfer.made_at).limit(1))


def posted_already(session: Session, sources: Collection[tuple[str, UUID, str]]) -> bool:
    """Whether there is a transfer of one of these sources and kinds."""
    key = tuple_(Transfer.source_kind, Transfer.source_id, Transfer.kind)
    found = select(Transfer.id).where(key.in_(sources)).limit(1)
    return bool(sources) and session.scalar(found) is not None
