"""How the columns of files were read before."""

revision = "20261122_remembered_columns"
down_revision = "20261122_enrolment"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
