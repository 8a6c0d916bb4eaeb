"""Faults of machines: what is open, and whose bookings they concern."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.equipment.models import FaultReport, Machine
from coopfarm.equipment.rules.care import OPEN_FAULTS
from coopfarm.kernel.refusal import Missing
from coopfarm.store.base import same_row


@dataclass(frozen=True, slots=True)
class Told:
    """A fault with its machine."""

    fault: FaultReport
    machine: Machine


def fault(session: Session, fault_id: UUID, *, for_update: bool = False) -> FaultReport:
    """One fault. Raises Missing."""
    query = select(FaultReport).where(FaultReport.id == fault_id)
    found = session.scalar(query.with_for_update() if for_update else query)
    if found is None:
        raise Missing
    return found


def open_of(
    session: Session, machine_ids: Collection[UUID]
) -> Mapping[UUID, Sequence[FaultReport]]:
    """The open faults of these machines, the newest first; only machines that have one."""
    query = (
        select(FaultReport)
        .where(FaultReport.machine_id.in_(machine_ids), FaultReport.state.in_(OPEN_FAULTS))
        .order_by(FaultReport.made_at.desc(), FaultReport.id)
    )
    found: dict[UUID, list[FaultReport]] = {}
    for one in session.scalars(query):
        found.setdefault(one.machine_id, []).append(one)
    return found


def told(session: Session, *, also_ended: bool = False, limit: int = 200) -> Sequence[Told]:
    """Faults with their machines, the newest first."""
    query = (
        select(FaultReport, Machine)
        .join(Machine, same_row(Machine, FaultReport.machine_id, FaultReport))
        .order_by(FaultReport.made_at.desc(), FaultReport.id)
        .limit(limit)
    )
    if not also_ended:
        query = query.where(FaultReport.state.in_(OPEN_FAULTS))
    return [Told(fault, machine) for fault, machine in session.execute(query)]


def same_lately(
    session: Session, machine_id: UUID, words: str, since: datetime
) -> FaultReport | None:
    """The same words about the same machine: a page that was sent twice."""
    query = select(FaultReport).where(
        FaultReport.machine_id == machine_id,
        FaultReport.words == words,
        FaultReport.made_at > since,
    )
    return session.scalars(query.order_by(FaultReport.made_at)).first()


TWICE_WITHIN = timedelta(minutes=30)
