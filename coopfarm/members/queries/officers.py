"""Where somebody is an officer, or is asked to be one."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from coopfarm.members.models import Cooperative, Member
from coopfarm.store.tenancy import ALL_COOPERATIVES, TenantSession

# The number of whoever was asked to be an officer begins so.
NUMBER = "O-"


@dataclass(frozen=True, slots=True)
class Office:
    """A cooperative that has somebody as its officer, or would like to."""

    member: Member
    cooperative_name: str


def of_account(session: TenantSession, account_id: UUID) -> Sequence[Office]:
    """The cooperatives that asked this account, and those that have it as officer, by name."""
    session.show_account(account_id)
    query = (
        select(Member, Cooperative.name)
        .join(Cooperative, Cooperative.id == Member.cooperative_id)
        .where(
            Member.account_id == account_id,
            Member.number.startswith(NUMBER),
            Member.state != "left",
        )
        .order_by(Cooperative.name)
    )
    rows = session.execute(query, execution_options=ALL_COOPERATIVES)
    return [Office(member, name) for member, name in rows]


def asked_here(session: TenantSession, account_id: UUID) -> Member | None:
    """Who was asked here already and has not answered."""
    query = select(Member).where(Member.account_id == account_id, Member.state == "applied")
    return session.scalars(query.limit(1)).one_or_none()
