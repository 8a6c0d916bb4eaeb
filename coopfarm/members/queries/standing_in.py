"""Who may act for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from coopfarm.kernel.refusal import Missing
from coopfarm.members.models import Consent, Member
from coopfarm.members.rules import MAY_SIGN_IN
from coopfarm.store.tenancy import TenantSession


@dataclass(frozen=True, slots=True)
class Standing:
    """A consent that holds, and the two people it binds."""

    consent: Consent
    member: Member
    helper: Member


def helpers_of(session: TenantSession, member_id: UUID, today: date) -> Sequence[Standing]:
    """Who may act for this member."""
    return _found(session, _live(today).where(Consent.member_id == member_id))


def helped_by(session: TenantSession, helper_id: UUID, today: date) -> Sequence[Standing]:
    """For whom this member may act."""
    return _found(session, _live(today).where(Consent.helper_id == helper_id))


def standing(session: TenantSession, consent_id: UUID, today: date) -> Standing:
    """One consent that holds. Raises Missing."""
    found = _found(session, _live(today).where(Consent.id == consent_id))
    if not found:
        raise Missing
    return found[0]


def unended(session: TenantSession, member_id: UUID, helper_id: UUID) -> Consent | None:
    """The consent between two that nobody has ended, though its day may be past."""
    query = select(Consent).where(
        Consent.member_id == member_id, Consent.helper_id == helper_id, Consent.ended_at.is_(None)
    )
    return session.scalar(query.with_for_update())


def people_called(session: TenantSession, typed: str) -> Sequence[Member]:
    """The members with this number; where there is none, those with exactly this name."""
    text = typed.strip().lower()
    may = Member.state.in_(MAY_SIGN_IN)
    numbered = select(Member).where(func.lower(Member.number) == text, may)
    found = session.scalars(numbered.limit(2)).all()
    if found:
        return found
    named = (func.lower(Member.name) == text) | (func.lower(Member.name_latin) == text)
    return session.scalars(select(Member).where(named, may).order_by(Member.number).limit(9)).all()


_Helper = aliased(Member)


def _live(today: date) -> Select[Consent, Member, Member]:
    return (
        select(Consent, Member, _Helper)
        .join(
            Member,
            (Member.cooperative_id == Consent.cooperative_id) & (Member.id == Consent.member_id),
        )
        .join(
            _Helper,
            (_Helper.cooperative_id == Consent.cooperative_id) & (_Helper.id == Consent.helper_id),
        )
        .where(Consent.ended_at.is_(None), Consent.until.is_(None) | (Consent.until >= today))
        .order_by(Consent.given_at, Consent.id)
    )


def _found(session: TenantSession, query: Select[Consent, Member, Member]) -> Sequence[Standing]:
    return [Standing(*row) for row in session.execute(query)]
