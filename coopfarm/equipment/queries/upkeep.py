"""Upkeep: what each machine needs, what is planned, and what was done."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.equipment.models import Machine, Upkeep, UpkeepPlan
from coopfarm.equipment.rules.upkeep import Need
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Missing
from coopfarm.store.base import same_row


def needs(session: Session, machine_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Need]]:
    """The upkeep that these machines need; of one without a plan there is nothing."""
    query = (
        select(UpkeepPlan, Machine)
        .join(Machine, same_row(Machine, UpkeepPlan.machine_id, UpkeepPlan))
        .where(UpkeepPlan.machine_id.in_(machine_ids), UpkeepPlan.is_active)
        .order_by(UpkeepPlan.name)
    )
    rows = session.execute(query).all()
    planned = _workshop(session, [plan.id for plan, _ in rows])
    found: dict[UUID, list[Need]] = {}
    for plan, machine in rows:
        found.setdefault(machine.id, []).append(_need(plan, machine, planned.get(plan.id, ())))
    return found


def _need(plan: UpkeepPlan, machine: Machine, workshop: Sequence[Interval]) -> Need:
    return Need(
        plan_id=plan.id,
        name=plan.name,
        counts=machine.meter,
        reading=machine.meter_reading,
        every_units=plan.every_units,
        every_days=plan.every_days,
        done_at_reading=plan.done_at_reading,
        done_on=plan.done_on,
        workshop=tuple(workshop),
    )


def _workshop(session: Session, plan_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Interval]]:
    if not plan_ids:
        return {}
    query = select(Upkeep).where(Upkeep.plan_id.in_(plan_ids), Upkeep.state == "planned")
    found: dict[UUID, list[Interval]] = {}
    for one in session.scalars(query.order_by(Upkeep.starts_at)):
        if one.plan_id is not None:
            found.setdefault(one.plan_id, []).append(Interval(one.starts_at, one.ends_at))
    return found


def plans(session: Session, machine_id: UUID) -> Sequence[UpkeepPlan]:
    query = select(UpkeepPlan).where(UpkeepPlan.machine_id == machine_id, UpkeepPlan.is_active)
    return session.scalars(query.order_by(UpkeepPlan.name)).all()


def plan(session: Session, plan_id: UUID) -> UpkeepPlan:
    """One plan, held. Raises Missing."""
    query = select(UpkeepPlan).where(UpkeepPlan.id == plan_id).with_for_update()
    found = session.scalar(query)
    if found is None:
        raise Missing
    return found


def upkeep(session: Session, upkeep_id: UUID) -> Upkeep:
    """One time in the workshop, held. Raises Missing."""
    found = session.scalar(select(Upkeep).where(Upkeep.id == upkeep_id).with_for_update())
    if found is None:
        raise Missing
    return found


def of_machine(session: Session, machine_id: UUID, limit: int = 30) -> Sequence[Upkeep]:
    """The times of a machine in the workshop, the newest first."""
    query = select(Upkeep).where(Upkeep.machine_id == machine_id, Upkeep.state != "cancelled")
    return session.scalars(query.order_by(Upkeep.starts_at.desc()).limit(limit)).all()
