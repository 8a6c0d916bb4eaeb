"""Accounts are opened where they are missing, and held in one order by all who write."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Missing
from coopfarm.ledger import queries
from coopfarm.ledger.models import LedgerAccount
from coopfarm.members.models import Member
from coopfarm.members.queries import members_by_id
from coopfarm.store.tenancy import TenantSession

_INSERT: Final[dict[str, Any]] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def hold(
    session: Session, owners: Collection[UUID | str]
) -> tuple[Mapping[UUID | str, LedgerAccount], Sequence[UUID]]:
    """The accounts of these owners, held until the act ends, and whose was opened. Raises Missing.

    Funds are held with the others: whoever waits for a member's account waits in the same order.
    """
    held = queries.accounts_of(session, owners, for_update=True)
    missing = sorted((owner for owner in owners if owner not in held), key=str)
    if not missing:
        return held, ()
    _open(session, missing)
    opened = [owner for owner in missing if isinstance(owner, UUID)]
    return queries.accounts_of(session, owners, for_update=True), opened


def people(session: Session, owners: Collection[UUID | str]) -> Mapping[UUID, Member]:
    return members_by_id(session, [owner for owner in owners if isinstance(owner, UUID)])


def _open(session: Session, owners: Collection[UUID | str]) -> None:
    """Two who open one account at once open it once."""
    wanted = {owner for owner in owners if isinstance(owner, UUID)}
    if wanted - people(session, owners).keys():
        raise Missing
    rows = [
        {
            "cooperative_id": session.cooperative_id
            if isinstance(session, TenantSession)
            else None,
            "id": uuid4(),
            "member_id": owner if isinstance(owner, UUID) else None,
            "fund": owner if isinstance(owner, str) else None,
        }
        for owner in owners
    ]
    insert = _INSERT[session.get_bind().dialect.name]
    session.execute(insert(LedgerAccount).on_conflict_do_nothing(), rows)
