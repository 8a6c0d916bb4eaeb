"""Sessions: begun, listed, ended, moved to another cooperative. No function here commits."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from coopfarm.members import queries, rules
from coopfarm.members.models import Account, Member, SignIn
from coopfarm.store.tenancy import TenantSession

_LONGEST_DEVICE = 120


def begin_session(
    session: TenantSession,
    account: Account,
    member: Member,
    *,
    device: str,
    now: datetime,
    second_factor: str | None = None,
    ends_at: datetime | None = None,
) -> str:
    """A new session of one member on one device; its token, of which only the hash is kept."""
    token = secrets.token_urlsafe(32)
    stays = rules.MEMBER_STAYS if account.phone else rules.CONSOLE_STAYS
    begun = SignIn(
        token_hash=token_hash(token),
        account_id=account.id,
        cooperative_id=member.cooperative_id,
        member_id=member.id,
        made_at=now,
        ends_at=ends_at or now + stays,
        device=device[:_LONGEST_DEVICE],
        second_factor=second_factor,
    )
    with within(session, member.cooperative_id):
        session.add(begun)
    return token


def sign_out(session: TenantSession, token: str, now: datetime) -> None:
    """End the session on the server: the token is worth nothing afterwards."""
    session.show_token(token_hash(token))
    found = session.get(SignIn, token_hash(token))
    if found is not None and found.ended_at is None:
        _end(session, found, now)


def end_sessions(
    session: TenantSession,
    account_id: UUID,
    *,
    but: str | None = None,
    only_in: int | None = None,
    now: datetime,
) -> int:
    """End the sessions of an account but the one with the token hash `but`; how many.

    They are ended in every cooperative, or `only_in` one.
    """
    ended = [
        one
        for one in queries.signed_in(session, account_id, now)
        if one.token_hash != but and only_in in (None, one.cooperative_id)
    ]
    for one in ended:
        _end(session, one, now)
    return len(ended)


def end_session(session: TenantSession, account_id: UUID, handle: str, now: datetime) -> bool:
    """End one of the account's own sessions, by the beginning of its token hash."""
    ended = [
        one
        for one in queries.signed_in(session, account_id, now)
        if one.token_hash[: queries.HANDLE_SIGNS] == handle
    ]
    for one in ended:
        _end(session, one, now)
    return bool(ended)


def move_session(
    session: TenantSession,
    held: SignIn,
    member: Member,
    *,
    now: datetime,
    second_factor: str | None = None,
) -> str:
    """The same sitting under a new token: as another member, or with a second factor shown.

    It lasts no longer than it would have.
    """
    account = session.get_one(Account, held.account_id)
    _end(session, held, now)
    return begin_session(
        session,
        account,
        member,
        device=held.device,
        now=now,
        second_factor=second_factor or held.second_factor,
        ends_at=held.ends_at,
    )


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@contextmanager
def within(session: TenantSession, cooperative_id: int) -> Iterator[None]:
    """Write to another cooperative of the same person, and come back."""
    here = session.cooperative_id
    session.flush()
    session.cooperative_id = cooperative_id
    yield
    session.flush()
    session.cooperative_id = here


def _end(session: TenantSession, one: SignIn, now: datetime) -> None:
    with within(session, one.cooperative_id):
        one.ended_at = now
