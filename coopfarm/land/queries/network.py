"""Canals and outlets, and the network they make."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopfarm.land.models import Canal, Nakka, Outlet, Plot
from coopfarm.land.queries import plots, rows
from coopfarm.land.rules.canals import head_first
from coopfarm.land.rules.order import CanalFacts, OutletFacts, PlotFacts, natural


@dataclass(frozen=True, slots=True)
class Below:
    """An outlet with the land below it."""

    outlet: Outlet
    plots: int = 0
    net_area_m2: float = 0.0


@dataclass(frozen=True, slots=True)
class Branch:
    """A canal in its place in the tree, with the outlets on it from the head."""

    canal: Canal
    depth: int
    outlets: Sequence[Below]


@dataclass(frozen=True, slots=True)
class Network:
    """Every canal from the head down, and the outlets that are on none."""

    branches: Sequence[Branch]
    apart: Sequence[Below]


@dataclass(frozen=True, slots=True)
class Counts:
    """How much land is known, and how much of it is not complete."""

    canals: int
    outlets: int
    plots: int
    net_area_m2: float
    plots_without_outlet: int


def canal(session: Session, canal_id: UUID, *, for_update: bool = False) -> Canal:
    return rows.one(session, Canal, canal_id, for_update=for_update)


def outlet(session: Session, outlet_id: UUID, *, for_update: bool = False) -> Outlet:
    return rows.one(session, Outlet, outlet_id, for_update=for_update)


def canals(session: Session) -> Sequence[Canal]:
    """Every canal, by code as people count: 9 before 10."""
    return sorted(session.scalars(select(Canal)), key=lambda canal: natural(canal.code))


def outlets(session: Session) -> Sequence[Outlet]:
    """Every outlet: along its canal from the head where that is known, then by code."""

    def key(outlet: Outlet) -> tuple[float, tuple[tuple[int, str], ...]]:
        metres = outlet.metres_from_head
        return float("inf") if metres is None else metres, natural(outlet.code)

    return sorted(session.scalars(select(Outlet)), key=key)


def network(session: Session) -> Network:
    """The canals as a tree, each with its outlets and how much land is below them."""
    land = land_of_outlets(session)
    below: dict[UUID | None, list[Below]] = {}
    for found in outlets(session):
        plots_below, area_m2 = land.get(found.id, (0, 0.0))
        below.setdefault(found.canal_id, []).append(Below(found, plots_below, area_m2))
    by_id = {found.id: found for found in canals(session)}
    tree = head_first({row_id: found.feeds_from_id for row_id, found in by_id.items()})
    branches = [Branch(by_id[i], depth, below.get(i, ())) for i, depth in tree]
    return Network(branches, below.get(None, ()))


def codes(session: Session, table: type[Canal] | type[Outlet]) -> Mapping[UUID, str]:
    """The code of every canal or outlet, by id."""
    return {row.id: row.code for row in session.execute(select(table.id, table.code))}


def feeders(session: Session) -> Mapping[str, str | None]:
    """Each canal's code with the code of the canal that feeds it."""
    name = codes(session, Canal)
    found = session.execute(select(Canal.code, Canal.feeds_from_id))
    return {code: name[feeder] if feeder else None for code, feeder in found}


def counts(session: Session) -> Counts:
    total, area, lost = session.execute(
        select(
            func.count(Plot.id),
            func.coalesce(func.sum(Plot.net_area_m2), 0.0),
            func.count(Plot.id).filter(Plot.outlet_id.is_(None)),
        )
    ).one()
    return Counts(
        canals=session.scalar(select(func.count(Canal.id))) or 0,
        outlets=session.scalar(select(func.count(Outlet.id))) or 0,
        plots=total,
        net_area_m2=area,
        plots_without_outlet=lost,
    )


def outlets_on(session: Session, canal_ids: Collection[UUID]) -> Sequence[UUID]:
    """The ids of the outlets that take their water from these canals."""
    return session.scalars(select(Outlet.id).where(Outlet.canal_id.in_(canal_ids))).all()


def land_of_outlets(session: Session) -> Mapping[UUID, tuple[int, float]]:
    """For each outlet with plots: how many, and their net area in m²."""
    found = session.execute(
        select(Plot.outlet_id, func.count(), func.sum(Plot.net_area_m2))
        .where(Plot.outlet_id.is_not(None))
        .group_by(Plot.outlet_id)
    )
    return {outlet_id: (plots, area) for outlet_id, plots, area in found if outlet_id is not None}


def order_facts(
    session: Session, outlet: Outlet
) -> tuple[OutletFacts, Sequence[PlotFacts[UUID]], Mapping[UUID, int]]:
    """What the order of an outlet's plots is computed from, and the places set by hand."""
    found = plots.from_head(session, outlet.id, for_update=True)
    metres = _nakkas(session, outlet.id)
    facts = [
        PlotFacts(
            row.id, row.code, row.boundary, metres.get(row.nakka_id) if row.nakka_id else None
        )
        for row in found
    ]
    by_hand = {
        row.id: row.place_from_head
        for row in found
        if row.placed_by_hand and row.place_from_head is not None
    }
    where = OutletFacts(
        outlet.place, outlet.watercourse, _canal_facts(session, outlet), outlet.metres_from_head
    )
    return where, facts, by_hand


def _canal_facts(session: Session, outlet: Outlet) -> CanalFacts | None:
    if outlet.canal_id is None:
        return None
    found = canal(session, outlet.canal_id)
    return None if found.line is None else CanalFacts(found.line, found.flows_against_line)


def _nakkas(session: Session, outlet_id: UUID) -> Mapping[UUID, float]:
    query = select(Nakka).where(Nakka.outlet_id == outlet_id, Nakka.metres_from_outlet.is_not(None))
    return {n.id: n.metres_from_outlet for n in session.scalars(query) if n.metres_from_outlet}
