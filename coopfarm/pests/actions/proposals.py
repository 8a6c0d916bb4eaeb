"""A threshold that is crossed proposes that something be done; people decide. None commits."""

from uuid import UUID, uuid4

from coopfarm.pests.actions.sightings import Act
from coopfarm.pests.models import ControlProposal
from coopfarm.pests.queries import scouting as queries
from coopfarm.pests.rules import crossing as rules
from coopfarm.pests.rules.sightings import LONGEST_DECISION, note_of
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession


def propose(session: TenantSession, measured: rules.Measured, act: Act) -> ControlProposal | None:
    """Propose control where a published threshold is crossed; None where none is.

    What is proposed already against the pest on the crop stays the only one.
    """
    threshold = rules.crossed(measured, queries.thresholds(session, measured.pest))
    if threshold is None or queries.open_proposal(session, measured.pest, measured.crop):
        return None
    found = ControlProposal(
        id=uuid4(),
        pest=measured.pest,
        crop=measured.crop,
        number_id=threshold.id,
        source_kind=measured.source_kind,
        source_id=measured.source_id,
        facts=rules.facts_of(measured, threshold),
        state="proposed",
        made_at=act.now,
    )
    session.add(found)
    session.flush()
    after = {"pest": found.pest, "crop": found.crop, **found.facts}
    audit.record(session, "proposal.make", found, actor_id=act.by_id, at=act.now, after=after)
    return found


def dismiss(session: TenantSession, proposal_id: UUID, reason: str, act: Act) -> ControlProposal:
    """Decide that nothing is done, and why.

    Raises DismissedWithoutReason, ProposalPastThat and Missing.
    """
    found = queries.proposal(session, proposal_id, for_update=True)
    words = note_of(reason, field="reason", most=LONGEST_DECISION)
    if not words:
        raise rules.DismissedWithoutReason(field="reason")
    if found.state != "proposed":
        raise rules.ProposalPastThat
    found.state, found.reason = "dismissed", words
    found.decided_by, found.decided_at = act.by_id, act.now
    session.flush()
    after = {"reason": words}
    audit.record(session, "proposal.dismiss", found, actor_id=act.by_id, at=act.now, after=after)
    return found
