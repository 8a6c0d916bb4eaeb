"""Addresses at which map programs read the land."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant


class MapKey(OfCooperative, Base):
    """A secret address at which a map program reads what its member may see."""

    __tablename__ = "map_keys"
    __table_args__ = (
        belongs_to("members", "member_id", ondelete="CASCADE"),
        UniqueConstraint("token_hash"),
    )

    member_id: Mapped[UUID]
    token_hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
