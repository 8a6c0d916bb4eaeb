"""What members gave and got: accounts, transfers and their lines."""

revision = "20261122_ledger"
down_revision = "20261122_season"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
