"""Row-level security: each cooperative behind a wall of the database."""

revision = "20261122_walls"
down_revision = "20261122_notebook"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
