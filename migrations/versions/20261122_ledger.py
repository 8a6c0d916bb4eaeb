"""What members gave and got: accounts, transfers and their lines."""

import sqlalchemy as sa
from alembic import op

from coopfarm.store import double_entry, guards
from coopfarm.store.building import make_table
from coopfarm.store.columns import Instant

revision = "20261122_ledger"
down_revision = "20261122_season"
branch_labels = None
depends_on = None

TABLES = ("ledger_accounts", "ledger_transfers", "ledger_lines", "ledger_policies")
APPEND_ONLY = ("ledger_lines", "ledger_policies")


def upgrade() -> None:
    _make_accounts()
    _make_transfers()
    _make_lines()
    _make_policies()
    bind = op.get_bind()
    for table in APPEND_ONLY:
        guards.append_only(bind, table)
    for table in (*APPEND_ONLY, "ledger_transfers"):
        guards.forbid_replacing(bind, table, ("cooperative_id", "id"))
    double_entry.keep_the_sum(bind)


def downgrade() -> None:
    double_entry.let_sums_go(op.get_bind())
    for table in reversed(TABLES):
        op.drop_table(table)


def _make_accounts() -> None:
    make_table(
        "ledger_accounts",
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("fund", sa.String(length=20), nullable=True),
        refers={"member_id": "members"},
        unique=[("cooperative_id", "member_id"), ("cooperative_id", "fund")],
        checks={
            "fund": "fund IN ('cooperative', 'upkeep')",
            "of_one": "(member_id IS NULL) <> (fund IS NULL)",
        },
    )


def _make_transfers() -> None:
    make_table(
        "ledger_transfers",
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("source_kind", sa.String(length=20), nullable=True),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("signed", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("posts_at", Instant(), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("posted_at", Instant(), nullable=True),
        sa.Column("disputed_by", sa.Uuid(), nullable=True),
        sa.Column("disputed_at", Instant(), nullable=True),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        refers={
            "made_by": "members",
            "confirmed_by": "members",
            "disputed_by": "members",
            "reverses_id": "ledger_transfers",
        },
        unique=[
            ("cooperative_id", "reverses_id"),
            ("cooperative_id", "source_kind", "source_id", "kind"),
        ],
        checks={
            "counts": "posted_at IS NULL OR state IN ('posted', 'disputed', 'reversed')",
            "posted": "state <> 'posted' OR posted_at IS NOT NULL",
            "source": "(source_kind IS NULL) = (source_id IS NULL)",
            "state": "state IN ('draft', 'claimed', 'confirmed', 'posted', 'disputed', 'reversed')",
            "unit": "unit IN ('labour', 'machine', 'water', 'money')",
        },
    )
    op.create_index(
        "ix_ledger_transfers_state", "ledger_transfers", ["cooperative_id", "state", "posts_at"]
    )
    op.create_index("ix_ledger_transfers_on", "ledger_transfers", ["cooperative_id", "happened_on"])


def _make_lines() -> None:
    make_table(
        "ledger_lines",
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        refers={"transfer_id": "ledger_transfers", "account_id": "ledger_accounts"},
        unique=[("cooperative_id", "transfer_id", "account_id")],
        checks={"amount": "amount <> 0"},
    )
    op.create_index("ix_ledger_lines_account", "ledger_lines", ["cooperative_id", "account_id"])


def _make_policies() -> None:
    make_table(
        "ledger_policies",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        refers={"made_by": "members"},
        unique=[("cooperative_id", "version")],
    )
