"""Pests met together: campaigns, sprays, notices to sensitive sites."""

revision = "20261122_sprays"
down_revision = "20261122_sightings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
