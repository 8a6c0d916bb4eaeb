"""The machines, as rows and as the rules know them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.equipment.models import Kit, KitPart, Machine, MachinePolicy
from coopfarm.equipment.rules.policy import EVERYTHING_GOES, Policy, policy_of
from coopfarm.equipment.rules.work import Rig, Spot, work_rate_ha_h
from coopfarm.kernel.refusal import Missing


def machines(session: Session, *, also_retired: bool = False) -> Sequence[Machine]:
    """The machines by name."""
    query = select(Machine).order_by(Machine.name, Machine.code)
    if not also_retired:
        query = query.where(Machine.state != "retired")
    return session.scalars(query).all()


def machine(session: Session, machine_id: UUID, *, for_update: bool = False) -> Machine:
    """One machine. Raises Missing."""
    query = select(Machine).where(Machine.id == machine_id)
    found = session.scalar(query.with_for_update(key_share=True) if for_update else query)
    if found is None:
        raise Missing
    return found


def machines_by_id(
    session: Session, ids: Collection[UUID], *, for_update: bool = False
) -> Sequence[Machine]:
    """These machines, in the order of their ids, which is the order of locking. Raises Missing."""
    query = select(Machine).where(Machine.id.in_(ids)).order_by(Machine.id)
    if for_update:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = session.scalars(query).all()
    if len(found) != len(set(ids)):
        raise Missing
    return found


def alike(session: Session, category: str, job: str) -> Sequence[Machine]:
    """The machines in service of a category that do a job."""
    query = select(Machine).where(Machine.category == category, Machine.state == "in_service")
    return [found for found in session.scalars(query.order_by(Machine.name)) if job in found.jobs]


def kits(session: Session) -> Sequence[tuple[Kit, Sequence[UUID]]]:
    """Every kit by name, with its machines."""
    parts = session.scalars(select(KitPart)).all()
    found = session.scalars(select(Kit).order_by(Kit.name)).all()
    return [(kit, [part.machine_id for part in parts if part.kit_id == kit.id]) for kit in found]


def rig(row: Machine) -> Rig:
    """A machine as the rules know it."""
    rate = None
    if row.work_width_m and row.work_km_h:
        rate = work_rate_ha_h(row.work_width_m, row.work_km_h, row.efficiency)
    return Rig(
        id=row.id,
        name=row.named,
        category=row.category,
        jobs=tuple(row.jobs),
        state=row.state,
        base=Spot(row.base.x, row.base.y) if row.base is not None else None,
        rate_ha_h=rate,
        road_km_h=row.road_km_h,
        cleaning_minutes=row.cleaning_minutes,
        price_an_hour=row.price_an_hour,
        price_a_hectare=row.price_a_hectare,
        hours_an_hour=row.hours_an_hour,
    )


def rules_for(session: Session, rigs: Sequence[Rig]) -> tuple[UUID | None, Policy]:
    """The rules in force for machines that are booked together, each category's by its own.

    The first machine's come first, with the id of their version.
    """
    return rules_of(rules_in_force(session, {rig.category for rig in rigs}), rigs)


def rules_in_force(session: Session, categories: Collection[str]) -> Mapping[str, MachinePolicy]:
    """The versions in force for these categories, and that for all under ""."""
    query = select(MachinePolicy).where(
        MachinePolicy.state == "in_force", MachinePolicy.category.in_({*categories, ""})
    )
    return {row.category: row for row in session.scalars(query)}


def rules_of(rows: Mapping[str, MachinePolicy], rigs: Sequence[Rig]) -> tuple[UUID | None, Policy]:
    """As `rules_for`, of versions that are known already."""
    found: dict[UUID, Policy] = {}
    for rig in rigs:
        row = rows.get(rig.category) or rows.get("")
        if row is not None and row.id not in found:
            kept = policy_of(row.version, row.category, row.lines)
            found[row.id] = replace(kept, machine=rig.name)
    if not found:
        return None, EVERYTHING_GOES
    first, *also = found.values()
    return next(iter(found)), replace(first, also=tuple(also))


def policy(session: Session, category: str) -> tuple[UUID | None, Policy]:
    """The rules in force for a category: its own, else those for all, else none."""
    query = select(MachinePolicy).where(
        MachinePolicy.state == "in_force", MachinePolicy.category.in_((category, ""))
    )
    found = sorted(session.scalars(query), key=lambda row: row.category, reverse=True)
    if not found:
        return None, EVERYTHING_GOES
    return found[0].id, policy_of(found[0].version, found[0].category, found[0].lines)
