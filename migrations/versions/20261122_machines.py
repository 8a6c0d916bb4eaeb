"""Machines, the rules by which they are booked, and the bookings."""

import sqlalchemy as sa
from alembic import op

from coopfarm.store.building import make_table
from coopfarm.store.columns import Instant
from coopfarm.store.geometry import Shape, add_spatial, drop_spatial
from coopfarm.store.guards import append_only, forbid_overlap, forbid_replacing

revision = "20261122_machines"
down_revision = "20261122_no_loops"
branch_labels = None
depends_on = None

IN_FORCE = "state = 'in_force'"
TABLES = (
    "pictures",
    "machines",
    "kits",
    "kit_parts",
    "machine_policies",
    "bookings",
    "machine_times",
    "machine_charges",
)


def upgrade() -> None:
    _make_pictures()
    _make_machines()
    _make_kits()
    _make_kit_parts()
    _make_machine_policies()
    _make_bookings()
    _make_machine_times()
    _make_machine_charges()
    bind = op.get_bind()
    forbid_overlap(bind, "machine_times", keys=("cooperative_id", "machine_id"), live="is_live")
    append_only(bind, "machine_charges")
    forbid_replacing(bind, "machine_charges", ("cooperative_id", "id"))
    add_spatial(bind, "machines", "base", "POINT")


def downgrade() -> None:
    drop_spatial(op.get_bind(), "machines", "base")
    for table in reversed(TABLES):
        op.drop_table(table)


def _make_pictures() -> None:
    make_table(
        "pictures",
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        refers={},
        checks={"media_type": "media_type IN ('image/jpeg', 'image/png', 'image/webp')"},
    )
    op.create_index("ix_pictures_made_at", "pictures", ["cooperative_id", "made_at"])


def _make_machines() -> None:
    make_table(
        "machines",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_latin", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("category", sa.String(length=30), nullable=False),
        sa.Column("jobs", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("base", Shape("POINT"), nullable=True),
        sa.Column("work_width_m", sa.Double(), nullable=True),
        sa.Column("work_km_h", sa.Double(), nullable=True),
        sa.Column("efficiency", sa.Double(), nullable=False),
        sa.Column("road_km_h", sa.Double(), nullable=False),
        sa.Column("cleaning_minutes", sa.Integer(), nullable=False),
        sa.Column("meter", sa.String(length=10), nullable=False),
        sa.Column("meter_reading", sa.Double(), nullable=False),
        sa.Column("price_an_hour", sa.Double(), nullable=False),
        sa.Column("price_a_hectare", sa.Double(), nullable=False),
        sa.Column("hours_an_hour", sa.Double(), nullable=False),
        sa.Column("caretaker_id", sa.Uuid(), nullable=True),
        sa.Column("picture_id", sa.Uuid(), nullable=True),
        sa.Column("tag", sa.String(length=32), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        refers={"caretaker_id": "members", "picture_id": "pictures"},
        unique=[("cooperative_id", "code"), ("tag",)],
        checks={
            "cleaning": "cleaning_minutes >= 0",
            "efficiency": "efficiency > 0 AND efficiency <= 1",
            "hours": "hours_an_hour >= 0",
            "kind": "kind IN ('machine', 'implement')",
            "meter": "meter IN ('hours', 'hectares', 'kilometres', 'none')",
            "meter_reading": "meter_reading >= 0",
            "price": "price_an_hour >= 0 AND price_a_hectare >= 0",
            "road": "road_km_h > 0",
            "state": "state IN ('in_service', 'broken', 'retired')",
            "work": "work_width_m > 0 AND work_km_h > 0",
        },
    )


def _make_kits() -> None:
    make_table(
        "kits",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("job", sa.String(length=30), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        refers={},
        unique=[("cooperative_id", "name")],
    )


def _make_kit_parts() -> None:
    make_table(
        "kit_parts",
        sa.Column("kit_id", sa.Uuid(), nullable=False),
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        refers={"kit_id": ("kits", "CASCADE"), "machine_id": "machines"},
        unique=[("cooperative_id", "kit_id", "machine_id")],
    )


def _make_machine_policies() -> None:
    make_table(
        "machine_policies",
        sa.Column("category", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("in_force_at", Instant(), nullable=True),
        sa.Column("old_at", Instant(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        refers={"made_by": "members"},
        unique=[("cooperative_id", "category", "version")],
        checks={"state": "state IN ('draft', 'in_force', 'old')"},
    )
    op.create_index(
        "uq_machine_policies_in_force",
        "machine_policies",
        ["cooperative_id", "category"],
        unique=True,
        sqlite_where=sa.text(IN_FORCE),
        postgresql_where=sa.text(IN_FORCE),
    )


def _make_bookings() -> None:
    make_table(
        "bookings",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("plot_id", sa.Uuid(), nullable=True),
        sa.Column("job", sa.String(length=30), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("area_m2", sa.Double(), nullable=True),
        sa.Column("cost_money", sa.Double(), nullable=False),
        sa.Column("cost_hours", sa.Double(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("override_reason", sa.String(length=300), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        refers={
            "member_id": "members",
            "made_by": "members",
            "plot_id": "plots",
            "policy_id": "machine_policies",
            "decided_by": "members",
        },
        checks={
            "area": "area_m2 > 0",
            "cost": "cost_money >= 0 AND cost_hours >= 0",
            "has_a_length": "starts_at < ends_at",
            "state": "state IN ('requested', 'confirmed', 'out', 'returned', 'settled',"
            " 'declined', 'cancelled', 'no_show')",
        },
    )
    op.create_index("ix_bookings_member", "bookings", ["cooperative_id", "member_id", "starts_at"])
    op.create_index("ix_bookings_state", "bookings", ["cooperative_id", "state", "starts_at"])


def _make_machine_times() -> None:
    make_table(
        "machine_times",
        sa.Column("machine_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        refers={"machine_id": "machines"},
        unique=[("cooperative_id", "subject_id", "machine_id")],
        checks={
            "has_a_length": "starts_at < ends_at",
            "kind": "kind IN ('booking', 'hold', 'upkeep')",
        },
    )
    op.create_index("ix_machine_times_at", "machine_times", ["cooperative_id", "starts_at"])
    op.create_index(
        "ix_machine_times_of", "machine_times", ["cooperative_id", "machine_id", "starts_at"]
    )


def _make_machine_charges() -> None:
    make_table(
        "machine_charges",
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.String(length=6), nullable=False),
        sa.Column("amount", sa.Double(), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        refers={"booking_id": "bookings", "member_id": "members"},
        checks={"unit": "unit IN ('money', 'hours')"},
    )
    op.create_index(
        "ix_machine_charges_booking", "machine_charges", ["cooperative_id", "booking_id"]
    )
    op.create_index(
        "ix_machine_charges_member", "machine_charges", ["cooperative_id", "member_id", "made_at"]
    )
    of_a_slip = sa.text("why = 'slip'")
    op.create_index(
        "uq_machine_charges_slip",
        "machine_charges",
        ["cooperative_id", "booking_id", "unit"],
        unique=True,
        sqlite_where=of_a_slip,
        postgresql_where=of_a_slip,
    )
