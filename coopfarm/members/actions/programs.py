"""How a program comes in: secret and code in one act. No function here commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from coopfarm.kernel.refusal import Refusal
from coopfarm.members import queries, rules
from coopfarm.members.actions.second_factor import show_second_factor
from coopfarm.members.actions.sessions import move_session, token_hash
from coopfarm.members.actions.ways_in import Origin, sign_in
from coopfarm.store.tenancy import TenantSession


@dataclass(frozen=True, slots=True)
class Entry:
    """Who came in under which token, or a refusal whose count must be kept."""

    holder: queries.Holder | None = None
    token: str = ""
    refusal: Refusal | None = None


def sign_in_at_once(
    session: TenantSession,
    names: Sequence[str],
    secret: str,
    code: str,
    *,
    pepper: str,
    may_wait: bool,
    now: datetime,
    origin: Origin,
) -> Entry:
    """Admit who knows the secret, and has the second factor if their role needs one.

    With `may_wait` one that is not set up yet is done without. Raises TryLater, TooManyTries
    and SecondFactorNeeded.
    """
    admission = sign_in(session, names, secret, pepper=pepper, now=now, origin=origin)
    if admission.token is None:
        return Entry(refusal=admission.refusal or rules.SeveralKnowIt())
    holder = queries.who_holds(session, token_hash(admission.token), now)
    if holder is None:
        return Entry(refusal=rules.NotRecognised())
    if not holder.awaits_second_factor:
        return Entry(holder, admission.token)
    account_id = holder.sign_in.account_id
    is_set_up = queries.second_factor(session, account_id) is not None
    if not (code if is_set_up else may_wait):
        raise rules.SecondFactorNeeded(field="code")
    how: str | None = "later"
    if is_set_up:
        how = show_second_factor(session, account_id, code, pepper=pepper, now=now)
    # After a wrong code too: the token of the secret alone is then worth nothing.
    token = move_session(session, holder.sign_in, holder.member, now=now, second_factor=how)
    if how is None:
        return Entry(refusal=rules.SecondFactorWrong(field="code"))
    return Entry(queries.who_holds(session, token_hash(token), now), token)
