"""What is known about cooperatives, their people, and how they come in."""

from coopfarm.members.queries.people import (
    Person,
    called,
    cooperative,
    cooperative_ids,
    cooperative_named,
    member,
    members_by_id,
    people,
    regions,
)
from coopfarm.members.queries.ways_in import (
    Holder,
    accounts_for_update,
    memberships,
    roles,
    signed_in,
    who_holds,
)

__all__ = [
    "Holder",
    "Person",
    "accounts_for_update",
    "called",
    "cooperative",
    "cooperative_ids",
    "cooperative_named",
    "member",
    "members_by_id",
    "memberships",
    "people",
    "regions",
    "roles",
    "signed_in",
    "who_holds",
]
