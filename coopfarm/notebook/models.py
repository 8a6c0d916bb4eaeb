"""Pages of paper notebooks as they were entered, and the lines on them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from coopfarm.kernel.interval import Interval
from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant


def _once(name: str, where: str, *columns: str) -> Index:
    """The same line is kept once; a missing plot would otherwise differ from a missing plot."""
    return Index(
        name,
        "cooperative_id",
        *columns,
        unique=True,
        sqlite_where=text(where),
        postgresql_where=text(where),
    )


class NotebookPage(OfCooperative, Base):
    """One page as it was entered: who typed it, for whom, and who had told it.

    When it was undone its lines are gone; the audit has them.
    """

    __tablename__ = "notebook_pages"
    __table_args__ = (
        belongs_to("members", "told_by"),
        belongs_to("members", "entered_by"),
        belongs_to("members", "entered_for"),
        belongs_to("members", "undone_by"),
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", "undone"),
        Index("ix_notebook_pages_entered_at", "cooperative_id", "entered_at"),
    )

    notebook: Mapped[str] = mapped_column(String(40))
    page: Mapped[str] = mapped_column(String(20))
    told_by: Mapped[UUID | None]
    lines: Mapped[int]
    entered_by: Mapped[UUID]
    entered_for: Mapped[UUID | None]
    entered_at: Mapped[datetime] = mapped_column(Instant)
    undone_by: Mapped[UUID | None]
    undone_at: Mapped[datetime | None] = mapped_column(Instant)


class NotebookEntry(OfCooperative, Base):
    """One line: what happened to whom and when, as it was written.

    Without times it holds of the whole day, from midnight to midnight where the fields are.
    """

    __tablename__ = "notebook_entries"
    __table_args__ = (
        belongs_to("notebook_pages", "page_id", ondelete="CASCADE"),
        belongs_to("members", "member_id"),
        belongs_to("plots", "plot_id"),
        CheckConstraint("kind IN ('note', 'water_taken', 'water_missed', 'work_done')", "kind"),
        CheckConstraint("starts_at < ends_at", "has_a_length"),
        CheckConstraint("starts_at <= entered_at", "has_begun"),
        CheckConstraint("is_whole_day OR ends_at <= entered_at", "is_over"),
        CheckConstraint(
            "NOT is_whole_day OR kind NOT IN ('water_taken', 'work_done')", "has_times"
        ),
        CheckConstraint(
            "plot_id IS NOT NULL OR kind NOT IN ('water_taken', 'water_missed')", "has_a_plot"
        ),
        CheckConstraint("words <> '' OR kind NOT IN ('water_missed', 'note')", "has_words"),
        _once(
            "uq_notebook_entries_on_plot",
            "kind <> 'note' AND plot_id IS NOT NULL",
            *("kind", "member_id", "plot_id", "starts_at", "ends_at"),
        ),
        _once(
            "uq_notebook_entries_no_plot",
            "kind <> 'note' AND plot_id IS NULL",
            *("kind", "member_id", "starts_at", "ends_at"),
        ),
        _once(
            "uq_notebook_entries_note",
            "kind = 'note'",
            *("member_id", "starts_at", "ends_at", "words"),
        ),
        Index("ix_notebook_entries_at", "cooperative_id", "starts_at"),
        Index("ix_notebook_entries_member", "cooperative_id", "member_id", "starts_at"),
        Index("ix_notebook_entries_page", "cooperative_id", "page_id"),
    )

    page_id: Mapped[UUID]
    place: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    member_id: Mapped[UUID]
    plot_id: Mapped[UUID | None]
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    is_whole_day: Mapped[bool]
    words: Mapped[str] = mapped_column(String(300), default="")
    entered_at: Mapped[datetime] = mapped_column(Instant)

    @property
    def during(self) -> Interval:
        return Interval(self.starts_at, self.ends_at)
