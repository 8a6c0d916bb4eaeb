"""Taking an import back while nothing has been built upon it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from coopfarm.land.actions.importing import TABLES, free_codes, let_go
from coopfarm.land.actions.ordering import compute_places
from coopfarm.land.models import Canal, Outlet, Plot, Upload
from coopfarm.land.queries import network, rows, uploads
from coopfarm.land.rules import kept
from coopfarm.store import audit
from coopfarm.store.guards import kept_by

Row = Plot | Outlet | Canal
KINDS = ("plots", "outlets", "canals")
MOST_NAMED = 10


def undo_import(
    session: Session, upload_id: UUID, *, actor_id: UUID | None, now: datetime
) -> Upload:
    """Remove what an import made and put back what it changed.

    Raises NothingToUndo, BuiltUpon where a row was changed since, and InUse where one is
    part of something else; after InUse nothing more can be done in the transaction.
    """
    upload = uploads.upload(session, upload_id, for_update=True)
    if upload.imported_at is None or "undone_at" in upload.options:
        raise kept.NothingToUndo
    before, made = upload.options["before"], upload.options["made"]
    _check_untouched(session, upload.kind, made, before)
    try:
        touched = _put_back(session, upload.kind, before)
        for kind in KINDS:
            _remove(session, kind, [UUID(row_id) for row_id in made.get(kind, ())])
    except IntegrityError as error:
        raise kept.InUse from error
    session.expire_all()
    compute_places(session, touched)
    upload.options = {**upload.options, "undone_at": now.isoformat()}
    audit.record(session, f"{upload.kind}.undo-import", upload, actor_id=actor_id, at=now)
    return upload


def _check_untouched(
    session: Session,
    kind: str,
    made: Mapping[str, Sequence[str]],
    before: Sequence[Mapping[str, Any]],
) -> None:
    """Raise BuiltUpon, naming the rows, unless each is of the edition the import left it in."""
    editions = {k: {UUID(row_id): 1 for row_id in made.get(k, ())} for k in KINDS}
    editions[kind] |= {UUID(row["id"]): row["edition"] for row in before}
    touched = [
        row.code
        for k, left in editions.items()
        for row in _rows(session, k, left)
        if row.edition != left[row.id]
    ]
    if touched:
        named = ", ".join(sorted(touched)[:MOST_NAMED])
        raise kept.BuiltUpon(count=len(touched), first=named)


def _put_back(session: Session, kind: str, before: Sequence[Mapping[str, Any]]) -> Collection[UUID]:
    """Write the values from before the import; the outlets whose order that may change."""
    values = {UUID(row["id"]): kept.load(row["values"]) for row in before}
    changed = _rows(session, kind, values)
    were = {row.outlet_id for row in changed if isinstance(row, Plot)}
    free_codes(session, [row for row in changed if "code" in values[row.id]])
    let_go(session, changed)
    for row in changed:
        for name, value in values[row.id].items():
            setattr(row, name, value)
        row.edition += 1
    named = ", ".join(sorted(row.code for row in changed)[:MOST_NAMED])
    with kept_by("canals_no_circle", kept.BuiltUpon(count=len(changed), first=named)):
        session.flush()
    if kind == "outlets":
        return values.keys()
    if kind == "canals":
        return network.outlets_on(session, values.keys())
    are = {row.outlet_id for row in changed if isinstance(row, Plot)}
    return {outlet_id for outlet_id in were | are if outlet_id is not None}


def _remove(session: Session, kind: str, ids: Sequence[UUID]) -> None:
    if kind == "canals":
        session.execute(update(Canal).where(Canal.id.in_(ids)).values(feeds_from_id=None))
    table = TABLES[kind]
    session.execute(delete(table).where(table.id.in_(ids)))


def _rows(session: Session, kind: str, ids: Collection[UUID]) -> Sequence[Row]:
    if not ids:
        return ()
    table: Any = TABLES[kind]
    return [*rows.by_id(session, table, ids).values()]
