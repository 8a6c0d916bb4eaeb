"""Taking away what was drawn, and taking an act of drawing back."""

from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from coopfarm.land.actions import drawn_rows as acts
from coopfarm.land.actions.drawn_rows import ONE, Act, Row
from coopfarm.land.actions.ordering import compute_places
from coopfarm.land.models import Drawing, Nakka
from coopfarm.land.queries import drawing as queries
from coopfarm.land.queries import network
from coopfarm.land.rules import editing, kept, strokes
from coopfarm.land.rules.wishes import Kind
from coopfarm.store import audit
from coopfarm.store.guards import kept_by


def remove(session: Session, kind: Kind, row_id: UUID, act: Act, *, edition: int) -> Drawing:
    """Take a canal, outlet or nakka away while nothing hangs on it.

    Raises HangsOnIt, PartOfPlans, ChangedMeanwhile and Missing; after PartOfPlans nothing
    more can be done in the transaction.
    """
    row = _held(session, kind, row_id)
    editing.check_edition(acts.label_of(row), row.edition, edition)
    acts.check_nothing_hangs(session, kind, row)
    verb = f"{ONE[kind]}.remove"
    before = acts.every_value(row)
    touched = [row.outlet_id] if isinstance(row, Nakka) else []
    kept_row = {"kind": kind, "id": str(row.id), "edition": None, "values": kept.dump(before)}
    acts.noted_in_audit(session, verb, row, act, before=before)
    acts.delete(session, row)
    compute_places(session, touched)
    return acts.noted(session, verb, row, kind, rows=[kept_row], says=(), act=act)


def take_back(session: Session, drawing_id: UUID, act: Act) -> Drawing:
    """Put everything this act touched back to what it was before.

    Raises AlreadyTakenBack, ChangedSinceDrawn with the names of what changed, HangsOnIt,
    PartOfPlans and Missing.
    """
    note = queries.drawing(session, drawing_id, for_update=True)
    if note.undone_at is not None:
        raise strokes.AlreadyTakenBack
    queries.hold_canals(session)
    _check_untouched(session, note)
    touched = _touched(session, note)
    for was in reversed(note.rows):
        _put_back(session, was)
    session.expire_all()
    compute_places(session, touched | _touched(session, note))
    note.undone_at = act.now
    audit.record(
        session,
        f"{note.verb}-undo",
        note,
        actor_id=act.actor_id,
        at=act.now,
        after={"label": note.label, "rows": len(note.rows)},
    )
    session.flush()
    return note


def _check_untouched(session: Session, note: Drawing) -> None:
    """Raise ChangedSinceDrawn unless every row is as the act left it."""
    changed = []
    for was in note.rows:
        row = _row(session, was)
        edition = None if row is None else row.edition
        if edition != was["edition"]:
            changed.append(acts.label_of(row) if row is not None else note.label)
    if changed:
        raise strokes.ChangedSinceDrawn(changed=", ".join(sorted(changed)))


def _put_back(session: Session, was: dict[str, Any]) -> None:
    row = _row(session, was)
    values = None if was["values"] is None else kept.load(was["values"])
    if values is None:
        acts.check_nothing_hangs(session, was["kind"], row)
        acts.delete(session, row)
    elif row is None:
        _bring_back(session, was, values)
    else:
        for name, value in values.items():
            setattr(row, name, value)
        row.edition += 1
        with kept_by("canals_no_circle", strokes.ChangedSinceDrawn(changed=acts.label_of(row))):
            session.flush()


def _bring_back(session: Session, was: dict[str, Any], values: dict[str, Any]) -> None:
    """Insert a removed row under its old id. Raises ChangedSinceDrawn where its code is taken."""
    table: Any = queries.TABLES[was["kind"]]
    row = table(id=UUID(was["id"]), **{**values, "edition": values["edition"] + 1})
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise strokes.ChangedSinceDrawn(changed=acts.label_of(row)) from error


def _row(session: Session, was: dict[str, Any]) -> Any:
    row_id = UUID(was["id"])
    return queries.rows_of(session, was["kind"], [row_id], for_update=True).get(row_id)


def _touched(session: Session, note: Drawing) -> set[UUID]:
    found: set[UUID] = set()
    for was in note.rows:
        found |= acts.outlets_touched(session, was["kind"], [UUID(was["id"])])
    return found


def _held(session: Session, kind: Kind, row_id: UUID) -> Row:
    if kind == "canals":
        return network.canal(session, row_id, for_update=True)
    if kind == "outlets":
        return network.outlet(session, row_id, for_update=True)
    return queries.nakka(session, row_id, for_update=True)
