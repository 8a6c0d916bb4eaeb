"""What is no longer needed of coming in and of acts is removed. No function here commits."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func

from coopfarm.members import queries, rules
from coopfarm.members.models import CountedTries, SignIn
from coopfarm.store.acts import Act
from coopfarm.store.tenancy import TenantSession

KEPT: Final = timedelta(days=90)


def prune(session: TenantSession, now: datetime) -> None:
    """Remove sessions and answered acts that are over for 90 days, and tries that are forgotten.

    To be called about once a day; called twice it changes nothing.
    """
    before = now - KEPT
    for here in queries.cooperative_ids(session):
        session.cooperative_id = here
        over = func.coalesce(SignIn.ended_at, SignIn.ends_at) < before
        session.execute(delete(SignIn).where(SignIn.cooperative_id == here, over))
        session.execute(delete(Act).where(Act.cooperative_id == here, Act.made_at < before))
    # Each lock is shorter than what was counted is remembered for.
    forgotten = CountedTries.counted_from < now - rules.LONGEST_MEMORY
    session.execute(delete(CountedTries).where(forgotten))
