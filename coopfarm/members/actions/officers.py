"""An officer of several cooperatives: asked by each, and there by consent of both.

No function here commits.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from coopfarm.kernel.refusal import Missing
from coopfarm.members import queries
from coopfarm.members.actions.membership import By
from coopfarm.members.actions.people import give_role
from coopfarm.members.actions.sessions import within
from coopfarm.members.models import Account, Member
from coopfarm.members.queries import officers as known
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession


def ask_officer(session: TenantSession, names: Sequence[str], by: By) -> None:
    """Ask whoever signs in under one of these names to be an officer here as well.

    Nothing shows whether there is such a person: what is written is seen by them alone until
    they agree, and neither the answer nor the list of members is any different.
    """
    asker = queries.member(session, by.actor_id)
    audit.record(session, "officer.ask", asker, actor_id=by.actor_id, at=by.now)
    here = session.cooperative_id
    for account in queries.accounts_named(session, names)[:1]:
        there = queries.memberships(session, account)
        if not there or any(one.cooperative_id == here for one in there):
            continue
        if known.asked_here(session, account.id) is None:
            _write(session, account, there[0], by)


def _write(session: TenantSession, account: Account, known_as: Member, by: By) -> None:
    asked = Member(
        number=f"O-{secrets.token_hex(4)}",
        name=known_as.name,
        name_latin=known_as.name_latin,
        account_id=account.id,
        joined_on=by.today,
        state="applied",
        state_since=by.now,
    )
    session.add(asked)
    session.flush()
    give_role(session, asked, "officer")
    session.flush()


def agree(session: TenantSession, account_id: UUID, member_id: UUID, now: datetime) -> Member:
    """Say yes to a cooperative that asked: the officer is seen there from now on."""
    asked = _asked(session, account_id, member_id)
    with within(session, asked.cooperative_id):
        asked.state, asked.state_since = "active", now
        audit.record(session, "officer.agree", asked, actor_id=asked.id, at=now)
    return asked


def decline(session: TenantSession, account_id: UUID, member_id: UUID, now: datetime) -> Member:
    """Say no, or no longer: by the officer, in whichever cooperative."""
    found = _of(known.of_account(session, account_id), member_id)
    was_asked = found.state == "applied"
    with within(session, found.cooperative_id):
        found.state, found.state_since = "left", now
        found.left_on, found.leaves_on = now.date(), None
        if was_asked:
            # It was never seen there, and the same may be asked again.
            found.name, found.name_latin, found.account_id = "–", "", None
        else:
            audit.record(session, "officer.end", found, actor_id=found.id, at=now)
    return found


def _asked(session: TenantSession, account_id: UUID, member_id: UUID) -> Member:
    found = _of(known.of_account(session, account_id), member_id)
    if found.state != "applied":
        raise Missing
    return found


def _of(found: Sequence[known.Office], member_id: UUID) -> Member:
    for one in found:
        if one.member.id == member_id:
            return one.member
    raise Missing
