"""Members ask for hands and offer theirs; both agree before names show. Nothing commits here."""

from dataclasses import dataclass
from uuid import UUID

from coopfarm.ledger import actions as ledger
from coopfarm.ledger.actions import Deed, Line
from coopfarm.ledger.models import Transfer
from coopfarm.parties.models import Ask, AskMatch
from coopfarm.parties.queries import asks as known
from coopfarm.parties.rules import asks as rules
from coopfarm.parties.rules.asks import SOURCE
from coopfarm.parties.rules.crew import Who
from coopfarm.parties.rules.refusals import PartyChoice
from coopfarm.parties.rules.tasks import SKILLS
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession


@dataclass(frozen=True, slots=True)
class NewAsk:
    """What a member asks or offers."""

    kind: str
    said: str
    minutes: int
    urgency: str
    skill: str = ""


def post(session: TenantSession, new: NewAsk, who: Who) -> Ask:
    """Ask, or offer. Raises PartyChoice, AskUnusable and AsksTooMany."""
    for field, choices in (("kind", rules.KINDS), ("urgency", rules.URGENCIES)):
        if getattr(new, field) not in choices:
            raise PartyChoice(field=field)
    if new.skill and new.skill not in SKILLS:
        raise PartyChoice(field="skill")
    rules.check_new(new.said, new.minutes, known.count_open(session, who.member_id))
    found = Ask(
        member_id=who.member_id,
        kind=new.kind,
        skill=new.skill,
        said=new.said.strip()[:300],
        minutes=new.minutes,
        urgency=new.urgency,
        made_at=who.now,
    )
    session.add(found)
    session.flush()
    audit.record(session, "ask.post", found, actor_id=who.member_id, at=who.now)
    return found


def answer(session: TenantSession, ask_id: UUID, who: Who) -> AskMatch:
    """Say that one would: the other side sees that somebody fits, and not yet who.

    Raises AskIsYours and AskOver.
    """
    found = _open(session, ask_id)
    if found.member_id == who.member_id:
        raise rules.AskIsYours
    match = known.answer_of(session, ask_id, who.member_id)
    if match is None:
        match = AskMatch(ask_id=ask_id, member_id=who.member_id, made_at=who.now)
        session.add(match)
    match.member_agreed_at, match.declined_at = match.member_agreed_at or who.now, None
    session.flush()
    audit.record(session, "ask.answer", match, actor_id=who.member_id, at=who.now)
    return match


def agree(session: TenantSession, ask_id: UUID, match_id: UUID, *, agrees: bool, who: Who) -> Ask:
    """The one who asked says yes or no to an answer; with a yes both see each other.

    Raises PartyChoice, AskOver and AskIsYours for whoever did not ask.
    """
    found = _open(session, ask_id)
    answers = {one.match.id: one.match for one in known.answers(session, ask_id)}
    if found.member_id != who.member_id:
        raise rules.AskIsYours
    match = answers.get(match_id)
    if match is None:
        raise PartyChoice(field="match")
    if agrees and match.member_agreed_at is not None:
        match.owner_agreed_at, found.state = who.now, "met"
    elif not agrees:
        match.declined_at = who.now
    session.flush()
    audit.record(session, "ask.agree", match, actor_id=who.member_id, at=who.now)
    return found


def helped(session: TenantSession, ask_id: UUID, minutes: int, who: Who) -> Transfer:
    """One of the two says that the help was given; in the ledger the other side confirms it.

    Raises AskNotYours, AskUnusable, AlreadyPosted, LimitReached and FloorReached.
    """
    found = known.ask(session, ask_id, for_update=True)
    partner_id = known.partner(session, ask_id)
    if partner_id is None or who.member_id not in (found.member_id, partner_id):
        raise rules.AskNotYours
    rules.check_minutes(minutes)
    helper, other = found.member_id, partner_id
    if found.kind == "ask":
        helper, other = other, helper
    deed = Deed(
        "labour",
        "favour",
        (Line(helper, minutes), Line(other, -minutes)),
        who.now.astimezone(who.zone).date(),
        {"words": found.said},
        (SOURCE, found.id),
    )
    return ledger.claim(session, deed, by_id=who.member_id, now=who.now)


def close(session: TenantSession, ask_id: UUID, who: Who) -> Ask:
    """Take one's own back, or end it. Raises AskIsYours for whoever did not ask."""
    found = known.ask(session, ask_id, for_update=True)
    if found.member_id != who.member_id and not who.is_office:
        raise rules.AskIsYours
    found.state = "closed"
    audit.record(session, "ask.close", found, actor_id=who.member_id, at=who.now)
    return found


def _open(session: TenantSession, ask_id: UUID) -> Ask:
    found = known.ask(session, ask_id, for_update=True)
    if found.state != "open":
        raise rules.AskOver
    return found
