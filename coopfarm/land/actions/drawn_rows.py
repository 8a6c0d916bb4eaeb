"""The rows that drawing writes: what they were, what follows from them, and the way back."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from coopfarm.land.actions.ordering import compute_places
from coopfarm.land.models import Canal, Drawing, Nakka, Outlet
from coopfarm.land.queries import drawing as queries
from coopfarm.land.queries import network
from coopfarm.land.rules import canals, kept, strokes
from coopfarm.land.rules.wishes import Decision, Kind
from coopfarm.store import audit
from coopfarm.store.guards import kept_by

Row = Canal | Outlet | Nakka
ONE: Mapping[str, str] = {"canals": "canal", "outlets": "outlet", "nakkas": "nakka"}
# Rows that follow from what was drawn: the outlets of a canal, the nakkas of an outlet.
BELOW: Mapping[Kind, Kind] = {"canals": "outlets", "outlets": "nakkas"}


@dataclass(frozen=True, slots=True)
class Act:
    """Who draws, and when."""

    actor_id: UUID | None
    now: datetime


def check_nothing_hangs(session: Session, kind: Kind, row: Row) -> None:
    """Raise HangsOnIt, naming what would be left in the air."""
    hanging = queries.hanging_on(session, kind, row.id)
    if hanging:
        shown = ", ".join(hanging[:5]) + (", …" if len(hanging) > 5 else "")
        raise strokes.HangsOnIt(what=label_of(row), hanging=shown, count=len(hanging))


def delete(session: Session, row: Row) -> None:
    """Delete a row. Raises PartOfPlans where something of another capability refers to it."""
    name = label_of(row)
    session.delete(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise strokes.PartOfPlans(what=name) from error


def label_of(row: Row) -> str:
    return row.label if isinstance(row, Nakka) else row.code


def every_value(row: Row) -> dict[str, Any]:
    """Each column but the key, as `rules.kept` takes it."""
    columns = row.__table__.columns.keys()
    return {name: getattr(row, name) for name in columns if name not in ("cooperative_id", "id")}


def outlets_touched(session: Session, kind: str, ids: Collection[UUID]) -> set[UUID]:
    """The outlets whose plots may stand in another order when these rows change."""
    if kind == "outlets":
        return set(ids)
    if kind == "canals":
        return set(network.outlets_on(session, ids))
    return {nakka.outlet_id for nakka in queries.rows_of(session, "nakkas", ids).values()}


def made(session: Session, row: Row, decision: Decision, act: Act) -> Drawing:
    for name, value in decision.values.items():
        setattr(row, name, value)
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        named = {"kind": ONE[decision.kind], "name": label_of(row)}
        raise strokes.CodeTaken(field="code", **named) from error
    new = {"kind": decision.kind, "id": str(row.id), "edition": row.edition, "values": None}
    verb = f"{ONE[decision.kind]}.draw"
    noted_in_audit(session, verb, row, act, after=dict(decision.values))
    return _carried_on(session, verb, row, decision, rows=[new], act=act)


def changed(session: Session, row: Row, decision: Decision, act: Act) -> Drawing | None:
    """Write what was drawn anew; None where it is as it was, which is no act."""
    if not _differs(session, row, decision):
        return None
    before = _write(session, row, decision.values)
    verb = f"{ONE[decision.kind]}.redraw"
    rows = [kept_as(decision.kind, row, before)] if before else []
    if before:
        after = {name: getattr(row, name) for name in before}
        noted_in_audit(session, verb, row, act, before=before, after=after)
    return _carried_on(session, verb, row, decision, rows=rows, act=act)


def _differs(session: Session, row: Row, decision: Decision) -> bool:
    """Whether anything would be written, to the row or to those that follow it."""
    wanted = [(row, decision.values)]
    if (below := BELOW.get(decision.kind)) is not None:
        found = queries.rows_of(session, below, decision.carried)
        wanted += [(found[row_id], values) for row_id, values in decision.carried.items()]
    return any(getattr(one, name) != v for one, values in wanted for name, v in values.items())


def _carried_on(
    session: Session,
    verb: str,
    row: Row,
    decision: Decision,
    *,
    rows: list[dict[str, Any]],
    act: Act,
) -> Drawing:
    """Write what follows from the drawn row, put the plots in order, and keep the way back."""
    rows = [*rows, *_carry(session, decision, act)]
    compute_places(session, outlets_touched(session, decision.kind, [row.id]))
    said = [sentence.as_json() for sentence in decision.says]
    return noted(session, verb, row, decision.kind, rows=rows, says=said, act=act)


def _carry(session: Session, decision: Decision, act: Act) -> Iterable[dict[str, Any]]:
    """Write the rows below that follow; each as an undo needs it."""
    below = BELOW.get(decision.kind)
    if below is None:
        return
    found = queries.rows_of(session, below, decision.carried, for_update=True)
    for row_id, values in sorted(decision.carried.items()):
        row = found[row_id]
        before = _write(session, row, values)
        if before:
            after = {name: getattr(row, name) for name in before}
            noted_in_audit(session, f"{ONE[below]}.carry", row, act, before=before, after=after)
            yield kept_as(below, row, before)


def kept_as(kind: Kind, row: Row, before: Mapping[str, Any]) -> dict[str, Any]:
    """What an undo needs of a changed row: its edition now, and its values before."""
    return {
        "kind": kind,
        "id": str(row.id),
        "edition": row.edition,
        "values": kept.dump(before),
    }


def _write(session: Session, row: Row, values: Mapping[str, Any]) -> dict[str, Any]:
    """Write what differs; what that was before, nothing where nothing differs."""
    before = {name: getattr(row, name) for name in values if getattr(row, name) != values[name]}
    for name in before:
        setattr(row, name, values[name])
    if before:
        row.edition += 1
        with kept_by("canals_no_circle", canals.CanalsInACircle(circle=label_of(row))):
            session.flush()
    return before


def noted(
    session: Session,
    verb: str,
    row: Row,
    kind: Kind,
    *,
    rows: list[dict[str, Any]],
    says: Iterable[Mapping[str, Any]],
    act: Act,
) -> Drawing:
    note = Drawing(
        verb=verb,
        kind=kind,
        subject_id=row.id,
        label=label_of(row),
        rows=rows,
        says=list(says),
        made_by=act.actor_id,
        made_at=act.now,
    )
    session.add(note)
    session.flush()
    return note


def noted_in_audit(
    session: Session,
    verb: str,
    row: Row,
    act: Act,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    audit.record(
        session,
        verb,
        row,
        actor_id=act.actor_id,
        at=act.now,
        before=None if before is None else dict(kept.shown(before)),
        after=None if after is None else dict(kept.shown(after)),
    )
