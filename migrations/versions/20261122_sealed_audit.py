"""A chain of hashes over the audit."""

revision = "20261122_sealed_audit"
down_revision = "20261122_drawn_canals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
