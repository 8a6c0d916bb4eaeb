"""What is to happen on each plot and to each person."""

revision = "20261122_calendar"
down_revision = "20261122_sealed_audit"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
