"""Pests: species and their numbers, sightings, rounds of scouting, traps."""

revision = "20261122_sightings"
down_revision = "20261122_parties"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
