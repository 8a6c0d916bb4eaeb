"""What is known about cooperatives and the people in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Uuid, and_, bindparam, case, func, select
from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Missing
from coopfarm.members.models import Cooperative, Household, Member, MemberRole
from coopfarm.store.tenancy import NAMED, READS_NUMBERS


@dataclass(frozen=True, slots=True)
class Person:
    """A member as the list of members shows them."""

    member: Member
    household: str
    roles: tuple[str, ...]


def cooperative(session: Session, cooperative_id: int) -> Cooperative:
    found = session.get(Cooperative, cooperative_id)
    if found is None:
        raise Missing
    return found


def cooperative_ids(session: Session) -> Sequence[int]:
    """Every cooperative of the installation: for work in the background, one after the other."""
    return session.scalars(select(Cooperative.id).order_by(Cooperative.id)).all()


def cooperative_named(session: Session, name: str | None) -> Cooperative:
    """The cooperative of that name, or the only one. Raises Missing."""
    query = select(Cooperative).order_by(Cooperative.id)
    if name:
        query = query.where(Cooperative.name == name)
    found = session.scalars(query.limit(2)).all()
    if len(found) != 1:
        raise Missing(cooperative=name or "")
    return found[0]


def regions(session: Session) -> list[str]:
    """The countries of the cooperatives, to read a phone number as it is dialled there."""
    locales = session.scalars(select(Cooperative.locale).distinct())
    return sorted({locale.split("_")[-1] for locale in locales})


def member(session: Session, member_id: UUID) -> Member:
    """A member of the session's cooperative. Raises Missing."""
    found = session.scalar(select(Member).where(Member.id == member_id))
    if found is None:
        raise Missing
    return found


_IS_UNNAMED: Final = and_(
    bindparam(READS_NUMBERS, value=False, type_=Boolean),
    Member.id != bindparam(NAMED, value=UUID(int=0), type_=Uuid),
)


def called(*, latin: bool) -> ColumnElement[str]:
    """The column of names for a reader, as `Member.called` gives them.

    Numbers in place of names where the session reads these (`TenantSession.names_of`).
    """
    name: ColumnElement[str] = Member.name.expression
    if latin:
        name = func.coalesce(func.nullif(Member.name_latin, ""), Member.name)
    return case((_IS_UNNAMED, Member.number), else_=name)


def members_by_id(session: Session, ids: Iterable[UUID | None]) -> Mapping[UUID, Member]:
    wanted = {i for i in ids if i is not None}
    if not wanted:
        return {}
    return {m.id: m for m in session.scalars(select(Member).where(Member.id.in_(wanted)))}


def people(session: Session, words: str = "") -> list[Person]:
    """Members with their households and roles, by number; `words` narrows by name."""
    query = (
        select(Member, Household.name)
        .outerjoin(
            Household,
            (Household.cooperative_id == Member.cooperative_id)
            & (Household.id == Member.household_id),
        )
        .where(Member.state.not_in(("applied", "left")))
        .order_by(Member.number)
    )
    if words:
        like = f"%{words.lower()}%"
        query = query.where(func.lower(Member.name).like(like) | Member.number.ilike(like))
    held: dict[UUID, list[str]] = {}
    for role in session.scalars(select(MemberRole).order_by(MemberRole.role)):
        held.setdefault(role.member_id, []).append(role.role)
    return [
        Person(who, household or "", tuple(held.get(who.id, ())))
        for who, household in session.execute(query)
    ]
