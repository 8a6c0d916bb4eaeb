"""Who somebody is by what they sign in with, or by the session they hold."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select

from coopfarm.members import rules
from coopfarm.members.models import (
    Account,
    Consent,
    Cooperative,
    Member,
    MemberRole,
    SecondFactor,
    SignIn,
)
from coopfarm.members.queries.people import regions
from coopfarm.store.columns import Instant
from coopfarm.store.tenancy import ALL_COOPERATIVES, TenantSession

# So much of a token's hash tells the sessions of one account apart.
HANDLE_SIGNS = 16


@dataclass(frozen=True, slots=True)
class Holder:
    """The member behind a session, and the helper who stands in for them in it, if any."""

    sign_in: SignIn
    member: Member
    cooperative: Cooperative
    roles: frozenset[str]
    by: Member | None = None

    @property
    def awaits_second_factor(self) -> bool:
        """Whether the secret was right, and it has yet to be shown that it is really them."""
        return bool(self.roles & rules.DUTY) and self.sign_in.second_factor is None


def names_typed(session: TenantSession, typed: str, *, is_login: bool = False) -> list[str]:
    """What a typed name may stand for: a phone number of one of our countries, or a login."""
    login = typed.strip().lower()
    if is_login or re.search(r"[^\W\d_]", login):
        return [login]
    names = []
    for region in regions(session) or ["EG"]:
        try:
            names.append(rules.phone(typed, region))
        except rules.NotAPhone:
            continue
    return list(dict.fromkeys(names)) or [login]


def accounts_named(session: TenantSession, names: Sequence[str]) -> Sequence[Account]:
    """The accounts with one of these phone numbers or names."""
    query = select(Account).where(Account.phone.in_(names) | Account.login.in_(names))
    return session.scalars(query.order_by(Account.id)).all()


def accounts_by_id(
    session: TenantSession, ids: Collection[UUID], *, for_update: bool = False
) -> Sequence[Account]:
    """These accounts, held until the act ends where it is `for_update`."""
    query = select(Account).where(Account.id.in_(ids)).order_by(Account.id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).all() if ids else []


def accounts_with(session: TenantSession, phone: str) -> int:
    """How many people sign in with this number."""
    query = select(func.count()).select_from(Account).where(Account.phone == phone)
    return session.scalar(query) or 0


def memberships(session: TenantSession, account: Account) -> Sequence[Member]:
    """Where somebody may act: their memberships in every cooperative that have not ended."""
    session.show_account(account.id)
    query = select(Member).where(
        Member.account_id == account.id, Member.state.in_(rules.MAY_SIGN_IN)
    )
    query = query.order_by(Member.joined_on, Member.id)
    return session.scalars(query, execution_options=ALL_COOPERATIVES).all()


# Built once: asked at every request.
RUNS = (
    SignIn.token_hash == bindparam("token_hash"),
    SignIn.ended_at.is_(None),
    SignIn.ends_at > bindparam("now", type_=Instant),
)
_BY_TOKEN = select(SignIn).where(*RUNS)
ROLES_HELD = (
    select(func.aggregate_strings(MemberRole.role, ","))
    .where(MemberRole.cooperative_id == Member.cooperative_id, MemberRole.member_id == Member.id)
    .scalar_subquery()
)
_Found = tuple[SignIn, Member, Cooperative, str | None]


# Of sessions that were seen before one question tells all. Only where to look is remembered.
_HELD = (
    select(SignIn, Member, Cooperative, ROLES_HELD)
    .join(
        Member,
        and_(Member.cooperative_id == SignIn.cooperative_id, Member.id == SignIn.member_id),
    )
    .join(Cooperative, Cooperative.id == SignIn.cooperative_id)
    .where(*RUNS)
)
_homes: dict[str, tuple[int, str]] = {}
_MOST_HOMES: Final = 10_000


def who_holds(session: TenantSession, token_hash: str, now: datetime) -> Holder | None:
    """The member behind a session token, if the session still runs.

    Sets the session's cooperative, and `by` where a helper stands in for the member.
    """
    session.show_token(token_hash)
    asked = {"token_hash": token_hash, "now": now}
    found = _at_home(session, asked) or _anywhere(session, asked)
    if found is None:
        return None
    sign_in, holder, cooperative, held = found
    if holder.state not in rules.MAY_SIGN_IN:
        return None
    if sign_in.acting_for is None or not _may_stand_in(session, sign_in, now):
        return Holder(sign_in, holder, cooperative, frozenset((held or "").split(",")) - {""})
    session.by = holder.id
    member = session.scalars(select(Member).where(Member.id == sign_in.acting_for)).one()
    return Holder(sign_in, member, cooperative, frozenset({"member"}), by=holder)


def _at_home(session: TenantSession, asked: dict[str, Any]) -> _Found | None:
    """The session, where it was last time."""
    home = home_of(asked["token_hash"])
    if home is None:
        return None
    session.cooperative_id, _ = home
    found = session.execute(_HELD, asked).first()
    if found is None:
        del _homes[asked["token_hash"]]
        session.cooperative_id = None
        return None
    return cast(_Found, tuple(found))


def _anywhere(session: TenantSession, asked: dict[str, Any]) -> _Found | None:
    sign_in = session.scalar(_BY_TOKEN, asked)
    if sign_in is None:
        return None
    session.cooperative_id = sign_in.cooperative_id
    found = cast(_Found, tuple(session.execute(_HELD, asked).one()))
    if len(_homes) >= _MOST_HOMES:
        _homes.clear()
    _homes[asked["token_hash"]] = sign_in.cooperative_id, found[2].timezone
    return found


def home_of(token_hash: str) -> tuple[int, str] | None:
    """Where this process saw a session last, and the time zone there; it may have ended since."""
    return _homes.get(token_hash)


def _may_stand_in(session: TenantSession, found: SignIn, now: datetime) -> bool:
    """Whether the member still consents to the helper of this session."""
    query = select(Consent.id).where(
        Consent.member_id == found.acting_for,
        Consent.helper_id == found.member_id,
        Consent.ended_at.is_(None),
        Consent.until.is_(None) | (Consent.until >= now.date()),
    )
    return session.scalar(query) is not None


def roles(session: TenantSession, member: Member) -> frozenset[str]:
    query = select(MemberRole.role).where(MemberRole.member_id == member.id)
    return frozenset(session.scalars(query))


def signed_in(session: TenantSession, account_id: UUID, now: datetime) -> Sequence[SignIn]:
    """The sessions of an account that run, the newest first."""
    session.show_account(account_id)
    query = select(SignIn).where(
        SignIn.account_id == account_id, SignIn.ended_at.is_(None), SignIn.ends_at > now
    )
    return session.scalars(query.order_by(SignIn.made_at.desc())).all()


def second_factor(
    session: TenantSession, account_id: UUID, *, for_update: bool = False
) -> SecondFactor | None:
    """The account's authenticator, if one is set up."""
    query = select(SecondFactor).where(SecondFactor.account_id == account_id)
    return session.scalar(query.with_for_update() if for_update else query)


def elsewhere(session: TenantSession, account_id: UUID) -> Sequence[tuple[Member, str]]:
    """Where somebody is a member, with the names of the cooperatives, in order of these."""
    found = memberships(session, session.get_one(Account, account_id))
    ids = {one.cooperative_id for one in found}
    homes = session.scalars(select(Cooperative).where(Cooperative.id.in_(ids)))
    names = {home.id: home.name for home in homes}
    return sorted(((one, names[one.cooperative_id]) for one in found), key=lambda both: both[1])
