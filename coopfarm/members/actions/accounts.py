"""What one signs in with: given out, and changed. No function here commits."""

import secrets
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from coopfarm.kernel.refusal import Refusal
from coopfarm.members import queries, rules
from coopfarm.members.actions import hashing, tries
from coopfarm.members.actions.sessions import end_sessions
from coopfarm.members.models import Account, Member
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession


def open_account(
    session: TenantSession,
    member: Member,
    *,
    secret: str,
    pepper: str,
    phone: str | None = None,
    login: str | None = None,
) -> Account:
    """Let a member sign in by phone and PIN, or by name and password.

    Raises NumberFull, and why the secret is not taken.
    """
    account = Account(phone=phone, login=login.lower() if login else None)
    if phone and queries.accounts_with(session, phone) >= rules.ACCOUNTS_A_NUMBER:
        raise rules.NumberFull(count=rules.ACCOUNTS_A_NUMBER)
    set_secret(account, secret, names=[login or "", member.name], pepper=pepper)
    session.add(account)
    session.flush()
    member.account_id = account.id
    return account


def set_secret(account: Account, secret: str, *, names: Collection[str], pepper: str) -> None:
    """Give an account a new PIN or password. Raises why it is not taken."""
    if account.phone:
        rules.check_pin(secret)
    else:
        rules.check_password(secret, names=names)
    name = account.phone or account.login or ""
    account.secret_hash = hashing.hashed(secret, name, pepper)


def random_pin() -> str:
    """A PIN by chance, none of those that are tried first."""
    pin = f"{secrets.randbelow(10**rules.PIN_DIGITS):0{rules.PIN_DIGITS}d}"
    try:
        rules.check_pin(pin)
    except rules.PinUnusable:
        return random_pin()
    return pin


def change_secret(
    session: TenantSession,
    member: Member,
    account_id: UUID,
    *,
    present: str,
    wanted: str,
    names: Collection[str],
    pepper: str,
    keeping: str,
    now: datetime,
) -> Refusal | None:
    """Give `account_id`, which is the member's, another PIN or password; other sessions end.

    `present` is the one until now: a refusal that is given back was counted, which has to be
    kept. `keeping` is the token hash of the session that goes on. Raises why the new secret is
    not taken.
    """
    (counted,) = tries.held(
        session, [tries.key("change", account_id.hex, pepper=pepper)], now
    ).values()
    if tries.is_locked(counted, now):
        return rules.TooManyTries(until=counted.locked_until)
    (account,) = queries.accounts_by_id(session, {account_id}, for_update=True)
    if not hashing.matching([account], (), present, pepper):
        tries.count([counted], now)
        return rules.PresentSecretWrong(field="present")
    set_secret(account, wanted, names=[*names, account.login or "", member.name], pepper=pepper)
    tries.forgive(counted, now)
    ended = end_sessions(session, account_id, but=keeping, now=now)
    audit.record(
        session,
        "secret.change",
        member,
        actor_id=member.id,
        at=now,
        after={"sessions_ended": ended},
    )
    return None
