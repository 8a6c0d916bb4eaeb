"""The last step on the way in: who it is, and the PIN. No function here commits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from coopfarm.kernel.numerals import plain_digits
from coopfarm.kernel.refusal import Refusal
from coopfarm.members.actions import hashing
from coopfarm.members.actions.accounts import open_account, set_secret
from coopfarm.members.actions.cards import check_not_elsewhere
from coopfarm.members.actions.sessions import begin_session, end_sessions
from coopfarm.members.models import Account, Enrolment, Member
from coopfarm.members.queries import enrolment as known
from coopfarm.members.rules import check_pin
from coopfarm.members.rules import enrolment as rules
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession


@dataclass(frozen=True, slots=True)
class Choice:
    """What is sent at the last step: who it is where several may be, and the PIN twice.

    `phone` (E.164) is what a member without a number of their own will sign in with.
    """

    member_id: UUID | None
    pin: str = field(repr=False)
    again: str = field(repr=False)
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Entrance:
    """Who came in by the last step, and the token of their session."""

    account_id: UUID
    name: str
    token: str = field(repr=False)


def people_at(session: TenantSession, enrolment: Enrolment) -> Sequence[known.Candidate]:
    """Who the one at this browser may be: everybody of the number, or the card's member."""
    if enrolment.phone is not None:
        return known.found_by_phone(session, [enrolment.phone])
    session.cooperative_id = enrolment.home
    card = known.card(session, enrolment.card_id)
    if card is None or card.used_at is not None or card.void_at is not None:
        return ()
    return known.candidate(session, card.member_id)


def finish(
    session: TenantSession,
    browser: str,
    choice: Choice,
    *,
    pepper: str,
    device: str,
    now: datetime,
) -> Entrance | Refusal:
    """Keep the PIN and begin a session; what was used is worth nothing afterwards.

    A refusal is given back where its count must be kept. Raises PinUnusable, PinsDiffer,
    WhoMissing, PhoneMissing, NumberFull and EnrolmentOver.
    """
    enrolment = known.passed_for_update(session, browser, now)
    if enrolment is None:
        raise rules.EnrolmentOver
    pin = plain_digits(choice.pin).strip()
    check_pin(pin)
    if plain_digits(choice.again).strip() != pin:
        raise rules.PinsDiffer(field="again")
    member = _chosen(people_at(session, enrolment), choice.member_id)
    session.cooperative_id = member.cooperative_id
    _check_own_door(session, member, enrolment)
    phone = _phone_of(session, member, choice)
    if _is_anothers(session, member, phone, pin, pepper):
        enrolment.pin_tries += 1
        return rules.PinOfAnother(field="pin")
    account = _keep_pin(session, member, phone, pin, pepper)
    end_sessions(session, account.id, now=now)
    _become_active(member, now)
    _use_up(session, enrolment, now)
    _record(session, member, enrolment, now)
    session.flush()
    token = begin_session(session, account, member, device=device, now=now)
    return Entrance(account.id, member.name, token)


def _check_own_door(session: TenantSession, member: Member, enrolment: Enrolment) -> None:
    """An account of several cooperatives is opened anew by its own number alone.

    Else one of their offices, with a card or with another number, could choose its PIN.
    """
    if member.account_id is None:
        return
    if (
        enrolment.phone is None
        or enrolment.phone != known.account(session, member.account_id).phone
    ):
        check_not_elsewhere(session, member)


def _chosen(people: Sequence[known.Candidate], member_id: UUID | None) -> Member:
    if not people:
        raise rules.EnrolmentOver
    if len(people) == 1:
        return people[0].member
    for one in people:
        if one.member.id == member_id:
            return one.member
    raise rules.WhoMissing(field="member")


def _phone_of(session: TenantSession, member: Member, choice: Choice) -> str:
    """The number somebody signs in with: the account's, else the one the office knows."""
    if member.account_id is not None:
        return known.account(session, member.account_id).phone or ""
    phone = member.phone or choice.phone
    if phone is None:
        raise rules.PhoneMissing(field="phone")
    return phone


def _is_anothers(session: TenantSession, member: Member, phone: str, pin: str, pepper: str) -> bool:
    others = [a for a in known.accounts_of_number(session, phone) if a.id != member.account_id]
    return bool(hashing.matching(others, [phone], pin, pepper))


def _keep_pin(session: TenantSession, member: Member, phone: str, pin: str, pepper: str) -> Account:
    if member.account_id is None:
        return open_account(session, member, secret=pin, pepper=pepper, phone=phone)
    account = known.account(session, member.account_id)
    set_secret(account, pin, names=[member.name], pepper=pepper)
    account.failures, account.locked_until, account.counted_from = 0, None, None
    return account


def _become_active(member: Member, now: datetime) -> None:
    if member.state == "accepted":
        member.state, member.state_since = "active", now


def _use_up(session: TenantSession, enrolment: Enrolment, now: datetime) -> None:
    enrolment.used_at = now
    if enrolment.card_id is not None:
        known.card_for_update(session, enrolment.card_id).used_at = now


def _record(session: TenantSession, member: Member, enrolment: Enrolment, now: datetime) -> None:
    by = "sms" if enrolment.card_id is None else "card"
    audit.record(session, "pin-chosen", member, actor_id=member.id, at=now, after={"by": by})
