"""The lives of a database: a new one begins whenever it is restored from a backup.

Who keeps what was acknowledged, as a phone does, compares the epoch with the one it last saw:
another one means that what was sent since the backup may be gone, and has to be sent again.
"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from coopfarm.store.base import Base
from coopfarm.store.columns import Instant


class Epoch(Base):
    """One life; the newest has the highest number, whatever the clocks said.

    `backup_of` is the moment as of which everything was restored, if it was.
    """

    __tablename__ = "epochs"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    began_at: Mapped[datetime] = mapped_column(Instant)
    backup_of: Mapped[datetime | None] = mapped_column(Instant)


def current(session: Session) -> UUID:
    """The epoch of now. Raises NoResultFound before the migrations have run."""
    newest = select(Epoch.id).order_by(Epoch.number.desc()).limit(1)
    return session.scalars(newest).one()
