"""How the columns of files were read before."""

import sqlalchemy as sa
from alembic import op

from coopfarm.store.columns import Instant

revision = "20261122_remembered_columns"
down_revision = "20261122_enrolment"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("uploads", sa.Column("reading", sa.LargeBinary(), nullable=True))
    op.create_table(
        "remembered_readings",
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("columns_hash", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("read_as", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "made_by"],
            ["members.cooperative_id", "members.id"],
            name=op.f("fk_remembered_readings_cooperative_id_made_by"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"],
            ["cooperatives.id"],
            name=op.f("fk_remembered_readings_cooperative_id"),
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_remembered_readings")),
        sa.UniqueConstraint(
            "cooperative_id",
            "kind",
            "columns_hash",
            name=op.f("uq_remembered_readings_cooperative_id_kind_columns_hash"),
        ),
    )


def downgrade() -> None:
    op.drop_table("remembered_readings")
    op.drop_column("uploads", "reading")
