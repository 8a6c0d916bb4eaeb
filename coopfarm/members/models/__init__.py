"""Tables of the cooperatives, their people, and how they come in."""

from coopfarm.members.models.calendar import PersonTime
from coopfarm.members.models.enrolment import Application, Enrolment, EnrolmentCard
from coopfarm.members.models.people import Consent, Cooperative, Household, Member, MemberRole
from coopfarm.members.models.ways_in import Account, CountedTries, SecondFactor, SignIn

__all__ = [
    "Account",
    "Application",
    "Consent",
    "Cooperative",
    "CountedTries",
    "Enrolment",
    "EnrolmentCard",
    "Household",
    "Member",
    "MemberRole",
    "PersonTime",
    "SecondFactor",
    "SignIn",
]
