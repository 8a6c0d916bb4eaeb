"""What drawn things meet on the ground, and the acts of drawing that were done."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Missing
from coopfarm.land.models import Canal, Drawing, Nakka, Outlet, Plot
from coopfarm.land.queries import network
from coopfarm.land.rules import snapping
from coopfarm.land.rules.snapping import Course
from coopfarm.land.rules.strokes import Vertex
from coopfarm.land.rules.wishes import (
    AroundCanal,
    AroundOutlet,
    CanalWish,
    Named,
    OutletWish,
    Spot,
)
from coopfarm.store.geometry import intersects_box

TABLES: Mapping[str, type[Canal] | type[Outlet] | type[Nakka]] = {
    "canals": Canal,
    "outlets": Outlet,
    "nakkas": Nakka,
}
LATEST = 10


def nakka(session: Session, nakka_id: UUID, *, for_update: bool = False) -> Nakka:
    """The nakka with this id, held until the act ends where asked. Raises Missing."""
    query = select(Nakka).where(Nakka.id == nakka_id)
    found = session.scalars(query.with_for_update() if for_update else query).one_or_none()
    if found is None:
        raise Missing
    return found


def nakkas_of(session: Session, outlet_id: UUID) -> Sequence[Nakka]:
    """The nakkas of an outlet from the gate down, those nobody measured last."""
    query = select(Nakka).where(Nakka.outlet_id == outlet_id)
    metres = Nakka.metres_from_outlet
    return session.scalars(query.order_by(metres.is_(None), metres, Nakka.label)).all()


def around_canal(session: Session, wish: CanalWish, canal: Canal | None) -> AroundCanal:
    """What a canal meets; `canal` is the one it was, None for a new one."""
    feeder = network.canal(session, wish.feeds_from_id) if wish.feeds_from_id else None
    tied: dict[str, Any] = {"feeds_from": network.feeders(session)}
    if feeder is not None and not wish.follows_head:
        tied["feeder"] = Named(feeder.id, feeder.code, course_of(feeder))
    if canal is not None:
        tied["on_it"] = [_spot(row) for row in _outlets_on(session, canal.id)]
        tied["branches"] = _branches(session, canal.id)
        tied["was"] = course_of(canal)
    if not wish.points:
        return AroundCanal(**tied)
    ends = (wish.points[0], wish.points[-1])
    return AroundCanal(
        near=_canals_near(session, ends, wish.tolerance_m, but=canal.id if canal else None),
        beside=_outlets_beside(session, wish.points, wish.tolerance_m),
        **tied,
    )


def around_outlet(session: Session, wish: OutletWish, outlet: Outlet | None) -> AroundOutlet:
    """What an outlet meets; `outlet` is the one it was, None for a new one."""
    named = network.canal(session, wish.canal_id) if wish.canal_id else None
    near = _canals_near(session, wish.points[:1], wish.tolerance_m) if wish.points else ()
    below = nakkas_of(session, outlet.id) if outlet else ()
    return AroundOutlet(
        near=near,
        canal=Named(named.id, named.code, course_of(named)) if named else None,
        nakkas=[Spot(n.id, n.label, _vertex(n.place), n.metres_from_outlet) for n in below],
    )


def course_of(canal: Canal) -> Course | None:
    if canal.line is None:
        return None
    return Course(canal.id, canal.code, canal.line, canal.flows_against_line)


def spot_of(outlet: Outlet) -> Spot:
    return _spot(outlet)


def canal_as_wished(canal: Canal) -> CanalWish:
    """A canal as it is, in the form of a wish."""
    return CanalWish(
        code=canal.code,
        name=canal.name,
        points=snapping.vertices(canal.line) if canal.line else (),
        flows_against_line=canal.flows_against_line,
        capacity_l_s=canal.capacity_l_s,
        loss_percent_km=canal.loss_percent_km,
        efficiency=canal.efficiency,
        follows_head=False,
        feeds_from_id=canal.feeds_from_id,
        length_m=canal.length_m,
    )


def outlet_as_wished(outlet: Outlet) -> OutletWish:
    """An outlet as it is, in the form of a wish."""
    return OutletWish(
        code=outlet.code,
        name=outlet.name,
        points=gate_first(outlet),
        capacity_l_s=outlet.capacity_l_s,
        follows_place=False,
        canal_id=outlet.canal_id,
    )


def gate_first(outlet: Outlet) -> tuple[Vertex, ...]:
    """The gate and the watercourse from it down, as one list of points."""
    place = snapping.vertices(outlet.place) if outlet.place else ()
    if outlet.watercourse is None:
        return place
    course = snapping.vertices(outlet.watercourse)
    if not place:
        return course
    first, last = snapping.apart_m(place[0], course[0]), snapping.apart_m(place[0], course[-1])
    course = course if first <= last else course[::-1]
    return course if min(first, last) <= snapping.TOUCHES_M else (*place, *course)


def hold_canals(session: Session) -> None:
    """Keep others from changing which canal feeds which until this act ends."""
    session.execute(select(Canal.id).order_by(Canal.id).with_for_update())


def code_is_taken(session: Session, table: type[Canal] | type[Outlet], code: str) -> bool:
    found = session.scalar(select(func.count()).select_from(table).where(table.code == code))
    return bool(found)


def label_is_taken(session: Session, outlet_id: UUID, label: str) -> bool:
    asked = select(func.count(Nakka.id)).where(Nakka.outlet_id == outlet_id, Nakka.label == label)
    return bool(session.scalar(asked))


def hanging_on(session: Session, kind: str, row_id: UUID) -> Sequence[str]:
    """The codes of what would hang in the air without this canal, outlet or nakka."""
    asked: Mapping[str, Sequence[Any]] = {
        "canals": [
            select(Canal.code).where(Canal.feeds_from_id == row_id),
            select(Outlet.code).where(Outlet.canal_id == row_id),
        ],
        "outlets": [
            select(Plot.code).where(Plot.outlet_id == row_id),
            select(Nakka.label).where(Nakka.outlet_id == row_id),
        ],
        "nakkas": [select(Plot.code).where(Plot.nakka_id == row_id)],
    }
    return [code for query in asked[kind] for code in sorted(session.scalars(query))]


def drawing(session: Session, drawing_id: UUID, *, for_update: bool = False) -> Drawing:
    """The act of drawing with this id. Raises Missing."""
    query = select(Drawing).where(Drawing.id == drawing_id)
    found = session.scalars(query.with_for_update() if for_update else query).one_or_none()
    if found is None:
        raise Missing
    return found


def latest(session: Session) -> Sequence[Drawing]:
    """The last acts of drawing, the newest first."""
    return session.scalars(select(Drawing).order_by(Drawing.made_at.desc()).limit(LATEST)).all()


def rows_of(
    session: Session, kind: str, ids: Collection[UUID], *, for_update: bool = False
) -> Mapping[UUID, Any]:
    """The canals, outlets or nakkas with these ids, held until the act ends where asked."""
    table: Any = TABLES[kind]
    query = select(table).where(table.id.in_(ids)).order_by(table.id)
    found = session.scalars(query.with_for_update() if for_update else query)
    return {row.id: row for row in found}


def _canals_near(
    session: Session, points: Sequence[Vertex], tolerance_m: float, *, but: UUID | None = None
) -> Sequence[Course]:
    found: dict[UUID, Course] = {}
    for point in points:
        box = snapping.box_around([point], max(tolerance_m, 1.0))
        for canal in session.scalars(select(Canal).where(intersects_box(Canal.line, *box))):
            if canal.id != but and canal.line is not None:
                found[canal.id] = Course(canal.id, canal.code, canal.line, canal.flows_against_line)
    return list(found.values())


def _outlets_beside(
    session: Session, points: Sequence[Vertex], tolerance_m: float
) -> Sequence[Spot]:
    """Outlets on no canal that the line may pass near."""
    box = snapping.box_around(points, max(tolerance_m, 1.0))
    query = select(Outlet).where(Outlet.canal_id.is_(None), intersects_box(Outlet.place, *box))
    return [_spot(outlet) for outlet in session.scalars(query.order_by(Outlet.code))]


def _outlets_on(session: Session, canal_id: UUID) -> Sequence[Outlet]:
    return session.scalars(
        select(Outlet).where(Outlet.canal_id == canal_id).order_by(Outlet.code)
    ).all()


def _branches(session: Session, canal_id: UUID) -> Sequence[Course]:
    found = session.scalars(select(Canal).where(Canal.feeds_from_id == canal_id))
    return [course for canal in found if (course := course_of(canal)) is not None]


def _spot(outlet: Outlet) -> Spot:
    place = _vertex(outlet.place)
    return Spot(outlet.id, outlet.code, place, outlet.metres_from_head, outlet.watercourse)


def _vertex(place: Any) -> Vertex | None:
    return None if place is None else (place.x, place.y)
