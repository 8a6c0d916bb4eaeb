"""Who has which machine when, and what they will owe for it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from coopfarm.kernel.interval import Interval
from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant

_OF_A_SLIP = "why = 'slip'"


class Booking(OfCooperative, Base):
    """One or more machines for one member's job, from the work's start to its end.

    `requested` waits for the office's word; `confirmed` holds; `out` while they have it;
    `returned` until its slip is posted, then `settled`. `reasons` says by which lines of which
    policy it was let through. Every machine of it has a `MachineTime`.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        belongs_to("members", "member_id"),
        belongs_to("members", "made_by"),
        belongs_to("members", "decided_by"),
        belongs_to("plots", "plot_id"),
        belongs_to("machine_policies", "policy_id"),
        CheckConstraint(
            "state IN ('requested', 'confirmed', 'out', 'returned', 'settled',"
            " 'declined', 'cancelled', 'no_show')",
            "state",
        ),
        CheckConstraint("starts_at < ends_at", "has_a_length"),
        CheckConstraint("cost_money >= 0 AND cost_hours >= 0", "cost"),
        CheckConstraint("area_m2 > 0", "area"),
        Index("ix_bookings_member", "cooperative_id", "member_id", "starts_at"),
        Index("ix_bookings_state", "cooperative_id", "state", "starts_at"),
    )

    member_id: Mapped[UUID]
    made_by: Mapped[UUID | None]
    plot_id: Mapped[UUID | None]
    job: Mapped[str] = mapped_column(String(30))
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(12))
    area_m2: Mapped[float | None]
    cost_money: Mapped[float] = mapped_column(default=0.0)
    cost_hours: Mapped[float] = mapped_column(default=0.0)
    policy_id: Mapped[UUID | None]
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)
    override_reason: Mapped[str] = mapped_column(String(300), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    code: Mapped[str] = mapped_column(String(6))
    made_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    edition: Mapped[int] = mapped_column(default=1)

    @property
    def during(self) -> Interval:
        return Interval(self.starts_at, self.ends_at)


class MachineTime(OfCooperative, Base):
    """A stretch in which a machine is taken, cleaning among it: of live ones no two may meet.

    `subject_id` is the booking, the held offer or the upkeep it is for. Of rivals that wait for
    approval none is live; the one that is approved becomes so.
    """

    __tablename__ = "machine_times"
    __table_args__ = (
        belongs_to("machines", "machine_id"),
        UniqueConstraint("cooperative_id", "subject_id", "machine_id"),
        CheckConstraint("kind IN ('booking', 'hold', 'upkeep')", "kind"),
        CheckConstraint("starts_at < ends_at", "has_a_length"),
        Index("ix_machine_times_of", "cooperative_id", "machine_id", "starts_at"),
        Index("ix_machine_times_at", "cooperative_id", "starts_at"),
    )

    machine_id: Mapped[UUID]
    subject_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(10))
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    is_live: Mapped[bool] = mapped_column(default=True)

    @property
    def during(self) -> Interval:
        return Interval(self.starts_at, self.ends_at)


class Charge(OfCooperative, Base):
    """What a member owes the cooperative for a booking, ready for the ledger: never changed.

    A booking that ends otherwise than it began is charged the difference, so that the sum of
    its lines is always what is owed. Its work slip is charged once, and the database sees to that.
    """

    __tablename__ = "machine_charges"
    __table_args__ = (
        belongs_to("bookings", "booking_id"),
        belongs_to("members", "member_id"),
        CheckConstraint("unit IN ('money', 'hours')", "unit"),
        Index("ix_machine_charges_booking", "cooperative_id", "booking_id"),
        Index("ix_machine_charges_member", "cooperative_id", "member_id", "made_at"),
        Index(
            "uq_machine_charges_slip",
            "cooperative_id",
            "booking_id",
            "unit",
            unique=True,
            sqlite_where=text(_OF_A_SLIP),
            postgresql_where=text(_OF_A_SLIP),
        ),
    )

    booking_id: Mapped[UUID]
    member_id: Mapped[UUID]
    unit: Mapped[str] = mapped_column(String(6))
    amount: Mapped[float]
    why: Mapped[str] = mapped_column(String(20))
    made_at: Mapped[datetime] = mapped_column(Instant)
