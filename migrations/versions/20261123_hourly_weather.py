"""The weather of the coming hours, stored for windows of spraying."""

import sqlalchemy as sa
from alembic import op

from coopfarm.store.building import make_table
from coopfarm.store.columns import Instant

revision = "20261123_hourly_weather"
down_revision = "20261123_boxes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    make_table(
        "hours_of_weather",
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("temperature_c", sa.Double(), nullable=False),
        sa.Column("humidity_pct", sa.Double(), nullable=False),
        sa.Column("wind_km_h", sa.Double(), nullable=False),
        sa.Column("rain_mm", sa.Double(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        refers={},
        unique=[("cooperative_id", "starts_at")],
        checks={
            "temperature": "temperature_c BETWEEN -60 AND 60",
            "humidity": "humidity_pct BETWEEN 0 AND 100",
            "wind": "wind_km_h BETWEEN 0 AND 400",
            "rain": "rain_mm BETWEEN 0 AND 500",
            "source": "length(trim(source)) > 0",
        },
    )


def downgrade() -> None:
    op.drop_table("hours_of_weather")
