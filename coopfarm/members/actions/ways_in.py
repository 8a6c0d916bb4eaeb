"""Coming in and going out. No function here commits."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from coopfarm.members import queries, rules
from coopfarm.members.models import Account, Member, SignIn
from coopfarm.store.tenancy import TenantSession

# OWASP's minimum for argon2id: 19 MiB, two passes, one lane.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODY = _HASHER.hash("nobody has this secret")


@dataclass(frozen=True, slots=True)
class Admission:
    """The outcome of a try to sign in: a token, or a refusal whose count must be kept."""

    token: str | None
    refusal: Exception | None = None


def open_account(
    session: TenantSession,
    member: Member,
    *,
    secret: str,
    pepper: str,
    phone: str | None = None,
    login: str | None = None,
) -> Account:
    """Let a member sign in by phone and PIN, or by name and password."""
    if phone:
        rules.check_pin(secret)
    else:
        rules.check_password(secret)
    account = Account(
        phone=phone, login=login.lower() if login else None, secret_hash=_hash(secret, pepper)
    )
    session.add(account)
    session.flush()
    member.account_id = account.id
    return account


def sign_in(
    session: TenantSession,
    names: Sequence[str],
    secret: str,
    *,
    pepper: str,
    now: datetime,
    device: str = "",
) -> Admission:
    """Admit who knows the secret. Failures are counted, so the caller must keep them.

    Whether the account exists shows neither in the answer nor in the time it takes.
    """
    accounts = queries.accounts_for_update(session, names)
    knows = [account for account in accounts if _matches(account.secret_hash, secret, pepper)]
    if not accounts:
        _matches(_NOBODY, secret, pepper)
    if not accounts or any(rules.is_locked(_tries(account), now) for account in accounts):
        return Admission(None, rules.NotRecognised())
    if not knows:
        for account in accounts:
            after = rules.after_failure(_tries(account), now)
            account.failures, account.locked_until = after.failures, after.locked_until
        return Admission(None, rules.NotRecognised())
    return _admit(session, knows[0], device, now)


def _tries(account: Account) -> rules.Tries:
    return rules.Tries(account.failures, account.locked_until)


def _admit(session: TenantSession, account: Account, device: str, now: datetime) -> Admission:
    where = queries.memberships(session, account)
    if not where:
        return Admission(None, rules.NotRecognised())
    account.failures, account.locked_until = 0, None
    session.cooperative_id = where[0].cooperative_id
    if where[0].state == "accepted":
        where[0].state, where[0].state_since = "active", now
    return Admission(begin_session(session, account, where[0], device=device, now=now))


def begin_session(
    session: TenantSession, account: Account, member: Member, *, device: str, now: datetime
) -> str:
    """A new session of one member on one device; its token, of which only the hash is kept."""
    token = secrets.token_urlsafe(32)
    stays = rules.MEMBER_STAYS if account.phone else rules.CONSOLE_STAYS
    session.add(
        SignIn(
            token_hash=token_hash(token),
            account_id=account.id,
            cooperative_id=member.cooperative_id,
            member_id=member.id,
            made_at=now,
            ends_at=now + stays,
            device=device[:120],
        )
    )
    return token


def sign_out(session: TenantSession, token: str, now: datetime) -> None:
    """End the session on the server: the token is worth nothing afterwards."""
    session.show_token(token_hash(token))
    found = session.get(SignIn, token_hash(token))
    if found is not None and found.ended_at is None:
        found.ended_at = now


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _peppered(secret: str, pepper: str) -> str:
    plain = rules.plain_digits(secret)
    return hmac.new(pepper.encode(), plain.encode(), hashlib.sha256).hexdigest()


def _hash(secret: str, pepper: str) -> str:
    return _HASHER.hash(_peppered(secret, pepper))


def _matches(hashed: str, secret: str, pepper: str) -> bool:
    try:
        return _HASHER.verify(hashed, _peppered(secret, pepper))
    except VerifyMismatchError:
        return False
