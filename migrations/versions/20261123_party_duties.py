"""Rotas and asks that are done, and what they make in the ledger."""

revision = "20261123_party_duties"
down_revision = "20261123_hourly_weather"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
