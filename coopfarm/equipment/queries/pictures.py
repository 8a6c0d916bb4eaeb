"""Pictures by their names."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from coopfarm.equipment.models import Picture
from coopfarm.kernel.refusal import Missing


def picture(session: Session, picture_id: UUID) -> Picture:
    """One picture. Raises Missing."""
    found = session.scalar(select(Picture).where(Picture.id == picture_id))
    if found is None:
        raise Missing
    return found
