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
    HANDLE_SIGNS,
    Holder,
    accounts_by_id,
    accounts_named,
    accounts_with,
    elsewhere,
    memberships,
    roles,
    second_factor,
    signed_in,
    who_holds,
)

__all__ = [
    "HANDLE_SIGNS",
    "Holder",
    "Person",
    "accounts_by_id",
    "accounts_named",
    "accounts_with",
    "called",
    "cooperative",
    "cooperative_ids",
    "cooperative_named",
    "elsewhere",
    "member",
    "members_by_id",
    "memberships",
    "people",
    "regions",
    "roles",
    "second_factor",
    "signed_in",
    "who_holds",
]
