"""Where somebody may look: here, and wherever else a cooperative has them as its officer."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select

from coopfarm.members.models import Cooperative, Member, MemberRole
from coopfarm.store.audit import AuditEvent
from coopfarm.store.tenancy import ALL_COOPERATIVES, TenantSession

# An officer whom a cooperative asked and who agreed is there; who has not answered is not.
_THERE: Final = ("active", "leaving")
_RECENT: Final = 50


@dataclass(frozen=True, slots=True)
class Area:
    """A cooperative, and as whom somebody looks at its land."""

    cooperative_id: int
    name: str
    timezone: str
    member_id: UUID
    roles: frozenset[str]


def areas(session: TenantSession, here: Area, account_id: UUID) -> Sequence[Area]:
    """Here first, then the cooperatives that have the same person as officer, by name."""
    session.show_account(account_id)
    query = select(Member).where(
        Member.account_id == account_id,
        Member.state.in_(_THERE),
        Member.cooperative_id != here.cooperative_id,
    )
    members = session.scalars(query, execution_options=ALL_COOPERATIVES).all()
    there = [area for member in members for area in _area(session, member)]
    return [here, *sorted(there, key=lambda one: (one.name, one.cooperative_id))]


def _area(session: TenantSession, member: Member) -> Iterator[Area]:
    """The cooperative of a membership, if it has the member as its officer."""
    with at(session, member.cooperative_id):
        held = select(MemberRole.role).where(MemberRole.member_id == member.id)
        roles = frozenset(session.scalars(held))
    if "officer" in roles:
        home = session.get_one(Cooperative, member.cooperative_id)
        yield Area(home.id, home.name, home.timezone, member.id, roles)


@contextmanager
def at(session: TenantSession, cooperative_id: int) -> Iterator[None]:
    """Look at another cooperative of the same person, and come back."""
    here = session.cooperative_id
    session.cooperative_id = cooperative_id
    try:
        yield
    finally:
        session.cooperative_id = here


def version(session: TenantSession) -> str:
    """Changes whenever something was done in the session's cooperative.

    Of the last acts and not of the last one alone: one that began earlier may be kept later.
    """
    query = select(AuditEvent.id).order_by(AuditEvent.id.desc()).limit(_RECENT)
    acts = session.scalars(query).all()
    return hashlib.sha256(b"".join(act.bytes for act in acts)).hexdigest()[:16]
