"""Setting up a second factor, showing it, losing it. No function here commits."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import pyotp

from coopfarm.members import queries, rules
from coopfarm.members.actions import tries
from coopfarm.members.actions.hashing import keyed
from coopfarm.members.actions.sessions import end_sessions, within
from coopfarm.members.models import Member, SecondFactor
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession

_KEY_BYTES = 20  # what RFC 4226, 4 R6 recommends


def new_salt() -> str:
    return secrets.token_urlsafe(24)


def authenticator_key(account_id: UUID, salt: str, pepper: str) -> str:
    """The key of an authenticator, in base32. It is not kept: it follows from salt and pepper."""
    whole = keyed(pepper, "authenticator", account_id.hex, salt)
    return base64.b32encode(whole[:_KEY_BYTES]).decode()


def authenticator_address(key: str, *, who: str, where: str) -> str:
    """What the QR code says to an authenticator."""
    return pyotp.TOTP(key).provisioning_uri(name=who, issuer_name=where)


def set_up_second_factor(
    session: TenantSession, account_id: UUID, salt: str, code: str, *, pepper: str, now: datetime
) -> None:
    """Keep an authenticator whose code was just shown. Raises SecondFactorWrong."""
    step = rules.matching_step(authenticator_key(account_id, salt, pepper), code, now, 0)
    if step is None:
        raise rules.SecondFactorWrong(field="code")
    found = queries.second_factor(session, account_id, for_update=True)
    if found is None:
        found = SecondFactor(account_id=account_id)
        session.add(found)
    found.salt, found.made_at, found.last_step, found.recovery_used = salt, now, step, 0


def show_second_factor(
    session: TenantSession, account_id: UUID, typed: str, *, pepper: str, now: datetime
) -> str | None:
    """How it was shown, by `code` or `recovery`; None for a wrong code, which is counted.

    Each code is taken once. Raises TooManyTries.
    """
    (counted,) = tries.held(
        session, [tries.key("second", account_id.hex, pepper=pepper)], now
    ).values()
    if tries.is_locked(counted, now):
        raise rules.TooManyTries(until=counted.locked_until)
    found = queries.second_factor(session, account_id, for_update=True)
    how = _shown(found, typed, pepper, now) if found is not None else None
    if how is None:
        tries.count([counted], now)
    else:
        tries.forgive(counted, now)
    return how


def recovery_codes(found: SecondFactor, pepper: str) -> Sequence[str]:
    """The codes of an authenticator that is lost; like its key they are not kept."""
    return [
        rules.recovery_code(keyed(pepper, "recovery", found.account_id.hex, found.salt, str(place)))
        for place in range(rules.RECOVERY_CODES)
    ]


def reset_second_factor(
    session: TenantSession, member: Member, *, actor: Member, now: datetime
) -> None:
    """Let somebody set up another authenticator; all their sessions end.

    Raises OwnSecondFactor, as it takes another manager, and MemberElsewhere.
    """
    account_id = member.account_id
    if account_id is None or account_id == actor.account_id:
        raise rules.OwnSecondFactor
    if len(queries.elsewhere(session, account_id)) > 1:
        raise rules.MemberElsewhere
    _take_away(session, [member], account_id, actor_id=actor.id, now=now)


def reset_by_keeper(session: TenantSession, account_id: UUID, *, now: datetime) -> None:
    """The same by whoever keeps the server, for somebody whom no other manager can help."""
    where = [member for member, _ in queries.elsewhere(session, account_id)]
    _take_away(session, where, account_id, actor_id=None, now=now)


def _take_away(
    session: TenantSession,
    where: Sequence[Member],
    account_id: UUID,
    *,
    actor_id: UUID | None,
    now: datetime,
) -> None:
    found = queries.second_factor(session, account_id, for_update=True)
    if found is not None:
        session.delete(found)
    ended = end_sessions(session, account_id, now=now)
    before, after = {"second_factor": found is not None}, {"sessions_ended": ended}
    for member in where:
        with within(session, member.cooperative_id):
            audit.record(
                session,
                "second-factor.reset",
                member,
                actor_id=actor_id,
                at=now,
                before=before,
                after=after,
            )


def _shown(found: SecondFactor, typed: str, pepper: str, now: datetime) -> str | None:
    key = authenticator_key(found.account_id, found.salt, pepper)
    step = rules.matching_step(key, typed, now, found.last_step)
    if step is not None:
        found.last_step = step
        return "code"
    place = rules.recovery_place(recovery_codes(found, pepper), typed)
    if place is None or found.recovery_used >> place & 1:
        return None
    found.recovery_used |= 1 << place
    return "recovery"
