"""Entries as pages show them: whose, how much, with whom, and where they stand."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from coopfarm.ledger.models import LedgerAccount, LedgerLine, LedgerPolicy, Transfer
from coopfarm.ledger.queries.transfers import lines_of
from coopfarm.ledger.rules import UNITS, Line
from coopfarm.members.models import Member
from coopfarm.members.queries import members_by_id
from coopfarm.members.queries.record import also_kept
from coopfarm.store.base import same_row

A_PAGE: Final = 30
WAITING: Final = ("claimed", "confirmed", "disputed")


@dataclass(frozen=True, slots=True)
class Entry:
    """A transfer with its lines and everybody it names; `amount` is one member's, or None."""

    transfer: Transfer
    lines: tuple[Line, ...]
    people: Mapping[UUID, Member]
    amount: int | None = None

    def others(self, member_id: UUID) -> list[UUID | str]:
        """Who stands on the other side of a member."""
        mine = self.amount or 0
        return [
            line.owner
            for line in self.lines
            if line.owner != member_id and (line.amount > 0) != (mine > 0)
        ]

    def awaits(self, member_id: UUID) -> bool:
        """Whether a member's own word is missing."""
        return (
            self.transfer.state in ("claimed", "confirmed")
            and str(member_id) not in self.transfer.signed
            and any(line.owner == member_id for line in self.lines)
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """What somebody gave and received in a unit, both above zero, and how far ahead that leaves."""

    unit: str
    given: int
    received: int

    @property
    def ahead(self) -> int:
        return self.given - self.received


def entries_of(session: Session, member_id: UUID, page: int = 1) -> list[Entry]:
    """A member's entries, the newest first; one more than `A_PAGE` where there are more."""
    query = (
        select(Transfer, LedgerLine.amount)
        .join(LedgerLine, same_row(Transfer, LedgerLine.transfer_id, LedgerLine))
        .join(LedgerAccount, same_row(LedgerAccount, LedgerLine.account_id, LedgerLine))
        .where(LedgerAccount.member_id == member_id, Transfer.state != "draft")
        .order_by(Transfer.happened_on.desc(), Transfer.made_at.desc(), Transfer.id)
        .limit(A_PAGE + 1)
        .offset((page - 1) * A_PAGE)
    )
    return _entries(session, [(row[0], row[1]) for row in session.execute(query)])


def waiting_for(session: Session, member_id: UUID) -> list[Entry]:
    """What a member has a part in and that does not count yet, the oldest first."""
    query = (
        select(Transfer, LedgerLine.amount)
        .join(LedgerLine, same_row(Transfer, LedgerLine.transfer_id, LedgerLine))
        .join(LedgerAccount, same_row(LedgerAccount, LedgerLine.account_id, LedgerLine))
        .where(LedgerAccount.member_id == member_id, Transfer.state.in_(WAITING))
        .order_by(Transfer.made_at, Transfer.id)
    )
    return _entries(session, [(row[0], row[1]) for row in session.execute(query)])


def waiting(session: Session) -> list[Entry]:
    """Every entry that waits for somebody, disputed ones first."""
    query = (
        select(Transfer)
        .where(Transfer.state.in_(WAITING))
        .order_by(case((Transfer.state == "disputed", 0), else_=1), Transfer.made_at)
    )
    return _entries(session, [(one, None) for one in session.scalars(query)])


def how_many_wait(session: Session) -> int:
    """How much waits for the office: what is disputed, and what is claimed of a fund."""
    fund = (
        select(LedgerLine.transfer_id)
        .join(LedgerAccount, same_row(LedgerAccount, LedgerLine.account_id, LedgerLine))
        .where(LedgerAccount.fund.is_not(None))
    )
    query = select(func.count(Transfer.id)).where(
        or_(
            Transfer.state == "disputed",
            Transfer.state.in_(("claimed", "confirmed")) & Transfer.id.in_(fund),
        )
    )
    return session.scalar(query) or 0


@also_kept("ledger_entries")
def all_entries(session: Session, member_id: UUID) -> list[dict[str, Any]]:
    """Everything a member gave or received, for their own record."""
    query = (
        select(Transfer, LedgerLine.amount)
        .join(LedgerLine, same_row(Transfer, LedgerLine.transfer_id, LedgerLine))
        .join(LedgerAccount, same_row(LedgerAccount, LedgerLine.account_id, LedgerLine))
        .where(LedgerAccount.member_id == member_id, Transfer.state != "draft")
        .order_by(Transfer.happened_on, Transfer.made_at)
    )
    kept = ("id", "unit", "kind", "happened_on", "state", "facts", "made_at", "posted_at")
    return [
        {**{name: getattr(row[0], name) for name in kept}, "amount": row[1]}
        for row in session.execute(query)
    ]


def entry(session: Session, transfer: Transfer) -> Entry:
    return _entries(session, [(transfer, None)])[0]


def tallies(session: Session, member_id: UUID) -> list[Tally]:
    """What a member gave and received in each unit; what was taken back is in neither."""
    query = _sums_by_sign(LedgerAccount.member_id == member_id).group_by(Transfer.unit)
    found = {unit: (int(given), int(received)) for unit, given, received in session.execute(query)}
    return [Tally(unit, *found.get(unit, (0, 0))) for unit in UNITS]


@dataclass(frozen=True, slots=True)
class Cleared:
    """One member in the statement of a period: each unit's tally, and the balance at its end."""

    member: Member
    tallies: Mapping[str, Tally]
    stands: Mapping[str, int]


def statement(session: Session, first: date, last: date) -> list[Cleared]:
    """Everybody with entries up to `last`: given and received from `first` on, and the balance."""
    period = Transfer.happened_on.between(first, last)
    within = _by_member(session, _sums_by_sign(period))
    until = _by_member(session, _sums_by_sign(Transfer.happened_on <= last))
    people = sorted(members_by_id(session, until).values(), key=lambda one: one.number)
    return [
        Cleared(
            one,
            {unit: within.get(one.id, {}).get(unit, Tally(unit, 0, 0)) for unit in UNITS},
            {unit: tally.ahead for unit, tally in until[one.id].items()},
        )
        for one in people
    ]


def versions(session: Session) -> Sequence[LedgerPolicy]:
    """The members' rules, the newest first."""
    return session.scalars(select(LedgerPolicy).order_by(LedgerPolicy.version.desc())).all()


def _by_member(session: Session, query: Select[Any, Any, Any]) -> dict[UUID, dict[str, Tally]]:
    by_member = query.add_columns(LedgerAccount.member_id).where(
        LedgerAccount.member_id.is_not(None)
    )
    found: dict[UUID, dict[str, Tally]] = {}
    rows = session.execute(by_member.group_by(Transfer.unit, LedgerAccount.member_id))
    for unit, given, received, member_id in rows:
        found.setdefault(member_id, {})[unit] = Tally(unit, int(given), int(received))
    return found


def _sums_by_sign(*where: ColumnElement[bool]) -> Select[Any, Any, Any]:
    given = case((LedgerLine.amount > 0, LedgerLine.amount), else_=0)
    received = case((LedgerLine.amount < 0, -LedgerLine.amount), else_=0)
    return (
        select(Transfer.unit, func.sum(given), func.sum(received))
        .select_from(LedgerLine)
        .join(Transfer, same_row(Transfer, LedgerLine.transfer_id, LedgerLine))
        .join(LedgerAccount, same_row(LedgerAccount, LedgerLine.account_id, LedgerLine))
        .where(
            Transfer.posted_at.is_not(None),
            Transfer.state != "reversed",
            Transfer.reverses_id.is_(None),
            *where,
        )
    )


def _entries(session: Session, found: Collection[tuple[Transfer, int | None]]) -> list[Entry]:
    lines = lines_of(session, [transfer.id for transfer, _ in found])
    named = {line.owner for some in lines.values() for line in some if isinstance(line.owner, UUID)}
    named |= {transfer.made_by for transfer, _ in found if transfer.made_by}
    people = members_by_id(session, named)
    return [Entry(one, lines[one.id], people, amount) for one, amount in found]
