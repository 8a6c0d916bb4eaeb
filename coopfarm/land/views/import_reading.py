"""A waiting file as it was read: when it is read, and what is known of it."""

import tempfile
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO, cast
from uuid import UUID

from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Missing, TryLater
from coopfarm.land.actions import remembering
from coopfarm.land.models import Upload
from coopfarm.land.queries import remembering as remembered
from coopfarm.land.queries import stored, uploads
from coopfarm.land.rules import choices as steps
from coopfarm.land.rules.choices import Choices
from coopfarm.land.rules.whereabouts import Whereabouts
from coopfarm.land.schemas import kept_readings
from coopfarm.land.schemas.kept_readings import KeptReading, PackedReading
from coopfarm.store.db import Database
from coopfarm.web import request

# A file that was refused before its columns were known is tried as so many others were read.
MOST_TRIED = 3


@dataclass(frozen=True, slots=True)
class _Order:
    """Whose file is to be read, at whose wish."""

    home: int
    timezone: str
    upload_id: UUID
    made_by: UUID
    now: datetime


@dataclass(frozen=True, slots=True)
class _File:
    """A file that waits, as it was found when its reading began."""

    kind: str
    filename: str
    file: BinaryIO
    choices: Choices
    near: Whereabouts | None
    before: KeptReading | None

    def read(self, choices: Choices, before: KeptReading | None) -> PackedReading:
        return kept_readings.read(self.file, self.kind, choices, near=self.near, before=before)


def have_it_read(upload: Upload) -> None:
    """Have the file read by its choices, unless it was.

    That is done once this request's writes are kept: nobody waits to write meanwhile.
    """
    me, database = request.me(), request.database()
    order = _Order(me.cooperative_id, me.timezone, upload.id, me.member_id, request.now())
    found = _by_its_choices(upload, _head(upload))
    if found is not None:
        _remember(request.session(), upload.kind, upload.filename, found, order)
    else:
        request.after_commit(lambda: _read_and_keep(database, order))


def kept(upload: Upload) -> KeptReading | None:
    """The file as it was read by its choices; None where that is still to be done."""
    return _by_its_choices(upload, _unpacked(upload))


def now_read(upload: Upload) -> KeptReading:
    """The file as it was read, or as it is read here and now."""
    found = kept(upload)
    if found is not None:
        return found
    with tempfile.TemporaryFile(prefix="coopfarm-") as place:
        file = _file(request.session(), upload, request.me().timezone, cast(BinaryIO, place))
        packed = kept_readings.pack(file.read(file.choices, file.before))
    return kept_readings.unpack(packed)


def _by_its_choices(upload: Upload, found: KeptReading | None) -> KeptReading | None:
    choices = uploads.choices(upload)
    if found is None or not found.choices.reads_like(choices):
        return None
    return replace(found, choices=choices)


def _head(upload: Upload) -> KeptReading | None:
    return None if upload.reading is None else kept_readings.unpack_head(upload.reading)


def _unpacked(upload: Upload) -> KeptReading | None:
    return None if upload.reading is None else kept_readings.unpack(upload.reading)


def _file(session: Session, upload: Upload, timezone: str, place: BinaryIO) -> _File:
    """The file that waits, written to `place`: while it is read, nothing of it is held here."""
    uploads.write_content(session, upload.id, place)
    return _File(
        kind=upload.kind,
        filename=upload.filename,
        file=place,
        choices=uploads.choices(upload),
        near=stored.whereabouts(session, timezone),
        before=_head(upload),
    )


def _read_and_keep(database: Database, order: _Order) -> None:
    """Left undone where too much is being read already: the page then reads it itself."""
    with tempfile.TemporaryFile(prefix="coopfarm-") as place:
        try:
            with database.reading() as session:
                session.cooperative_id = order.home
                upload = uploads.upload(session, order.upload_id)
                file = _file(session, upload, order.timezone, cast(BinaryIO, place))
            found = file.read(file.choices, file.before)
            like, found = _as_before(database, order.home, file, found)
        except (Missing, TryLater):
            return
    with database.transaction(order.home) as session:
        _keep(session, file, found, like, order)


def _keep(session: Session, file: _File, found: PackedReading, like: str, order: _Order) -> None:
    packed, head = kept_readings.pack(found), found.head
    remembering.keep_reading(
        session, order.upload_id, file.choices, head.choices, packed, like=like
    )
    if not like:
        _remember(session, file.kind, file.filename, head, order)


def _as_before(
    database: Database, home: int, file: _File, first: PackedReading
) -> tuple[str, PackedReading]:
    """The file read as the last one with these columns was, and that one's name."""
    if not file.choices.is_untouched or not _leaves_a_choice(first.head):
        return "", first
    with database.reading() as session:
        session.cooperative_id = home
        known = first.head.columns_hash
        rows = [
            (row.columns_hash, row.filename, Choices.from_json(row.read_as))
            for row in remembered.remembered(session)
            if row.kind == file.kind and known in ("", row.columns_hash)
        ]
    for columns_hash, filename, read_as in rows[:MOST_TRIED]:
        choices = replace(read_as, layer=file.choices.layer)
        if choices.reads_like(first.head.choices):
            again = replace(first, head=replace(first.head, choices=choices))
        else:
            again = file.read(choices, first.head)
        if again.head.reading is not None and again.head.columns_hash == columns_hash:
            return filename, again
    return "", first


def _leaves_a_choice(found: KeptReading) -> bool:
    """Whether the file could read otherwise by what others were read by; not one that is broken."""
    code = None if found.refusal is None else found.refusal.code
    asked = steps.next_step(found.choices, code, letters_unclear=found.letters_unclear)
    return asked not in {steps.LAYER, steps.REPORT}


def _remember(
    session: Session, kind: str, filename: str, found: KeptReading, order: _Order
) -> None:
    """Have the next file with these columns begin so, once somebody looked at them."""
    if found.reading is None or found.choices.columns is None or not found.columns_hash:
        return
    remembering.remember(
        session,
        kind,
        found.columns_hash,
        filename,
        found.choices,
        made_by=order.made_by,
        now=order.now,
    )
