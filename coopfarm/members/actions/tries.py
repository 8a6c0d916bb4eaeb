"""Counting tries in vain. No function here commits; a refusal has to keep what was counted."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from coopfarm.members import rules
from coopfarm.members.actions.hashing import keyed
from coopfarm.members.models import Account, CountedTries
from coopfarm.store.tenancy import TenantSession

_INSERT: Final[dict[str, Any]] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


class Key(NamedTuple):
    """What tries are counted for: its kind (`rules.LIMITS`) and a hash of what it is."""

    kind: str
    hash: str


def key(kind: str, *what: str, pepper: str) -> Key:
    """Numbers and addresses are not kept: only who has the pepper could try them all."""
    return Key(kind, keyed(pepper, "tries", kind, *what).hex())


def is_locked(counted: Account | CountedTries, now: datetime) -> bool:
    return rules.is_locked(_tries(counted), now)


def locked_until(session: TenantSession, one: Key, now: datetime) -> datetime | None:
    """Until when a key is locked, without holding it; None when it is not."""
    found = session.get(CountedTries, one)
    return found.locked_until if found is not None and is_locked(found, now) else None


def held(session: TenantSession, keys: Iterable[Key], now: datetime) -> dict[Key, CountedTries]:
    """What is counted for these keys, held until the act ends so that none is counted twice."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    rows = [
        {"kind": one.kind, "key_hash": one.hash, "failures": 0, "counted_from": now}
        for one in wanted
    ]
    insert = _INSERT[session.get_bind().dialect.name]
    session.execute(insert(CountedTries).on_conflict_do_nothing(), rows)
    where = tuple_(CountedTries.kind, CountedTries.key_hash).in_(wanted)
    order = (CountedTries.kind, CountedTries.key_hash)
    found = session.scalars(select(CountedTries).where(where).order_by(*order).with_for_update())
    return {Key(row.kind, row.key_hash): row for row in found}


def count(counted: Sequence[Account | CountedTries], now: datetime) -> None:
    """One more try in vain for each."""
    for one in counted:
        _keep(one, rules.after_failure(_tries(one), now, _limit(one)), now)


def forgive(counted: Account | CountedTries, now: datetime) -> None:
    """Give the free tries back to whoever knew the secret."""
    _keep(counted, rules.after_success(_tries(counted), _limit(counted)), now)


def _limit(counted: Account | CountedTries) -> rules.Limit:
    return rules.LIMITS["account" if isinstance(counted, Account) else counted.kind]


def _tries(counted: Account | CountedTries) -> rules.Tries:
    return rules.Tries(counted.failures, counted.locked_until, counted.counted_from)


def _keep(counted: Account | CountedTries, after: rules.Tries, now: datetime) -> None:
    counted.failures, counted.locked_until = after.failures, after.locked_until
    counted.counted_from = after.counted_from or now
