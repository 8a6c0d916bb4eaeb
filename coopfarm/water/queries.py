"""What is known about weather, plans and turns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Integer, Row, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Missing
from coopfarm.land.models import Canal, Nakka, Outlet, Plot
from coopfarm.members.models import Cooperative, Member
from coopfarm.members.queries import called
from coopfarm.store.base import same_row
from coopfarm.store.columns import Instant
from coopfarm.store.tenancy import ALL_COOPERATIVES, TenantSession
from coopfarm.water.models import (
    Allotment,
    DayOfWeather,
    PlanRun,
    Rotation,
    Scheme,
    Turn,
    WeatherStation,
)


def plots_head_to_tail(session: Session) -> Sequence[tuple[Plot, str | None]]:
    """Every plot with its outlet's code, outlet by outlet, head to tail."""
    query = (
        select(Plot, Outlet.code)
        .outerjoin(Outlet, same_row(Outlet, Plot.outlet_id, Plot))
        .order_by(Outlet.code, Plot.place_from_head, Plot.code)
    )
    return [(plot, outlet) for plot, outlet in session.execute(query)]


def outlets_with_schemes(session: Session) -> Sequence[tuple[Outlet, Scheme | None]]:
    query = (
        select(Outlet, Scheme)
        .outerjoin(
            Scheme,
            and_(Scheme.cooperative_id == Outlet.cooperative_id, Scheme.outlet_id == Outlet.id),
        )
        .order_by(Outlet.code)
    )
    return [(outlet, scheme) for outlet, scheme in session.execute(query)]


def canals(session: Session) -> Sequence[Canal]:
    return session.scalars(select(Canal).order_by(Canal.code)).all()


def station(session: Session) -> WeatherStation | None:
    """The cooperative's station; the first by name where it has several."""
    return session.scalars(select(WeatherStation).order_by(WeatherStation.name)).first()


def days_of_weather(
    session: Session, where: WeatherStation, start: date, end: date
) -> Sequence[DayOfWeather]:
    """The days kept from `start` up to, not including, `end`."""
    query = select(DayOfWeather).where(
        DayOfWeather.station_id == where.id,
        DayOfWeather.on_day >= start,
        DayOfWeather.on_day < end,
    )
    return session.scalars(query.order_by(DayOfWeather.on_day)).all()


def latest_days(session: Session, where: WeatherStation, count: int) -> Sequence[DayOfWeather]:
    query = select(DayOfWeather).where(DayOfWeather.station_id == where.id)
    return session.scalars(query.order_by(DayOfWeather.on_day.desc()).limit(count)).all()


def weather_span(session: Session) -> tuple[date, date, int] | None:
    """The first and the last day kept, and how many there are."""
    day = DayOfWeather.on_day
    first, last, count = session.execute(
        select(func.min(day), func.max(day), func.count()).select_from(DayOfWeather)
    ).one()
    return (first, last, count) if count else None


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


@dataclass(frozen=True, slots=True)
class TurnCard:
    """A turn with everything its farmer needs at the gate."""

    turn: Turn
    plot_code: str
    plot_name: str
    outlet_code: str
    outlet_name: str
    nakka: str | None
    net_area_m2: float
    state: str

    @property
    def minutes(self) -> int:
        return round(self.turn.during.length.total_seconds() / 60)


# Built once: the farmer's page is asked for all day.
_CARDS = (
    select(
        Turn,
        Plot.code,
        Plot.name,
        Outlet.code,
        Outlet.name,
        Nakka.label,
        Plot.net_area_m2,
        Rotation.state,
    )
    .join(Plot, same_row(Plot, Turn.plot_id, Turn))
    .join(Outlet, same_row(Outlet, Turn.outlet_id, Turn))
    .join(Rotation, same_row(Rotation, Turn.rotation_id, Turn))
    .outerjoin(Nakka, same_row(Nakka, Plot.nakka_id, Turn))
)
_NEXT_TURNS = (
    _CARDS.where(
        or_(Plot.holder_id == bindparam("member_id"), Plot.worker_id == bindparam("member_id")),
        Turn.ends_at > bindparam("now", type_=Instant),
        or_(Turn.is_live, Rotation.state == "notice"),
    )
    .order_by(Rotation.state == "notice", Turn.starts_at)
    .limit(bindparam("most", type_=Integer))
)


def next_turns(session: Session, member_id: UUID, now: datetime, limit: int = 3) -> list[TurnCard]:
    """A member's turns that have not ended: those that hold first, then proposals."""
    asked = {"member_id": member_id, "now": now, "most": limit}
    return [TurnCard(*row) for row in session.execute(_NEXT_TURNS, asked)]


def turn_of(session: Session, member_id: UUID, turn_id: UUID) -> TurnCard:
    """One turn of a member. Raises Missing for somebody else's."""
    query = _CARDS.where(
        Turn.id == turn_id,
        or_(Plot.holder_id == member_id, Plot.worker_id == member_id),
        Rotation.state != "draft",
    )
    row = session.execute(query).first()
    if row is None:
        raise Missing
    return TurnCard(*row)


def last_turn(session: Session, member_id: UUID, now: datetime) -> Turn | None:
    """The member's latest turn that is over and was in force."""
    query = select(Turn).where(Turn.member_id == member_id, Turn.ends_at <= now, Turn.is_live)
    return session.scalars(query.order_by(Turn.ends_at.desc()).limit(1)).first()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Whose turn touches mine, and how to call them if they agreed to that."""

    name: str | None
    phone: str | None
    plot_code: str
    nakka: str | None


_NEIGHBOURS = (
    select(
        Turn.place,
        Member.name,
        Member.name_latin,
        Member.phone,
        Member.shares_phone,
        Plot.code,
        Nakka.label,
    )
    .join(Plot, same_row(Plot, Turn.plot_id, Turn))
    .outerjoin(Member, same_row(Member, Turn.member_id, Turn))
    .outerjoin(Nakka, same_row(Nakka, Plot.nakka_id, Turn))
    .where(
        Turn.rotation_id == bindparam("rotation_id"),
        Turn.outlet_id == bindparam("outlet_id"),
        Turn.place.in_((bindparam("before"), bindparam("after"))),
    )
)


def neighbours(
    session: Session, turn: Turn, *, latin: bool = False
) -> tuple[Neighbour | None, Neighbour | None]:
    """From whom the water comes and to whom it goes, at the same outlet of the same plan."""
    asked = {
        "rotation_id": turn.rotation_id,
        "outlet_id": turn.outlet_id,
        "before": turn.place - 1,
        "after": turn.place + 1,
    }
    found = {
        place: Neighbour(
            (in_latin or name) if latin else name, phone if shares_phone else None, plot, nakka
        )
        for place, name, in_latin, phone, shares_phone, plot, nakka in session.execute(
            _NEIGHBOURS, asked
        )
    }
    return found.get(turn.place - 1), found.get(turn.place + 1)


def allotment_of(session: Session, turn: Turn) -> Allotment:
    """Raises Missing."""
    found = session.scalar(
        select(Allotment).where(
            Allotment.rotation_id == turn.rotation_id, Allotment.plot_id == turn.plot_id
        )
    )
    if found is None:
        raise Missing
    return found


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What a farmer is told of the plan behind a turn."""

    version: int
    rule: str
    need_m3: float
    supply_m3: float
    note: str


def plan_facts(session: Session, turn: Turn) -> PlanFacts:
    """Raises Missing."""
    query = select(
        Rotation.version, Rotation.rule, Rotation.need_m3, Rotation.supply_m3, Rotation.note
    ).where(Rotation.id == turn.rotation_id)
    row = session.execute(query).first()
    if row is None:
        raise Missing
    return PlanFacts(*row)


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


def unfinished_runs_everywhere(session: Session) -> Sequence[PlanRun]:
    """Of all cooperatives: for the worker, which serves them all."""
    query = select(PlanRun).where(PlanRun.ended_at.is_(None)).order_by(PlanRun.asked_at)
    return session.scalars(query, execution_options=ALL_COOPERATIVES).all()
