"""Work parties, rotas, asks and offers."""

revision = "20261122_parties"
down_revision = "20261122_ledger"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
