"""Tables of the cooperatives, their people, and how they come in."""

from coopfarm.members.models.people import Consent, Cooperative, Household, Member, MemberRole
from coopfarm.members.models.ways_in import Account, SignIn

__all__ = [
    "Account",
    "Consent",
    "Cooperative",
    "Household",
    "Member",
    "MemberRole",
    "SignIn",
]
