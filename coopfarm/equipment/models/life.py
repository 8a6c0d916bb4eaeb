"""What becomes of a booking: waiting, going out and coming back, faults, upkeep, slips."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant


class Waiting(OfCooperative, Base):
    """A member who waits for a machine between two moments, for so many minutes.

    `rank` is what the order was made from, `offer` the stretch that is held for them.
    """

    __tablename__ = "waiting_list"
    __table_args__ = (
        belongs_to("members", "member_id"),
        belongs_to("machines", "machine_id"),
        belongs_to("plots", "plot_id"),
        belongs_to("bookings", "booking_id"),
        CheckConstraint("state IN ('waiting', 'offered', 'taken', 'lapsed', 'withdrawn')", "state"),
        CheckConstraint("earliest_at < latest_at AND minutes > 0", "has_a_length"),
        CheckConstraint("state <> 'offered' OR held_until IS NOT NULL", "held"),
        Index("ix_waiting_list_machine", "cooperative_id", "machine_id", "state"),
        Index("ix_waiting_list_member", "cooperative_id", "member_id", "state"),
        Index("ix_waiting_list_state", "cooperative_id", "state", "held_until"),
    )

    member_id: Mapped[UUID]
    machine_id: Mapped[UUID]
    plot_id: Mapped[UUID | None]
    job: Mapped[str] = mapped_column(String(30))
    earliest_at: Mapped[datetime] = mapped_column(Instant)
    latest_at: Mapped[datetime] = mapped_column(Instant)
    minutes: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    rank: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    offer_starts_at: Mapped[datetime | None] = mapped_column(Instant)
    offer_ends_at: Mapped[datetime | None] = mapped_column(Instant)
    held_until: Mapped[datetime | None] = mapped_column(Instant)
    booking_id: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)
    state_since: Mapped[datetime] = mapped_column(Instant)


class HandOver(OfCooperative, Base):
    """A machine that went out or came back: when, by whom, with which meter and picture."""

    __tablename__ = "hand_overs"
    __table_args__ = (
        belongs_to("bookings", "booking_id"),
        belongs_to("machines", "machine_id"),
        belongs_to("members", "by_id"),
        belongs_to("pictures", "picture_id"),
        UniqueConstraint("cooperative_id", "booking_id", "machine_id", "way"),
        CheckConstraint("way IN ('out', 'back')", "way"),
        CheckConstraint("meter_reading >= 0", "meter_reading"),
    )

    booking_id: Mapped[UUID]
    machine_id: Mapped[UUID]
    way: Mapped[str] = mapped_column(String(4))
    at: Mapped[datetime] = mapped_column(Instant)
    recorded_at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[UUID | None]
    meter_reading: Mapped[float | None]
    picture_id: Mapped[UUID | None]
    note: Mapped[str] = mapped_column(String(300), default="")


class OverdueStep(OfCooperative, Base):
    """A step of the ladder for a machine that did not come back; each is taken once."""

    __tablename__ = "overdue_steps"
    __table_args__ = (
        belongs_to("bookings", "booking_id"),
        belongs_to("members", "by_id"),
        UniqueConstraint("cooperative_id", "booking_id", "step"),
        CheckConstraint("step IN ('remind', 'call', 'hours', 'hold', 'hearing')", "step"),
    )

    booking_id: Mapped[UUID]
    step: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[UUID | None]
    note: Mapped[str] = mapped_column(String(300), default="")


class WorkSlip(OfCooperative, Base):
    """What was really done, signed by both sides, then posted once."""

    __tablename__ = "work_slips"
    __table_args__ = (
        belongs_to("bookings", "booking_id"),
        belongs_to("members", "drafted_by"),
        belongs_to("members", "signed_by_member"),
        belongs_to("members", "signed_by_office"),
        UniqueConstraint("cooperative_id", "booking_id"),
        CheckConstraint("state IN ('drafted', 'countersigned', 'posted', 'disputed')", "state"),
        CheckConstraint("hours >= 0 AND hectares >= 0 AND kilometres >= 0", "amounts"),
        CheckConstraint(
            "state NOT IN ('countersigned', 'posted')"
            " OR (member_signed_at IS NOT NULL AND office_signed_at IS NOT NULL)",
            "both_signed",
        ),
    )

    booking_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(String(14), default="drafted")
    hours: Mapped[float] = mapped_column(default=0.0)
    hectares: Mapped[float] = mapped_column(default=0.0)
    kilometres: Mapped[float] = mapped_column(default=0.0)
    money: Mapped[float] = mapped_column(default=0.0)
    hours_owed: Mapped[float] = mapped_column(default=0.0)
    words: Mapped[str] = mapped_column(String(300), default="")
    drafted_by: Mapped[UUID | None]
    drafted_at: Mapped[datetime] = mapped_column(Instant)
    signed_by_member: Mapped[UUID | None]
    member_signed_at: Mapped[datetime | None] = mapped_column(Instant)
    signed_by_office: Mapped[UUID | None]
    office_signed_at: Mapped[datetime | None] = mapped_column(Instant)
    posted_at: Mapped[datetime | None] = mapped_column(Instant)
    edition: Mapped[int] = mapped_column(default=1)


class FaultReport(OfCooperative, Base):
    """Something is wrong with a machine; told by anybody who stands before it."""

    __tablename__ = "fault_reports"
    __table_args__ = (
        belongs_to("machines", "machine_id"),
        belongs_to("members", "told_by"),
        belongs_to("members", "decided_by"),
        belongs_to("pictures", "picture_id"),
        CheckConstraint("state IN ('new', 'confirmed', 'in_repair', 'fixed', 'no_fault')", "state"),
        Index("ix_fault_reports_machine", "cooperative_id", "machine_id", "state"),
    )

    machine_id: Mapped[UUID]
    words: Mapped[str] = mapped_column(String(500))
    told_by: Mapped[UUID | None]
    phone: Mapped[str] = mapped_column(String(20), default="")
    picture_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(String(10), default="new")
    can_work: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    note: Mapped[str] = mapped_column(String(300), default="")


class UpkeepPlan(OfCooperative, Base):
    """What must be done to a machine every so many engine hours, or days, or both."""

    __tablename__ = "upkeep_plans"
    __table_args__ = (
        belongs_to("machines", "machine_id"),
        UniqueConstraint("cooperative_id", "machine_id", "name"),
        CheckConstraint("every_units > 0 AND every_days > 0", "every"),
        CheckConstraint("every_units IS NOT NULL OR every_days IS NOT NULL", "some_measure"),
        CheckConstraint("minutes > 0", "minutes"),
    )

    machine_id: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(120))
    every_units: Mapped[float | None]
    every_days: Mapped[int | None]
    minutes: Mapped[int] = mapped_column(default=120)
    done_at_reading: Mapped[float] = mapped_column(default=0.0)
    done_on: Mapped[date]
    is_active: Mapped[bool] = mapped_column(default=True)
    edition: Mapped[int] = mapped_column(default=1)


class Upkeep(OfCooperative, Base):
    """A stretch in which a machine is in the workshop; it has a `MachineTime`."""

    __tablename__ = "upkeeps"
    __table_args__ = (
        belongs_to("machines", "machine_id"),
        belongs_to("upkeep_plans", "plan_id"),
        belongs_to("fault_reports", "fault_id"),
        belongs_to("members", "done_by"),
        CheckConstraint("state IN ('planned', 'done', 'cancelled')", "state"),
        CheckConstraint("starts_at < ends_at", "has_a_length"),
        Index("ix_upkeeps_machine", "cooperative_id", "machine_id", "starts_at"),
    )

    machine_id: Mapped[UUID]
    plan_id: Mapped[UUID | None]
    fault_id: Mapped[UUID | None]
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(10), default="planned")
    words: Mapped[str] = mapped_column(String(300), default="")
    done_by: Mapped[UUID | None]
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    made_at: Mapped[datetime] = mapped_column(Instant)


class Feed(OfCooperative, Base):
    """A secret address at which a calendar program reads a member's or a machine's days."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (
        belongs_to("members", "member_id", ondelete="CASCADE"),
        belongs_to("members", "made_by"),
        belongs_to("machines", "machine_id", ondelete="CASCADE"),
        UniqueConstraint("token_hash"),
        CheckConstraint("(member_id IS NULL) <> (machine_id IS NULL)", "of_one"),
    )

    member_id: Mapped[UUID | None]
    machine_id: Mapped[UUID | None]
    token_hash: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
