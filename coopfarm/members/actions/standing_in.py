"""A trusted helper acts for a member: with consent, and never in secret. No commits here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from coopfarm.kernel.refusal import Missing, Refusal
from coopfarm.members import queries
from coopfarm.members.actions import sessions
from coopfarm.members.actions.membership import By
from coopfarm.members.actions.ways_in import Admission, Origin, sign_in
from coopfarm.members.models import Account, Consent, Member, SignIn
from coopfarm.members.queries import standing_in as known
from coopfarm.members.rules import TooManyTries
from coopfarm.members.rules import membership as standing
from coopfarm.members.rules import standing_in as rules
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession


@dataclass(frozen=True, slots=True)
class Given:
    """How a consent was given, until when, and where its paper is kept."""

    given: str
    until: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows that somebody is there: the PIN, tried as at the door."""

    pin: str = field(repr=False)
    pepper: str = field(repr=False)
    origin: Origin
    look: TenantSession


def the_one(session: TenantSession, typed: str) -> Member:
    """The active member of a number or name. Raises NoSuchPerson and SeveralSuchPeople."""
    found = known.people_called(session, typed)
    if not found:
        raise rules.NoSuchPerson(field="who")
    if len(found) > 1:
        raise rules.SeveralSuchPeople(field="who")
    return found[0]


def give_consent(
    session: TenantSession, member: Member, helper: Member, given: Given, by: By
) -> Consent:
    """Let `helper` act for `member`.

    Raises NotForOneself, ConsentPast, ConsentThere and NoteMissing.
    """
    rules.check_until(given.until, by.today)
    if member.id == helper.id:
        raise rules.NotForOneself(field="who")
    if given.given == "paper" and not given.note.strip():
        raise rules.NoteMissing(field="note")
    before = known.unended(session, member.id, helper.id)
    if before is not None:
        if before.until is None or before.until >= by.today:
            raise rules.ConsentThere(field="who")
        before.ended_at, before.ended_by = by.now, by.actor_id
        session.flush()
    consent = Consent(
        cooperative_id=member.cooperative_id,
        member_id=member.id,
        helper_id=helper.id,
        given=given.given,
        given_at=by.now,
        until=given.until,
    )
    session.add(consent)
    session.flush()
    after = {
        "helper_id": str(helper.id),
        "given": given.given,
        "until": given.until.isoformat() if given.until else None,
    }
    if given.note.strip():
        after["note"] = given.note.strip()[: rules.LONGEST_NOTE]
    audit.record(session, "consent.give", member, actor_id=by.actor_id, at=by.now, after=after)
    return consent


def prove(
    session: TenantSession, who: str, proof: Proof, by: By
) -> tuple[Member | None, Refusal | None]:
    """Whether whoever has this number or name typed their own PIN here.

    A try in vain counts as one at the door, and is answered alike whoever was named; a refusal
    has to keep the count.
    """
    found = known.people_called(session, who)
    member = found[0] if len(found) == 1 else None
    here = session.cooperative_id
    admission = sign_in(
        session,
        _names(session, member) or queries.names_typed(session, who),
        proof.pin,
        pepper=proof.pepper,
        now=by.now,
        origin=proof.origin,
        look=proof.look,
    )
    session.cooperative_id = here
    if isinstance(admission.refusal, TooManyTries):
        return None, admission.refusal
    if admission.refusal is not None:
        return None, rules.PinNotTheirs(field="who")
    _close(session, admission, by)
    if member is None or member.account_id not in _let_in(admission):
        return None, rules.PinNotTheirs(field="who")
    return member, None


def end_consent(session: TenantSession, consent_id: UUID, by: By, *, is_office: bool) -> Consent:
    """End a consent, by either of the two or by the office. Raises Missing."""
    found = known.standing(session, consent_id, by.today)
    if not is_office and by.actor_id not in (found.member.id, found.helper.id):
        raise Missing
    consent = found.consent
    consent.ended_at, consent.ended_by = by.now, by.actor_id
    audit.record(
        session,
        "consent.end",
        found.member,
        actor_id=by.actor_id,
        at=by.now,
        before={"helper_id": str(found.helper.id)},
    )
    session.flush()
    return consent


def begin(session: TenantSession, held: SignIn, consent_id: UUID, by: By) -> Member:
    """Act for the member who consented, in this session alone. Raises Missing and MayNotHelp."""
    found = known.standing(session, consent_id, by.today)
    if found.helper.id != held.member_id:
        raise Missing
    if not {found.member.state, found.helper.state} <= standing.ACTS:
        raise rules.MayNotHelp(name=found.member.name)
    held.acting_for = found.member.id
    audit.record(
        session,
        "standing-in.begin",
        found.member,
        actor_id=found.helper.id,
        on_behalf_of=found.member.id,
        at=by.now,
    )
    return found.member


def stop(session: TenantSession, held: SignIn, by: By) -> None:
    """Be oneself again."""
    if held.acting_for is None:
        return
    member = queries.member(session, held.acting_for)
    audit.record(
        session,
        "standing-in.stop",
        member,
        actor_id=held.member_id,
        on_behalf_of=member.id,
        at=by.now,
    )
    held.acting_for = None


def _names(session: TenantSession, member: Member | None) -> Sequence[str]:
    """What the member signs in under."""
    if member is None or member.account_id is None:
        return []
    account = session.get_one(Account, member.account_id)
    return [name for name in (account.phone, account.login) if name]


def _let_in(admission: Admission) -> set[UUID | None]:
    return {admission.account_id, *(one.account_id for one in admission.choices)} - {None}


def _close(session: TenantSession, admission: Admission, by: By) -> None:
    """Showing who one is begins no session."""
    if admission.token is not None:
        here = session.cooperative_id
        sessions.sign_out(session, admission.token, by.now)
        session.flush()
        session.cooperative_id = here
