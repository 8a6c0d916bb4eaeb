"""What members are, what they are trusted with, and who stands in for whom."""

revision = "20261122_memberships"
down_revision = "20261122_first_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
