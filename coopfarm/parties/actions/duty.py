"""The work of a period is spread over the members. No function here commits."""

from dataclasses import dataclass
from datetime import date

from coopfarm.parties.models import Duty, DutyPeriod
from coopfarm.parties.queries import duty as known
from coopfarm.parties.rules import duty as rules
from coopfarm.parties.rules import refusals as no
from coopfarm.parties.rules.crew import Who
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession


@dataclass(frozen=True, slots=True)
class NewPeriod:
    """What the office spreads: hours of work between two days, both included."""

    name: str
    first_day: date
    last_day: date
    hours: float
    basis: str


def spread(session: TenantSession, new: NewPeriod, who: Who) -> DutyPeriod:
    """Spread the work of a period. Raises DutyDays, DutyNeed, PartyChoice and NobodyToOwe."""
    minutes = rules.check_period(new.first_day, new.last_day, new.hours)
    if new.basis not in rules.BASES:
        raise no.PartyChoice(field="basis")
    measures = known.measures(session, new.basis, new.first_day, new.last_day, who.zone)
    parts = rules.spread(minutes, measures)
    found = DutyPeriod(
        name=new.name,
        first_day=new.first_day,
        last_day=new.last_day,
        need_minutes=minutes,
        basis=new.basis,
        made_by=who.member_id,
        made_at=who.now,
    )
    session.add(found)
    session.flush()
    session.add_all(
        Duty(period_id=found.id, member_id=one, measure=measures[one], owed_minutes=part)
        for one, part in parts.items()
    )
    session.flush()
    after = {"need_minutes": minutes, "basis": new.basis, "members": len(parts)}
    audit.record(session, "duty.spread", found, actor_id=who.member_id, at=who.now, after=after)
    return found
