"""Sensitive sites are entered and ended, and answer what they were told. None commits."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from shapely import Point

from coopfarm.members import queries as members
from coopfarm.pests.actions.sightings import Act
from coopfarm.pests.models import CampaignNotice, SensitiveSite
from coopfarm.pests.queries import sites as queries
from coopfarm.pests.rules import sites as rules
from coopfarm.pests.rules.sightings import TRIAGE
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession


@dataclass(frozen=True, slots=True)
class NewSite:
    """A place in degrees, and whom to tell there: a member, or somebody with a phone."""

    kind: str
    name: str
    place: Point
    member_id: UUID | None = None
    contact: str = ""
    phone: str = ""


def enter(session: TenantSession, wish: NewSite, act: Act) -> SensitiveSite:
    """Keep a site. Raises NoSuchSiteKind, SiteTextUnusable, SiteWithoutContact and Missing."""
    if wish.kind not in rules.KINDS:
        raise rules.NoSuchSiteKind(field="kind")
    phone = rules.text(wish.phone, "phone", rules.LONGEST_PHONE)
    if wish.member_id is None and not phone:
        raise rules.SiteWithoutContact(field="phone")
    if wish.member_id is not None:
        members.member(session, wish.member_id)
    found = SensitiveSite(
        id=uuid4(),
        kind=wish.kind,
        name=rules.text(wish.name, "name", rules.LONGEST_NAME, is_needed=True),
        place=wish.place,
        member_id=wish.member_id,
        contact=rules.text(wish.contact, "contact", rules.LONGEST_NAME),
        phone=phone,
        made_by=act.by_id,
        made_at=act.now,
    )
    session.add(found)
    session.flush()
    after = {"kind": found.kind, "name": found.name}
    audit.record(
        session, "sensitive-site.enter", found, actor_id=act.by_id, at=act.now, after=after
    )
    return found


def end(session: TenantSession, site_id: UUID, act: Act) -> SensitiveSite:
    """Tell a site no more; done again, it stays so. Raises Missing."""
    found = queries.site(session, site_id)
    if found.ended_at is not None:
        return found
    found.ended_at = act.now
    session.flush()
    audit.record(session, "sensitive-site.end", found, actor_id=act.by_id, at=act.now)
    return found


def acknowledge(
    session: TenantSession, notice_id: UUID, act: Act, *, words: str = ""
) -> CampaignNotice:
    """Say that a site knows: its member with a tap, the office with whom it reached.

    Said again, it stays so. Raises NotYourNotice, NoticeWithoutWords, NoticeAnswered, Missing.
    """
    told = queries.notice(session, notice_id)
    is_own = told.site.member_id == act.by_id
    if not is_own and not act.roles & set(TRIAGE):
        raise rules.NotYourNotice
    plain = rules.text(words, "note", rules.LONGEST_NOTE)
    if not is_own and not plain:
        raise rules.NoticeWithoutWords(field="note")
    if told.notice.state == "acknowledged":
        return told.notice
    return _answer(session, told.notice, "acknowledged", plain, act)


def waive(session: TenantSession, notice_id: UUID, words: str, act: Act) -> CampaignNotice:
    """Decide that nobody is waited for at a site, and why.

    Raises NoticeWithoutWords, NoticeAnswered and Missing.
    """
    told = queries.notice(session, notice_id)
    plain = rules.text(words, "note", rules.LONGEST_NOTE)
    if not plain:
        raise rules.NoticeWithoutWords(field="note")
    return _answer(session, told.notice, "waived", plain, act)


def _answer(
    session: TenantSession, found: CampaignNotice, state: str, words: str, act: Act
) -> CampaignNotice:
    if found.state != "waiting":
        raise rules.NoticeAnswered(stands=rules.NOTICE_STATES[found.state]())
    found.state, found.note = state, words
    found.answered_by, found.answered_at = act.by_id, act.now
    session.flush()
    after = {"state": state, "note": words}
    verb = "campaign-notice.waive" if state == "waived" else "campaign-notice.acknowledge"
    audit.record(session, verb, found, actor_id=act.by_id, at=act.now, after=after)
    return found
