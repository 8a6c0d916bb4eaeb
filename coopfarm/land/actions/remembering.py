"""Keeping what a file holds while it waits, and how it was read for the next one like it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Missing
from coopfarm.land.models import RememberedReading, Upload
from coopfarm.land.queries import remembering as queries
from coopfarm.land.queries import uploads
from coopfarm.land.rules.choices import Choices
from coopfarm.store import audit


def choose(upload: Upload, choices: Choices) -> None:
    """Have a file that waits read by these choices from now on."""
    kept = {name: value for name, value in upload.options.items() if name != "like"}
    upload.options = {**kept, "choices": choices.as_json()}


def keep_reading(
    session: Session,
    upload_id: UUID,
    asked: Choices,
    read_by: Choices,
    packed: bytes,
    *,
    like: str = "",
) -> None:
    """Keep what the file was found to hold, unless it was chosen otherwise meanwhile.

    `read_by` are the choices that were `asked` for, or those of the last file like it, whose
    name is `like`.
    """
    try:
        upload = uploads.upload(session, upload_id, for_update=True)
    except Missing:
        return
    if upload.imported_at is not None or uploads.choices(upload) != asked:
        return
    choose(upload, read_by)
    upload.reading = packed
    if like:
        upload.options = {**upload.options, "like": like}


def let_go(upload: Upload) -> None:
    """An imported file is not read again."""
    upload.reading = None


def remember(
    session: Session,
    kind: str,
    columns_hash: str,
    filename: str,
    choices: Choices,
    *,
    made_by: UUID | None,
    now: datetime,
) -> None:
    """Have the next file of this kind with these columns begin with these choices."""
    row = queries.read_before(session, kind, columns_hash)
    if row is None:
        row = RememberedReading(kind=kind, columns_hash=columns_hash)
        session.add(row)
    said = Choices(
        encoding=choices.encoding,
        crs=choices.crs,
        columns=choices.columns,
        swap_axes=choices.swap_axes,
        make_codes=choices.make_codes,
        make_outlets=choices.make_outlets,
    )
    row.filename, row.read_as = filename, said.as_json()
    row.made_by, row.made_at = made_by, now


def forget(
    session: Session, row_id: UUID, *, actor_id: UUID | None, now: datetime
) -> RememberedReading:
    """Have the next such file asked about from the beginning. Raises Missing."""
    row = queries.one(session, row_id)
    before = {"kind": row.kind, "filename": row.filename}
    audit.record(session, "reading.forget", row, actor_id=actor_id, at=now, before=before)
    session.delete(row)
    return row
