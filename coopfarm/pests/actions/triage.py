"""The office looks at what was told: verifies, corrects, or rejects it with a note.

No function here commits.
"""

from dataclasses import dataclass
from uuid import UUID

from coopfarm.pests.actions import noticing, proposals
from coopfarm.pests.actions.sightings import Act
from coopfarm.pests.models import Sighting
from coopfarm.pests.queries import sightings
from coopfarm.pests.rules import catalogue, crossing
from coopfarm.pests.rules import sightings as rules
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession


@dataclass(frozen=True, slots=True)
class Decision:
    """What is made of a sighting; `pest` is what it really is where it is corrected."""

    state: str
    pest: str = ""
    note: str = ""


def decide(session: TenantSession, sighting_id: UUID, decision: Decision, act: Act) -> Sighting:
    """Verify, correct or reject a sighting, once; the reporter reads it with its note.

    Neighbours who could not be told yet, since nobody knew what it was, are told now.
    Raises NoSuchPest, SightingPastThat, RejectedWithoutNote, CorrectedToTheSame,
    UnknownNotVerified, SightingNoteTooLong and Missing.
    """
    found = sightings.sighting(session, sighting_id, for_update=True)
    note = rules.note_of(decision.note, most=rules.LONGEST_DECISION)
    if decision.state == "corrected":
        catalogue.check(decision.pest)
    rules.check_decision(found.state, found.told_pest, decision.state, decision.pest, note)
    before = {"state": found.state, "pest": found.pest}
    if decision.state == "corrected":
        found.pest = decision.pest
    found.state, found.decision = decision.state, note
    found.decided_by, found.decided_at = act.by_id, act.now
    session.flush()
    after = {"state": found.state, "pest": found.pest, "note": note}
    audit.record(
        session,
        "sighting.decide",
        found,
        actor_id=act.by_id,
        at=act.now,
        before=before,
        after=after,
    )
    if found.state == "corrected":
        noticing.tell_neighbours(session, found, act.now, act.zone)
    if found.state in rules.COUNTED and found.mean_count is not None:
        measured = crossing.Measured(
            found.pest, found.crop, "per_stop", found.mean_count, "sighting", found.id
        )
        proposals.propose(session, measured, act)
    return found
