"""Transfers in batches."""

revision = "20261123_ledger_batches"
down_revision = "20261123_party_duties"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
