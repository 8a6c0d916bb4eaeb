"""Who may come in by a card or a code, and how far they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, func, select

from coopfarm.members import rules
from coopfarm.members.models import (
    Account,
    Application,
    Cooperative,
    Enrolment,
    EnrolmentCard,
    Member,
)
from coopfarm.members.rules import enrolment as policy
from coopfarm.store.tenancy import ALL_COOPERATIVES, TenantSession


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be the one at the browser."""

    member: Member
    cooperative_name: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A member who cannot sign in yet, and until when their card is good, if there is one."""

    member: Member
    card_until: datetime | None


def found_by_phone(session: TenantSession, phones: Iterable[str]) -> Sequence[Candidate]:
    """The members with one of these numbers, in every cooperative, who come in by a PIN."""
    return [found for phone in phones for found in _with_phone(session, phone)]


def _with_phone(session: TenantSession, phone: str) -> Iterable[Candidate]:
    session.show_phone(phone)
    query = (
        select(Member, Cooperative.name)
        .join(Cooperative, Cooperative.id == Member.cooperative_id)
        .outerjoin(Account, Account.id == Member.account_id)
        .where(Member.phone == phone, Member.state.in_(rules.MAY_SIGN_IN))
        .where(Account.login.is_(None))
        .order_by(Member.joined_on, Member.id)
    )
    rows = session.execute(query, execution_options=ALL_COOPERATIVES)
    return [Candidate(member, name) for member, name in rows]


def homes_of_number(session: TenantSession, phone: str) -> Sequence[int]:
    """The cooperatives in which somebody has this number."""
    session.show_phone(phone)
    query = select(Member.cooperative_id).where(
        Member.phone == phone, Member.state.in_(rules.MAY_SIGN_IN)
    )
    query = query.distinct().order_by(Member.cooperative_id)
    return session.scalars(query, execution_options=ALL_COOPERATIVES).all()


def live_cards(session: TenantSession, finder: str, now: datetime) -> Sequence[EnrolmentCard]:
    """The cards for members of that number, in every cooperative."""
    session.show_token(finder)
    query = select(EnrolmentCard).where(
        EnrolmentCard.finder == finder,
        EnrolmentCard.used_at.is_(None),
        EnrolmentCard.void_at.is_(None),
        EnrolmentCard.ends_at > now,
    )
    return session.scalars(query, execution_options=ALL_COOPERATIVES).all()


def card(session: TenantSession, card_id: UUID | None) -> EnrolmentCard | None:
    return session.scalar(select(EnrolmentCard).where(EnrolmentCard.id == card_id))


def candidate(session: TenantSession, member_id: UUID) -> Sequence[Candidate]:
    """The member of a card, unless they have left or sign in with a password by now."""
    query = (
        select(Member, Cooperative.name)
        .join(Cooperative, Cooperative.id == Member.cooperative_id)
        .outerjoin(Account, Account.id == Member.account_id)
        .where(Member.id == member_id, Member.state.in_(rules.MAY_SIGN_IN))
        .where(Account.login.is_(None))
    )
    return [Candidate(member, name) for member, name in session.execute(query)]


def card_for_update(session: TenantSession, card_id: UUID) -> EnrolmentCard:
    query = select(EnrolmentCard).where(EnrolmentCard.id == card_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def cards_of(session: TenantSession, member_ids: Sequence[UUID]) -> Sequence[EnrolmentCard]:
    """The cards of these members that were neither used nor replaced, held for the act."""
    query = select(EnrolmentCard).where(
        EnrolmentCard.member_id.in_(member_ids),
        EnrolmentCard.used_at.is_(None),
        EnrolmentCard.void_at.is_(None),
    )
    return session.scalars(query.with_for_update()).all()


def sheet(
    session: TenantSession, made_by: UUID, now: datetime
) -> Sequence[tuple[EnrolmentCard, Member]]:
    """The cards somebody made in the last hour that are still good, by the member's number."""
    query = (
        select(EnrolmentCard, Member)
        .join(
            Member,
            (Member.cooperative_id == EnrolmentCard.cooperative_id)
            & (Member.id == EnrolmentCard.member_id),
        )
        .where(
            EnrolmentCard.made_by == made_by,
            EnrolmentCard.made_at > now - policy.SHEET_LASTS,
            EnrolmentCard.used_at.is_(None),
            EnrolmentCard.void_at.is_(None),
        )
        .order_by(EnrolmentCard.made_at.desc(), Member.number)
    )
    return [(card, member) for card, member in session.execute(query)]


def without_account(session: TenantSession, now: datetime) -> Sequence[Waiting]:
    """The members who cannot sign in yet, by number."""
    query = select(Member).where(Member.account_id.is_(None), Member.state.in_(rules.MAY_SIGN_IN))
    found = session.scalars(query.order_by(Member.number)).all()
    live = select(EnrolmentCard).where(
        EnrolmentCard.used_at.is_(None),
        EnrolmentCard.void_at.is_(None),
        EnrolmentCard.ends_at > now,
    )
    until = {card.member_id: card.ends_at for card in session.scalars(live)}
    return [Waiting(member, until.get(member.id)) for member in found]


def member_numbered(session: TenantSession, number: str) -> Member | None:
    return session.scalar(select(Member).where(func.lower(Member.number) == number.lower()))


def account(session: TenantSession, account_id: UUID) -> Account:
    return session.scalars(select(Account).where(Account.id == account_id).with_for_update()).one()


def accounts_of_number(session: TenantSession, phone: str) -> Sequence[Account]:
    query = select(Account).where(Account.phone == phone).order_by(Account.id)
    return session.scalars(query.with_for_update()).all()


def open_codes(session: TenantSession, browser_hash: str, now: datetime) -> Sequence[Enrolment]:
    """The codes this browser asked for that are still good, the newest first, held."""
    query = select(Enrolment).where(
        Enrolment.browser_hash == browser_hash,
        Enrolment.code_hash.is_not(None),
        Enrolment.ends_at > now,
    )
    query = query.order_by(Enrolment.made_at.desc(), Enrolment.id).limit(policy.LIVE_CODES)
    return session.scalars(query.with_for_update()).all()


def passed(session: TenantSession, browser_hash: str, now: datetime) -> Enrolment | None:
    """The enrolment of this browser that has only to choose a PIN yet."""
    return session.scalar(_passed(browser_hash, now))


def passed_for_update(session: TenantSession, browser_hash: str, now: datetime) -> Enrolment | None:
    return session.scalar(_passed(browser_hash, now).with_for_update())


def _passed(browser_hash: str, now: datetime) -> Select[Enrolment]:
    query = select(Enrolment).where(
        Enrolment.browser_hash == browser_hash,
        Enrolment.passed_at.is_not(None),
        Enrolment.used_at.is_(None),
        Enrolment.ends_at > now,
        Enrolment.pin_tries < policy.WRONG_PINS,
    )
    return query.order_by(Enrolment.passed_at.desc(), Enrolment.id).limit(1)


def codes_asked(session: TenantSession, phone: str, since: datetime) -> int:
    query = select(func.count()).select_from(Enrolment)
    query = query.where(Enrolment.phone == phone, Enrolment.made_at > since)
    return session.scalar(query) or 0


def wrong_codes(session: TenantSession, phone: str, since: datetime) -> int:
    """How many wrong codes were typed for a number, at whichever browser."""
    query = select(func.coalesce(func.sum(Enrolment.tries), 0))
    query = query.where(Enrolment.phone == phone, Enrolment.made_at > since)
    return session.scalar(query) or 0


def sweep(session: TenantSession, before: datetime) -> None:
    """Forget who was on the way in."""
    session.execute(delete(Enrolment).where(Enrolment.made_at <= before))


def hold_cooperative(session: TenantSession, cooperative_id: int) -> None:
    """Codes of one cooperative are written one after the other, so that none is sent too many."""
    query = select(Cooperative.id).where(Cooperative.id == cooperative_id)
    session.execute(query.with_for_update())


def only_cooperative(session: TenantSession) -> int | None:
    """The one cooperative of the installation; None where there are several."""
    found = session.scalars(select(Cooperative.id).limit(2)).all()
    return found[0] if len(found) == 1 else None


def cooperative_called(session: TenantSession, typed: str) -> int | None:
    """The cooperative of a name, written in one of its scripts; their names are told to nobody."""
    wanted = policy.plain_name(typed)
    query = select(Cooperative.id, Cooperative.name).order_by(Cooperative.id)
    for found, name in session.execute(query):
        if wanted and wanted in {policy.plain_name(part) for part in (name, *name.split("·"))}:
            return found
    return None


def applications_since(session: TenantSession, since: datetime) -> int:
    query = select(func.count()).select_from(Application).where(Application.made_at > since)
    return session.scalar(query) or 0


def open_applications(session: TenantSession, phone: str) -> Sequence[Member]:
    query = select(Member).where(Member.phone == phone, Member.state == "applied")
    return session.scalars(query).all()


def applications(session: TenantSession) -> Sequence[tuple[Member, str]]:
    """Who has applied and waits, the oldest first, with what they wrote."""
    query = (
        select(Member, Application.words)
        .join(
            Application,
            (Application.cooperative_id == Member.cooperative_id)
            & (Application.member_id == Member.id),
        )
        .where(Member.state == "applied")
        .order_by(Application.made_at, Member.id)
    )
    return [(member, words) for member, words in session.execute(query)]
