"""Where memberships stand, who may manage, and the households."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from coopfarm.kernel.refusal import Missing
from coopfarm.members.models import (
    Application,
    Cooperative,
    Household,
    Member,
    MemberRole,
    PersonTime,
)
from coopfarm.members.queries.people import Person
from coopfarm.members.rules import membership as rules
from coopfarm.store.tenancy import TenantSession

PEOPLE_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Some of the members that were asked for, and how many there are in all."""

    people: Sequence[Person]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PEOPLE_A_PAGE))


@dataclass(frozen=True, slots=True)
class Asked:
    """Which members: by words in name or number, and where the membership stands.

    Without `by_name` in the number alone: whom a name finds is known by it.
    """

    words: str = ""
    state: str = ""
    page: int = 1
    by_name: bool = True


def _is_ours() -> ColumnElement[bool]:
    """Whether a row is to be seen here: an officer who was only asked is not a member yet."""
    applied = exists().where(
        Application.cooperative_id == Member.cooperative_id, Application.member_id == Member.id
    )
    return (Member.state != "applied") | applied


def counts(session: TenantSession) -> Mapping[str, int]:
    """How many memberships stand where."""
    query = select(Member.state, func.count()).where(_is_ours()).group_by(Member.state)
    return {row[0]: row[1] for row in session.execute(query)}


def listed(session: TenantSession, asked: Asked) -> PeoplePage:
    """One page of members by number; without a state asked for, those who are members now."""
    chosen = _chosen(asked)
    total = session.scalar(select(func.count()).select_from(Member).where(*chosen)) or 0
    page = min(max(asked.page, 1), max(1, -(-total // PEOPLE_A_PAGE)))
    query = _people().where(*chosen).order_by(Member.number, Member.id)
    query = query.offset((page - 1) * PEOPLE_A_PAGE).limit(PEOPLE_A_PAGE)
    return PeoplePage(_with_roles(session, query), total, page)


def person(session: TenantSession, member_id: UUID) -> Person:
    """One member with household and roles. Raises Missing."""
    found = _with_roles(session, _people().where(Member.id == member_id, _is_ours()))
    if not found:
        raise Missing
    return found[0]


def member_for_update(session: TenantSession, member_id: UUID) -> Member:
    """The member, held until the act ends. Raises Missing."""
    query = select(Member).where(Member.id == member_id, _is_ours()).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise Missing
    return found


def hold_cooperative(session: TenantSession) -> None:
    """Let what is decided over all members be decided one after the other."""
    query = select(Cooperative.id).where(Cooperative.id == session.cooperative_id)
    session.execute(query.with_for_update())


def other_managers(session: TenantSession, member: Member) -> int:
    """How many others are managers and may act."""
    query = (
        select(func.count())
        .select_from(MemberRole)
        .join(
            Member,
            (Member.cooperative_id == MemberRole.cooperative_id)
            & (Member.id == MemberRole.member_id),
        )
        .where(
            MemberRole.role == "manager",
            MemberRole.member_id != member.id,
            Member.state.in_(rules.ACTS),
        )
    )
    return session.scalar(query) or 0


def role_rows(session: TenantSession, member: Member) -> Sequence[MemberRole]:
    query = select(MemberRole).where(MemberRole.member_id == member.id)
    return session.scalars(query.order_by(MemberRole.role)).all()


def numbers(session: TenantSession) -> Sequence[str]:
    return session.scalars(select(Member.number)).all()


def households(session: TenantSession) -> Sequence[Household]:
    return session.scalars(select(Household).order_by(Household.name, Household.id)).all()


def household(session: TenantSession, household_id: UUID) -> Household:
    """Raises Missing."""
    found = session.scalar(select(Household).where(Household.id == household_id))
    if found is None:
        raise Missing
    return found


def application(session: TenantSession, member: Member) -> Application | None:
    """What somebody wrote who applied."""
    query = select(Application).where(Application.member_id == member.id)
    return session.scalars(query.order_by(Application.made_at.desc()).limit(1)).one_or_none()


def with_turns_ahead(
    session: TenantSession, member_ids: Sequence[UUID], now: datetime
) -> frozenset[UUID]:
    """Who of these has a water turn under way or ahead."""
    query = select(PersonTime.member_id).where(
        PersonTime.member_id.in_(member_ids), PersonTime.kind == "turn", PersonTime.ends_at > now
    )
    return frozenset(session.scalars(query.distinct())) if member_ids else frozenset()


def _people() -> Select[Member, str]:
    return select(Member, Household.name).outerjoin(
        Household,
        (Household.cooperative_id == Member.cooperative_id) & (Household.id == Member.household_id),
    )


def _chosen(asked: Asked) -> Sequence[ColumnElement[bool]]:
    found = [_is_ours()]
    if asked.state:
        found.append(Member.state == asked.state)
    else:
        found.append(Member.state.not_in(("applied", "left")))
    if asked.words:
        escaped = asked.words.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        names = (Member.name, Member.name_latin) if asked.by_name else ()
        columns = (*names, Member.number)
        alike = [func.lower(column).like(f"%{escaped}%", escape="\\") for column in columns]
        found.append(or_(*alike))
    return found


def _with_roles(session: TenantSession, query: Select[Member, str]) -> Sequence[Person]:
    found = session.execute(query).all()
    ids = [member.id for member, _ in found]
    held: dict[UUID, list[str]] = {}
    rows = select(MemberRole).where(MemberRole.member_id.in_(ids)).order_by(MemberRole.role)
    for role in session.scalars(rows):
        held.setdefault(role.member_id, []).append(role.role)
    return [Person(one, home or "", tuple(held.get(one.id, ()))) for one, home in found]
