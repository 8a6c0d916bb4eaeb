"""What is known about cooperatives and their people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Missing
from coopfarm.members.models import Account, Cooperative, Household, Member, MemberRole, SignIn
from coopfarm.store.columns import Instant
from coopfarm.store.tenancy import ALL_COOPERATIVES


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


def account_for_update(session: Session, names: Sequence[str]) -> Account | None:
    """The account with one of these phone numbers or names, held until the act ends."""
    query = select(Account).where(Account.phone.in_(names) | Account.login.in_(names))
    return session.scalars(query.with_for_update()).first()


def memberships(session: Session, account: Account) -> Sequence[Member]:
    """Where somebody may act: their memberships that have not ended."""
    query = select(Member).where(Member.account_id == account.id, Member.left_on.is_(None))
    query = query.order_by(Member.joined_on, Member.id)
    return session.scalars(query, execution_options=ALL_COOPERATIVES).all()


# Built once: asked at every request.
_WHO_HOLDS = (
    select(SignIn, Member, Cooperative)
    .join(
        Member,
        (Member.cooperative_id == SignIn.cooperative_id) & (Member.id == SignIn.member_id),
    )
    .join(Cooperative, Cooperative.id == SignIn.cooperative_id)
    .where(
        SignIn.token_hash == bindparam("token_hash"),
        SignIn.ended_at.is_(None),
        SignIn.ends_at > bindparam("now", type_=Instant),
        Member.left_on.is_(None),
    )
)


def who_holds(
    session: Session, token_hash: str, now: datetime
) -> tuple[SignIn, Member, Cooperative] | None:
    """The member behind a session token, if the session still runs."""
    asked = {"token_hash": token_hash, "now": now}
    row = session.execute(_WHO_HOLDS, asked, execution_options=ALL_COOPERATIVES).first()
    return (row[0], row[1], row[2]) if row else None


def roles(session: Session, member: Member) -> frozenset[str]:
    query = select(MemberRole.role).where(
        MemberRole.cooperative_id == member.cooperative_id, MemberRole.member_id == member.id
    )
    return frozenset(session.scalars(query, execution_options=ALL_COOPERATIVES))


def member(session: Session, member_id: UUID) -> Member:
    """A member of the session's cooperative. Raises Missing."""
    found = session.scalar(select(Member).where(Member.id == member_id))
    if found is None:
        raise Missing
    return found


def called(*, latin: bool) -> ColumnElement[str]:
    """The column of names for a reader, as `Member.called` gives them."""
    if not latin:
        return Member.name.expression
    return func.coalesce(func.nullif(Member.name_latin, ""), Member.name)


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
        .where(Member.left_on.is_(None))
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
