"""Pests met together: what was sprayed, and how long a plot is locked by it."""

import sqlalchemy as sa
from alembic import op

from coopfarm.store import plot_locks
from coopfarm.store.building import make_table
from coopfarm.store.columns import Instant

revision = "20261122_sprays"
down_revision = "20261122_campaigns"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plot_times", sa.Column("what", sa.String(60), nullable=False, server_default=""))
    _make_sprays()
    plot_locks.keep_out(op.get_bind())
    plot_locks.keep_sprays(op.get_bind())


def downgrade() -> None:
    plot_locks.let_sprays_go(op.get_bind())
    plot_locks.let_in(op.get_bind())
    op.execute("DELETE FROM plot_times WHERE kind IN ('re_entry', 'pre_harvest')")
    op.execute("DELETE FROM person_times WHERE kind IN ('re_entry', 'pre_harvest')")
    op.drop_column("plot_times", "what")


def _make_sprays() -> None:
    make_table(
        "sprays",
        sa.Column("plot_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("crop", sa.String(length=40), nullable=False),
        sa.Column("product", sa.String(length=60), nullable=False),
        sa.Column("dose", sa.Double(), nullable=False),
        sa.Column("dose_unit", sa.String(length=6), nullable=False),
        sa.Column("area_m2", sa.Double(), nullable=False),
        sa.Column("wind_km_h", sa.Double(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=False),
        sa.Column("number_id", sa.Uuid(), nullable=True),
        sa.Column("re_entry_hours", sa.Double(), nullable=False),
        sa.Column("pre_harvest_days", sa.Double(), nullable=False),
        sa.Column("interval_source", sa.String(length=400), nullable=False),
        sa.Column("interval_year", sa.Integer(), nullable=False),
        sa.Column("re_entry_until", Instant(), nullable=False),
        sa.Column("pre_harvest_until", Instant(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("struck_by", sa.Uuid(), nullable=True),
        sa.Column("struck_at", Instant(), nullable=True),
        sa.Column("strike_reason", sa.String(length=300), nullable=False),
        refers={
            "plot_id": "plots",
            "campaign_id": "pest_campaigns",
            "operator_id": "members",
            "number_id": "pest_numbers",
            "made_by": "members",
            "struck_by": "members",
        },
        checks={
            "amounts": "dose > 0 AND area_m2 > 0 AND wind_km_h >= 0",
            "clear": "re_entry_until >= ended_at AND pre_harvest_until >= ended_at",
            "dose_unit": "dose_unit IN ('l_ha', 'kg_ha', 'ml_l', 'g_l')",
            "intervals": "re_entry_hours >= 0 AND pre_harvest_days >= 0",
            "product": "length(trim(product)) > 0",
            "source": "length(trim(interval_source)) > 0 AND interval_year BETWEEN 1900 AND 2100",
            "struck": "(struck_at IS NULL) = (length(trim(strike_reason)) = 0)",
            "times": "began_at < ended_at",
        },
    )
    op.create_index("ix_sprays_plot", "sprays", ["cooperative_id", "plot_id", "ended_at"])
    op.create_index("ix_sprays_ended", "sprays", ["cooperative_id", "ended_at"])
    op.create_index(
        "uq_sprays_once",
        "sprays",
        ["cooperative_id", "plot_id", "product", "began_at"],
        unique=True,
        sqlite_where=sa.text("struck_at IS NULL"),
        postgresql_where=sa.text("struck_at IS NULL"),
    )
