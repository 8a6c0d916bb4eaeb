"""Members join a crew and leave it, send somebody, pay instead, or say why they cannot come.

A party is held before its places. No function here commits.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from coopfarm.kernel.calendar import Entry
from coopfarm.kernel.interval import Interval
from coopfarm.members import queries as members
from coopfarm.members.actions import calendar as person_calendar
from coopfarm.parties.actions.calling import check_entry, count_places
from coopfarm.parties.models import Place, WorkParty
from coopfarm.parties.queries import parties as known
from coopfarm.parties.rules import crew as rules
from coopfarm.parties.rules import refusals as no
from coopfarm.parties.rules.crew import Who
from coopfarm.parties.rules.tasks import AHEAD, EXCUSES, RUNS
from coopfarm.store import audit
from coopfarm.store.guards import kept_by
from coopfarm.store.tenancy import TenantSession

_COMES = ("joined", "present")
_LONGEST = 300


def join(
    session: TenantSession, party_id: UUID, who: Who, *, did_at: datetime | None = None
) -> Place:
    """Take a place; whoever has one keeps it. `did_at` is when a phone did it without a signal.

    Raises PartyClosed, PartyFull, PlotSprayed and PersonTaken.
    """
    found = known.party(session, party_id, for_update=True)
    place = known.place(session, party_id, who.member_id)
    if place is not None and place.state in _COMES:
        return place
    if place is not None and place.is_live and found.state in AHEAD:
        check_entry(session, found)
        place.state = "joined"
        _write_hours(session, found, place, who.member_id)
    else:
        rules.check_join(known.standing(session, found, _moment(found, who, did_at)))
        place = take(session, found, who.member_id, place, "joined", now=who.now)
    count_places(session, found)
    _note_place(session, "party.join", found, place, who)
    return place


def take(
    session: Session,
    found: WorkParty,
    member_id: UUID,
    place: Place | None,
    state: str,
    *,
    now: datetime,
) -> Place:
    """Give a member a place and the hours of it. Raises PartyFull, PlotSprayed, PersonTaken."""
    check_entry(session, found)
    has = known.skills(session, [member_id])[member_id]
    others = [(one.place.role, one.place.skill) for one in known.crew(session, found.id)]
    if place is None:
        place = Place(
            party_id=found.id, member_id=member_id, made_at=now, state="left", is_live=False
        )
        session.add(place)
    place.role, place.skill = rules.role_for(has, found.skills, others)
    place.state, place.is_live = state, True
    place.substitute_id, place.substitute_agreed_at, place.substitute_name = None, None, ""
    place.excuse, place.excuse_words, place.cash_hundredths = "", "", None
    with kept_by("party_places_crew", no.PartyFull(places=found.places)):
        session.flush()
    _write_hours(session, found, place, member_id)
    return place


def leave(session: TenantSession, party_id: UUID, who: Who) -> Place:
    """Give a place up; it is open for others. Raises PartyClosed and PlaceNotYours."""
    found = known.party(session, party_id, for_update=True)
    place = known.place(session, party_id, who.member_id)
    if place is None:
        raise no.PlaceNotYours
    if place.state == "left":
        return place
    rules.check_leave(known.standing(session, found, who.now))
    _vacate(session, found, place, "left")
    _note_place(session, "party.leave", found, place, who)
    return place


def send(
    session: TenantSession, party_id: UUID, substitute_id: UUID | None, name: str, who: Who
) -> Place:
    """Name who comes in one's place: a member, who has to agree, or a person of that name.

    Raises PlaceNotYours, SubstituteIsYou and PartyNotInThatState.
    """
    found, place = _own(session, party_id, who)
    if substitute_id is None and not name.strip():
        raise no.SubstituteIsYou(field="name")
    if substitute_id is not None:
        members.member(session, substitute_id)
        theirs = known.place(session, party_id, substitute_id)
        if substitute_id == who.member_id or (theirs is not None and theirs.is_live):
            raise no.SubstituteIsYou(field="substitute")
    if place.substitute_agreed_at is not None:
        person_calendar.erase(session, [place.id])
        _write_hours(session, found, place, who.member_id)
    place.state = "joined"
    place.substitute_id = substitute_id
    place.substitute_name = "" if substitute_id else name.strip()[:120]
    place.substitute_agreed_at = None
    if substitute_id is None:
        person_calendar.erase(session, [place.id])
    place.edition += 1
    _note_place(session, "party.send", found, place, who)
    return place


def stand_in(session: TenantSession, place_id: UUID, agrees: bool, who: Who) -> Place:
    """Agree to come in somebody's place, or say no.

    Raises PlaceNotYours, PlotSprayed and PersonTaken.
    """
    place = known.place_by_id(session, place_id)
    found = known.party(session, place.party_id, for_update=True)
    if place.substitute_id != who.member_id or place.state != "joined":
        raise no.PlaceNotYours
    if found.state not in RUNS:
        raise no.PartyNotInThatState
    if agrees and place.substitute_agreed_at is None:
        check_entry(session, found)
        person_calendar.erase(session, [place.id])
        _write_hours(session, found, place, who.member_id)
        place.substitute_agreed_at = who.now
    elif not agrees:
        if place.substitute_agreed_at is not None:
            person_calendar.erase(session, [place.id])
            _write_hours(session, found, place, place.member_id)
        place.substitute_id, place.substitute_agreed_at = None, None
    place.edition += 1
    _note_place(session, "party.stand-in", found, place, who)
    return place


def pay_instead(session: TenantSession, party_id: UUID, who: Who) -> Place:
    """Pay in place of the work, at the rate the members agreed on; the place is open for others.

    Raises PlaceNotYours, NoRateForCash and PartyNotInThatState.
    """
    found, place = _own(session, party_id, who)
    amount = known.terms(session).cash(found.credit_minutes)
    if not amount:
        raise no.NoRateForCash
    place.cash_hundredths = amount
    _vacate(session, found, place, "cash")
    _note_place(session, "party.cash", found, place, who)
    return place


def excuse(session: TenantSession, party_id: UUID, kind: str, words: str, who: Who) -> Place:
    """Say why one cannot come, or could not: the office alone reads it, and standing is kept.

    Raises PlaceNotYours, PartyChoice and PartyNotInThatState.
    """
    found = known.party(session, party_id, for_update=True)
    place = known.place(session, party_id, who.member_id)
    if place is None or place.state not in ("asked", "joined", "absent"):
        raise no.PlaceNotYours
    if kind not in EXCUSES:
        raise no.PartyChoice(field="excuse")
    if found.state not in (*RUNS, "done"):
        raise no.PartyNotInThatState
    place.excuse, place.excuse_words = kind, words.strip()[:_LONGEST]
    _vacate(session, found, place, "excused")
    _note_place(session, "party.excuse", found, place, who)
    return place


def _own(session: Session, party_id: UUID, who: Who) -> tuple[WorkParty, Place]:
    """The party, held, and the place of whoever acts, while it has not begun."""
    found = known.party(session, party_id, for_update=True)
    place = known.place(session, party_id, who.member_id)
    if place is None or place.state not in ("asked", "joined"):
        raise no.PlaceNotYours
    if found.state not in AHEAD or who.now >= found.starts_at:
        raise no.PartyNotInThatState
    return found, place


def _vacate(session: Session, found: WorkParty, place: Place, state: str) -> None:
    place.state, place.is_live = state, False
    place.edition += 1
    person_calendar.erase(session, [place.id])
    count_places(session, found)


def _write_hours(session: Session, found: WorkParty, place: Place, member_id: UUID) -> None:
    """Whoever comes cannot be elsewhere then; whoever was only asked still can."""
    person_calendar.erase(session, [place.id])
    during = Interval(found.starts_at, found.ends_at)
    name = members.member(session, member_id).name
    entry = Entry(place.id, member_id, "work_party", during, is_hard=place.state != "asked")
    person_calendar.write(session, [entry], name=name)


def _moment(found: WorkParty, who: Who, did_at: datetime | None) -> datetime:
    """When it was done, as a phone tells it; never before the party was called nor to come."""
    return min(max(did_at, found.made_at), who.now) if did_at else who.now


def _note_place(
    session: TenantSession, verb: str, found: WorkParty, place: Place, who: Who
) -> None:
    after: dict[str, Any] = {"party": str(found.id), "state": place.state}
    audit.record(session, verb, place, actor_id=who.member_id, at=who.now, after=after)
