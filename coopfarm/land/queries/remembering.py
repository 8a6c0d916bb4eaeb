"""How files with the same columns were read before."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.kernel.refusal import Missing
from coopfarm.land.models import RememberedReading


def read_before(session: Session, kind: str, columns_hash: str) -> RememberedReading | None:
    """How the last file of this kind with these columns was read."""
    return session.scalars(
        select(RememberedReading).where(
            RememberedReading.kind == kind, RememberedReading.columns_hash == columns_hash
        )
    ).one_or_none()


def remembered(session: Session, most: int = 50) -> Sequence[RememberedReading]:
    """All that is remembered, the latest first."""
    query = select(RememberedReading).order_by(RememberedReading.made_at.desc())
    return session.scalars(query.limit(most)).all()


def one(session: Session, row_id: UUID) -> RememberedReading:
    """Raises Missing."""
    found = session.scalars(
        select(RememberedReading).where(RememberedReading.id == row_id)
    ).one_or_none()
    if found is None:
        raise Missing
    return found
