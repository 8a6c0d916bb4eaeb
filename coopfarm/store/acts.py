"""Acts that were answered, so that the same act sent twice is done once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from coopfarm.store.base import Base
from coopfarm.store.columns import Instant


class Act(Base):
    """One act under its key, and the answer it got, kept in the act's own transaction.

    `doer` is the signed-in member, or the account-less visitor's session for signing in.
    """

    __tablename__ = "acts"

    doer: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    cooperative_id: Mapped[int | None] = mapped_column(index=True)
    route: Mapped[str] = mapped_column(String(400))
    body_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None]
    answer: Mapped[str | None]
    headers: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(Instant)
    on_behalf_of: Mapped[UUID | None]
