"""The day of a work party: who came, who did not, and what it is credited with.

No function here commits.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from coopfarm.ledger import actions as ledger
from coopfarm.ledger.actions import Deed, Line
from coopfarm.parties.actions.calling import free
from coopfarm.parties.actions.joining import take
from coopfarm.parties.models import Place, WorkParty
from coopfarm.parties.queries import parties as known
from coopfarm.parties.queries.parties import Seat
from coopfarm.parties.rules import crew as rules
from coopfarm.parties.rules import refusals as no
from coopfarm.parties.rules.crew import Who
from coopfarm.parties.rules.tasks import AHEAD, RUNS
from coopfarm.store import audit
from coopfarm.store.guards import kept_by
from coopfarm.store.tenancy import TenantSession


def arrive(
    session: TenantSession, party_id: UUID, shown: str, who: Who, *, did_at: datetime | None = None
) -> Place:
    """Count oneself as there, by the six digits or the square the leader shows.

    Who has no place yet gets one while there are any. `did_at` is when a phone did it without a
    signal. Raises NoSuchPartyCode, NotTheDay, PartyNotInThatState, PartyFull and PersonTaken.
    """
    found = known.party(session, party_id, for_update=True)
    if not any(
        hmac.compare_digest(shown.encode(), one.encode()) for one in (found.code, found.tag)
    ):
        raise no.NoSuchPartyCode(field="code")
    at = min(did_at or who.now, who.now)
    rules.check_there(found.starts_at, found.ends_at, at)
    place = _place_of(session, found, who)
    if place.state != "present":
        place.state, place.is_live = "present", True
        place.arrived_at, place.entered_by, place.witness_id = at, who.member_id, None
        place.edition += 1
        _begin(found)
        session.flush()
        _note_there(session, "party.arrive", place, who)
    return place


def _place_of(session: TenantSession, found: WorkParty, who: Who) -> Place:
    """The place of whoever came: their own, the one they stand in for, or one that was open."""
    if found.state not in (*RUNS, "done"):
        raise no.PartyNotInThatState
    for stand_in in known.as_substitute(session, who.member_id):
        if stand_in.party_id == found.id and stand_in.substitute_agreed_at is not None:
            return stand_in
    place = known.place(session, found.id, who.member_id)
    if place is not None and place.is_live:
        return place
    if known.standing(session, found, who.now).taken >= found.places:
        raise no.PartyFull(places=found.places)
    return take(session, found, who.member_id, place, "joined", now=who.now)


def count(
    session: TenantSession,
    party_id: UUID,
    came: Mapping[UUID, bool],
    witness_id: UUID | None,
    who: Who,
) -> WorkParty:
    """The leader's list: who came, by place. That somebody did not come takes a witness.

    Raises NotLeading, PartyNotInThatState, NotTheDay and WitnessMissing.
    """
    found = _led(session, party_id, who)
    if found.state not in RUNS:
        raise no.PartyNotInThatState
    rules.check_there(found.starts_at, found.ends_at, who.now)
    crew = known.crew(session, party_id)
    there = {one.member.id for one in crew if came.get(one.place.id, False)}
    for one in crew:
        if one.place.id in came:
            _mark(
                one.place, is_there=came[one.place.id], witness_id=witness_id, there=there, who=who
            )
    _begin(found)
    session.flush()
    after = {"came": len(there), "missing": len(came) - len(there)}
    audit.record(session, "party.count", found, actor_id=who.member_id, at=who.now, after=after)
    return found


def _mark(
    place: Place, *, is_there: bool, witness_id: UUID | None, there: set[UUID], who: Who
) -> None:
    if is_there:
        place.state, place.witness_id = "present", None
        place.arrived_at = place.arrived_at or who.now
    elif place.state == "asked":
        # Who never said they would come did not break their word.
        place.state, place.is_live = "left", False
    else:
        witness = rules.check_witness(witness_id, place.member_id, who.member_id, there)
        place.state, place.witness_id = "absent", witness
    place.entered_by = who.member_id
    place.edition += 1


def finish(session: TenantSession, party_id: UUID, who: Who) -> WorkParty:
    """Say that the work is done. Raises NotLeading, PartyNotInThatState and NobodyThere."""
    found = _led(session, party_id, who)
    if found.state not in RUNS:
        raise no.PartyNotInThatState
    if not any(one.place.state == "present" for one in known.crew(session, party_id)):
        raise no.NobodyThere
    found.state, found.done_at = "done", who.now
    found.edition += 1
    audit.record(session, "party.done", found, actor_id=who.member_id, at=who.now)
    return found


def credit(session: TenantSession, party_id: UUID, who: Who) -> WorkParty:
    """Enter the hours into the ledger, once, and of each who was stood in for the other's too.

    Raises PartyNotInThatState and what the ledger refuses.
    """
    found = known.party(session, party_id, for_update=True)
    if found.state != "done":
        raise no.PartyNotInThatState
    on = found.starts_at.astimezone(who.zone).date()
    facts = {"party": found.title}
    came = [one for one in known.crew(session, party_id) if one.place.state == "present"]
    lines = rules.credited([one.member.id for one in came], found.credit_minutes, found.holder_id)
    if lines:
        given = tuple(Line(owner, amount) for owner, amount in lines.items())
        deed = Deed("labour", "work-party", given, on, facts, ("work-party", found.id))
        found.transfer_id = ledger.post(session, deed, by_id=who.member_id, now=who.now).id
    for one in came:
        _pass_on(session, found, one, who)
    found.state, found.credited_at = "credited", who.now
    found.edition += 1
    free(session, found)
    audit.record(session, "party.credit", found, actor_id=who.member_id, at=who.now)
    return found


def _pass_on(session: TenantSession, found: WorkParty, seat: Seat, who: Who) -> None:
    """Whoever stood in gave the hours to the member whose place it was."""
    place = seat.place
    if place.substitute_id is None or place.substitute_agreed_at is None:
        return
    minutes = found.credit_minutes
    lines = (Line(place.substitute_id, minutes), Line(place.member_id, -minutes))
    on = found.starts_at.astimezone(who.zone).date()
    source = ("party-place", place.id)
    deed = Deed("labour", "substitute", lines, on, {"party": found.title}, source)
    ledger.post(session, deed, by_id=who.member_id, now=who.now)


def receive_cash(session: TenantSession, place_id: UUID, who: Who) -> Place:
    """Enter money that came in place of work, once. Raises PartyNotInThatState."""
    place = known.place_by_id(session, place_id)
    found = known.party(session, place.party_id, for_update=True)
    session.refresh(place)
    if place.state != "cash" or place.paid_at is not None or not place.cash_hundredths:
        raise no.PartyNotInThatState
    lines = (
        Line(place.member_id, place.cash_hundredths),
        Line("cooperative", -place.cash_hundredths),
    )
    on = who.now.astimezone(who.zone).date()
    source = ("party-place", place.id)
    deed = Deed("money", "cash-in-lieu", lines, on, {"party": found.title}, source)
    ledger.post(session, deed, by_id=who.member_id, now=who.now)
    place.paid_at, place.entered_by = who.now, who.member_id
    _note_there(session, "party.paid", place, who)
    return place


def decline_excuse(
    session: TenantSession, place_id: UUID, witness_id: UUID | None, who: Who
) -> Place:
    """The office does not take an excuse, with a witness of the crew; rarely, and with a talk."""
    place = known.place_by_id(session, place_id)
    found = known.party(session, place.party_id, for_update=True)
    if place.state != "excused" or found.state not in (*RUNS, "done"):
        raise no.PartyNotInThatState
    there = {one.member.id for one in known.crew(session, found.id)}
    place.witness_id = rules.check_witness(witness_id, place.member_id, who.member_id, there)
    place.state, place.is_live = "absent", True
    with kept_by("party_places_crew", no.PartyFull(places=found.places)):
        session.flush()
    _note_there(session, "party.excuse-declined", place, who)
    return place


def _begin(found: WorkParty) -> None:
    if found.state in AHEAD:
        found.state = "under_way"
        found.edition += 1


def _led(session: Session, party_id: UUID, who: Who) -> WorkParty:
    """The party, held, for its leader and the office. Raises NotLeading."""
    found = known.party(session, party_id, for_update=True)
    if not who.is_office and not known.leads(session, party_id, who.member_id):
        raise no.NotLeading
    return found


def _note_there(session: TenantSession, verb: str, place: Place, who: Who) -> None:
    after: dict[str, Any] = {"party": str(place.party_id), "state": place.state}
    audit.record(session, verb, place, actor_id=who.member_id, at=who.now, after=after)
