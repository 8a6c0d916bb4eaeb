"""Entries that count: written as drafts, given their lines, posted. No function here commits."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from coopfarm.ledger import queries, rules
from coopfarm.ledger.actions import holding
from coopfarm.ledger.models import LedgerAccount, LedgerLine, Transfer
from coopfarm.ledger.rules import Deed, Line
from coopfarm.members.models import Member
from coopfarm.store import audit
from coopfarm.store.guards import kept_by

# Parts of what both databases call the two keys.
_SOURCE, _REVERSED = "source_kind", "reverses_id"


@dataclass
class Held:
    """The accounts of an act, held, and where they stand while it goes on."""

    accounts: Mapping[UUID | str, LedgerAccount]
    people: Mapping[UUID, Member]
    terms: rules.Terms
    stands: dict[str, dict[UUID, int]] = field(default_factory=lambda: defaultdict(dict))

    @cached_property
    def names(self) -> dict[UUID, str]:
        return {one: member.name for one, member in self.people.items()}

    def judge(self, deed: Deed) -> None:
        """Raise HasLeft, LimitReached or FloorReached; or count the deed in."""
        if not rules.KINDS[deed.kind].is_free:
            self._refuse_who_left(deed)
        rules.check_limits(deed, self.stands[deed.unit], self.names, self.terms)
        for line in deed.lines:
            if isinstance(line.owner, UUID):
                before = self.stands[deed.unit].get(line.owner, 0)
                self.stands[deed.unit][line.owner] = before + line.amount

    def _refuse_who_left(self, deed: Deed) -> None:
        for line in deed.lines:
            if isinstance(line.owner, UUID) and self.people[line.owner].state == "left":
                raise rules.HasLeft(name=self.people[line.owner].name)


def hold(session: Session, deeds: Sequence[Deed], now: datetime) -> Held:
    """Everything that deeds are judged by, held; newcomers begin. Raises Missing."""
    owners = {line.owner for deed in deeds for line in deed.lines}
    accounts, opened = holding.hold(session, owners)
    held = Held(accounts, holding.people(session, owners), queries.terms(session))
    if opened and held.terms.newcomers == "mean":
        _begin(session, [held.people[one] for one in opened if one in held.people], now)
    _stand(session, held)
    return held


def _stand(session: Session, held: Held) -> None:
    accounts = held.accounts
    owner_of = {account.id: owner for owner, account in accounts.items()}
    for (unit, account_id), total in queries.standing(session, owner_of.keys()).items():
        owner = owner_of[account_id]
        if isinstance(owner, UUID):
            held.stands[unit][owner] = total


def _begin(session: Session, opened: Sequence[Member], now: datetime) -> None:
    """Who joined after the ledger was begun starts at the mean of all others."""
    deeds = [
        Deed(unit, "start", (Line(one.id, mean), Line("cooperative", -mean)), one.joined_on, {})
        for one in opened
        if queries.had_begun(session, one.joined_on)
        for unit, mean in queries.means(session, one.id).items()
        if mean
    ]
    post_all(session, deeds, by_id=None, now=now)


def post(session: Session, deed: Deed, *, by_id: UUID | None, now: datetime) -> Transfer:
    """Enter what both sides have signed elsewhere: it counts at once.

    Raises DeedUnknown, DeedUneven, DeedTooLarge, WaterIsNoSanction, AlreadyPosted,
    LimitReached, FloorReached, HasLeft and Missing.
    """
    return post_all(session, [deed], by_id=by_id, now=now)[0]


def post_all(
    session: Session, deeds: Sequence[Deed], *, by_id: UUID | None, now: datetime
) -> list[Transfer]:
    """Enter many, all or none; each is judged as the ones before it leave the accounts."""
    for deed in deeds:
        rules.check_shape(deed)
    if not deeds:
        return []
    refuse_twice(session, deeds)
    held = hold(session, deeds, now)
    for deed in deeds:
        held.judge(deed)
    made = {"state": "posted", "posted_at": now}
    transfers = write(session, deeds, held, made, by_id=by_id, now=now)
    for transfer, deed in zip(transfers, deeds, strict=True):
        note(session, "ledger.post", transfer, told(deed), by_id=by_id, now=now)
    session.flush()
    return transfers


def refuse_twice(session: Session, deeds: Sequence[Deed]) -> None:
    """Raise AlreadyPosted where the source of a deed has one of its kind."""
    sources = [(*deed.source, deed.kind) for deed in deeds if deed.source]
    if len(set(sources)) < len(sources) or queries.posted_already(session, sources):
        raise rules.AlreadyPosted


def write(
    session: Session,
    deeds: Sequence[Deed],
    held: Held,
    made: Mapping[str, Any],
    *,
    by_id: UUID | None,
    now: datetime,
    reverses_id: UUID | None = None,
) -> list[Transfer]:
    """Drafts, their lines, and then what `made` says they are: the database takes no other way."""
    # With RETURNING all rows go in one statement, on PostgreSQL too.
    drafts = insert(Transfer).returning(Transfer, sort_by_parameter_order=True)
    here = next(iter(held.accounts.values())).cooperative_id
    told = [{"cooperative_id": here} | _draft(deed, by_id, now, reverses_id) for deed in deeds]
    with kept_by(_SOURCE, rules.AlreadyPosted()), kept_by(_REVERSED, rules.AlreadyReversed()):
        transfers = [*session.scalars(drafts, told)]
    rows = [
        _line(transfer, held.accounts[line.owner], line)
        for transfer, deed in zip(transfers, deeds, strict=True)
        for line in deed.lines
    ]
    session.execute(insert(LedgerLine).returning(LedgerLine.id), rows)
    ids = [transfer.id for transfer in transfers]
    session.execute(update(Transfer).where(Transfer.id.in_(ids)).values(**made))
    return transfers


def _draft(
    deed: Deed, by_id: UUID | None, now: datetime, reverses_id: UUID | None
) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "unit": deed.unit,
        "kind": deed.kind,
        "happened_on": deed.on,
        "facts": {**deed.facts},
        "source_kind": deed.source[0] if deed.source else None,
        "source_id": deed.source[1] if deed.source else None,
        "state": "draft",
        "signed": [],
        "made_by": by_id,
        "made_at": now,
        "words": "",
        "reverses_id": reverses_id,
    }


def _line(transfer: Transfer, account: LedgerAccount, line: Line) -> dict[str, Any]:
    return {
        "cooperative_id": transfer.cooperative_id,
        "id": uuid4(),
        "transfer_id": transfer.id,
        "account_id": account.id,
        "amount": line.amount,
    }


def note(
    session: Session,
    verb: str,
    transfer: Transfer,
    after: dict[str, Any],
    *,
    by_id: UUID | None,
    now: datetime,
) -> None:
    audit.record(session, verb, transfer, actor_id=by_id, at=now, after=after)


def told(deed: Deed) -> dict[str, Any]:
    """A deed as the audit keeps it."""
    return {
        "unit": deed.unit,
        "kind": deed.kind,
        "on": deed.on.isoformat(),
        "lines": {str(line.owner): line.amount for line in deed.lines},
    }
