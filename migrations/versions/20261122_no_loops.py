"""No canal is fed by what it feeds."""

from alembic import op

from coopfarm.store import guards

revision = "20261122_no_loops"
down_revision = "20261122_epochs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    guards.forbid_circles(op.get_bind())


def downgrade() -> None:
    guards.allow_circles(op.get_bind())
