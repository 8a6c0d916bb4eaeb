"""Pests: species and their numbers, sightings, rounds of scouting, traps."""

import sqlalchemy as sa
from alembic import op

from coopfarm.store.building import make_table
from coopfarm.store.columns import Instant
from coopfarm.store.geometry import Shape, add_spatial, drop_spatial

revision = "20261122_sightings"
down_revision = "20261122_parties"
branch_labels = None
depends_on = None

TABLES = (
    "sightings",
    "sighting_notices",
    "pest_numbers",
    "pest_windows",
    "scouting_rounds",
    "scouting_stops",
    "traps",
    "trap_counts",
    "control_proposals",
)


def upgrade() -> None:
    _make_sightings()
    _make_sighting_notices()
    _make_pest_numbers()
    _make_pest_windows()
    _make_scouting_rounds()
    _make_scouting_stops()
    _make_traps()
    _make_trap_counts()
    _make_control_proposals()
    add_spatial(op.get_bind(), "sightings", "place", "POINT")


def downgrade() -> None:
    drop_spatial(op.get_bind(), "sightings", "place")
    for table in reversed(TABLES):
        op.drop_table(table)


def _make_sightings() -> None:
    make_table(
        "sightings",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("plot_id", sa.Uuid(), nullable=True),
        sa.Column("crop", sa.String(length=40), nullable=False),
        sa.Column("told_pest", sa.String(length=40), nullable=False),
        sa.Column("pest", sa.String(length=40), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("mean_count", sa.Double(), nullable=True),
        sa.Column("place", Shape("POINT"), nullable=False),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("picture_id", sa.Uuid(), nullable=True),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decision", sa.String(length=300), nullable=False),
        refers={
            "member_id": "members",
            "plot_id": "plots",
            "picture_id": "pictures",
            "decided_by": "members",
        },
        checks={
            "accuracy": "accuracy_m >= 0",
            "corrected": "state <> 'corrected' OR pest <> told_pest",
            "decided": "state IN ('submitted', 'withdrawn')"
            " OR (decided_by IS NOT NULL AND decided_at IS NOT NULL)",
            "mean_count": "mean_count >= 0",
            "reason": "state <> 'rejected' OR length(trim(decision)) > 0",
            "severity": "severity BETWEEN 1 AND 3",
            "some_measure": "severity IS NOT NULL OR mean_count IS NOT NULL",
            "state": "state IN ('submitted', 'verified', 'corrected', 'rejected', 'withdrawn')",
        },
    )
    op.create_index("ix_sightings_state", "sightings", ["cooperative_id", "state", "made_at"])
    op.create_index("ix_sightings_member", "sightings", ["cooperative_id", "member_id", "made_at"])


def _make_sighting_notices() -> None:
    make_table(
        "sighting_notices",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("sighting_id", sa.Uuid(), nullable=False),
        sa.Column("plot_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        refers={
            "member_id": "members",
            "sighting_id": "sightings",
            "plot_id": ("plots", "CASCADE"),
        },
        unique=[("cooperative_id", "member_id", "on_day")],
    )


def _make_pest_numbers() -> None:
    make_table(
        "pest_numbers",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("source_year", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        refers={
            "entered_by": "members",
            "ended_by": "members",
        },
        checks={
            "ended": "(ended_at IS NULL) = (ended_by IS NULL)",
            "kind": "kind IN ('development', 'threshold', 'kernel', 'interval')",
            "source": "length(trim(source)) > 0",
            "source_year": "source_year BETWEEN 1900 AND 2100",
        },
    )
    op.create_index(
        "ix_pest_numbers_subject", "pest_numbers", ["cooperative_id", "kind", "subject"]
    )


def _make_pest_windows() -> None:
    make_table(
        "pest_windows",
        sa.Column("number_id", sa.Uuid(), nullable=False),
        sa.Column("pest", sa.String(length=40), nullable=False),
        sa.Column("crop", sa.String(length=40), nullable=False),
        sa.Column("biofix_on", sa.Date(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("caveats", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        refers={
            "number_id": "pest_numbers",
            "made_by": "members",
        },
        checks={
            "has_a_length": "opens_on < closes_on",
        },
    )
    op.create_index("ix_pest_windows_on", "pest_windows", ["cooperative_id", "closes_on"])


def _make_scouting_rounds() -> None:
    make_table(
        "scouting_rounds",
        sa.Column("pest", sa.String(length=40), nullable=False),
        sa.Column("crop", sa.String(length=40), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("drawn_by", sa.String(length=4), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=6), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        refers={
            "member_id": "members",
            "made_by": "members",
        },
        checks={
            "drawn_by": "drawn_by IN ('risk', 'lot')",
            "state": "state IN ('open', 'closed')",
        },
    )
    op.create_index(
        "ix_scouting_rounds_state", "scouting_rounds", ["cooperative_id", "state", "on_day"]
    )


def _make_scouting_stops() -> None:
    make_table(
        "scouting_stops",
        sa.Column("scouting_id", sa.Uuid(), nullable=False),
        sa.Column("plot_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("plants", sa.Integer(), nullable=True),
        sa.Column("infested", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("done_at", Instant(), nullable=True),
        refers={
            "scouting_id": ("scouting_rounds", "CASCADE"),
            "plot_id": ("plots", "CASCADE"),
            "done_by": "members",
        },
        unique=[
            ("cooperative_id", "scouting_id", "place"),
            ("cooperative_id", "scouting_id", "plot_id"),
        ],
        checks={
            "plants": "plants > 0 AND infested >= 0 AND infested <= plants",
            "tallied": "(plants IS NULL) = (done_at IS NULL)"
            " AND (infested IS NULL) = (done_at IS NULL)",
        },
    )


def _make_traps() -> None:
    make_table(
        "traps",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("pest", sa.String(length=40), nullable=False),
        sa.Column("plot_id", sa.Uuid(), nullable=False),
        sa.Column("lure", sa.String(length=60), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.Column("taken_in_on", sa.Date(), nullable=True),
        refers={
            "plot_id": "plots",
            "member_id": "members",
        },
        unique=[("cooperative_id", "code")],
    )


def _make_trap_counts() -> None:
    make_table(
        "trap_counts",
        sa.Column("trap_id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("caught", sa.Integer(), nullable=False),
        sa.Column("nights", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        refers={
            "trap_id": ("traps", "CASCADE"),
            "by_id": "members",
        },
        unique=[("cooperative_id", "trap_id", "on_day")],
        checks={
            "caught": "caught >= 0",
            "nights": "nights > 0",
        },
    )


def _make_control_proposals() -> None:
    make_table(
        "control_proposals",
        sa.Column("pest", sa.String(length=40), nullable=False),
        sa.Column("crop", sa.String(length=40), nullable=False),
        sa.Column("number_id", sa.Uuid(), nullable=False),
        sa.Column("source_kind", sa.String(length=8), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        refers={
            "number_id": "pest_numbers",
            "decided_by": "members",
        },
        checks={
            "reason": "state <> 'dismissed' OR length(trim(reason)) > 0",
            "source_kind": "source_kind IN ('sighting', 'trap', 'scouting')",
            "state": "state IN ('proposed', 'called', 'dismissed')",
        },
    )
    op.create_index(
        "ix_control_proposals_open",
        "control_proposals",
        ["cooperative_id", "pest", "crop"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )
