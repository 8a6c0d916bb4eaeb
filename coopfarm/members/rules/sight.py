"""Who sees how much of what: of a number, a boundary, a balance."""

from collections.abc import Collection, Mapping
from typing import Final, Literal
from uuid import UUID

from coopfarm.kernel.roles import ROLES
from coopfarm.members.rules.phones import masked

Sight = Literal["exact", "coarse", "masked", "hidden"]
# The better one counts where somebody holds several roles.
ORDER: Final[tuple[Sight, ...]] = ("exact", "coarse", "masked", "hidden")

_WHO: Final[Mapping[str, Mapping[str, Sight]]] = {
    "name": {
        "manager": "exact",
        "treasurer": "exact",
        "water_master": "exact",
        "auditor": "exact",
    },
    "phone": {
        "manager": "exact",
        "treasurer": "exact",
        "water_master": "masked",
        "officer": "masked",
        "auditor": "masked",
    },
    "household": {"manager": "exact", "treasurer": "exact", "water_master": "exact"},
    "roles": {
        "manager": "exact",
        "treasurer": "exact",
        "water_master": "exact",
        "officer": "exact",
        "auditor": "exact",
    },
    "membership": {
        "manager": "exact",
        "treasurer": "exact",
        "water_master": "exact",
        "officer": "exact",
        "auditor": "exact",
    },
    "reason": {"manager": "exact"},
    "application": {"manager": "exact"},
    "plot_boundary": {"manager": "exact", "officer": "exact", "water_master": "coarse"},
    "history": {"manager": "exact", "auditor": "exact"},
    "balance": {"manager": "exact", "treasurer": "exact"},
    "loan": {"manager": "exact", "treasurer": "exact"},
    "relief": {},
}
# Every field with every role; what is not said above is hidden.
FIELDS: Final[Mapping[str, Mapping[str, Sight]]] = {
    field: {role: given.get(role, "hidden") for role in ROLES} for field, given in _WHO.items()
}
# Whoever is concerned sees it exactly whatever their role; these see it besides.
BESIDES: Final[Mapping[str, str]] = {
    "name": "the member; every member but the officer, in the rosters of plans, at machines "
    "and at work parties; whom a consent to stand in binds",
    "phone": "the member; the water master, while a turn of the member lies ahead; "
    "neighbours in the order of turns, where the member shares it",
    "household": "the member",
    "roles": "the member",
    "membership": "the member",
    "reason": "the member",
    "application": "the member",
    "plot_boundary": "who holds, works or pays the plot",
    "history": "the member, of their own",
    "balance": "the member",
    "loan": "the member",
    "relief": "the member, and who is asked to decide",
}


def of(field: str, roles: Collection[str]) -> Sight:
    """How much of a field somebody with these roles sees, of anybody."""
    given = FIELDS[field]
    return min((given[role] for role in roles), key=ORDER.index, default="hidden")


def called(name: str | None, number: str | None, roles: Collection[str]) -> str:
    """What a member is called to these roles: the number where names are hidden."""
    return (name if sees("name", roles) else number) or ""


def reads_numbers(roles: Collection[str]) -> bool:
    """Whether somebody reads members' numbers wherever others read names.

    The officer does: other members meet by name, at a machine or a work party.
    """
    return "officer" in roles and not sees("name", roles)


def sees(field: str, roles: Collection[str]) -> bool:
    return of(field, roles) == "exact"


def phone(
    number: str | None, roles: Collection[str], *, is_own: bool = False, has_turn: bool = False
) -> str:
    """A phone number as somebody with these roles sees it; empty where there is none for them.

    `has_turn` says that a turn lies ahead, at which the water master may have to call.
    """
    if not number:
        return ""
    if is_own or sees("phone", roles) or (has_turn and "water_master" in roles):
        return number
    return masked(number) if of("phone", roles) == "masked" else ""


def sees_boundary(
    roles: Collection[str], member_id: UUID, concerned: Collection[UUID | None]
) -> bool:
    """Whether somebody sees where exactly a plot lies; `concerned` hold, work or pay it."""
    return sees("plot_boundary", roles) or member_id in concerned
