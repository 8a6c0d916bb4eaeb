"""Work parties, rotas, asks and offers."""

import sqlalchemy as sa
from alembic import op

from coopfarm.store.building import make_table
from coopfarm.store.columns import Instant

revision = "20261122_parties"
down_revision = "20261122_ledger"
branch_labels = None
depends_on = None

TABLES = (
    "party_policies",
    "member_skills",
    "work_parties",
    "work_party_plots",
    "party_plans",
    "party_places",
    "duty_periods",
    "duties",
    "rotas",
    "rota_members",
    "rota_slots",
    "slot_swaps",
    "asks",
    "ask_matches",
)

# More live places than the crew has.
_TOO_MANY = """
(SELECT count(*) FROM party_places p WHERE p.cooperative_id = NEW.cooperative_id
  AND p.party_id = {party} AND p.is_live) >
(SELECT w.places FROM work_parties w WHERE w.cooperative_id = NEW.cooperative_id
  AND w.id = {party})
"""
_WATCHED = {
    "party_places": ("INSERT OR UPDATE", "NEW.party_id"),
    "work_parties": ("UPDATE", "NEW.id"),
}


def upgrade() -> None:
    _make_party_policies()
    _make_member_skills()
    _make_work_parties()
    _make_work_party_plots()
    _make_party_plans()
    _make_party_places()
    _make_duty_periods()
    _make_duties()
    _make_rotas()
    _make_rota_members()
    _make_rota_slots()
    _make_slot_swaps()
    _make_asks()
    _make_ask_matches()
    _keep_the_crew()


def downgrade() -> None:
    on_postgres = op.get_bind().dialect.name == "postgresql"
    for table in reversed(TABLES):
        op.drop_table(table)
    if on_postgres:
        for table in _WATCHED:
            op.execute(f"DROP FUNCTION coopfarm_{table}_crew()")


def _keep_the_crew() -> None:
    """Let no party have more live places than its crew, whoever comes at once."""
    bind = op.get_bind()
    for table, (verbs, party) in _WATCHED.items():
        too_many = _TOO_MANY.format(party=party)
        if bind.dialect.name == "sqlite":
            for verb in verbs.split(" OR "):
                bind.exec_driver_sql(
                    f"CREATE TRIGGER {table}_crew_{verb} AFTER {verb} ON {table}"
                    f" WHEN {too_many} BEGIN SELECT RAISE(ABORT, 'party_places_crew'); END"
                )
            continue
        # Of two who write at once the second waits, and then counts what the first one wrote.
        bind.exec_driver_sql(
            f"CREATE FUNCTION coopfarm_{table}_crew() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN PERFORM pg_advisory_xact_lock(hashtext('party_places_crew'),"
            f" hashtext({party}::text)); IF {too_many} THEN"
            " RAISE EXCEPTION 'party_places_crew' USING ERRCODE = 'restrict_violation';"
            " END IF; RETURN NULL; END $$"
        )
        bind.exec_driver_sql(
            f"CREATE TRIGGER {table}_crew AFTER {verbs} ON {table} FOR EACH ROW"
            f" EXECUTE FUNCTION coopfarm_{table}_crew()"
        )


def _make_party_policies() -> None:
    make_table(
        "party_policies",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        refers={"made_by": "members"},
        unique=[("cooperative_id", "version")],
    )


def _make_member_skills() -> None:
    make_table(
        "member_skills",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("skill", sa.String(length=20), nullable=False),
        refers={"member_id": ("members", "CASCADE")},
        unique=[("cooperative_id", "member_id", "skill")],
    )


def _make_work_parties() -> None:
    make_table(
        "work_parties",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("task", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("meeting_place", sa.String(length=120), nullable=False),
        sa.Column("latitude_deg", sa.Double(), nullable=True),
        sa.Column("longitude_deg", sa.Double(), nullable=True),
        sa.Column("canal_id", sa.Uuid(), nullable=True),
        sa.Column("holder_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("cut_off_at", Instant(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("tools", sa.String(length=300), nullable=False),
        sa.Column("credit_minutes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_reason", sa.String(length=300), nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("credited_at", Instant(), nullable=True),
        sa.Column("transfer_id", sa.Uuid(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        refers={
            "canal_id": "canals",
            "holder_id": "members",
            "made_by": "members",
            "transfer_id": "ledger_transfers",
        },
        unique=[("cooperative_id", "number")],
        checks={
            "counts": "places > 0 AND credit_minutes > 0",
            "credited": "(state = 'credited') = (credited_at IS NOT NULL)",
            "point": "(latitude_deg IS NULL) = (longitude_deg IS NULL)",
            "state": "state IN ('open', 'full', 'under_way', 'done', 'credited', 'cancelled')",
            "task": "task IN ('pest_control', 'canal_cleaning', 'harvest_help', 'other')",
            "times": "starts_at < ends_at AND cut_off_at <= starts_at",
        },
    )
    op.create_index(
        "ix_work_parties_state", "work_parties", ["cooperative_id", "state", "starts_at"]
    )


def _make_work_party_plots() -> None:
    make_table(
        "work_party_plots",
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("plot_id", sa.Uuid(), nullable=False),
        refers={"party_id": ("work_parties", "CASCADE"), "plot_id": "plots"},
        unique=[("cooperative_id", "party_id", "plot_id")],
    )


def _make_party_plans() -> None:
    make_table(
        "party_plans",
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("runs", sa.JSON(), nullable=False),
        sa.Column("is_certified", sa.Boolean(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=True),
        refers={"made_by": "members"},
        checks={
            "certified": "state <> 'asked' OR is_certified",
            "state": "state IN ('draft', 'asked', 'dropped')",
        },
    )


def _make_party_places() -> None:
    make_table(
        "party_places",
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=6), nullable=False),
        sa.Column("skill", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("is_live", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("substitute_id", sa.Uuid(), nullable=True),
        sa.Column("substitute_agreed_at", Instant(), nullable=True),
        sa.Column("substitute_name", sa.String(length=120), nullable=False),
        sa.Column("excuse", sa.String(length=8), nullable=False),
        sa.Column("excuse_words", sa.String(length=300), nullable=False),
        sa.Column("cash_hundredths", sa.Integer(), nullable=True),
        sa.Column("paid_at", Instant(), nullable=True),
        sa.Column("arrived_at", Instant(), nullable=True),
        sa.Column("witness_id", sa.Uuid(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        refers={
            "entered_by": "members",
            "member_id": "members",
            "party_id": ("work_parties", "CASCADE"),
            "substitute_id": "members",
            "witness_id": "members",
        },
        unique=[("cooperative_id", "party_id", "member_id")],
        checks={
            "another_witness": "witness_id <> member_id",
            "excuse": "excuse IN ('illness', 'hardship', 'other', '')",
            "live": "is_live = (state IN ('asked', 'joined', 'present', 'absent'))",
            "role": "role IN ('leader', 'skill', 'hand')",
            "state": "state IN ('asked', 'joined', 'left', 'present', 'absent', 'excused', 'cash')",
            "witnessed": "state <> 'absent' OR witness_id IS NOT NULL",
        },
    )
    op.create_index("ix_party_places_member", "party_places", ["cooperative_id", "member_id"])


def _make_duty_periods() -> None:
    make_table(
        "duty_periods",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("need_minutes", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=5), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        refers={"made_by": "members"},
        checks={
            "basis": "basis IN ('water', 'area')",
            "has_days": "first_day <= last_day",
            "need": "need_minutes > 0",
        },
    )


def _make_duties() -> None:
    make_table(
        "duties",
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("measure", sa.Double(), nullable=False),
        sa.Column("owed_minutes", sa.Integer(), nullable=False),
        refers={"member_id": "members", "period_id": ("duty_periods", "CASCADE")},
        unique=[("cooperative_id", "period_id", "member_id")],
        checks={"owed": "owed_minutes >= 0"},
    )


def _make_rotas() -> None:
    make_table(
        "rotas",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("planned_at", Instant(), nullable=True),
        sa.Column("findings", sa.JSON(), nullable=False),
        refers={"made_by": "members"},
        checks={"kind": "kind IN ('childcare', 'secretary', 'guard', 'other')"},
    )


def _make_rota_members() -> None:
    make_table(
        "rota_members",
        sa.Column("rota_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        refers={"member_id": "members", "rota_id": ("rotas", "CASCADE")},
        unique=[("cooperative_id", "rota_id", "member_id")],
    )


def _make_rota_slots() -> None:
    make_table(
        "rota_slots",
        sa.Column("rota_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        refers={"member_id": "members", "rota_id": ("rotas", "CASCADE")},
        checks={
            "assigned": "(state = 'open') = (member_id IS NULL)",
            "has_a_length": "starts_at < ends_at",
            "state": "state IN ('open', 'assigned', 'done', 'missed')",
            "weight": "weight IN (1, 2)",
        },
    )
    op.create_index(
        "ix_rota_slots_member", "rota_slots", ["cooperative_id", "member_id", "starts_at"]
    )


def _make_slot_swaps() -> None:
    make_table(
        "slot_swaps",
        sa.Column("slot_id", sa.Uuid(), nullable=False),
        sa.Column("other_slot_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        refers={
            "asked_by": "members",
            "other_slot_id": ("rota_slots", "CASCADE"),
            "slot_id": ("rota_slots", "CASCADE"),
        },
        checks={
            "state": "state IN ('open', 'agreed', 'declined')",
        },
    )
    op.create_index(
        "uq_slot_swaps_open",
        "slot_swaps",
        ["cooperative_id", "slot_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def _make_asks() -> None:
    make_table(
        "asks",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("skill", sa.String(length=20), nullable=False),
        sa.Column("said", sa.String(length=300), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("urgency", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=6), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        refers={"member_id": "members"},
        checks={
            "kind": "kind IN ('ask', 'offer')",
            "minutes": "minutes > 0",
            "state": "state IN ('open', 'met', 'closed')",
            "urgency": "urgency IN ('today', 'week', 'whenever')",
        },
    )
    op.create_index("ix_asks_state", "asks", ["cooperative_id", "state", "made_at"])


def _make_ask_matches() -> None:
    make_table(
        "ask_matches",
        sa.Column("ask_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("owner_agreed_at", Instant(), nullable=True),
        sa.Column("member_agreed_at", Instant(), nullable=True),
        sa.Column("declined_at", Instant(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        refers={"ask_id": ("asks", "CASCADE"), "member_id": "members"},
        unique=[("cooperative_id", "ask_id", "member_id")],
    )
