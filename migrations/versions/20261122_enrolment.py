"""Enrolment codes and short messages."""

revision = "20261122_enrolment"
down_revision = "20261122_ways_in"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
