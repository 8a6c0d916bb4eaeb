"""Enrolment codes and short messages."""

import sqlalchemy as sa
from alembic import op

from coopfarm.store.columns import Instant

revision = "20261122_enrolment"
down_revision = "20261122_ways_in"
branch_labels = None
depends_on = None

LIVE = sa.text("used_at IS NULL AND void_at IS NULL")

# Before it is known whose they are: a card by the digits of its number, a message by the name
# that a gateway knows it by, members by the phone number that was typed.
SEEN = {
    "enrolment_cards": ("found_by_number", "finder = {token}"),
    "messages": ("named_by_gateway", "reference = {token} OR provider_id = {token}"),
    "members": ("found_by_phone", "phone = {phone} AND phone <> ''"),
}


def upgrade() -> None:
    _cards()
    _enrolments()
    _applications()
    _messages()
    _received()
    op.create_index("ix_members_phone", "members", ["phone"])
    if op.get_bind().dialect.name == "postgresql":
        for table, (name, rule) in SEEN.items():
            told = rule.format(token=_named("token"), phone=_named("phone"))
            op.execute(f"CREATE POLICY {name} ON {table} FOR SELECT USING ({told})")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table, (name, _) in SEEN.items():
            op.execute(f"DROP POLICY {name} ON {table}")
    op.drop_index("ix_members_phone", table_name="members")
    for table in ("received_messages", "messages", "applications", "enrolments"):
        op.drop_table(table)
    op.drop_table("enrolment_cards")


def _named(what: str) -> str:
    return f"current_setting('coopfarm.{what}', true)"


def _of_cooperative(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("cooperative_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f(f"fk_{table}_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("cooperative_id", "id", name=op.f(f"pk_{table}")),
    ]


def _of_member(table: str, column: str, **options: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["cooperative_id", column],
        ["members.cooperative_id", "members.id"],
        name=op.f(f"fk_{table}_cooperative_id_{column}"),
        **options,
    )


def _cards() -> None:
    op.create_table(
        "enrolment_cards",
        *_of_cooperative("enrolment_cards"),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("finder", sa.String(length=30), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("locked_until", Instant(), nullable=True),
        sa.Column("used_at", Instant(), nullable=True),
        sa.Column("void_at", Instant(), nullable=True),
        _of_member("enrolment_cards", "member_id", ondelete="CASCADE"),
        _of_member("enrolment_cards", "made_by"),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_enrolment_cards_tries")),
    )
    op.create_index("ix_enrolment_cards_finder", "enrolment_cards", ["finder"])
    op.create_index(
        "uq_enrolment_cards_live",
        "enrolment_cards",
        ["cooperative_id", "member_id"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )


def _enrolments() -> None:
    op.create_table(
        "enrolments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("home", sa.Integer(), nullable=True),
        sa.Column("card_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("pin_tries", sa.Integer(), nullable=False),
        sa.Column("passed_at", Instant(), nullable=True),
        sa.Column("used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["home", "card_id"],
            ["enrolment_cards.cooperative_id", "enrolment_cards.id"],
            name=op.f("fk_enrolments_home_card_id"),
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "(phone IS NULL) <> (card_id IS NULL)", name=op.f("ck_enrolments_by_one_way")
        ),
        sa.CheckConstraint("tries >= 0 AND pin_tries >= 0", name=op.f("ck_enrolments_tries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
    )
    op.create_index("ix_enrolments_browser", "enrolments", ["browser_hash"])
    op.create_index("ix_enrolments_phone", "enrolments", ["phone", "made_at"])
    op.create_index("ix_enrolments_made_at", "enrolments", ["made_at"])


def _applications() -> None:
    op.create_table(
        "applications",
        *_of_cooperative("applications"),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        _of_member("applications", "member_id", ondelete="CASCADE"),
    )
    op.create_index("ix_applications_made_at", "applications", ["cooperative_id", "made_at"])


def _messages() -> None:
    op.create_table(
        "messages",
        *_of_cooperative("messages"),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("state_since", Instant(), nullable=False),
        sa.Column("problem", sa.String(length=200), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Instant(), nullable=True),
        sa.Column("good_until", Instant(), nullable=True),
        sa.Column("provider_id", sa.String(length=80), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        _of_member("messages", "member_id"),
        sa.UniqueConstraint("reference", name=op.f("uq_messages_reference")),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'delivered', 'failed')",
            name=op.f("ck_messages_state"),
        ),
        sa.CheckConstraint("tries >= 0 AND segments >= 0", name=op.f("ck_messages_counts")),
    )
    op.create_index("ix_messages_at", "messages", ["cooperative_id", "made_at"])
    op.create_index("ix_messages_state", "messages", ["cooperative_id", "state"])
    op.create_index("ix_messages_provider_id", "messages", ["provider_id"])


def _received() -> None:
    op.create_table(
        "received_messages",
        *_of_cooperative("received_messages"),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column("provider_id", sa.String(length=80), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.UniqueConstraint(
            "cooperative_id",
            "gateway",
            "provider_id",
            name=op.f("uq_received_messages_cooperative_id_gateway_provider_id"),
        ),
    )
    op.create_index("ix_received_messages_at", "received_messages", ["cooperative_id", "at"])
