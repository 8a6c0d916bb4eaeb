"""Row-level security: each cooperative behind a wall of the database."""

from alembic import op

from coopfarm.store import walls

revision = "20261122_walls"
down_revision = "20261122_notebook"
branch_labels = None
depends_on = None


def upgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        walls.raise_walls(bind, walls.walled_tables(bind))


def downgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        walls.raze_walls(bind, walls.walled_tables(bind))
