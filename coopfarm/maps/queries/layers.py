"""What each layer of the map holds, in one cooperative at a time.

A capability that has more to show adds its layer with `add`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import aliased

from coopfarm.equipment.models import Machine, MachineTime
from coopfarm.kernel.interval import Interval
from coopfarm.land.models import Canal, Outlet, Plot
from coopfarm.land.rules import coarse
from coopfarm.maps.queries.areas import Area
from coopfarm.maps.rules import layers, suppressing
from coopfarm.maps.rules.layers import Drawn, Layer, NoSuchLayer, Value
from coopfarm.maps.rules.tiles import Box
from coopfarm.members.models import Member
from coopfarm.members.rules import sight
from coopfarm.store.base import same_row
from coopfarm.store.geometry import intersects_box
from coopfarm.store.tenancy import TenantSession
from coopfarm.water.models import Turn

WATERED, DRY, FLOWS = "turn", "", "flows"
# Who is told the names of people on maps, in files and by map programs: never the officer.
NAMES: Final = frozenset({"manager"})


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose land, as whom; where, in degrees, and when; in which script names are read.

    Of pests only `pest`, where one is given.
    Of what comes in the order of its ids, only `most` `after` an id, where these are given;
    of plots only those with one of the `ids`.
    """

    area: Area
    during: Interval
    box: Box | None = None
    latin: bool = False
    pest: str = ""
    after: UUID | None = None
    most: int | None = None
    ids: frozenset[UUID] | None = None

    @property
    def sees_names(self) -> bool:
        return bool(self.area.roles & NAMES)

    @property
    def sees_boundaries(self) -> bool:
        return sight.sees("plot_boundary", self.area.roles)


Source = Callable[[TenantSession, Asked], Sequence[Drawn]]
_SOURCES: Final[dict[str, tuple[Layer, Source]]] = {}


def add(layer: Layer, source: Source) -> None:
    """Put a layer on the map: `source` is asked within the session of one cooperative.

    It gives nothing personal in fields that are not said to be, and nothing of money.
    """
    _SOURCES[layer.name] = (layer, source)


def known() -> Mapping[str, Layer]:
    """The layers by name, in the order in which they were added."""
    return MappingProxyType({name: layer for name, (layer, _) in _SOURCES.items()})


def layer(name: str) -> Layer:
    """The layer of that name. Raises NoSuchLayer."""
    if name not in _SOURCES:
        raise NoSuchLayer(field="layer", layer=name[:20], layers=", ".join(_SOURCES))
    return _SOURCES[name][0]


def drawn(session: TenantSession, name: str, asked: Asked) -> Sequence[Drawn]:
    """What a layer holds of the session's cooperative, in the order of their ids."""
    wanted = layer(name)
    source = _SOURCES[name][1]
    found = sorted(source(session, asked), key=lambda one: one.id.int)
    if asked.after is not None:
        first = asked.after
        found = [one for one in found if one.id.int > first.int]
    found = found[: asked.most]
    hidden = {field.name for field in wanted.fields if field.is_personal}
    if asked.sees_names or not hidden:
        return found
    return [
        replace(one, facts={k: v for k, v in one.facts.items() if k not in hidden}) for one in found
    ]


def _part(query: Any, table: type[Plot] | type[Canal] | type[Machine], asked: Asked) -> Any:
    """The part of a query that is asked for, so that no more is read of a long table."""
    query = query.order_by(table.id)
    if asked.after is not None:
        query = query.where(table.id > asked.after)
    return query if asked.most is None else query.limit(asked.most)


def plots(session: TenantSession, asked: Asked) -> Sequence[Drawn]:
    """Plots as they lie; to whom that is not shown, only those they hold, work or pay."""
    watered = _watered(session, asked.during)
    found = []
    for row in session.execute(_plots(asked)):
        concerned = (row.holder_id, row.worker_id, row.payer_id)
        if not sight.sees_boundary(asked.area.roles, asked.area.member_id, concerned):
            continue
        facts: dict[str, Value] = {
            "code": row.code,
            "name": row.name,
            "outlet": row.outlet,
            "holder": row.holder,
            "crop": row.crop,
            "sown_on": row.sown_on,
            "soil": row.soil,
            "area_m2": row.gross_area_m2,
            "net_area_m2": row.net_area_m2,
            "water": WATERED if row.id in watered else DRY,
            "cooperative": asked.area.name,
        }
        found.append(Drawn(row.id, row.boundary, facts))
    return found


def _plots(asked: Asked) -> Any:
    query = (
        select(
            *(Plot.id, Plot.code, Plot.name, Plot.crop, Plot.sown_on, Plot.soil, Plot.boundary),
            *(Plot.gross_area_m2, Plot.net_area_m2),
            *(Plot.holder_id, Plot.worker_id, Plot.payer_id),
            Outlet.code.label("outlet"),
            Member.number.label("holder"),
        )
        .outerjoin(Outlet, same_row(Outlet, Plot.outlet_id, Plot))
        .outerjoin(Member, same_row(Member, Plot.holder_id, Plot))
    )
    if asked.box is not None:
        query = query.where(intersects_box(Plot.boundary, *asked.box))
    if asked.ids is not None:
        query = query.where(Plot.id.in_(asked.ids))
    # Of whom not all are shown, as many as are asked for are not known before.
    return _part(query, Plot, asked if asked.sees_boundaries else replace(asked, most=None))


def cells(session: TenantSession, asked: Asked) -> Sequence[Drawn]:
    """How many plots lie about where, to whom boundaries are not shown; no small cells."""
    if asked.sees_boundaries:
        return ()
    query = select(Plot.boundary, Plot.holder_id, Member.household_id).outerjoin(
        Member, same_row(Member, Plot.holder_id, Plot)
    )
    found = session.execute(query.where(Plot.boundary.is_not(None)))
    rows = [(coarse.cell(shape), household or holder) for shape, holder, household in found]
    counted = suppressing.shown(rows)
    return [
        Drawn(_cell_id(cell), cell, {"plots": plots, "cooperative": asked.area.name})
        for cell, plots in sorted(counted.items(), key=lambda one: one[0].coords[0])
    ]


def _cell_id(cell: BaseGeometry) -> UUID:
    at = cell.representative_point()
    return UUID(int=(int((at.x + 180) * 1000) << 100) + (int((at.y + 90) * 1000) << 80))


def canals(session: TenantSession, asked: Asked) -> Sequence[Drawn]:
    """Canals as they run, and in which water flows to a turn."""
    query = _canals_drawn()
    if asked.box is not None:
        query = query.where(intersects_box(Canal.line, *asked.box))
    flowing = _flowing(session, asked.during)
    return [
        Drawn(
            canal.id,
            canal.line,
            {
                "code": canal.code,
                "name": canal.name,
                "feeds_from": feeds_from,
                "capacity_l_s": canal.capacity_l_s,
                "efficiency": canal.efficiency,
                "length_m": canal.length_m,
                "flow": "against" if canal.flows_against_line else "with",
                "water": FLOWS if canal.id in flowing else DRY,
                "cooperative": asked.area.name,
            },
        )
        for canal, feeds_from in session.execute(_part(query, Canal, asked))
    ]


@cache
def _canals_drawn() -> Any:
    """Canals with what feeds them; to put it together takes longer than to ask it."""
    feeder = aliased(Canal)
    return (
        select(Canal, feeder.code.label("feeds_from"))
        .outerjoin(feeder, same_row(feeder, Canal.feeds_from_id, Canal))
        .where(Canal.line.is_not(None))
    )


def machines(session: TenantSession, asked: Asked) -> Sequence[Drawn]:
    """Machines where they stand, and whether somebody has them."""
    query = select(Machine).where(Machine.base.is_not(None), Machine.state != "retired")
    if asked.box is not None:
        query = query.where(intersects_box(Machine.base, *asked.box))
    taken = dict(_taken(session, asked.during))
    return [
        Drawn(
            one.id,
            one.base,
            {
                "code": one.code,
                "name": one.named.read(latin=asked.latin),
                "category": one.category,
                "state": "broken" if one.state == "broken" else taken.get(one.id, "free"),
                "cooperative": asked.area.name,
            },
        )
        for one in session.scalars(_part(query, Machine, asked))
    ]


def _taken(session: TenantSession, during: Interval) -> Sequence[tuple[UUID, str]]:
    query = select(MachineTime.machine_id, MachineTime.kind).where(
        MachineTime.is_live,
        MachineTime.starts_at < during.end,
        MachineTime.ends_at > during.start,
    )
    return [
        (machine, "workshop" if kind == "upkeep" else "booked")
        for machine, kind in session.execute(query.order_by(MachineTime.kind))
    ]


def _watered(session: TenantSession, during: Interval) -> frozenset[UUID]:
    """The plots with a turn in force within so much time."""
    return frozenset(session.scalars(select(Turn.plot_id).where(*turns_within(during))))


def turns_within(during: Interval) -> tuple[Any, ...]:
    """Conditions on turns in force that share a moment with this time."""
    return (Turn.is_live, Turn.starts_at < during.end, Turn.ends_at > during.start)


def _flowing(session: TenantSession, during: Interval) -> frozenset[UUID]:
    """The canals from which an outlet takes a turn, and those that feed them."""
    query = (
        select(Outlet.canal_id)
        .join(Turn, same_row(Outlet, Turn.outlet_id, Turn))
        .where(*turns_within(during))
        .distinct()
    )
    feeds = {
        row.id: row.feeds_from_id for row in session.execute(select(Canal.id, Canal.feeds_from_id))
    }
    found: set[UUID] = set()
    for canal in session.scalars(query):
        at = canal
        while at is not None and at not in found:
            found.add(at)
            at = feeds.get(at)
    return frozenset(found)


add(layers.PLOTS, plots)
add(layers.CANALS, canals)
add(layers.MACHINES, machines)
