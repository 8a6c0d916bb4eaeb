"""What the members agreed on is written down anew, as a version. No function here commits."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from coopfarm.ledger import queries, rules
from coopfarm.ledger.models import LedgerPolicy
from coopfarm.ledger.rules.policy import PolicyChanged, PolicyReasonMissing, Terms
from coopfarm.store import audit
from coopfarm.store.guards import kept_by


def decide(
    session: Session, terms: Terms, reason: str, *, by_id: UUID, now: datetime
) -> LedgerPolicy:
    """Put terms in force from now on; their `version` is the one they change.

    Raises PolicyUnusable, PolicyReasonMissing and PolicyChanged.
    """
    rules.check_terms(terms)
    if not reason.strip():
        raise PolicyReasonMissing(field="reason")
    before = queries.terms(session)
    if before.version != terms.version:
        raise PolicyChanged
    policy = LedgerPolicy(
        id=uuid4(),
        version=before.version + 1,
        terms=terms.as_json(),
        reason=reason.strip()[: rules.LONGEST_WORDS],
        made_by=by_id,
        made_at=now,
    )
    session.add(policy)
    with kept_by("version", PolicyChanged()):
        session.flush()
    audit.record(
        session,
        "ledger.policy",
        policy,
        actor_id=by_id,
        at=now,
        before=before.as_json(),
        after=policy.terms | {"reason": policy.reason},
    )
    session.flush()
    return policy
