"""Who takes which slot of a rota, by the engine that asks members to work parties."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from coopfarm.kernel.interval import Interval
from coopfarm.members.actions import calendar as person_calendar
from coopfarm.members.models import Member
from coopfarm.members.queries import calendar
from coopfarm.parties.actions import rotas as actions
from coopfarm.parties.models import Rota, Slot
from coopfarm.parties.queries import rotas as known
from coopfarm.parties.rules.crew import Who
from coopfarm.parties.rules.refusals import PartyPlanFails
from coopfarm.parties.rules.rotas import RotaPlanned
from coopfarm.planning.parties.certify import certify
from coopfarm.planning.parties.explain import explain
from coopfarm.planning.parties.problem import Member as Asked
from coopfarm.planning.parties.problem import Party, Plan, Problem
from coopfarm.planning.parties.solve import solve
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession

_HOUR_S: Final = 3600


def share_out(session: TenantSession, rota_id: UUID, who: Who) -> Rota:
    """Give every slot to whoever carries least and is free; what nobody can take stays open.

    Raises RotaPlanned once a slot has begun, PartyPlanFails where the judge objects.
    """
    found = known.rota(session, rota_id, for_update=True)
    slots = [turn.slot for turn in known.turns(session, rota_id)]
    if any(slot.starts_at <= who.now for slot in slots):
        raise RotaPlanned
    members = known.members(session, rota_id)
    _clear(session, slots)
    problem = to_problem(session, slots, members, who.now)
    plan = solve(problem)
    findings = certify(problem, plan).findings
    if findings:
        raise PartyPlanFails
    _keep(session, slots, members, plan)
    found.planned_at, found.findings = who.now, []
    why = explain(problem, plan)
    for slot in slots:
        holder = next((m for m in members if m.id == slot.member_id), None)
        slot.reasons = [one.as_json() for one in why[holder.number]] if holder else []
    session.flush()
    audit.record(session, "rota.share-out", found, actor_id=who.member_id, at=who.now)
    return found


def to_problem(
    session: TenantSession, slots: list[Slot], members: Sequence[Member], now: datetime
) -> Problem:
    """Each slot is a party of one that anybody leads; its weight counts as hours."""
    parties = tuple(
        Party(
            id=str(slot.id),
            day=slot.starts_at.isoformat(),
            crew=1,
            hours=float(slot.weight),
            starts_hour=(slot.starts_at - now).total_seconds() / _HOUR_S,
            ends_hour=(slot.ends_at - now).total_seconds() / _HOUR_S,
        )
        for slot in slots
    )
    busy = _busy(session, slots, [member.id for member in members])
    return Problem(
        parties,
        tuple(
            Asked(
                member.number,
                0.0,
                leads=True,
                free=tuple(str(s.id) for s in slots if (member.id, s.id) not in busy),
            )
            for member in members
        ),
    )


def _busy(
    session: TenantSession, slots: list[Slot], member_ids: list[UUID]
) -> set[tuple[UUID, UUID]]:
    """Members with the slots at which they are expected elsewhere."""
    if not slots:
        return set()
    span = Interval(min(s.starts_at for s in slots), max(s.ends_at for s in slots))
    times = calendar.of_people(session, member_ids, span, only_hard=True)
    return {
        (time.member_id, slot.id)
        for time in times
        for slot in slots
        if time.starts_at < slot.ends_at and slot.starts_at < time.ends_at
    }


def _clear(session: TenantSession, slots: list[Slot]) -> None:
    for slot in slots:
        slot.member_id, slot.state = None, "open"
    session.flush()
    person_calendar.erase(session, [slot.id for slot in slots])


def _keep(session: TenantSession, slots: list[Slot], members: Sequence[Member], plan: Plan) -> None:
    by_number = {member.number: member.id for member in members}
    by_id = {str(slot.id): slot for slot in slots}
    given = [(by_id[party], by_number[name]) for party, name in plan.pairs()]
    actions.give(session, given)
