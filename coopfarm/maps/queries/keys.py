"""The addresses of the map for other programs, and who may still read there."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.maps.models import MapKey
from coopfarm.maps.queries.areas import Area
from coopfarm.members import queries as members
from coopfarm.members.models import Cooperative, Member
from coopfarm.store.tenancy import ALL_COOPERATIVES, TenantSession

READS: Final = frozenset({"manager", "officer"})
_STILL_THERE: Final = ("active", "leaving")


def of_member(session: Session, member_id: UUID) -> MapKey | None:
    """The key of a member that opens something now."""
    query = select(MapKey).where(MapKey.member_id == member_id, MapKey.revoked_at.is_(None))
    return session.scalars(query.order_by(MapKey.made_at.desc()).limit(1)).one_or_none()


def holder(session: TenantSession, token_hash: str) -> tuple[Area, UUID] | None:
    """Where the key with this secret leads and whose account it is; from then on the session's.

    None where it was revoked, and where its member may not read there any more. Who is signed
    in at another cooperative has no key there: the session stays where it is.
    """
    here = session.cooperative_id
    session.show_token(token_hash)
    query = select(MapKey).where(MapKey.token_hash == token_hash, MapKey.revoked_at.is_(None))
    found = session.scalar(query, execution_options=ALL_COOPERATIVES)
    if found is None or here not in (None, found.cooperative_id):
        return None
    session.cooperative_id = found.cooperative_id
    member = session.scalars(select(Member).where(Member.id == found.member_id)).one()
    roles = members.roles(session, member)
    if member.state not in _STILL_THERE or not roles & READS or member.account_id is None:
        return None
    home = session.get_one(Cooperative, found.cooperative_id)
    return Area(home.id, home.name, home.timezone, member.id, roles), member.account_id
