"""What is known about cooperatives, their people, and how they come in."""

from coopfarm.members.queries.askers import Asker, asker
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
    names_typed,
    roles,
    second_factor,
    signed_in,
    who_holds,
)

__all__ = [
    "HANDLE_SIGNS",
    "Asker",
    "Holder",
    "Person",
    "accounts_by_id",
    "accounts_named",
    "accounts_with",
    "asker",
    "called",
    "cooperative",
    "cooperative_ids",
    "cooperative_named",
    "elsewhere",
    "member",
    "members_by_id",
    "memberships",
    "names_typed",
    "people",
    "regions",
    "roles",
    "second_factor",
    "signed_in",
    "who_holds",
]
