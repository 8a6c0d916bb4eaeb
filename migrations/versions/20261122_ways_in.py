"""Second factors, counted tries, and sessions that can be listed."""

import sqlalchemy as sa
from alembic import op

from coopfarm.store.columns import Instant

revision = "20261122_ways_in"
down_revision = "20261122_memberships"
branch_labels = None
depends_on = None

SHOWN_BY = "second_factor IN ('code', 'recovery', 'later')"


def upgrade() -> None:
    op.add_column("accounts", sa.Column("counted_from", Instant(), nullable=True))
    with op.batch_alter_table("sign_ins", recreate="auto") as sign_ins:
        sign_ins.add_column(sa.Column("second_factor", sa.String(10), nullable=True))
        sign_ins.create_check_constraint(op.f("ck_sign_ins_second_factor"), SHOWN_BY)
    op.create_table(
        "second_factors",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("recovery_used", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_second_factors_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "counted_tries",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", Instant(), nullable=True),
        sa.Column("counted_from", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key_hash", name=op.f("pk_counted_tries")),
    )
    op.create_index(op.f("ix_counted_tries_counted_from"), "counted_tries", ["counted_from"])


def downgrade() -> None:
    op.drop_index(op.f("ix_counted_tries_counted_from"), table_name="counted_tries")
    op.drop_table("counted_tries")
    op.drop_table("second_factors")
    with op.batch_alter_table("sign_ins", recreate="auto") as sign_ins:
        sign_ins.drop_constraint(op.f("ck_sign_ins_second_factor"), type_="check")
        sign_ins.drop_column("second_factor")
    op.drop_column("accounts", "counted_from")
