"""The weather of the coming hours, stored for windows of spraying."""

revision = "20261123_hourly_weather"
down_revision = "20261123_boxes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
