"""The peak of the season: rounds of sharing out, and campaigns."""

import sqlalchemy as sa
from alembic import op

from coopfarm.store.building import make_table
from coopfarm.store.columns import Instant

revision = "20261122_season"
down_revision = "20261122_machine_life"
branch_labels = None
depends_on = None

TABLES = ("allocation_rounds", "wishes", "season_shares", "campaigns", "campaign_stops")


def upgrade() -> None:
    _make_allocation_rounds()
    _make_wishes()
    _make_season_shares()
    _make_campaigns()
    _make_campaign_stops()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _make_allocation_rounds() -> None:
    make_table(
        "allocation_rounds",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("category", sa.String(length=30), nullable=False),
        sa.Column("job", sa.String(length=30), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("deadline_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("outcome_hash", sa.String(length=64), nullable=False),
        sa.Column("is_certified", sa.Boolean(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("final_at", Instant(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        refers={"made_by": "members"},
        unique=[("cooperative_id", "number")],
        checks={
            "certified": "state IN ('open', 'closed') OR (outcome_hash <> '' AND is_certified)",
            "has_days": "first_day <= last_day",
            "state": "state IN ('open', 'closed', 'run', 'published', 'appealed', 'final')",
        },
    )
    op.create_index(
        "ix_allocation_rounds_state", "allocation_rounds", ["cooperative_id", "state", "first_day"]
    )


def _make_wishes() -> None:
    make_table(
        "wishes",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("plot_id", sa.Uuid(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("best_day", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        refers={
            "round_id": ("allocation_rounds", "CASCADE"),
            "member_id": "members",
            "plot_id": "plots",
        },
        unique=[("cooperative_id", "round_id", "member_id")],
        checks={"days": "days > 0"},
    )


def _make_season_shares() -> None:
    make_table(
        "season_shares",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("fair_days", sa.Double(), nullable=False),
        sa.Column("carried_in", sa.Double(), nullable=False),
        sa.Column("carried_out", sa.Double(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("appeal", sa.String(length=500), nullable=False),
        sa.Column("appealed_at", Instant(), nullable=True),
        sa.Column("appeal_answer", sa.String(length=500), nullable=False),
        refers={"round_id": ("allocation_rounds", "CASCADE"), "member_id": "members"},
        unique=[("cooperative_id", "round_id", "member_id")],
    )
    op.create_index("ix_season_shares_member", "season_shares", ["cooperative_id", "member_id"])


def _make_campaigns() -> None:
    make_table(
        "campaigns",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("category", sa.String(length=30), nullable=False),
        sa.Column("job", sa.String(length=30), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("travel", sa.String(length=10), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("outcome_hash", sa.String(length=64), nullable=False),
        sa.Column("is_certified", sa.Boolean(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        refers={"made_by": "members"},
        unique=[("cooperative_id", "number")],
        checks={
            "certified": "state = 'draft' OR is_certified",
            "state": "state IN ('draft', 'published', 'replaced', 'done')",
            "travel": "travel IN ('pooled', 'own')",
        },
    )
    op.create_index("ix_campaigns_state", "campaigns", ["cooperative_id", "state"])


def _make_campaign_stops() -> None:
    make_table(
        "campaign_stops",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("plot_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("machine_id", sa.Uuid(), nullable=True),
        sa.Column("booking_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", Instant(), nullable=True),
        sa.Column("ends_at", Instant(), nullable=True),
        sa.Column("lost_minutes", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        refers={
            "campaign_id": ("campaigns", "CASCADE"),
            "plot_id": "plots",
            "member_id": "members",
            "machine_id": "machines",
            "booking_id": "bookings",
        },
        unique=[("cooperative_id", "campaign_id", "plot_id")],
        checks={
            "has_a_length": "starts_at IS NULL OR starts_at < ends_at",
            "served": "(starts_at IS NULL) = (machine_id IS NULL)",
        },
    )
