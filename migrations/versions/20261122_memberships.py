"""What members are, what they are trusted with, and who stands in for whom."""

import sqlalchemy as sa
from alembic import op

from coopfarm.store import guards
from coopfarm.store.columns import Instant

revision = "20261122_memberships"
down_revision = "20261122_first_tables"
branch_labels = None
depends_on = None

STATES = "state IN ('applied', 'accepted', 'active', 'suspended', 'leaving', 'left')"
LEFT = "(state = 'left') = (left_on IS NOT NULL)"
ROLES_BEFORE = "role IN ('member', 'water_master', 'manager', 'officer')"
ROLES = (
    "role IN ('member', 'agent', 'caretaker', 'water_master', 'manager', 'treasurer',"
    " 'officer', 'auditor')"
)


def upgrade() -> None:
    _members()
    _roles(ROLES)
    _accounts_share_a_phone()
    _sign_ins()
    _consents()
    guards.keep_a_manager(op.get_bind())


def downgrade() -> None:
    guards.let_managers_go(op.get_bind())
    op.drop_table("consents")
    op.execute(f"DELETE FROM member_roles WHERE NOT ({ROLES_BEFORE})")  # noqa: S608 (a constant)
    _roles(ROLES_BEFORE)
    _one_account_a_phone()
    with op.batch_alter_table("sign_ins", recreate="auto") as sign_ins:
        sign_ins.drop_constraint(op.f("fk_sign_ins_cooperative_id_acting_for"), type_="foreignkey")
        sign_ins.drop_column("acting_for")
        sign_ins.drop_column("device")
    with op.batch_alter_table("members", recreate="auto") as members:
        members.drop_constraint(op.f("ck_members_left"), type_="check")
        members.drop_constraint(op.f("ck_members_state"), type_="check")
        for column in ("leaves_on", "state_reason", "state_since", "state"):
            members.drop_column(column)


def _members() -> None:
    with op.batch_alter_table("members", recreate="auto") as members:
        members.add_column(
            sa.Column("state", sa.String(12), nullable=False, server_default="active")
        )
        members.add_column(sa.Column("state_since", Instant(), nullable=True))
        members.create_check_constraint(op.f("ck_members_state"), STATES)
    op.execute("UPDATE members SET state = 'left' WHERE left_on IS NOT NULL")
    with op.batch_alter_table("members", recreate="auto") as members:
        members.create_check_constraint(op.f("ck_members_left"), LEFT)
    op.add_column(
        "members",
        sa.Column("state_reason", sa.String(300), nullable=False, server_default=""),
    )
    op.add_column("members", sa.Column("leaves_on", sa.Date(), nullable=True))


def _roles(known: str) -> None:
    with op.batch_alter_table("member_roles", recreate="auto") as roles:
        roles.drop_constraint(op.f("ck_member_roles_known"), type_="check")
        roles.create_check_constraint(op.f("ck_member_roles_known"), known)


def _accounts_share_a_phone() -> None:
    with op.batch_alter_table("accounts", recreate="auto") as accounts:
        accounts.drop_constraint(op.f("uq_accounts_phone"), type_="unique")
    op.create_index("ix_accounts_phone", "accounts", ["phone"])


def _one_account_a_phone() -> None:
    """Of those who share a number only the first keeps it; the others have a name of their own."""
    op.drop_index("ix_accounts_phone", table_name="accounts")
    op.execute(
        "UPDATE accounts SET login = coalesce(login, cast(id AS varchar(36))), phone = NULL"
        " WHERE EXISTS (SELECT 1 FROM accounts a"
        " WHERE a.phone = accounts.phone AND a.id < accounts.id)"
    )
    with op.batch_alter_table("accounts", recreate="auto") as accounts:
        accounts.create_unique_constraint(op.f("uq_accounts_phone"), ["phone"])


def _sign_ins() -> None:
    with op.batch_alter_table("sign_ins", recreate="auto") as sign_ins:
        sign_ins.add_column(sa.Column("device", sa.String(120), nullable=False, server_default=""))
        sign_ins.add_column(sa.Column("acting_for", sa.Uuid(), nullable=True))
        sign_ins.create_foreign_key(
            op.f("fk_sign_ins_cooperative_id_acting_for"),
            "members",
            ["cooperative_id", "acting_for"],
            ["cooperative_id", "id"],
        )


def _consents() -> None:
    op.create_table(
        "consents",
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column("given", sa.String(length=12), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("member_id <> helper_id", name=op.f("ck_consents_somebody_else")),
        sa.CheckConstraint(
            "given IN ('own_phone', 'pin', 'paper')", name=op.f("ck_consents_given")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["cooperative_id", column],
                ["members.cooperative_id", "members.id"],
                name=op.f(f"fk_consents_cooperative_id_{column}"),
                ondelete=on_delete,
            )
            for column, on_delete in (
                ("member_id", "CASCADE"),
                ("helper_id", "CASCADE"),
                ("ended_by", None),
            )
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_consents_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f("pk_consents")),
    )
    live = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_consents_live",
        "consents",
        ["cooperative_id", "member_id", "helper_id"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
