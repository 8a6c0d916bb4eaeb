"""Coming in. No function here commits; a refusal has to keep what was counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from coopfarm.kernel.refusal import Refusal
from coopfarm.members import queries, rules
from coopfarm.members.actions import hashing, tries
from coopfarm.members.actions.sessions import begin_session, within
from coopfarm.members.models import Account, CountedTries, Member
from coopfarm.store.tenancy import TenantSession

_NOBODY: Final = ("nobody",)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a try to come in is made: in which network, and on which device.

    `knows` are the accounts that came in on this device before. Their tries are counted by
    themselves, so that nobody elsewhere can lock them out.
    """

    network: str = ""
    device: str = ""
    device_id: str = ""
    knows: frozenset[UUID] = frozenset()


class Choice(NamedTuple):
    """One of several people whose secret it is."""

    account_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Admission:
    """The outcome of a try to sign in: a token, a choice, or a refusal whose count must be kept.

    `name` is for the device to remember: nothing for who came in by a name and password.
    """

    token: str | None = None
    refusal: Refusal | None = None
    account_id: UUID | None = None
    name: str = ""
    choices: Sequence[Choice] = ()


def sign_in(
    session: TenantSession,
    names: Sequence[str],
    secret: str,
    *,
    pepper: str,
    now: datetime,
    origin: Origin | None = None,
    account_id: UUID | None = None,
    look: TenantSession | None = None,
) -> Admission:
    """Admit who knows the secret. Failures are counted, so the caller must keep them.

    Whether an account exists, or how many, shows neither in the answer nor in the time it
    takes. `account_id` is one that this device knows; `look` reads, so that nobody waits for
    the hashing. Raises TryLater.
    """
    origin = origin or Origin()
    for network in _networks(origin, pepper):
        until = tries.locked_until(look or session, network, now)
        if until is not None and not origin.knows:
            return Admission(refusal=rules.TooManyTries(until=until))
    if account_id is not None:
        seen = queries.accounts_by_id(look or session, {account_id} & origin.knows)
        names = () if seen else _NOBODY
    else:
        seen = queries.accounts_named(look or session, names)
    known = {one.id for one in hashing.matching(seen, names, secret, pepper)}
    held = queries.accounts_by_id(session, {one.id for one in seen}, for_update=True)
    keys = _Keys.of(held, names, origin, pepper)
    counts = _counts(session, held, keys, now)
    unlocked = counts.unlocked(held, now)
    found = {one: queries.memberships(session, one) for one in unlocked if one.id in known}
    if not any(found.values()):
        counts.count(unlocked, now)
        return Admission(refusal=rules.NotRecognised())
    for one in found:
        tries.forgive(counts.own[one.id], now)
        hashing.renew(one, secret, pepper)
    return _let_in(session, {one: where for one, where in found.items() if where}, origin, now)


def admit(session: TenantSession, account_id: UUID, *, device: str, now: datetime) -> Admission:
    """Let in whoever showed that they know the secret of this account, and said who they are."""
    account = session.get_one(Account, account_id)
    found = {account: queries.memberships(session, account)}
    if not found[account]:
        return Admission(refusal=rules.NotRecognised())
    return _let_in(session, found, Origin(device=device), now)


@dataclass(frozen=True, slots=True)
class _Counts:
    """What is counted in vain, held until the act ends: of all strangers, and of each account."""

    shared: Sequence[CountedTries]
    own: Mapping[UUID, Account | CountedTries]

    def unlocked(self, accounts: Sequence[Account], now: datetime) -> Sequence[Account]:
        shut = any(tries.is_locked(count, now) for count in self.shared)
        return [
            one
            for one in accounts
            if not tries.is_locked(self.own[one.id], now) and not (shut and self.own[one.id] is one)
        ]

    def count(self, accounts: Sequence[Account], now: datetime) -> None:
        tries.count([*self.shared, *(self.own[one.id] for one in accounts)], now)


class _Keys(NamedTuple):
    """What is counted for: all strangers here, and each account that this device knows."""

    shared: Sequence[tries.Key]
    own: Mapping[UUID, tries.Key]

    @classmethod
    def of(
        cls, accounts: Sequence[Account], names: Sequence[str], origin: Origin, pepper: str
    ) -> "_Keys":
        own = {
            one.id: tries.key("device", origin.device_id, one.id.hex, pepper=pepper)
            for one in accounts
            if one.id in origin.knows
        }
        if accounts and len(own) == len(accounts):
            return cls((), own)
        typed = [tries.key("name", name, pepper=pepper) for name in names]
        return cls([*typed, *_networks(origin, pepper)], own)


def _counts(
    session: TenantSession, accounts: Sequence[Account], keys: _Keys, now: datetime
) -> _Counts:
    rows = tries.held(session, [*keys.shared, *keys.own.values()], now)
    own = {one.id: rows[keys.own[one.id]] if one.id in keys.own else one for one in accounts}
    return _Counts([rows[key] for key in keys.shared], own)


def _networks(origin: Origin, pepper: str) -> Sequence[tries.Key]:
    return [tries.key("network", origin.network, pepper=pepper)] if origin.network else []


def _let_in(
    session: TenantSession,
    found: Mapping[Account, Sequence[Member]],
    origin: Origin,
    now: datetime,
) -> Admission:
    if len(found) > 1:
        choices = [Choice(one.id, where[0].name) for one, where in found.items()]
        return Admission(choices=choices)
    ((account, where),) = found.items()
    member = where[0]
    with within(session, member.cooperative_id):
        if member.state == "accepted":
            member.state, member.state_since = "active", now
    token = begin_session(session, account, member, device=origin.device, now=now)
    return Admission(token, account_id=account.id, name=member.name if account.phone else "")
