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
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("backup_of", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_epochs")),
    )
    op.bulk_insert(epochs, [{"id": uuid4(), "began_at": datetime.now(UTC), "backup_of": None}])


def downgrade() -> None:
    op.drop_table("epochs")
