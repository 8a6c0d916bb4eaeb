"""What is asked and offered, who fits, and who agreed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Missing
from coopfarm.members.models import Member
from coopfarm.parties.models import Ask, AskMatch
from coopfarm.parties.queries import duty, free, parties
from coopfarm.parties.rules.asks import Candidate, ranked
from coopfarm.store.base import same_row


@dataclass(frozen=True, slots=True)
class Answer:
    """Somebody's answer; `is_open` once both have agreed, and only then are names shown."""

    match: AskMatch
    member: Member

    @property
    def is_open(self) -> bool:
        both = self.match.owner_agreed_at and self.match.member_agreed_at
        return bool(both) and self.match.declined_at is None


def ask(session: Session, ask_id: UUID, *, for_update: bool = False) -> Ask:
    """Raises Missing."""
    query = select(Ask).where(Ask.id == ask_id)
    if for_update:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise Missing
    return found


def open_asks(session: Session) -> Sequence[Ask]:
    """What is open, the most urgent first."""
    urgency = case((Ask.urgency == "today", 0), (Ask.urgency == "week", 1), else_=2)
    query = select(Ask).where(Ask.state == "open")
    return session.scalars(query.order_by(urgency, Ask.made_at, Ask.id)).all()


def of_member(session: Session, member_id: UUID) -> Sequence[Ask]:
    """A member's own that are not closed, the newest first."""
    query = select(Ask).where(Ask.member_id == member_id, Ask.state != "closed")
    return session.scalars(query.order_by(Ask.made_at.desc(), Ask.id)).all()


def count_open(session: Session, member_id: UUID) -> int:
    query = select(func.count()).select_from(Ask)
    found = session.scalar(query.where(Ask.member_id == member_id, Ask.state == "open"))
    return found or 0


def answers(session: Session, ask_id: UUID) -> Sequence[Answer]:
    """Who answered, in the order in which they did."""
    query = (
        select(AskMatch, Member)
        .join(Member, same_row(Member, AskMatch.member_id, AskMatch))
        .where(AskMatch.ask_id == ask_id)
    )
    rows = session.execute(query.order_by(AskMatch.made_at, AskMatch.id))
    return [Answer(match, member) for match, member in rows]


def partner(session: Session, ask_id: UUID) -> UUID | None:
    """Whose answer both agreed on."""
    return next((one.member.id for one in answers(session, ask_id) if one.is_open), None)


def answer_of(session: Session, ask_id: UUID, member_id: UUID) -> AskMatch | None:
    query = select(AskMatch).where(AskMatch.ask_id == ask_id, AskMatch.member_id == member_id)
    return session.scalar(query)


def fitting(session: Session, found: Ask, today: date, zone: ZoneInfo) -> Sequence[Candidate]:
    """Who could answer, best first: the skill, what they owe, how far away they are."""
    people = [one for one in parties.members_active(session) if one.id != found.member_id]
    owes = duty.owes_minutes(session, people, today, zone)
    skills = parties.skills(session, [one.id for one in people])
    spots = free.spots_of_members(session)
    home = spots.get(found.member_id)
    return ranked(
        [
            Candidate(
                one.id,
                bool(found.skill) and found.skill in skills[one.id],
                owes[one.id],
                free.km_between(home, spots[one.id]) if home and one.id in spots else None,
            )
            for one in people
        ]
    )
