"""The lives of the database: what tells a restored one from the one it was."""

from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from coopfarm.store.columns import Instant

revision = "20261122_epochs"
down_revision = "20261122_walls"
branch_labels = None
depends_on = None


def upgrade() -> None:
    epochs = op.create_table(
        "epochs",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("backup_of", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_epochs")),
        sa.UniqueConstraint("id", name=op.f("uq_epochs_id")),
    )
    first = {"number": 1, "id": uuid4(), "began_at": datetime.now(UTC), "backup_of": None}
    op.bulk_insert(epochs, [first])


def downgrade() -> None:
    op.drop_table("epochs")
