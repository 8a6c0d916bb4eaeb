"""Addresses at which map programs read the land."""

import sqlalchemy as sa
from alembic import op

from coopfarm.store.building import make_table
from coopfarm.store.columns import Instant

revision = "20261122_map_keys"
down_revision = "20261122_sprays"
branch_labels = None
depends_on = None


def upgrade() -> None:
    make_table(
        "map_keys",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        refers={"member_id": ("members", "CASCADE")},
        unique=[("token_hash",)],
    )


def downgrade() -> None:
    op.drop_table("map_keys")
