"""What is seen of pests, what is known of them, and what is proposed against them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from shapely import Point
from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant
from coopfarm.store.geometry import Shape


class Sighting(OfCooperative, Base):
    """A pest that somebody saw: at a place, as many at each stop or so bad, perhaps with a photo.

    `told_pest` stays what the reporter said, `pest` is what it is taken for by now. Without an
    `accuracy_m` the place is the middle of the plot.
    """

    __tablename__ = "sightings"
    __table_args__ = (
        belongs_to("members", "member_id"),
        belongs_to("members", "decided_by"),
        belongs_to("plots", "plot_id"),
        belongs_to("pictures", "picture_id"),
        CheckConstraint(
            "state IN ('submitted', 'verified', 'corrected', 'rejected', 'withdrawn')", "state"
        ),
        CheckConstraint("severity BETWEEN 1 AND 3", "severity"),
        CheckConstraint("mean_count >= 0", "mean_count"),
        CheckConstraint("severity IS NOT NULL OR mean_count IS NOT NULL", "some_measure"),
        CheckConstraint("accuracy_m >= 0", "accuracy"),
        CheckConstraint(
            "state IN ('submitted', 'withdrawn')"
            " OR (decided_by IS NOT NULL AND decided_at IS NOT NULL)",
            "decided",
        ),
        CheckConstraint("state <> 'rejected' OR length(trim(decision)) > 0", "reason"),
        CheckConstraint("state <> 'corrected' OR pest <> told_pest", "corrected"),
        Index("ix_sightings_state", "cooperative_id", "state", "made_at"),
        Index("ix_sightings_member", "cooperative_id", "member_id", "made_at"),
    )

    member_id: Mapped[UUID]
    plot_id: Mapped[UUID | None]
    crop: Mapped[str] = mapped_column(String(40), default="")
    told_pest: Mapped[str] = mapped_column(String(40))
    pest: Mapped[str] = mapped_column(String(40))
    severity: Mapped[int | None]
    counts: Mapped[list[int]] = mapped_column(JSON, default=list)
    mean_count: Mapped[float | None]
    place: Mapped[Point] = mapped_column(Shape("POINT"))
    accuracy_m: Mapped[float | None]
    note: Mapped[str] = mapped_column(String(500), default="")
    picture_id: Mapped[UUID | None]
    seen_at: Mapped[datetime] = mapped_column(Instant)
    made_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(10), default="submitted")
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decision: Mapped[str] = mapped_column(String(300), default="")


class SightingNotice(OfCooperative, Base):
    """A member is told that a pest was seen near a plot of theirs: once a day at most."""

    __tablename__ = "sighting_notices"
    __table_args__ = (
        belongs_to("members", "member_id"),
        belongs_to("sightings", "sighting_id"),
        belongs_to("plots", "plot_id", ondelete="CASCADE"),
        UniqueConstraint("cooperative_id", "member_id", "on_day"),
    )

    member_id: Mapped[UUID]
    on_day: Mapped[date]
    sighting_id: Mapped[UUID]
    plot_id: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(Instant)


class PestNumber(OfCooperative, Base):
    """A published number of a pest or a product, with where and when it was published.

    `kind` says which: `development`, `threshold`, `kernel` or `interval`; `numbers` has its
    values. Another one takes its place by ending it: what was gone by stays readable.
    """

    __tablename__ = "pest_numbers"
    __table_args__ = (
        belongs_to("members", "entered_by"),
        belongs_to("members", "ended_by"),
        CheckConstraint("kind IN ('development', 'threshold', 'kernel', 'interval')", "kind"),
        CheckConstraint("length(trim(source)) > 0", "source"),
        CheckConstraint("source_year BETWEEN 1900 AND 2100", "source_year"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", "ended"),
        Index("ix_pest_numbers_subject", "cooperative_id", "kind", "subject"),
    )

    kind: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str] = mapped_column(String(60))
    numbers: Mapped[dict[str, Any]] = mapped_column(JSON)
    source: Mapped[str] = mapped_column(String(400))
    source_year: Mapped[int]
    place: Mapped[str] = mapped_column(String(120), default="")
    entered_by: Mapped[UUID | None]
    entered_at: Mapped[datetime] = mapped_column(Instant)
    ended_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class PestWindow(OfCooperative, Base):
    """The days on which an event of a pest falls, as it was predicted when it was put down."""

    __tablename__ = "pest_windows"
    __table_args__ = (
        belongs_to("pest_numbers", "number_id"),
        belongs_to("members", "made_by"),
        CheckConstraint("opens_on < closes_on", "has_a_length"),
        Index("ix_pest_windows_on", "cooperative_id", "closes_on"),
    )

    number_id: Mapped[UUID]
    pest: Mapped[str] = mapped_column(String(40))
    crop: Mapped[str] = mapped_column(String(40))
    biofix_on: Mapped[date]
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    caveats: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class ScoutingRound(OfCooperative, Base):
    """Plots to be walked in an order, by somebody, on a day."""

    __tablename__ = "scouting_rounds"
    __table_args__ = (
        belongs_to("members", "member_id"),
        belongs_to("members", "made_by"),
        CheckConstraint("state IN ('open', 'closed')", "state"),
        CheckConstraint("drawn_by IN ('risk', 'lot')", "drawn_by"),
        Index("ix_scouting_rounds_state", "cooperative_id", "state", "on_day"),
    )

    pest: Mapped[str] = mapped_column(String(40))
    crop: Mapped[str] = mapped_column(String(40), default="")
    on_day: Mapped[date]
    member_id: Mapped[UUID]
    drawn_by: Mapped[str] = mapped_column(String(4))
    seed: Mapped[int]
    state: Mapped[str] = mapped_column(String(6), default="open")
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)


class ScoutingStop(OfCooperative, Base):
    """A plot of a round, and what was counted on it: plants looked at, plants with the pest."""

    __tablename__ = "scouting_stops"
    __table_args__ = (
        belongs_to("scouting_rounds", "scouting_id", ondelete="CASCADE"),
        belongs_to("plots", "plot_id", ondelete="CASCADE"),
        belongs_to("members", "done_by"),
        UniqueConstraint("cooperative_id", "scouting_id", "plot_id"),
        UniqueConstraint("cooperative_id", "scouting_id", "place"),
        CheckConstraint("plants > 0 AND infested >= 0 AND infested <= plants", "plants"),
        CheckConstraint(
            "(plants IS NULL) = (done_at IS NULL) AND (infested IS NULL) = (done_at IS NULL)",
            "tallied",
        ),
    )

    scouting_id: Mapped[UUID]
    plot_id: Mapped[UUID]
    place: Mapped[int]
    plants: Mapped[int | None]
    infested: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(300), default="")
    done_by: Mapped[UUID | None]
    done_at: Mapped[datetime | None] = mapped_column(Instant)


class Trap(OfCooperative, Base):
    """A trap for one pest, on a plot."""

    __tablename__ = "traps"
    __table_args__ = (
        belongs_to("plots", "plot_id"),
        belongs_to("members", "member_id"),
        UniqueConstraint("cooperative_id", "code"),
    )

    code: Mapped[str] = mapped_column(String(20))
    pest: Mapped[str] = mapped_column(String(40))
    plot_id: Mapped[UUID]
    lure: Mapped[str] = mapped_column(String(60), default="")
    member_id: Mapped[UUID | None]
    set_on: Mapped[date]
    taken_in_on: Mapped[date | None]


class TrapCount(OfCooperative, Base):
    """How many were in a trap that was emptied, after how many nights."""

    __tablename__ = "trap_counts"
    __table_args__ = (
        belongs_to("traps", "trap_id", ondelete="CASCADE"),
        belongs_to("members", "by_id"),
        UniqueConstraint("cooperative_id", "trap_id", "on_day"),
        CheckConstraint("caught >= 0", "caught"),
        CheckConstraint("nights > 0", "nights"),
    )

    trap_id: Mapped[UUID]
    on_day: Mapped[date]
    caught: Mapped[int]
    nights: Mapped[int]
    by_id: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)


class ControlProposal(OfCooperative, Base):
    """A threshold was crossed: people decide whether anything is done about it.

    `facts` say what was measured, where, and against which number of which source.
    """

    __tablename__ = "control_proposals"
    __table_args__ = (
        belongs_to("pest_numbers", "number_id"),
        belongs_to("members", "decided_by"),
        CheckConstraint("state IN ('proposed', 'called', 'dismissed')", "state"),
        CheckConstraint("source_kind IN ('sighting', 'trap', 'scouting')", "source_kind"),
        CheckConstraint("state <> 'dismissed' OR length(trim(reason)) > 0", "reason"),
        Index(
            "ix_control_proposals_open",
            *("cooperative_id", "pest", "crop"),
            unique=True,
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
    )

    pest: Mapped[str] = mapped_column(String(40))
    crop: Mapped[str] = mapped_column(String(40))
    number_id: Mapped[UUID]
    source_kind: Mapped[str] = mapped_column(String(8))
    source_id: Mapped[UUID]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(9), default="proposed")
    reason: Mapped[str] = mapped_column(String(300), default="")
    made_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
