"""Plans: one, the newest, those that share hours, and what each plot gets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Missing
from coopfarm.land.models import Outlet, Plot, PlotTime
from coopfarm.land.queries import calendar
from coopfarm.members.models import Cooperative, Member
from coopfarm.members.queries import called
from coopfarm.store.base import same_row
from coopfarm.store.tenancy import TenantSession
from coopfarm.water.models import (
    Allotment,
    Rotation,
    Turn,
)


def rotation(session: Session, rotation_id: UUID) -> Rotation:
    """Raises Missing."""
    found = session.scalar(select(Rotation).where(Rotation.id == rotation_id))
    if found is None:
        raise Missing
    return found


def hold_plans(session: Session) -> None:
    """Let nobody else of this cooperative plan or publish until the act ends.

    Of two plans put in force at once each must see the other, and locking plan by plan in
    whatever order ends in a deadlock.
    """
    here = cast(TenantSession, session).cooperative_id
    # NO KEY UPDATE: rows that only refer to the cooperative may go on being written.
    query = select(Cooperative.id).where(Cooperative.id == here).with_for_update(key_share=True)
    session.execute(query)


def rotation_for_update(session: Session, rotation_id: UUID) -> Rotation:
    """The plan, held until the act ends: two who publish at once come one after the other."""
    hold_plans(session)
    query = select(Rotation).where(Rotation.id == rotation_id).with_for_update()
    found = session.scalar(query)
    if found is None:
        raise Missing
    return found


def rotation_of_version(session: Session, version: int) -> Rotation:
    """Raises Missing."""
    found = session.scalar(select(Rotation).where(Rotation.version == version))
    if found is None:
        raise Missing
    return found


def rotations(session: Session, limit: int = 50) -> Sequence[Row[*tuple[Any, ...]]]:
    """The newest plans, without their large inputs."""
    query = select(
        Rotation.id,
        Rotation.version,
        Rotation.state,
        Rotation.starts_at,
        Rotation.ends_at,
        Rotation.rule,
        Rotation.need_m3,
        Rotation.supply_m3,
        Rotation.is_certified,
        Rotation.note,
    ).order_by(Rotation.starts_at.desc(), Rotation.version.desc())
    return session.execute(query.limit(limit)).all()


def last_version(session: Session) -> int:
    return session.scalar(select(func.max(Rotation.version)).select_from(Rotation)) or 0


def planned_to(session: Session) -> datetime | None:
    """When the last plan in force ends."""
    return session.scalar(
        select(func.max(Rotation.ends_at)).select_from(Rotation).where(Rotation.state == "in_force")
    )


def others_in_force(session: Session, plan: Rotation) -> Sequence[Rotation]:
    """Plans in force that have an hour in common with this one, held for the act."""
    query = (
        select(Rotation)
        .where(
            Rotation.state == "in_force",
            Rotation.id != plan.id,
            Rotation.starts_at < plan.ends_at,
            Rotation.ends_at > plan.starts_at,
        )
        .order_by(Rotation.id)
        .with_for_update()
    )
    return session.scalars(query).all()


def replaced_by(session: Session, plan: Rotation) -> Sequence[Rotation]:
    query = select(Rotation).where(Rotation.replaced_by_id == plan.id).order_by(Rotation.id)
    return session.scalars(query.with_for_update()).all()


def awards_before(session: Session, starts_at: datetime) -> dict[UUID, tuple[float, float]]:
    """What each plot needed and got (m³) under the plan last in force before a moment."""
    query = (
        select(Rotation.id)
        .where(Rotation.state.in_(("in_force", "superseded")), Rotation.starts_at < starts_at)
        .order_by(Rotation.starts_at.desc(), Rotation.version.desc())
        .limit(1)
    )
    before = session.scalar(query)
    if before is None:
        return {}
    rows = session.scalars(select(Allotment).where(Allotment.rotation_id == before))
    return {row.plot_id: (row.need_m3, row.award_m3) for row in rows}


@dataclass(frozen=True, slots=True)
class AllotmentLine:
    """One plot's row of a plan, with the names a person knows it by."""

    allotment: Allotment
    plot: Plot
    outlet_code: str
    member_name: str | None
    turn: Turn | None

    @property
    def satisfaction(self) -> float | None:
        """Award over need; None where nothing was needed."""
        need = self.allotment.need_m3
        return self.allotment.award_m3 / need if need else None


def lines(session: Session, plan: Rotation, *, latin: bool = False) -> list[AllotmentLine]:
    """Every plot of a plan, outlet by outlet, head to tail; `latin` as in `Member.called`.

    A plot that was moved to another outlet since stands where it had its turn.
    """
    code = func.coalesce(Outlet.code, "")
    query = (
        select(Allotment, Plot, code, called(latin=latin), Turn)
        .join(Plot, same_row(Plot, Allotment.plot_id, Allotment))
        .outerjoin(Member, same_row(Member, Allotment.member_id, Allotment))
        .outerjoin(
            Turn,
            and_(
                Turn.cooperative_id == Allotment.cooperative_id,
                Turn.rotation_id == Allotment.rotation_id,
                Turn.plot_id == Allotment.plot_id,
            ),
        )
        .outerjoin(
            Outlet,
            and_(
                Outlet.cooperative_id == Allotment.cooperative_id,
                Outlet.id == func.coalesce(Turn.outlet_id, Plot.outlet_id),
            ),
        )
        .where(Allotment.rotation_id == plan.id)
        .order_by(code, Plot.place_from_head, Plot.code)
    )
    return [AllotmentLine(*row) for row in session.execute(query)]


def closed(
    session: Session, lines: Sequence[AllotmentLine], now: datetime
) -> list[tuple[AllotmentLine, PlotTime]]:
    """The turns ahead in whose hours nobody enters their plot after spraying, with that lock."""
    turns = [(line, line.turn) for line in lines if line.turn and line.turn.ends_at > now]
    if not turns:
        return []
    span = Interval(min(t.starts_at for _, t in turns), max(t.ends_at for _, t in turns))
    locks = calendar.locked(session, span)
    return [
        (line, lock)
        for line, turn in turns
        for lock in locks
        if lock.plot_id == line.plot.id
        and lock.starts_at < turn.ends_at
        and turn.starts_at < lock.ends_at
    ]
