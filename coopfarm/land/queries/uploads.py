"""Files waiting to be imported, and imports that were made."""

from collections.abc import Sequence
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Missing
from coopfarm.land.models import Upload
from coopfarm.land.queries import rows
from coopfarm.land.rules.choices import Choices


def upload(session: Session, upload_id: UUID, *, for_update: bool = False) -> Upload:
    return rows.one(session, Upload, upload_id, for_update=for_update)


def write_content(session: Session, upload_id: UUID, into: BinaryIO) -> None:
    """Write the file that was sent to another. Raises Missing."""
    content = session.scalar(select(Upload.content).where(Upload.id == upload_id))
    if content is None:
        raise Missing
    into.write(content)


def choices(upload: Upload) -> Choices:
    """How the file is to be read, as far as anybody said."""
    return Choices.from_json(upload.options.get("choices", {}))


def imports(session: Session, most: int = 10) -> Sequence[Upload]:
    """The latest imports, the newest first, without the files themselves."""
    query = select(Upload).where(Upload.imported_at.is_not(None))
    return session.scalars(query.order_by(Upload.imported_at.desc()).limit(most)).all()


def waiting(session: Session, made_by: UUID | None) -> Upload | None:
    """The file this person sent and has not imported yet."""
    query = select(Upload).where(Upload.imported_at.is_(None), Upload.made_by == made_by)
    return session.scalars(query.order_by(Upload.made_at.desc()).limit(1)).one_or_none()
