"""A chain of hashes over the audit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

from coopfarm.store.columns import Instant
from coopfarm.store.guards import append_only, forbid_replacing

revision = "20261122_sealed_audit"
down_revision = "20261122_drawn_canals"
branch_labels = None
depends_on = None

WAIT_ON_SQLITE = """
CREATE TRIGGER audit_events_wait AFTER INSERT ON audit_events
BEGIN INSERT INTO audit_waiting (cooperative_id, id) VALUES (NEW.cooperative_id, NEW.id); END
"""

WAIT_FUNCTION = """
CREATE FUNCTION coopfarm_wait_for_seal() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  INSERT INTO audit_waiting (cooperative_id, id) VALUES (NEW.cooperative_id, NEW.id);
  RETURN NULL;
END $$
"""

WAIT_ON_POSTGRES = """
CREATE TRIGGER audit_events_wait AFTER INSERT ON audit_events
FOR EACH ROW EXECUTE FUNCTION coopfarm_wait_for_seal()
"""


def upgrade() -> None:
    bind = op.get_bind()
    for whose in ("actor", "on_behalf_of"):
        column = "actor_id" if whose == "actor" else whose
        columns = ["cooperative_id", column, "at"]
        op.create_index(f"ix_audit_events_{whose}", "audit_events", columns, unique=False)
    _create_tables()
    forbid_replacing(bind, "audit_events", ("cooperative_id", "id"))
    for table in ("audit_seals", "audit_anchors"):
        append_only(bind, table)
        forbid_replacing(bind, table, ("cooperative_id", "id"))
    forbid_replacing(bind, "audit_seals", ("cooperative_id", "position"))
    # What was done before is sealed at the next start.
    op.execute("INSERT INTO audit_waiting SELECT cooperative_id, id FROM audit_events")
    if bind.dialect.name == "postgresql":
        op.execute(WAIT_FUNCTION)
        op.execute(WAIT_ON_POSTGRES)
    else:
        op.execute(WAIT_ON_SQLITE)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_events_wait ON audit_events")
        op.execute("DROP FUNCTION coopfarm_wait_for_seal()")
    else:
        op.execute("DROP TRIGGER audit_events_wait")
        op.execute("DROP TRIGGER audit_events_no_replacing_id")
    op.drop_index("ix_audit_anchors_position", table_name="audit_anchors")
    for table in ("audit_anchors", "audit_seals", "audit_waiting"):
        op.drop_table(table)
    for whose in ("on_behalf_of", "actor"):
        op.drop_index(f"ix_audit_events_{whose}", table_name="audit_events")


def _create_tables() -> None:
    op.create_table("audit_waiting", *_key("audit_waiting"))
    op.create_table(
        "audit_seals",
        *_key("audit_seals"),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        _of_event("audit_seals"),
        sa.UniqueConstraint(
            "cooperative_id", "position", name=op.f("uq_audit_seals_cooperative_id_position")
        ),
        sa.CheckConstraint("position > 0", name=op.f("ck_audit_seals_position")),
    )
    op.create_table(
        "audit_anchors",
        *_key("audit_anchors"),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", Instant(), nullable=False),
    )
    op.create_index(
        "ix_audit_anchors_position", "audit_anchors", ["cooperative_id", "position"], unique=False
    )


def _key(table: str) -> tuple[SchemaItem, ...]:
    """The columns and constraints that every table of a cooperative begins with."""
    return (
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f(f"fk_{table}_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f(f"pk_{table}")),
    )


def _of_event(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["cooperative_id", "id"],
        ["audit_events.cooperative_id", "audit_events.id"],
        name=op.f(f"fk_{table}_cooperative_id_id"),
    )
