"""A member's turns, the neighbours before and after, and the plan behind them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, bindparam, or_, select
from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Missing
from coopfarm.land.models import Nakka, Outlet, Plot
from coopfarm.members.models import Member
from coopfarm.members.queries import called
from coopfarm.store.base import same_row
from coopfarm.store.columns import Instant
from coopfarm.water.models import (
    Allotment,
    Rotation,
    Turn,
)


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
        called(latin=False),
        called(latin=True),
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
