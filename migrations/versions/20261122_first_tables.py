"""The first tables: cooperatives and their people, their land, their water."""

import sqlalchemy as sa
from alembic import op

from coopfarm.store.columns import Instant
from coopfarm.store.geometry import Shape, add_spatial, drop_spatial
from coopfarm.store.guards import append_only, forbid_overlap

revision = "20261122_first_tables"
down_revision = None
branch_labels = None
depends_on = None

SHAPES = (
    ("canals", "line", "LINESTRING"),
    ("outlets", "place", "POINT"),
    ("outlets", "watercourse", "LINESTRING"),
    ("nakkas", "place", "POINT"),
    ("plots", "boundary", "MULTIPOLYGON"),
)


def upgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    _create_tables()
    for table, column, kind in SHAPES:
        add_spatial(bind, table, column, kind)
    forbid_overlap(bind, "turns", keys=("cooperative_id", "outlet_id"), live="is_live")
    append_only(bind, "audit_events")


def downgrade() -> None:
    for table, column, _ in SHAPES:
        drop_spatial(op.get_bind(), table, column)
    op.drop_index("ix_turns_outlet", table_name="turns")
    op.drop_index("ix_turns_next", table_name="turns")
    op.drop_table("turns")
    op.drop_index("ix_allotments_member", table_name="allotments")
    op.drop_table("allotments")
    op.drop_index("ix_plots_outlet", table_name="plots")
    op.drop_index("ix_plots_holder", table_name="plots")
    op.drop_table("plots")
    op.drop_table("plan_runs")
    op.drop_table("uploads")
    op.drop_index(op.f("ix_sign_ins_account_id"), table_name="sign_ins")
    op.drop_table("sign_ins")
    op.drop_table("schemes")
    op.drop_index("ix_rotations_state", table_name="rotations")
    op.drop_table("rotations")
    op.drop_table("nakkas")
    op.drop_table("member_roles")
    op.drop_index("ix_audit_events_subject", table_name="audit_events")
    op.drop_index("ix_audit_events_at", table_name="audit_events")
    op.drop_table("audit_events")
    op.drop_table("outlets")
    op.drop_index("ix_members_account", table_name="members")
    op.drop_table("members")
    op.drop_table("days_of_weather")
    op.drop_table("weather_stations")
    op.drop_table("households")
    op.drop_table("canals")
    op.drop_table("cooperatives")
    op.drop_index(op.f("ix_acts_cooperative_id"), table_name="acts")
    op.drop_table("acts")
    op.drop_table("accounts")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION coopfarm_append_only()")


def _create_tables() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("login", sa.String(length=120), nullable=True),
        sa.Column("secret_hash", sa.String(length=200), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", Instant(), nullable=True),
        sa.CheckConstraint(
            "phone IS NOT NULL OR login IS NOT NULL", name=op.f("ck_accounts_has_a_name")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("login", name=op.f("uq_accounts_login")),
        sa.UniqueConstraint("phone", name=op.f("uq_accounts_phone")),
    )
    op.create_table(
        "acts",
        sa.Column("doer", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("cooperative_id", sa.Integer(), nullable=True),
        sa.Column("route", sa.String(length=400), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("on_behalf_of", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("doer", "key", name=op.f("pk_acts")),
    )
    op.create_index(op.f("ix_acts_cooperative_id"), "acts", ["cooperative_id"], unique=False)
    op.create_table(
        "cooperatives",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=False),
        sa.Column("area_unit", sa.String(length=12), nullable=False),
        sa.Column("field_efficiency", sa.Double(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "field_efficiency > 0 AND field_efficiency <= 1", name=op.f("ck_cooperatives_eff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cooperatives")),
        sa.UniqueConstraint("name", name=op.f("uq_cooperatives_name")),
    )
    op.create_table(
        "canals",
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("feeds_from_id", sa.Uuid(), nullable=True),
        sa.Column("capacity_l_s", sa.Double(), nullable=True),
        sa.Column("efficiency", sa.Double(), nullable=False),
        sa.Column("length_m", sa.Double(), nullable=True),
        sa.Column("flows_against_line", sa.Boolean(), nullable=False),
        sa.Column("line", Shape("LINESTRING"), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity_l_s >= 0", name=op.f("ck_canals_capacity")),
        sa.CheckConstraint("efficiency > 0 AND efficiency <= 1", name=op.f("ck_canals_efficiency")),
        sa.CheckConstraint(
            "feeds_from_id IS NULL OR feeds_from_id <> id", name=op.f("ck_canals_not_from_itself")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "feeds_from_id"],
            ["canals.cooperative_id", "canals.id"],
            name=op.f("fk_canals_cooperative_id_feeds_from_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_canals_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_canals")),
        sa.UniqueConstraint("cooperative_id", "code", name=op.f("uq_canals_cooperative_id_code")),
    )
    op.create_table(
        "households",
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_households_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_households")),
    )
    op.create_table(
        "weather_stations",
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("latitude_deg", sa.Double(), nullable=False),
        sa.Column("elevation_m", sa.Double(), nullable=False),
        sa.Column("wind_height_m", sa.Double(), nullable=False),
        sa.CheckConstraint(
            "elevation_m BETWEEN -430 AND 6000", name=op.f("ck_weather_stations_elevation")
        ),
        sa.CheckConstraint(
            "latitude_deg BETWEEN -66 AND 66", name=op.f("ck_weather_stations_latitude")
        ),
        sa.CheckConstraint("wind_height_m > 0", name=op.f("ck_weather_stations_wind_height")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_weather_stations_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_weather_stations")),
        sa.UniqueConstraint(
            "cooperative_id", "name", name=op.f("uq_weather_stations_cooperative_id_name")
        ),
    )
    op.create_table(
        "days_of_weather",
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("station_id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("measured", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "station_id"],
            ["weather_stations.cooperative_id", "weather_stations.id"],
            name=op.f("fk_days_of_weather_cooperative_id_station_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_days_of_weather_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_days_of_weather")),
        sa.UniqueConstraint(
            "cooperative_id",
            "station_id",
            "on_day",
            name=op.f("uq_days_of_weather_cooperative_id_station_id_on_day"),
        ),
    )
    op.create_table(
        "members",
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_latin", sa.String(length=120), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("shares_phone", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(length=12), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_members_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "household_id"],
            ["households.cooperative_id", "households.id"],
            name=op.f("fk_members_cooperative_id_household_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_members_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_members")),
        sa.UniqueConstraint(
            "cooperative_id", "number", name=op.f("uq_members_cooperative_id_number")
        ),
    )
    op.create_index("ix_members_account", "members", ["account_id"], unique=False)
    op.create_table(
        "outlets",
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("canal_id", sa.Uuid(), nullable=True),
        sa.Column("metres_from_head", sa.Double(), nullable=True),
        sa.Column("capacity_l_s", sa.Double(), nullable=True),
        sa.Column("place", Shape("POINT"), nullable=True),
        sa.Column("watercourse", Shape("LINESTRING"), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity_l_s > 0", name=op.f("ck_outlets_capacity")),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "canal_id"],
            ["canals.cooperative_id", "canals.id"],
            name=op.f("fk_outlets_cooperative_id_canal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_outlets_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_outlets")),
        sa.UniqueConstraint("cooperative_id", "code", name=op.f("uq_outlets_cooperative_id_code")),
    )
    op.create_table(
        "audit_events",
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("on_behalf_of", sa.Uuid(), nullable=True),
        sa.Column("verb", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=60), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "actor_id"],
            ["members.cooperative_id", "members.id"],
            name=op.f("fk_audit_events_cooperative_id_actor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "on_behalf_of"],
            ["members.cooperative_id", "members.id"],
            name=op.f("fk_audit_events_cooperative_id_on_behalf_of"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_audit_events_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_audit_events")),
    )
    op.create_index("ix_audit_events_at", "audit_events", ["cooperative_id", "at"], unique=False)
    op.create_index(
        "ix_audit_events_subject",
        "audit_events",
        ["cooperative_id", "subject_kind", "subject_id"],
        unique=False,
    )
    op.create_table(
        "member_roles",
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "role IN ('member', 'water_master', 'manager', 'officer')",
            name=op.f("ck_member_roles_known"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "member_id"],
            ["members.cooperative_id", "members.id"],
            name=op.f("fk_member_roles_cooperative_id_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_member_roles_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_member_roles")),
        sa.UniqueConstraint(
            "cooperative_id",
            "member_id",
            "role",
            name=op.f("uq_member_roles_cooperative_id_member_id_role"),
        ),
    )
    op.create_table(
        "nakkas",
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("outlet_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(length=30), nullable=False),
        sa.Column("metres_from_outlet", sa.Double(), nullable=True),
        sa.Column("place", Shape("POINT"), nullable=True),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "outlet_id"],
            ["outlets.cooperative_id", "outlets.id"],
            name=op.f("fk_nakkas_cooperative_id_outlet_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_nakkas_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_nakkas")),
        sa.UniqueConstraint(
            "cooperative_id",
            "outlet_id",
            "label",
            name=op.f("uq_nakkas_cooperative_id_outlet_id_label"),
        ),
    )
    op.create_table(
        "rotations",
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("basis", sa.String(length=10), nullable=False),
        sa.Column("need_m3", sa.Double(), nullable=False),
        sa.Column("supply_m3", sa.Double(), nullable=False),
        sa.Column("is_certified", sa.Boolean(), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("inputs_hash", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("outcome_hash", sa.String(length=64), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("comparison", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("noticed_at", Instant(), nullable=True),
        sa.Column("in_force_at", Instant(), nullable=True),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.Column("replaced_by_id", sa.Uuid(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.CheckConstraint("state = 'draft' OR is_certified", name=op.f("ck_rotations_certified")),
        sa.CheckConstraint(
            "state IN ('draft', 'notice', 'in_force', 'superseded')",
            name=op.f("ck_rotations_state"),
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_rotations_has_a_length")),
        sa.CheckConstraint(
            "supply_m3 > 0 AND supply_m3 <= need_m3 * 1.000001", name=op.f("ck_rotations_supply")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "made_by"],
            ["members.cooperative_id", "members.id"],
            name=op.f("fk_rotations_cooperative_id_made_by"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "published_by"],
            ["members.cooperative_id", "members.id"],
            name=op.f("fk_rotations_cooperative_id_published_by"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "replaced_by_id"],
            ["rotations.cooperative_id", "rotations.id"],
            name=op.f("fk_rotations_cooperative_id_replaced_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_rotations_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_rotations")),
        sa.UniqueConstraint(
            "cooperative_id", "version", name=op.f("uq_rotations_cooperative_id_version")
        ),
    )
    op.create_index(
        "ix_rotations_state", "rotations", ["cooperative_id", "state", "starts_at"], unique=False
    )
    op.create_table(
        "schemes",
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("outlet_id", sa.Uuid(), nullable=False),
        sa.Column("basis", sa.String(length=10), nullable=False),
        sa.Column("unit_name", sa.String(length=30), nullable=False),
        sa.Column("unit_minutes", sa.Double(), nullable=True),
        sa.Column("yearly_shift", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "basis IN ('award', 'area', 'shares', 'equal', 'crop')", name=op.f("ck_schemes_basis")
        ),
        sa.CheckConstraint("unit_minutes > 0", name=op.f("ck_schemes_unit_minutes")),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "outlet_id"],
            ["outlets.cooperative_id", "outlets.id"],
            name=op.f("fk_schemes_cooperative_id_outlet_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_schemes_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_schemes")),
        sa.UniqueConstraint(
            "cooperative_id", "outlet_id", name=op.f("uq_schemes_cooperative_id_outlet_id")
        ),
    )
    op.create_table(
        "sign_ins",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sign_ins_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "member_id"],
            ["members.cooperative_id", "members.id"],
            name=op.f("fk_sign_ins_cooperative_id_member_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_sign_ins_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_ins")),
    )
    op.create_index(op.f("ix_sign_ins_account_id"), "sign_ins", ["account_id"], unique=False)
    op.create_table(
        "uploads",
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("imported_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "made_by"],
            ["members.cooperative_id", "members.id"],
            name=op.f("fk_uploads_cooperative_id_made_by"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_uploads_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_uploads")),
    )
    op.create_table(
        "plan_runs",
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("doing", sa.JSON(), nullable=True),
        sa.Column("refusal", sa.JSON(), nullable=True),
        sa.Column("rotation_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("stop_asked_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'feasible', 'done', 'stopped', 'refused')",
            name=op.f("ck_plan_runs_state"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "asked_by"],
            ["members.cooperative_id", "members.id"],
            name=op.f("fk_plan_runs_cooperative_id_asked_by"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "rotation_id"],
            ["rotations.cooperative_id", "rotations.id"],
            name=op.f("fk_plan_runs_cooperative_id_rotation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_plan_runs_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_plan_runs")),
    )
    op.create_table(
        "plots",
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("outlet_id", sa.Uuid(), nullable=True),
        sa.Column("nakka_id", sa.Uuid(), nullable=True),
        sa.Column("place_from_head", sa.Integer(), nullable=True),
        sa.Column("placed_by_hand", sa.Boolean(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=True),
        sa.Column("payer_id", sa.Uuid(), nullable=True),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("gross_area_m2", sa.Double(), nullable=False),
        sa.Column("net_area_m2", sa.Double(), nullable=False),
        sa.Column("shares", sa.Double(), nullable=True),
        sa.Column("filling_minutes", sa.Double(), nullable=False),
        sa.Column("draining_minutes", sa.Double(), nullable=False),
        sa.Column("crop", sa.String(length=40), nullable=True),
        sa.Column("sown_on", sa.Date(), nullable=True),
        sa.Column("soil", sa.String(length=40), nullable=True),
        sa.Column("boundary", Shape("MULTIPOLYGON"), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "filling_minutes >= 0 AND draining_minutes >= 0", name=op.f("ck_plots_allowances")
        ),
        sa.CheckConstraint("gross_area_m2 > 0", name=op.f("ck_plots_gross_area")),
        sa.CheckConstraint(
            "net_area_m2 > 0 AND net_area_m2 <= gross_area_m2", name=op.f("ck_plots_net_area")
        ),
        sa.CheckConstraint("shares >= 0", name=op.f("ck_plots_shares")),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "holder_id"],
            ["members.cooperative_id", "members.id"],
            name=op.f("fk_plots_cooperative_id_holder_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "nakka_id"],
            ["nakkas.cooperative_id", "nakkas.id"],
            name=op.f("fk_plots_cooperative_id_nakka_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "outlet_id"],
            ["outlets.cooperative_id", "outlets.id"],
            name=op.f("fk_plots_cooperative_id_outlet_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "payer_id"],
            ["members.cooperative_id", "members.id"],
            name=op.f("fk_plots_cooperative_id_payer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "worker_id"],
            ["members.cooperative_id", "members.id"],
            name=op.f("fk_plots_cooperative_id_worker_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_plots_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_plots")),
        sa.UniqueConstraint("cooperative_id", "code", name=op.f("uq_plots_cooperative_id_code")),
    )
    op.create_index("ix_plots_holder", "plots", ["cooperative_id", "holder_id"], unique=False)
    op.create_index(
        "ix_plots_outlet", "plots", ["cooperative_id", "outlet_id", "place_from_head"], unique=False
    )
    op.create_table(
        "allotments",
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rotation_id", sa.Uuid(), nullable=False),
        sa.Column("plot_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("need_m3", sa.Double(), nullable=False),
        sa.Column("award_m3", sa.Double(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.CheckConstraint("award_m3 >= 0 AND need_m3 >= 0", name=op.f("ck_allotments_amounts")),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "member_id"],
            ["members.cooperative_id", "members.id"],
            name=op.f("fk_allotments_cooperative_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "plot_id"],
            ["plots.cooperative_id", "plots.id"],
            name=op.f("fk_allotments_cooperative_id_plot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "rotation_id"],
            ["rotations.cooperative_id", "rotations.id"],
            name=op.f("fk_allotments_cooperative_id_rotation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_allotments_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_allotments")),
        sa.UniqueConstraint(
            "cooperative_id",
            "rotation_id",
            "plot_id",
            name=op.f("uq_allotments_cooperative_id_rotation_id_plot_id"),
        ),
    )
    op.create_index(
        "ix_allotments_member", "allotments", ["cooperative_id", "member_id"], unique=False
    )
    op.create_table(
        "turns",
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rotation_id", sa.Uuid(), nullable=False),
        sa.Column("outlet_id", sa.Uuid(), nullable=False),
        sa.Column("plot_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("exact_minutes", sa.Double(), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_turns_has_a_length")),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "member_id"],
            ["members.cooperative_id", "members.id"],
            name=op.f("fk_turns_cooperative_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "outlet_id"],
            ["outlets.cooperative_id", "outlets.id"],
            name=op.f("fk_turns_cooperative_id_outlet_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "plot_id"],
            ["plots.cooperative_id", "plots.id"],
            name=op.f("fk_turns_cooperative_id_plot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id", "rotation_id"],
            ["rotations.cooperative_id", "rotations.id"],
            name=op.f("fk_turns_cooperative_id_rotation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_turns_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_turns")),
        sa.UniqueConstraint(
            "cooperative_id",
            "rotation_id",
            "outlet_id",
            "place",
            name=op.f("uq_turns_cooperative_id_rotation_id_outlet_id_place"),
        ),
    )
    op.create_index(
        "ix_turns_next", "turns", ["cooperative_id", "member_id", "ends_at"], unique=False
    )
    op.create_index(
        "ix_turns_outlet", "turns", ["cooperative_id", "outlet_id", "starts_at"], unique=False
    )
