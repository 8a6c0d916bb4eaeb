"""What becomes of what was drawn: snapped, measured, and told in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shapely import LineString, Point

from coopfarm.kernel.words import Sentence
from coopfarm.land.rules import canals, editing, snapping, strokes
from coopfarm.land.rules import drawn_words as words
from coopfarm.land.rules.snapping import Course, Snap
from coopfarm.land.rules.strokes import Vertex
from coopfarm.land.rules.wishes import (
    AroundCanal,
    AroundOutlet,
    CanalWish,
    Decision,
    Move,
    NakkaWish,
    Named,
    OutletWish,
    Spot,
)


def check_wish(wish: CanalWish | OutletWish | NakkaWish) -> None:
    """Raise the first of its texts and numbers that cannot be."""
    most = snapping.MOST_TOLERANCE_M
    if not 0 <= wish.tolerance_m <= most:
        value = wish.tolerance_m
        raise editing.OutOfRange(field="tolerance_m", value=value, least=0, most=most)
    if isinstance(wish, NakkaWish):
        return
    strokes.check_capacity(wish.capacity_l_s)
    said = {"name": wish.name, "capacity_l_s": wish.capacity_l_s}
    if isinstance(wish, OutletWish):
        editing.check_outlet(said)
    else:
        numbers = {"efficiency": wish.efficiency, "length_m": wish.length_m}
        editing.check_canal({**said, **numbers})


def check_tree(code: str, feeder: str | None, feeds_from: Mapping[str, str | None]) -> None:
    """Raise the refusal that names the loop, if water came back to where it was."""
    canals.check_tree({**feeds_from, code: feeder})


def decide_canal(wish: CanalWish, around: AroundCanal, row_id: UUID) -> Decision:
    """What drawing this canal would write. Raises the first reason it cannot be."""
    check_wish(wish)
    if wish.points is None:
        check_tree(wish.code, around.feeder.code if around.feeder else None, around.feeds_from)
        return Decision("canals", _canal_values(wish, wish.feeds_from_id, None))
    points = strokes.path(wish.points)
    head = _head(wish, around, points)
    feeder = _named(head.onto) if head and wish.follows_head else around.feeder
    check_tree(wish.code, feeder.code if feeder else None, around.feeds_from)
    tail = _tail(wish, around, points, feeder)
    points = _with_ends(points, wish, head, tail)
    line = LineString(strokes.path(points))
    course = Course(row_id, wish.code, line, wish.flows_against_line)
    gates = [_gate(spot, course, wish, around) for spot in around.on_it]
    joined = [_gate(spot, course, wish, around) for spot in around.beside]
    gates += [spot for spot in joined if spot.snap is not None]
    return Decision(
        "canals",
        _canal_values(wish, feeder.id if feeder else None, course),
        {gate.spot.id: {**gate.values, "canal_id": row_id} for gate in gates},
        [
            *_of_ends(wish, around, points, head, tail),
            *_of_gates(gates),
            *_of_branches(wish, around, course),
        ],
        [*_moves(head, tail), *_moves(*(gate.snap for gate in gates))],
    )


def decide_outlet(wish: OutletWish, around: AroundOutlet, row_id: UUID) -> Decision:
    """What drawing this outlet would write. Raises the first reason it cannot be."""
    check_wish(wish)
    said = {"code": wish.code, "name": wish.name, "capacity_l_s": wish.capacity_l_s}
    if wish.points is None:
        return Decision("outlets", {**said, "canal_id": wish.canal_id})
    points = strokes.path(wish.points, least=1)
    named = None if wish.follows_place else around.canal
    courses = around.near if wish.follows_place else _drawn(around.canal)
    snap = snapping.snapped(points[0], courses, wish.tolerance_m)
    points = (snap.at, *points[1:]) if snap else points
    course = _watercourse(points, wish.code, row_id)
    nakkas = [_nakka_along(spot, course, points[0], wish.tolerance_m) for spot in around.nakkas]
    drawn = {"place": Point(points[0]), "watercourse": course.line if course else None}
    values = {**said, **_on_canal(snap, named, points[0]), **drawn}
    return Decision(
        "outlets", values, dict(nakkas), [_of_place(wish, snap, named, points[0])], _moves(snap)
    )


def decide_nakka(wish: NakkaWish, outlet: Spot) -> Decision:
    """What drawing this nakka would write. Raises the first reason it cannot be."""
    check_wish(wish)
    [point] = strokes.path([wish.point], least=1)
    course = _course_of(outlet)
    snap = snapping.snapped(point, [course], wish.tolerance_m) if course else None
    at = snap.at if snap else point
    metres = snapping.metres_along(course, at) if course else _from_gate(outlet, at)
    values = {
        "label": wish.label,
        "outlet_id": wish.outlet_id,
        "place": Point(at),
        "metres_from_outlet": metres,
    }
    told = words.of_nakka(snap, course, outlet.code, at, wish.tolerance_m)
    return Decision("nakkas", values, says=[told], moves=_moves(snap))


def _named(course: Course) -> Named:
    return Named(course.id, course.code, course)


def _drawn(named: Named | None) -> list[Course]:
    return [named.course] if named and named.course else []


def _canal_values(
    wish: CanalWish, feeds_from_id: UUID | None, course: Course | None
) -> dict[str, Any]:
    length_m = course.length_m if course else wish.length_m
    values = {
        "code": wish.code,
        "name": wish.name,
        "feeds_from_id": feeds_from_id,
        "capacity_l_s": wish.capacity_l_s,
        "loss_percent_km": wish.loss_percent_km,
        "efficiency": strokes.arriving(wish.loss_percent_km, wish.efficiency, length_m),
        "flows_against_line": wish.flows_against_line,
    }
    if course is None:
        return {**values, "length_m": length_m}
    return {**values, "length_m": round(course.length_m, 2), "line": course.line}


def _head(wish: CanalWish, around: AroundCanal, points: Sequence[Vertex]) -> Snap | None:
    head = points[-1] if wish.flows_against_line else points[0]
    courses = around.near if wish.follows_head else _drawn(around.feeder)
    return snapping.snapped(head, courses, wish.tolerance_m)


def _tail(
    wish: CanalWish, around: AroundCanal, points: Sequence[Vertex], feeder: Named | None
) -> Snap | None:
    """Where another canal has a corner near its end; never on the canal that feeds it."""
    tail = points[0] if wish.flows_against_line else points[-1]
    others = [c for c in (*around.near, *around.branches) if feeder is None or c.id != feeder.id]
    return snapping.snapped_to_vertex(tail, others, wish.tolerance_m)


def _with_ends(
    points: tuple[Vertex, ...], wish: CanalWish, head: Snap | None, tail: Snap | None
) -> tuple[Vertex, ...]:
    for snap, is_head in ((head, True), (tail, False)):
        if snap is not None:
            points = snapping.with_end(points, snap.at, first=is_head != wish.flows_against_line)
    return points


@dataclass(frozen=True, slots=True)
class _Gate:
    spot: Spot
    values: Mapping[str, Any]
    snap: Snap | None
    away_m: float


def _gate(spot: Spot, course: Course, wish: CanalWish, around: AroundCanal) -> _Gate:
    """An outlet on the canal or beside it: it stays, or goes onto the line."""
    if spot.place is None:
        return _Gate(spot, {"metres_from_head": _turned(spot.metres, course, around.was)}, None, 0)
    snap = snapping.snapped(spot.place, [course], wish.tolerance_m)
    if snap is None:
        nearest = snapping.foot(course, spot.place)
        return _Gate(spot, {"metres_from_head": nearest.metres_from_head}, None, nearest.away_m)
    values: dict[str, Any] = {
        "metres_from_head": snap.metres_from_head,
        "place": Point(snap.at),
    }
    if spot.watercourse is not None:
        values["watercourse"] = _drawn_along(spot.watercourse, spot.place, snap.at)
    return _Gate(spot, values, snap, 0.0)


def _turned(metres: float | None, course: Course, was: Course | None) -> float | None:
    """The distance of an outlet that is on no map, from the end the water comes in now."""
    if metres is None or was is None or was.flows_against_line == course.flows_against_line:
        return metres
    return max(0.0, was.length_m - metres)


def _drawn_along(line: LineString, was: Vertex, at: Vertex) -> LineString:
    """A watercourse that began at its gate still does when the gate is moved."""
    points = snapping.vertices(line)
    for first in (True, False):
        end = points[0] if first else points[-1]
        if snapping.apart_m(end, was) <= snapping.TOUCHES_M:
            return LineString(snapping.with_end(points, at, first=first))
    return line


def _watercourse(points: Sequence[Vertex], code: str, row_id: UUID) -> Course | None:
    points = strokes.path(points, least=1)
    return Course(row_id, code, LineString(points)) if len(points) > 1 else None


def _course_of(outlet: Spot) -> Course | None:
    """The watercourse from the gate down, whichever way it was drawn."""
    if outlet.watercourse is None:
        return None
    first, *_, last = snapping.vertices(outlet.watercourse)
    place = outlet.place
    backwards = place and snapping.apart_m(place, last) < snapping.apart_m(place, first)
    return Course(outlet.id, outlet.code, outlet.watercourse, bool(backwards))


def _from_gate(outlet: Spot, at: Vertex) -> float | None:
    return None if outlet.place is None else snapping.apart_m(outlet.place, at)


def _on_canal(snap: Snap | None, named: Named | None, gate: Vertex) -> dict[str, Any]:
    """Which canal an outlet is on, and how far down: the one it snapped to, or the one named."""
    if snap is not None:
        return {"canal_id": snap.onto.id, "metres_from_head": snap.metres_from_head}
    metres = [snapping.metres_along(course, gate) for course in _drawn(named)]
    return {
        "canal_id": named.id if named else None,
        "metres_from_head": metres[0] if metres else None,
    }


def _of_place(wish: OutletWish, snap: Snap | None, named: Named | None, gate: Vertex) -> Sentence:
    if snap is None and named is None and not wish.follows_place:
        return words.PLACE_APART()
    return words.of_place(snap, next(iter(_drawn(named)), None), gate, wish.tolerance_m)


def _nakka_along(
    spot: Spot, course: Course | None, gate: Vertex, tolerance_m: float
) -> tuple[UUID, Mapping[str, Any]]:
    if spot.place is None:
        return spot.id, {}
    if course is None:
        return spot.id, {"metres_from_outlet": snapping.apart_m(gate, spot.place)}
    snap = snapping.snapped(spot.place, [course], tolerance_m)
    at = snap.at if snap else spot.place
    return spot.id, {
        "place": Point(at),
        "metres_from_outlet": snapping.metres_along(course, at),
    }


def _moves(*snaps: Snap | None) -> list[Move]:
    return [Move(s.drawn, s.at, s.moved_m) for s in snaps if s is not None and s.moved_m > 0]


def _of_ends(
    wish: CanalWish,
    around: AroundCanal,
    points: Sequence[Vertex],
    head: Snap | None,
    tail: Snap | None,
) -> Iterator[Sentence]:
    at = points[-1] if wish.flows_against_line else points[0]
    feeder = None if wish.follows_head else next(iter(_drawn(around.feeder)), None)
    if head is None and feeder is None and not wish.follows_head:
        yield words.HEAD_OUTSIDE()
    else:
        yield words.of_head(head, feeder, at, wish.tolerance_m)
    if tail is not None:
        yield words.of_tail(tail)


def _of_gates(gates: Sequence[_Gate]) -> Iterator[Sentence]:
    for gate in gates:
        if gate.snap is not None:
            yield words.of_gate(gate.spot.code, gate.snap)
        elif gate.away_m:
            yield words.GATE_FAR(outlet=gate.spot.code, away_m=round(gate.away_m, 1))


def _of_branches(wish: CanalWish, around: AroundCanal, course: Course) -> Iterator[Sentence]:
    for branch in around.branches:
        head = (float(branch.downstream[0][0]), float(branch.downstream[0][1]))
        away_m = snapping.foot(course, head).away_m
        if away_m > max(wish.tolerance_m, snapping.TOUCHES_M):
            yield words.BRANCH_FAR(canal=branch.code, away_m=round(away_m, 1))
