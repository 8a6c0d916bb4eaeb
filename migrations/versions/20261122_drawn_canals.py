"""What drawing canals on the map needs."""

revision = "20261122_drawn_canals"
down_revision = "20261122_remembered_columns"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
