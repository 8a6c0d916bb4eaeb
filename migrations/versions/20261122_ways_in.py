"""Second factors, counted tries, and sessions that can be listed."""

revision = "20261122_ways_in"
down_revision = "20261122_memberships"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
