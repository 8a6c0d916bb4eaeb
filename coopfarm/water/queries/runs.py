"""Plans being worked out."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Missing
from coopfarm.water.models import PlanRun, Rotation
from coopfarm.water.queries.plans import hold_plans


def run(session: Session, run_id: UUID) -> PlanRun:
    """Raises Missing."""
    found = session.scalar(select(PlanRun).where(PlanRun.id == run_id))
    if found is None:
        raise Missing
    return found


def run_for_update(session: Session, run_id: UUID) -> PlanRun:
    """The run, held until the act ends. Raises Missing."""
    hold_plans(session)
    found = session.scalar(select(PlanRun).where(PlanRun.id == run_id).with_for_update())
    if found is None:
        raise Missing
    return found


def runs_of(session: Session, plan: Rotation) -> Sequence[PlanRun]:
    """The runs that made a plan, held until the act ends."""
    query = select(PlanRun).where(PlanRun.rotation_id == plan.id).order_by(PlanRun.id)
    return session.scalars(query.with_for_update()).all()


def unfinished_runs(session: Session) -> Sequence[PlanRun]:
    query = select(PlanRun).where(PlanRun.ended_at.is_(None)).order_by(PlanRun.asked_at)
    return session.scalars(query).all()
