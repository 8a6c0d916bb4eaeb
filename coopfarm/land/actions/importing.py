"""Bringing plots, outlets and canals in from a file: tried first, then all or nothing."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from coopfarm.land.actions.ordering import compute_places
from coopfarm.land.models import Canal, Outlet, Plot, Upload
from coopfarm.land.queries import network, stored
from coopfarm.land.rules import canals, cells, importing, kept
from coopfarm.land.rules.importing import Change, Reading, Report
from coopfarm.store import audit
from coopfarm.store.tenancy import TenantSession

TABLES: Mapping[str, type[Plot] | type[Outlet] | type[Canal]] = {
    "plots": Plot,
    "outlets": Outlet,
    "canals": Canal,
}

# More in one go are sent faster than a busy PostgreSQL takes them, and the line is given up.
ROWS_AT_ONCE = 1_000

# What a row calls the thing that a file names by its code.
_REFERENCES = {
    "plots": ("outlet", "outlet_id"),
    "outlets": ("canal", "canal_id"),
    "canals": ("feeds_from", "feeds_from_id"),
}


def keep_upload(
    session: Session,
    kind: str,
    filename: str,
    content: bytes,
    *,
    options: Mapping[str, Any],
    made_by: UUID | None,
    now: datetime,
) -> Upload:
    """Keep a file until it is imported; a file of the same person that still waits goes."""
    session.execute(
        delete(Upload).where(Upload.made_by == made_by, Upload.imported_at.is_(None)),
        execution_options={"synchronize_session": False},
    )
    upload = Upload(
        kind=kind,
        filename=cells.sound(filename)[-255:] or kind,
        content=b"",
        options=dict(options),
        made_by=made_by,
        made_at=now,
    )
    session.add(upload)
    session.flush()
    _write_content(session, upload.id, content)
    return upload


def _write_content(session: Session, upload_id: UUID, content: bytes) -> None:
    """Write the file, and then nothing to no row by the same statement.

    The driver of SQLite keeps what a statement was given last, as long as its connection lives.
    """
    query = update(Upload).where(Upload.id == bindparam("row")).values(content=bindparam("bytes"))
    for row, written in ((upload_id, content), (uuid4(), b"")):
        session.execute(
            query,
            {"row": row, "bytes": written},
            execution_options={"synchronize_session": False},
        )


def dry_run(session: Session, reading: Reading, *, make_outlets: bool = False) -> Report:
    """What `import_` would do and everything that is in its way; writes nothing."""
    known = stored.known(session, reading.kind)
    return importing.decide(reading, known, make_outlets=make_outlets)


def import_(
    session: TenantSession,
    upload: Upload,
    reading: Reading,
    *,
    make_outlets: bool = False,
    actor_id: UUID | None,
    now: datetime,
) -> Report:
    """Write every feature of the file, or none.

    Raises FileHasProblems with each of them, and AlreadyImported.

    The upload keeps how to undo it, and lets go of the file.
    """
    kept.check_waiting(upload.filename, upload.imported_at)
    report = dry_run(session, reading, make_outlets=make_outlets)
    report.check()
    made = {"outlets": _make_outlets(session, report.new_outlets)} if report.new_outlets else {}
    ids = _referred_to(session, report)
    made[report.kind] = _insert(session, report, ids)
    before = _update(session, report, ids)
    compute_places(session, _touched(session, report, before))
    done = {"new": report.new, "changed": report.changed, "unchanged": report.unchanged}
    upload.options = {**upload.options, "done": done, "made": made, "before": before}
    upload.content = b""
    upload.imported_at = now
    audit.record(session, f"{report.kind}.import", upload, actor_id=actor_id, at=now, after=done)
    return report


def _make_outlets(session: TenantSession, codes: Sequence[str]) -> list[str]:
    rows = [Outlet(code=code) for code in codes]
    session.add_all(rows)
    session.flush()
    return [str(row.id) for row in rows]


def _referred_to(session: Session, report: Report) -> dict[str, UUID]:
    """The id of everything that rows of this kind may refer to, by code."""
    table = Outlet if report.kind == "plots" else Canal
    ids = {code: row_id for row_id, code in network.codes(session, table).items()}
    if report.kind == "canals":
        ids |= {change.code: uuid4() for change in report.changes if change.is_new}
        renamed = {c.code: c.renamed_from for c in report.changes if c.renamed_from is not None}
        ids |= {code: ids[old] for code, old in renamed.items()}
    return ids


def _insert(session: TenantSession, report: Report, ids: Mapping[str, UUID]) -> list[str]:
    """Insert the new rows, canals from the head down; their ids."""
    new = [change for change in report.changes if change.is_new]
    if report.kind == "canals":
        new = _head_first(new)
    rows = [
        {
            "cooperative_id": session.cooperative_id,
            "id": ids[change.code] if report.kind == "canals" else uuid4(),
            "code": change.code,
            **_columns(report.kind, change, ids),
        }
        for change in new
    ]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        session.execute(insert(TABLES[report.kind]), rows[start : start + ROWS_AT_ONCE])
    return [str(row["id"]) for row in rows]


def _head_first(new: Sequence[Change]) -> list[Change]:
    by_code = {change.code: change for change in new}
    feeds_from = {code: change.after.get("feeds_from") for code, change in by_code.items()}
    among = {code: f if f in by_code else None for code, f in feeds_from.items()}
    return [by_code[code] for code, _ in canals.head_first(among)]


def _columns(kind: str, change: Change, ids: Mapping[str, UUID]) -> dict[str, Any]:
    said, column = _REFERENCES[kind]
    return {
        **{name: value for name, value in change.after.items() if name != said},
        **({column: ids[change.after[said]]} if said in change.after else {}),
    }


def _update(session: Session, report: Report, ids: Mapping[str, UUID]) -> list[dict[str, Any]]:
    """Write what differs to the rows that are there; what each was before, for an undo."""
    changed = {c.renamed_from or c.code: c for c in report.changes if not c.is_new}
    table = TABLES[report.kind]
    query: Any = select(table).where(table.code.in_(changed)).with_for_update()
    found = [(row, changed[row.code]) for row in session.scalars(query)]
    kept_rows = [_kept(row, _columns(report.kind, change, ids)) for row, change in found]
    free_codes(session, [row for row, change in found if change.renamed_from is not None])
    let_go(session, [row for row, _ in found])
    for row, change in found:
        for name, value in _columns(report.kind, change, ids).items():
            setattr(row, name, value)
    session.flush()
    return kept_rows


def _kept(row: Any, columns: Mapping[str, Any]) -> dict[str, Any]:
    """What an undo needs of a row that is about to change: its edition then, its values now."""
    row.edition += 1
    before = {name: getattr(row, name) for name in columns}
    return {"id": str(row.id), "edition": row.edition, "values": kept.dump(before)}


def free_codes(session: Session, rows: Sequence[Any]) -> None:
    """Let go of codes that are given away, so that two rows can change theirs for each other's."""
    for row in rows:
        row.code = f"~{row.id}"
    if rows:
        session.flush()


def let_go(session: Session, rows: Sequence[Any]) -> None:
    """Take canals off what feeds them for a moment: one by one they may pass through a circle."""
    fed = [(row, row.feeds_from_id) for row in rows if isinstance(row, Canal) and row.feeds_from_id]
    for row, _ in fed:
        row.feeds_from_id = None
    if fed:
        session.flush()
    for row, feeder_id in fed:
        row.feeds_from_id = feeder_id


def _touched(
    session: Session, report: Report, before: Sequence[Mapping[str, Any]]
) -> Collection[UUID]:
    """The outlets whose plots may stand in another order now."""
    codes = [change.code for change in report.changes]
    if report.kind == "outlets":
        return set(session.scalars(select(Outlet.id).where(Outlet.code.in_(codes))))
    if report.kind == "canals":
        canal_ids = session.scalars(select(Canal.id).where(Canal.code.in_(codes))).all()
        return network.outlets_on(session, canal_ids)
    now = session.scalars(select(Plot.outlet_id).where(Plot.code.in_(codes)))
    were = [kept.load(row["values"]).get("outlet_id") for row in before]
    return {outlet_id for outlet_id in (*now, *were) if outlet_id is not None}
