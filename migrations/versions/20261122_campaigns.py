"""Pests met together: campaigns, notices to sensitive sites, visits afterwards."""

revision = "20261122_campaigns"
down_revision = "20261122_sightings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
