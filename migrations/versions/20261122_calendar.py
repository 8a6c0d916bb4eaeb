"""What is to happen on each plot and to each person."""

import sqlalchemy as sa
from alembic import op

from coopfarm.store.columns import Instant
from coopfarm.store.guards import forbid_overlap

revision = "20261122_calendar"
down_revision = "20261122_sealed_audit"
branch_labels = None
depends_on = None

CALENDARS = (("plot_times", "plot_id", "plots"), ("person_times", "member_id", "members"))
# Turns that are live already: hard for the plot, soft for whoever takes the water.
TURNS = """
INSERT INTO {table} (cooperative_id, id, {column}, kind, starts_at, ends_at, is_hard)
SELECT cooperative_id, id, {column}, 'turn', starts_at, ends_at, {is_hard} FROM turns
WHERE is_live AND {column} IS NOT NULL
"""


def upgrade() -> None:
    for table, column, of in CALENDARS:
        op.create_table(
            table,
            sa.Column("cooperative_id", sa.Integer(), nullable=False),
            sa.Column("id", sa.Uuid(), nullable=False),
            sa.Column(column, sa.Uuid(), nullable=False),
            sa.Column("kind", sa.String(length=20), nullable=False),
            sa.Column("starts_at", Instant(), nullable=False),
            sa.Column("ends_at", Instant(), nullable=False),
            sa.Column("is_hard", sa.Boolean(), nullable=False),
            sa.CheckConstraint("starts_at < ends_at", name=op.f(f"ck_{table}_has_a_length")),
            sa.ForeignKeyConstraint(
                ["cooperative_id", column],
                [f"{of}.cooperative_id", f"{of}.id"],
                name=op.f(f"fk_{table}_cooperative_id_{column}"),
                ondelete="CASCADE",
            ),
            sa.ForeignKeyConstraint(
                ["cooperative_id"], ["cooperatives.id"], name=op.f(f"fk_{table}_cooperative_id")
            ),
            sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f(f"pk_{table}")),
        )
        op.create_index(f"ix_{table}_of", table, ["cooperative_id", column, "starts_at"])
        forbid_overlap(op.get_bind(), table, keys=("cooperative_id", column), live="is_hard")
        is_hard = "true" if table == "plot_times" else "false"
        op.execute(TURNS.format(table=table, column=column, is_hard=is_hard))


def downgrade() -> None:
    for table, _, _ in CALENDARS:
        op.drop_table(table)
