"""Let PostgreSQL look boxes up by their index behind walls too."""

from alembic import op

from coopfarm.store import walls

revision = "20261123_boxes"
down_revision = "20261122_map_keys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    walls.trust_boxes(op.get_bind())


def downgrade() -> None:
    walls.trust_boxes(op.get_bind(), trusted=False)
