"""Where members come in, let credit lie idle, and leave. No function here commits."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from coopfarm.ledger import queries, rules
from coopfarm.ledger.actions import holding, posting
from coopfarm.ledger.models import Transfer
from coopfarm.ledger.queries import idle
from coopfarm.ledger.rules import Deed, Line
from coopfarm.members.actions import membership
from coopfarm.members.queries import member
from coopfarm.store.tenancy import TenantSession


def settle(session: Session, member_id: UUID, *, by_id: UUID, now: datetime) -> list[Transfer]:
    """Bring a member who leaves to zero in every unit, against the cooperative. Raises Missing."""
    holding.hold(session, [member_id])
    today = queries.day_there(session, member(session, member_id).cooperative_id, now)
    deeds = [
        Deed(unit, "exit", (Line(member_id, -amount), Line("cooperative", amount)), today, {})
        for unit, amount in queries.all_balances(session, member_id).items()
        if amount
    ]
    return posting.post_all(session, deeds, by_id=by_id, now=now)


def pass_on_idle(session: Session, *, by_id: UUID, now: datetime) -> list[Transfer]:
    """Give on, or share out, what lies idle by the members' rule: one transfer for each unit."""
    holding.hold(session, [*queries.acting(session)])
    deeds = idle_deeds(session, now)
    return posting.post_all(session, deeds, by_id=by_id, now=now)


def idle_deeds(session: Session, now: datetime) -> list[Deed]:
    """What `pass_on_idle` would enter; nothing where the members agreed on nothing."""
    terms = queries.terms(session)
    if terms.idle == "none":
        return []
    everybody = queries.acting(session)
    if not everybody:
        return []
    today = queries.day_there(session, next(iter(everybody.values())).cooperative_id, now)
    return [
        Deed(
            unit,
            "idle-gift" if terms.idle == "gift" else "idle-share",
            rules.passed_on(found, everybody if terms.idle == "share-out" else ()),
            today,
            {},
        )
        for unit in rules.UNITS
        if (found := idle.idle_credit(session, unit, terms, today))
    ]


@membership.before_leaving
def refuse_unsettled(session: TenantSession, member_id: UUID) -> None:
    """Raise StillOpen where who leaves is not at zero in every unit."""
    queries.accounts_of(session, [member_id], for_update=True)
    stands = queries.all_balances(session, member_id)
    for unit, amount in stands.items():
        if amount:
            name = member(session, member_id).name
            raise rules.StillOpen(name=name, amount=rules.so_much(unit, amount))
