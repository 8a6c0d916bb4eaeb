"""Which roles members hold: rules may be for those of one role alone."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.members.models import MemberRole


def of(session: Session, member_id: UUID) -> frozenset[str]:
    return of_each(session, [member_id])[member_id]


def of_each(session: Session, member_ids: Collection[UUID]) -> Mapping[UUID, frozenset[str]]:
    found: dict[UUID, set[str]] = {one: set() for one in member_ids}
    query = select(MemberRole.member_id, MemberRole.role)
    for member_id, role in session.execute(query.where(MemberRole.member_id.in_(found))):
        found[member_id].add(role)
    return {member_id: frozenset(roles) for member_id, roles in found.items()}
