"""Pests met together: what was sprayed, and how long a plot is locked by it."""

revision = "20261122_sprays"
down_revision = "20261122_campaigns"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
