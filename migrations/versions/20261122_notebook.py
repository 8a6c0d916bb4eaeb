"""What was written on paper, and entered later."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from coopfarm.store.columns import Instant

revision = "20261122_notebook"
down_revision = "20261122_calendar"
branch_labels = None
depends_on = None

_CHECKS = {
    "kind": "kind IN ('note', 'water_taken', 'water_missed', 'work_done')",
    "has_a_length": "starts_at < ends_at",
    "has_begun": "starts_at <= entered_at",
    "is_over": "is_whole_day OR ends_at <= entered_at",
    "has_times": "NOT is_whole_day OR kind NOT IN ('water_taken', 'work_done')",
    "has_a_plot": "plot_id IS NOT NULL OR kind NOT IN ('water_taken', 'water_missed')",
    "has_words": "words <> '' OR kind NOT IN ('water_missed', 'note')",
}
# The same line is kept once. A plot that is missing differs from any other in a plain index.
_ONCE = {
    "on_plot": ("kind <> 'note' AND plot_id IS NOT NULL", ("kind", "member_id", "plot_id")),
    "no_plot": ("kind <> 'note' AND plot_id IS NULL", ("kind", "member_id")),
    "note": ("kind = 'note'", ("member_id",)),
}


def upgrade() -> None:
    _make_pages()
    _make_entries()
    _keep_each_line_once()


def downgrade() -> None:
    op.drop_table("notebook_entries")
    op.drop_table("notebook_pages")


def _make_pages() -> None:
    table = "notebook_pages"
    op.create_table(
        table,
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notebook", sa.String(length=40), nullable=False),
        sa.Column("page", sa.String(length=20), nullable=False),
        sa.Column("told_by", sa.Uuid(), nullable=True),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_for", sa.Uuid(), nullable=True),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL)", name=op.f(f"ck_{table}_undone")
        ),
        *(
            _refers(table, column, "members")
            for column in ("told_by", "entered_by", "entered_for", "undone_by")
        ),
        *_keys(table),
    )
    op.create_index("ix_notebook_pages_entered_at", table, ["cooperative_id", "entered_at"])


def _make_entries() -> None:
    table = "notebook_entries"
    op.create_table(
        table,
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("page_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("plot_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("is_whole_day", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        *(
            sa.CheckConstraint(check, name=op.f(f"ck_{table}_{name}"))
            for name, check in _CHECKS.items()
        ),
        _refers(table, "page_id", "notebook_pages", ondelete="CASCADE"),
        _refers(table, "member_id", "members"),
        _refers(table, "plot_id", "plots"),
        *_keys(table),
    )


def _keep_each_line_once() -> None:
    table = "notebook_entries"
    for name, (where, columns) in _ONCE.items():
        last = ("starts_at", "ends_at", *(("words",) if name == "note" else ()))
        op.create_index(
            f"uq_{table}_{name}",
            table,
            ["cooperative_id", *columns, *last],
            unique=True,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    op.create_index("ix_notebook_entries_at", table, ["cooperative_id", "starts_at"])
    op.create_index(
        "ix_notebook_entries_member", table, ["cooperative_id", "member_id", "starts_at"]
    )
    op.create_index("ix_notebook_entries_page", table, ["cooperative_id", "page_id"])


def _refers(table: str, column: str, to: str, **options: Any) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["cooperative_id", column],
        [f"{to}.cooperative_id", f"{to}.id"],
        name=op.f(f"fk_{table}_cooperative_id_{column}"),
        **options,
    )


def _keys(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f(f"fk_{table}_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f(f"pk_{table}")),
    )
