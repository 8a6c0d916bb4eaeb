"""Pests met together: campaigns, notices to sensitive sites, visits afterwards."""

import sqlalchemy as sa
from alembic import op

from coopfarm.store import campaign_notices
from coopfarm.store.building import make_table
from coopfarm.store.columns import Instant
from coopfarm.store.geometry import Shape, add_spatial, drop_spatial

revision = "20261122_campaigns"
down_revision = "20261122_sightings"
branch_labels = None
depends_on = None

TABLES = (
    "pest_campaigns",
    "campaign_plots",
    "campaign_counts",
    "sensitive_sites",
    "campaign_notices",
)


def upgrade() -> None:
    _make_pest_campaigns()
    _make_campaign_plots()
    _make_campaign_counts()
    _make_sensitive_sites()
    _make_campaign_notices()
    add_spatial(op.get_bind(), "sensitive_sites", "place", "POINT")
    campaign_notices.hear_first(op.get_bind())


def downgrade() -> None:
    campaign_notices.hear_nobody(op.get_bind())
    drop_spatial(op.get_bind(), "sensitive_sites", "place")
    for table in reversed(TABLES):
        op.drop_table(table)


def _make_pest_campaigns() -> None:
    make_table(
        "pest_campaigns",
        sa.Column("pest", sa.String(length=40), nullable=False),
        sa.Column("crop", sa.String(length=40), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("air", sa.JSON(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=True),
        sa.Column("ends_at", Instant(), nullable=True),
        sa.Column("radius_m", sa.Double(), nullable=False),
        sa.Column("hours_ahead", sa.Integer(), nullable=False),
        sa.Column("visit_after_days", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("stated_at", Instant(), nullable=False),
        refers={"proposal_id": "control_proposals", "made_by": "members"},
        unique=[("cooperative_id", "proposal_id")],
        checks={
            "has_a_length": "starts_at < ends_at",
            "notices": "radius_m >= 0 AND hours_ahead >= 0 AND visit_after_days > 0",
            "reason": "proposal_id IS NOT NULL OR length(trim(reason)) > 0",
            "scheduled": "state IN ('called', 'postponed', 'called_off') OR starts_at IS NOT NULL",
            "state": "state IN ('called', 'scheduled', 'postponed', 'go', 'done', 'evaluated',"
            " 'called_off')",
            "window": "(starts_at IS NULL) = (ends_at IS NULL)",
        },
    )
    op.create_index(
        "ix_pest_campaigns_state", "pest_campaigns", ["cooperative_id", "state", "made_at"]
    )


def _make_campaign_plots() -> None:
    make_table(
        "campaign_plots",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("plot_id", sa.Uuid(), nullable=False),
        sa.Column("inside_m2", sa.Double(), nullable=False),
        sa.Column("answer", sa.String(length=8), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        refers={
            "campaign_id": ("pest_campaigns", "CASCADE"),
            "plot_id": ("plots", "CASCADE"),
            "answered_by": "members",
        },
        unique=[("cooperative_id", "campaign_id", "plot_id")],
        checks={
            "answer": "answer IN ('waiting', 'joined', 'declined')",
            "answered": "(answer = 'waiting') = (answered_at IS NULL)",
            "inside": "inside_m2 > 0",
        },
    )


def _make_campaign_counts() -> None:
    make_table(
        "campaign_counts",
        sa.Column("campaign_plot_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(length=6), nullable=False),
        sa.Column("plants", sa.Integer(), nullable=False),
        sa.Column("infested", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        refers={"campaign_plot_id": ("campaign_plots", "CASCADE"), "by_id": "members"},
        unique=[("cooperative_id", "campaign_plot_id", "stage")],
        checks={
            "plants": "plants > 0 AND infested >= 0 AND infested <= plants",
            "stage": "stage IN ('before', 'after')",
        },
    )


def _make_sensitive_sites() -> None:
    make_table(
        "sensitive_sites",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("place", Shape("POINT"), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("contact", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        refers={"member_id": "members", "made_by": "members"},
        checks={
            "contact": "member_id IS NOT NULL OR length(trim(phone)) > 0",
            "kind": "kind IN ('hives', 'organic', 'school', 'well')",
            "name": "length(trim(name)) > 0",
        },
    )
    op.create_index(
        "ix_sensitive_sites_kind", "sensitive_sites", ["cooperative_id", "kind", "name"]
    )


def _make_campaign_notices() -> None:
    make_table(
        "campaign_notices",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("distance_m", sa.Double(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        refers={
            "campaign_id": ("pest_campaigns", "CASCADE"),
            "site_id": "sensitive_sites",
            "answered_by": "members",
        },
        unique=[("cooperative_id", "campaign_id", "site_id")],
        checks={
            "answered": "(state = 'waiting') = (answered_at IS NULL)",
            "distance": "distance_m >= 0",
            "state": "state IN ('waiting', 'acknowledged', 'waived')",
            "waived": "state <> 'waived' OR length(trim(note)) > 0",
        },
    )
