"""The rules by which machines are booked, in versions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant

_ONE_IN_FORCE = "state = 'in_force'"


class MachinePolicy(OfCooperative, Base):
    """One version of the rules for a category of machines, or for all where it is empty.

    `lines` is what `rules.policy` reads: each has a code, its number, and whether it is hard
    or only warns. Of a category one version is in force, and the database sees to that.
    """

    __tablename__ = "machine_policies"
    __table_args__ = (
        belongs_to("members", "made_by"),
        UniqueConstraint("cooperative_id", "category", "version"),
        CheckConstraint("state IN ('draft', 'in_force', 'old')", "state"),
        Index(
            "uq_machine_policies_in_force",
            "cooperative_id",
            "category",
            unique=True,
            sqlite_where=text(_ONE_IN_FORCE),
            postgresql_where=text(_ONE_IN_FORCE),
        ),
    )

    category: Mapped[str] = mapped_column(String(30), default="")
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="draft")
    lines: Mapped[list[Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(300), default="")
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)
    in_force_at: Mapped[datetime | None] = mapped_column(Instant)
    old_at: Mapped[datetime | None] = mapped_column(Instant)
    edition: Mapped[int] = mapped_column(default=1)
