"""Memberships: begun, stepped on, entrusted with roles. No function here commits."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import update

from coopfarm.kernel.roles import ROLES
from coopfarm.members.actions.people import give_role
from coopfarm.members.models import Household, Member, SignIn
from coopfarm.members.queries import membership as known
from coopfarm.members.queries import roles as roles_of
from coopfarm.members.rules import membership as rules
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession

# What capabilities above hold against a leaving; each raises its refusal.
_Check = Callable[[TenantSession, UUID], None]
_BEFORE_LEAVING: Final[list[_Check]] = []


def before_leaving(check: _Check) -> _Check:
    """Have `check` asked before a membership ends; it raises what is in the way."""
    _BEFORE_LEAVING.append(check)
    return check


@dataclass(frozen=True, slots=True)
class By:
    """Who does it and when; `today` is the day in the cooperative."""

    actor_id: UUID
    now: datetime
    today: date


@dataclass(frozen=True, slots=True)
class NewMember:
    """What the office knows of somebody it takes in; `phone` is E.164."""

    name: str
    number: str
    name_latin: str = ""
    phone: str | None = None
    household_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What is said with a step, where the step asks for it."""

    reason: str = ""
    on: date | None = None
    number: str = ""


def add_member(session: TenantSession, wish: NewMember, by: By) -> Member:
    """Take somebody in: accepted, and active from the first sign-in on.

    Raises MemberNameUnusable, NumberUnusable, NumberTaken and Missing for the household.
    """
    rules.check_person(wish.name, wish.number)
    known.hold_cooperative(session)
    _check_free(session, wish.number)
    if wish.household_id is not None:
        known.household(session, wish.household_id)
    member = Member(
        number=wish.number,
        name=wish.name,
        name_latin=wish.name_latin[: rules.LONGEST_NAME],
        phone=wish.phone,
        household_id=wish.household_id,
        joined_on=by.today,
        state="accepted",
        state_since=by.now,
    )
    session.add(member)
    session.flush()
    give_role(session, member, "member")
    after = {"number": member.number, "state": member.state}
    _record(session, "membership.add", member, by, after=after)
    session.flush()
    return member


def take_step(session: TenantSession, member_id: UUID, name: str, said: Said, by: By) -> Member:
    """Let a membership stand elsewhere from now on.

    Raises StepNotPossible, LastManager, ReasonMissing, LeavingDayPast, NotGoneYet,
    NumberTaken, IsForgotten and Missing.
    """
    known.hold_cooperative(session)
    member = known.member_for_update(session, member_id)
    step = rules.check_step(name, member.state)
    rules.check_said(step, said.reason, said.on, by.today)
    _check_whether_now(session, member, name, step, by)
    before = _standing(member)
    if name == "accept":
        _number_anew(session, member, said.number)
    member.state, member.state_since = _where_to(member, step), by.now
    member.state_reason = said.reason[: rules.LONGEST_REASON] if step.needs_reason else ""
    member.leaves_on = (said.on or by.today) if step.needs_day else None
    member.left_on = by.today if step.to == "left" else None
    if step.to in ("suspended", "left"):
        _stop_standing_in(session, member)
    _record(session, f"membership.{name}", member, by, before=before, after=_standing(member))
    session.flush()
    return member


def set_roles(session: TenantSession, member_id: UUID, roles: Collection[str], by: By) -> Member:
    """Entrust a member with exactly these roles, from the next request on.

    Raises RoleUnknown, NoRole, LastManager and Missing.
    """
    rules.check_roles(roles, ROLES)
    known.hold_cooperative(session)
    member = known.member_for_update(session, member_id)
    held = roles_of(session, member)
    ceases = "manager" in held - set(roles) and member.state in rules.ACTS
    rules.check_manager_stays(
        member.name, known.other_managers(session, member) if ceases else 1, ceases=ceases
    )
    for row in known.role_rows(session, member):
        if row.role not in roles:
            session.delete(row)
    for role in sorted(set(roles) - held):
        give_role(session, member, role)
    session.flush()
    before, after = {"roles": sorted(held)}, {"roles": sorted(set(roles))}
    if before != after:
        _record(session, "roles.set", member, by, before=before, after=after)
    return member


def move_to_household(
    session: TenantSession, member_id: UUID, household_id: UUID | None, by: By
) -> Member:
    """Let a member belong to a household, or to none. Raises Missing."""
    member = known.member_for_update(session, member_id)
    if household_id is not None:
        known.household(session, household_id)
    before = {"household_id": _text(member.household_id)}
    member.household_id = household_id
    after = {"household_id": _text(household_id)}
    _record(session, "household.move", member, by, before=before, after=after)
    session.flush()
    return member


def make_household(session: TenantSession, name: str, by: By) -> Household:
    """Raises MemberNameUnusable."""
    made = Household(id=uuid4(), name=_household_name(name))
    session.add(made)
    session.flush()
    audit.record(session, "household.make", made, actor_id=by.actor_id, at=by.now)
    return made


def name_household(session: TenantSession, household_id: UUID, name: str, by: By) -> Household:
    """Call a household otherwise. Raises Missing and MemberNameUnusable."""
    found = known.household(session, household_id)
    found.name = _household_name(name)
    audit.record(session, "household.name", found, actor_id=by.actor_id, at=by.now)
    session.flush()
    return found


def share_phone(session: TenantSession, member: Member, *, shares: bool, by: By) -> None:
    """Let neighbours in the order of turns see one's number, or not."""
    before, member.shares_phone = member.shares_phone, shares
    if before != shares:
        change = {"before": {"shares_phone": before}, "after": {"shares_phone": shares}}
        _record(session, "phone.share", member, by, **change)


def _check_whether_now(
    session: TenantSession, member: Member, name: str, step: rules.Step, by: By
) -> None:
    if step.to in ("suspended", "leaving", "left") and member.state in rules.ACTS:
        ceases = "manager" in roles_of(session, member)
        others = known.other_managers(session, member) if ceases else 1
        rules.check_manager_stays(member.name, others, ceases=ceases)
    if name == "end":
        for check in _BEFORE_LEAVING:
            check(session, member.id)
    if name == "end" and member.leaves_on is not None and member.leaves_on > by.today:
        raise rules.NotGoneYet(name=member.name, day=member.leaves_on)
    if name == "return" and rules.is_forgotten(member.name):
        raise rules.IsForgotten


def _where_to(member: Member, step: rules.Step) -> str:
    """Whoever cannot sign in yet becomes active by doing so."""
    return "accepted" if step.to == "active" and member.account_id is None else step.to


def _number_anew(session: TenantSession, member: Member, number: str) -> None:
    """Whoever applied had a number that nobody chose."""
    chosen = number or rules.next_number(known.numbers(session))
    rules.check_person(member.name, chosen)
    if chosen != member.number:
        _check_free(session, chosen)
        member.number = chosen


def _check_free(session: TenantSession, number: str) -> None:
    taken = known.numbers(session)
    if number.lower() in {one.lower() for one in taken}:
        free = rules.next_number(taken)
        raise rules.NumberTaken(field="number", number=number, free=free)


def _stop_standing_in(session: TenantSession, member: Member) -> None:
    """Whoever is suspended or gone neither stands in for others nor is stood in for."""
    for column in (SignIn.member_id, SignIn.acting_for):
        query = update(SignIn).where(
            SignIn.cooperative_id == member.cooperative_id,
            column == member.id,
            SignIn.acting_for.is_not(None),
        )
        session.execute(query.values(acting_for=None))


def _standing(member: Member) -> dict[str, object]:
    return {
        "state": member.state,
        "reason": member.state_reason,
        "leaves_on": _text(member.leaves_on),
        "number": member.number,
    }


def _household_name(name: str) -> str:
    if not 2 <= len(name) <= rules.LONGEST_NAME:
        raise rules.MemberNameUnusable(field="name")
    return name


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _record(session: TenantSession, verb: str, member: Member, by: By, **change: object) -> None:
    audit.record(session, verb, member, actor_id=by.actor_id, at=by.now, **change)  # type: ignore[arg-type]
