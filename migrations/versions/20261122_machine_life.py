"""What becomes of a booking, and of a machine."""

import sqlalchemy as sa
from alembic import op

from coopfarm.store.building import make_table
from coopfarm.store.columns import Instant

revision = "20261122_machine_life"
down_revision = "20261122_machines"
branch_labels = None
depends_on = None

TABLES = (
    "waiting_list",
    "hand_overs",
    "overdue_steps",
    "work_slips",
    "fault_reports",
    "upkeep_plans",
    "upkeeps",
    "calendar_feeds",
)


def upgrade() -> None:
    _make_waiting_list()
    _make_hand_overs()
    _make_overdue_steps()
    _make_work_slips()
    _make_fault_reports()
    _make_upkeep_plans()
    _make_upkeeps()
    _make_calendar_feeds()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _make_waiting_list() -> None:
    make_table(
        "waiting_list",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.Column("plot_id", sa.Uuid(), nullable=True),
        sa.Column("job", sa.String(length=30), nullable=False),
        sa.Column("earliest_at", Instant(), nullable=False),
        sa.Column("latest_at", Instant(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("rank", sa.JSON(), nullable=False),
        sa.Column("offer_starts_at", Instant(), nullable=True),
        sa.Column("offer_ends_at", Instant(), nullable=True),
        sa.Column("held_until", Instant(), nullable=True),
        sa.Column("booking_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("state_since", Instant(), nullable=False),
        refers={
            "member_id": "members",
            "machine_id": "machines",
            "plot_id": "plots",
            "booking_id": "bookings",
        },
        checks={
            "has_a_length": "earliest_at < latest_at AND minutes > 0",
            "held": "state <> 'offered' OR held_until IS NOT NULL",
            "state": "state IN ('waiting', 'offered', 'taken', 'lapsed', 'withdrawn')",
        },
    )
    op.create_index(
        "ix_waiting_list_machine", "waiting_list", ["cooperative_id", "machine_id", "state"]
    )
    op.create_index(
        "ix_waiting_list_member", "waiting_list", ["cooperative_id", "member_id", "state"]
    )
    op.create_index(
        "ix_waiting_list_state", "waiting_list", ["cooperative_id", "state", "held_until"]
    )


def _make_hand_overs() -> None:
    make_table(
        "hand_overs",
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.String(length=4), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("meter_reading", sa.Double(), nullable=True),
        sa.Column("picture_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        refers={
            "booking_id": "bookings",
            "machine_id": "machines",
            "by_id": "members",
            "picture_id": "pictures",
        },
        unique=[("cooperative_id", "booking_id", "machine_id", "way")],
        checks={"meter_reading": "meter_reading >= 0", "way": "way IN ('out', 'back')"},
    )


def _make_overdue_steps() -> None:
    make_table(
        "overdue_steps",
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        refers={"booking_id": "bookings", "by_id": "members"},
        unique=[("cooperative_id", "booking_id", "step")],
        checks={"step": "step IN ('remind', 'call', 'hours', 'hold', 'hearing')"},
    )


def _make_work_slips() -> None:
    make_table(
        "work_slips",
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("hours", sa.Double(), nullable=False),
        sa.Column("hectares", sa.Double(), nullable=False),
        sa.Column("kilometres", sa.Double(), nullable=False),
        sa.Column("money", sa.Double(), nullable=False),
        sa.Column("hours_owed", sa.Double(), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=True),
        sa.Column("drafted_at", Instant(), nullable=False),
        sa.Column("signed_by_member", sa.Uuid(), nullable=True),
        sa.Column("member_signed_at", Instant(), nullable=True),
        sa.Column("signed_by_office", sa.Uuid(), nullable=True),
        sa.Column("office_signed_at", Instant(), nullable=True),
        sa.Column("posted_at", Instant(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        refers={
            "booking_id": "bookings",
            "drafted_by": "members",
            "signed_by_member": "members",
            "signed_by_office": "members",
        },
        unique=[("cooperative_id", "booking_id")],
        checks={
            "amounts": "hours >= 0 AND hectares >= 0 AND kilometres >= 0",
            "both_signed": "state NOT IN ('countersigned', 'posted')"
            " OR (member_signed_at IS NOT NULL AND office_signed_at IS NOT NULL)",
            "state": "state IN ('drafted', 'countersigned', 'posted', 'disputed')",
        },
    )


def _make_fault_reports() -> None:
    make_table(
        "fault_reports",
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("told_by", sa.Uuid(), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("picture_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("can_work", sa.Boolean(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        refers={
            "machine_id": "machines",
            "told_by": "members",
            "picture_id": "pictures",
            "decided_by": "members",
        },
        checks={"state": "state IN ('new', 'confirmed', 'in_repair', 'fixed', 'no_fault')"},
    )
    op.create_index(
        "ix_fault_reports_machine", "fault_reports", ["cooperative_id", "machine_id", "state"]
    )


def _make_upkeep_plans() -> None:
    make_table(
        "upkeep_plans",
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("every_units", sa.Double(), nullable=True),
        sa.Column("every_days", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("done_at_reading", sa.Double(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        refers={"machine_id": "machines"},
        unique=[("cooperative_id", "machine_id", "name")],
        checks={
            "every": "every_units > 0 AND every_days > 0",
            "minutes": "minutes > 0",
            "some_measure": "every_units IS NOT NULL OR every_days IS NOT NULL",
        },
    )


def _make_upkeeps() -> None:
    make_table(
        "upkeeps",
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("fault_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        refers={
            "machine_id": "machines",
            "plan_id": "upkeep_plans",
            "fault_id": "fault_reports",
            "done_by": "members",
        },
        checks={
            "has_a_length": "starts_at < ends_at",
            "state": "state IN ('planned', 'done', 'cancelled')",
        },
    )
    op.create_index("ix_upkeeps_machine", "upkeeps", ["cooperative_id", "machine_id", "starts_at"])


def _make_calendar_feeds() -> None:
    make_table(
        "calendar_feeds",
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("machine_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        refers={
            "member_id": ("members", "CASCADE"),
            "machine_id": ("machines", "CASCADE"),
            "made_by": "members",
        },
        unique=[("token_hash",)],
        checks={"of_one": "(member_id IS NULL) <> (machine_id IS NULL)"},
    )
