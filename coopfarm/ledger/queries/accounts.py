"""Where accounts stand: sums of the lines of what is posted."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from coopfarm.ledger.models import LedgerAccount, LedgerLine, LedgerPolicy, Transfer
from coopfarm.ledger.rules import UNITS, Terms
from coopfarm.members.models import Cooperative, Member, MemberRole
from coopfarm.store.base import same_row

# Who speaks for the cooperative in the ledger.
OFFICE: Final = frozenset({"manager", "treasurer"})
_TAKE_PART: Final = ("accepted", "active", "suspended", "leaving")


def balances(
    session: Session, unit: str, member_ids: Collection[UUID] | None = None
) -> dict[UUID, int]:
    """How far each member is ahead (+: gave more) or behind (−), in the unit's smallest step.

    Of these members, 0 where nothing was entered; of all who have an account where none is named.
    """
    query = (
        _sums(unit).add_columns(LedgerAccount.member_id).where(LedgerAccount.member_id.is_not(None))
    )
    if member_ids is not None:
        query = query.where(LedgerAccount.member_id.in_(member_ids))
    found = {member_id: int(total) for total, member_id in session.execute(query) if member_id}
    return {one: found.get(one, 0) for one in member_ids} if member_ids is not None else found


def balance(session: Session, member_id: UUID, unit: str) -> int:
    return balances(session, unit, [member_id])[member_id]


def all_balances(session: Session, member_id: UUID) -> dict[str, int]:
    """Where one member stands, in every unit."""
    account = accounts_of(session, [member_id]).get(member_id)
    found = standing(session, [account.id]) if account else {}
    return {unit: found.get((unit, account.id), 0) if account else 0 for unit in UNITS}


def acting(session: Session) -> dict[UUID, Member]:
    """Everybody who takes part: members who may act, and those who are suspended."""
    query = select(Member).where(Member.state.in_(_TAKE_PART)).order_by(Member.number)
    return {one.id: one for one in session.scalars(query)}


def means(session: Session, but: UUID) -> dict[str, int]:
    """The mean of all members but one, in every unit."""
    others = acting(session).keys() - {but}
    return {
        unit: round(sum(balances(session, unit, others).values()) / len(others)) if others else 0
        for unit in UNITS
    }


def had_begun(session: Session, on: date) -> bool:
    """Whether anything had been entered when somebody joined."""
    first = session.scalar(select(func.min(Transfer.made_at)))
    return first is not None and first.date() < on


def fund_balances(session: Session, unit: str) -> dict[str, int]:
    """How far each fund is ahead or behind."""
    query = _sums(unit).add_columns(LedgerAccount.fund).where(LedgerAccount.fund.is_not(None))
    return {fund: int(total) for total, fund in session.execute(query) if fund}


def standing(session: Session, account_ids: Collection[UUID]) -> dict[tuple[str, UUID], int]:
    """Where accounts stand, by unit and account; nothing where nothing was entered."""
    query = (
        select(Transfer.unit, LedgerLine.account_id, func.sum(LedgerLine.amount))
        .join(Transfer, same_row(Transfer, LedgerLine.transfer_id, LedgerLine))
        .where(LedgerLine.account_id.in_(account_ids), Transfer.posted_at.is_not(None))
        .group_by(Transfer.unit, LedgerLine.account_id)
    )
    return {(unit, account): int(total) for unit, account, total in session.execute(query)}


def _sums(unit: str) -> Select[Any]:
    return (
        select(func.sum(LedgerLine.amount))
        .join(Transfer, same_row(Transfer, LedgerLine.transfer_id, LedgerLine))
        .join(LedgerAccount, same_row(LedgerAccount, LedgerLine.account_id, LedgerLine))
        .where(Transfer.unit == unit, Transfer.posted_at.is_not(None))
        .group_by(LedgerAccount.member_id, LedgerAccount.fund)
    )


def accounts_of(
    session: Session, owners: Collection[UUID | str], *, for_update: bool = False
) -> Mapping[UUID | str, LedgerAccount]:
    """The accounts that are there, by owner; held in the order of their ids."""
    members = [owner for owner in owners if isinstance(owner, UUID)]
    funds = [owner for owner in owners if isinstance(owner, str)]
    query = (
        select(LedgerAccount)
        .where(LedgerAccount.member_id.in_(members) | LedgerAccount.fund.in_(funds))
        .order_by(LedgerAccount.id)
    )
    if for_update:
        query = query.with_for_update(key_share=True)
    return {account.owner: account for account in session.scalars(query)}


def terms(session: Session) -> Terms:
    """The rules in force."""
    newest = session.scalar(select(LedgerPolicy).order_by(LedgerPolicy.version.desc()).limit(1))
    return Terms.from_json(newest.terms, newest.version) if newest else Terms()


def is_office(session: Session, member_id: UUID) -> bool:
    """Whether somebody may speak for the cooperative."""
    held = select(MemberRole.role).where(MemberRole.member_id == member_id)
    return not OFFICE.isdisjoint(session.scalars(held))


def day_there(session: Session, cooperative_id: int, moment: datetime) -> date:
    """The day of a moment in the cooperative."""
    home = session.get_one(Cooperative, cooperative_id)
    return moment.astimezone(ZoneInfo(home.timezone)).date()
