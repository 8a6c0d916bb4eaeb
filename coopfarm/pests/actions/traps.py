"""Traps are set, emptied and taken in. No function here commits."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from coopfarm.kernel.refusal import Missing
from coopfarm.land.queries import plots as land
from coopfarm.pests.actions import proposals
from coopfarm.pests.actions.sightings import Act
from coopfarm.pests.models import Trap, TrapCount
from coopfarm.pests.queries import scouting as queries
from coopfarm.pests.rules import catalogue
from coopfarm.pests.rules import crossing as rules
from coopfarm.pests.rules.scouting import NotYourScouting
from coopfarm.pests.rules.sightings import TRIAGE, note_of
from coopfarm.store import audit
from coopfarm.store.guards import kept_by
from coopfarm.store.tenancy import TenantSession


@dataclass(frozen=True, slots=True)
class NewTrap:
    code: str
    pest: str
    plot_id: UUID
    lure: str
    set_on: date


def set_trap(session: TenantSession, new: NewTrap, act: Act) -> Trap:
    """Set a trap on a plot. Raises NoSuchPest, TrapCodeTaken and Missing."""
    catalogue.check(new.pest, also_unknown=False)
    plot = land.plot(session, new.plot_id)
    code = note_of(new.code, field="code", most=20)
    if not code:
        raise Missing
    found = Trap(
        id=uuid4(),
        code=code,
        pest=new.pest,
        plot_id=plot.id,
        lure=note_of(new.lure, field="lure", most=60),
        member_id=plot.worker_id or plot.holder_id,
        set_on=new.set_on,
    )
    session.add(found)
    taken = rules.TrapCodeTaken(field="code")
    with kept_by("uq_traps_cooperative_id_code", taken), kept_by("traps.code", taken):
        session.flush()
    after = {"code": found.code, "pest": found.pest}
    audit.record(session, "trap.set", found, actor_id=act.by_id, at=act.now, after=after)
    return found


def empty(session: TenantSession, trap_id: UUID, count: tuple[date, int, int], act: Act) -> Trap:
    """Write down on which day how many were caught after how many nights.

    Where a threshold is crossed control is proposed. Raises NotYourScouting,
    TrapCountUnusable and Missing.
    """
    on_day, caught, nights = count
    found = queries.trap(session, trap_id)
    if found.trap.member_id != act.by_id and not act.roles & set(TRIAGE):
        raise NotYourScouting
    is_ahead = on_day > act.now.astimezone(act.zone).date()
    is_there = any(one.on_day == on_day for one in found.counts)
    if is_ahead or is_there or caught < 0 or not 1 <= nights <= 60:
        raise rules.TrapCountUnusable(field="caught")
    row = TrapCount(
        trap_id=trap_id,
        on_day=on_day,
        caught=caught,
        nights=nights,
        by_id=act.by_id,
        made_at=act.now,
    )
    session.add(row)
    with kept_by("trap_counts", rules.TrapCountUnusable(field="caught")):
        session.flush()
    after = {"caught": caught, "nights": nights}
    audit.record(session, "trap.empty", found.trap, actor_id=act.by_id, at=act.now, after=after)
    measured = rules.Measured(
        found.trap.pest, found.plot.crop or "", "per_trap_night", caught / nights, "trap", trap_id
    )
    proposals.propose(session, measured, act)
    return found.trap


def take_in(session: TenantSession, trap_id: UUID, act: Act) -> Trap:
    """Take a trap in; its counts stay. Raises Missing."""
    found = queries.trap(session, trap_id).trap
    if found.taken_in_on is None:
        found.taken_in_on = act.now.astimezone(act.zone).date()
        session.flush()
        audit.record(session, "trap.take-in", found, actor_id=act.by_id, at=act.now)
    return found
