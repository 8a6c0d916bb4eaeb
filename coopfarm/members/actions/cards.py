"""Cards with a one-time code, and applications. No function here commits."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from coopfarm.members.actions import hashing
from coopfarm.members.actions.enrolment import card_hash
from coopfarm.members.actions.people import give_role
from coopfarm.members.models import Application, EnrolmentCard, Member
from coopfarm.members.queries import enrolment as known
from coopfarm.members.queries import memberships
from coopfarm.members.rules import MAY_SIGN_IN
from coopfarm.members.rules import enrolment as rules
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession


def make_cards(
    session: TenantSession,
    members: Sequence[Member],
    *,
    actor_id: UUID,
    pepper: str,
    now: datetime,
    may_replace: bool = True,
) -> Sequence[EnrolmentCard]:
    """A card for each of these members; the card somebody had before is worth nothing now.

    Raises CardNotPossible for who does not sign in with a PIN, SignsInElsewhere, and, where
    PINs must not be replaced, OnlyTheOffice.
    """
    for member in members:
        _check_possible(session, member)
        if member.account_id is not None and not may_replace:
            raise rules.OnlyTheOffice(name=member.name)
        check_not_elsewhere(session, member)
    for old in known.cards_of(session, [member.id for member in members]):
        old.void_at = now
    session.flush()
    return [_make(session, member, actor_id, pepper, now) for member in members]


def _check_possible(session: TenantSession, member: Member) -> None:
    is_office = (
        member.account_id is not None
        and known.account(session, member.account_id).login is not None
    )
    if member.state not in MAY_SIGN_IN or is_office or not rules.finder(member.number):
        raise rules.CardNotPossible(name=member.name)


def check_not_elsewhere(session: TenantSession, member: Member) -> None:
    """Raise SignsInElsewhere where the member's account opens another cooperative too."""
    if member.account_id is None:
        return
    account = known.account(session, member.account_id)
    if len({one.cooperative_id for one in memberships(session, account)}) > 1:
        raise rules.SignsInElsewhere(name=member.name)


def _make(
    session: TenantSession, member: Member, actor_id: UUID, pepper: str, now: datetime
) -> EnrolmentCard:
    card = EnrolmentCard(
        id=uuid4(),
        cooperative_id=member.cooperative_id,
        member_id=member.id,
        finder=rules.finder(member.number),
        made_at=now,
        made_by=actor_id,
        ends_at=now + rules.CARD_LASTS,
    )
    card.code_hash = card_hash(pepper, card.finder, card_code(card, pepper))
    session.add(card)
    audit.record(session, "card-made", member, actor_id=actor_id, at=now)
    return card


def card_code(card: EnrolmentCard, pepper: str) -> str:
    """The code that stands on a card: it follows from the card and the pepper, and is nowhere."""
    drawn = hashing.keyed(pepper, "card", str(card.cooperative_id), str(card.id))
    return f"{int.from_bytes(drawn) % 10**rules.CARD_DIGITS:0{rules.CARD_DIGITS}d}"


def apply(
    session: TenantSession,
    *,
    cooperative_id: int,
    name: str,
    phone: str,
    words: str,
    locale: str | None,
    now: datetime,
) -> Member | None:
    """Ask to become a member: the office decides. Nothing is written twice for the same person.

    `phone` is E.164. Raises NameUnusable and ApplicationsFull.
    """
    rules.check_name(name)
    known.hold_cooperative(session, cooperative_id)
    session.cooperative_id = cooperative_id
    if known.applications_since(session, now - rules.DAY) >= rules.APPLICATIONS_A_DAY:
        raise rules.ApplicationsFull
    waiting = known.open_applications(session, phone)
    if len(waiting) >= rules.APPLICATIONS_A_NUMBER or any(one.name == name for one in waiting):
        return None
    member = Member(
        number=f"A-{secrets.token_hex(4)}",
        name=name,
        phone=phone,
        locale=locale,
        joined_on=now.date(),
        state="applied",
        state_since=now,
    )
    session.add(member)
    session.flush()
    give_role(session, member, "member")
    text = words[: rules.LONGEST_WORDS]
    session.add(Application(member_id=member.id, words=text, made_at=now))
    audit.record(session, "applied", member, actor_id=member.id, at=now)
    session.flush()
    return member
