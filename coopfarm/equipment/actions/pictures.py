"""Pictures are kept small. No function here commits."""

from datetime import datetime

from sqlalchemy.orm import Session

from coopfarm.equipment.models import Picture
from coopfarm.equipment.rules import pictures as rules


def keep(session: Session, content: bytes, now: datetime) -> Picture:
    """Keep a photo as it can be shown to everybody of the cooperative.

    Raises `rules.pictures.PictureUnusable` and PictureTooLarge.
    """
    found = Picture(media_type=rules.MEDIA_TYPE, content=rules.shrunk(content), made_at=now)
    session.add(found)
    session.flush()
    return found
