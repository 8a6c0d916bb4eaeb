"""What drawing canals on the map needs."""

import sqlalchemy as sa
from alembic import op

from coopfarm.store.columns import Instant

revision = "20261122_drawn_canals"
down_revision = "20261122_remembered_columns"
branch_labels = None
depends_on = None

_LOSS = "loss_percent_km >= 0 AND loss_percent_km < 100"


def upgrade() -> None:
    """Losses of canals, editions of nakkas, and the acts of drawing that can be undone."""
    _add_losses()
    op.add_column("nakkas", sa.Column("edition", sa.Integer(), server_default="1", nullable=False))
    op.create_table(
        "drawings",
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("verb", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("says", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "made_by"],
            ["members.cooperative_id", "members.id"],
            name=op.f("fk_drawings_cooperative_id_made_by"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_drawings_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_drawings")),
    )
    op.create_index("ix_drawings_made_at", "drawings", ["cooperative_id", "made_at"])


def downgrade() -> None:
    op.drop_index("ix_drawings_made_at", table_name="drawings")
    op.drop_table("drawings")
    op.drop_column("nakkas", "edition")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_canals_loss"), "canals")
    op.drop_column("canals", "loss_percent_km")


def _add_losses() -> None:
    """On SQLite the check stands beside its column, which needs no building of the table anew."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "ALTER TABLE canals ADD COLUMN loss_percent_km DOUBLE"
            f" CONSTRAINT ck_canals_loss CHECK ({_LOSS})"
        )
        return
    op.add_column("canals", sa.Column("loss_percent_km", sa.Double(), nullable=True))
    op.create_check_constraint(op.f("ck_canals_loss"), "canals", _LOSS)
