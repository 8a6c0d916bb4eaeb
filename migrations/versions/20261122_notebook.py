"""What was written on paper, and entered later."""

revision = "20261122_notebook"
down_revision = "20261122_calendar"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
