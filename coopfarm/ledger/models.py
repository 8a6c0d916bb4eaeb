"""Accounts, transfers between them, the lines of each, and the rules the members agreed on."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant


class LedgerAccount(OfCooperative, Base):
    """What one member, or one fund of the cooperative, gives and receives, in every unit."""

    __tablename__ = "ledger_accounts"
    __table_args__ = (
        belongs_to("members", "member_id"),
        UniqueConstraint("cooperative_id", "member_id"),
        UniqueConstraint("cooperative_id", "fund"),
        CheckConstraint("(member_id IS NULL) <> (fund IS NULL)", "of_one"),
        CheckConstraint("fund IN ('cooperative', 'upkeep')", "fund"),
    )

    member_id: Mapped[UUID | None]
    fund: Mapped[str | None] = mapped_column(String(20))

    @property
    def owner(self) -> UUID | str:
        return self.member_id or str(self.fund)


class Transfer(OfCooperative, Base):
    """Something that some gave and others received, in one unit; its lines sum to zero.

    A `draft` gets its lines and is never committed as such: the database sees to both. It counts
    from `posted_at` on. Who claims waits for the others until `posts_at`; `signed` has whose
    word is there already. A mistake is reversed by a transfer of its own, `reverses_id`, once.
    """

    __tablename__ = "ledger_transfers"
    __table_args__ = (
        belongs_to("members", "made_by"),
        belongs_to("members", "confirmed_by"),
        belongs_to("members", "disputed_by"),
        belongs_to("ledger_transfers", "reverses_id"),
        UniqueConstraint("cooperative_id", "reverses_id"),
        UniqueConstraint("cooperative_id", "source_kind", "source_id", "kind"),
        CheckConstraint("unit IN ('labour', 'machine', 'water', 'money')", "unit"),
        CheckConstraint(
            "state IN ('draft', 'claimed', 'confirmed', 'posted', 'disputed', 'reversed')", "state"
        ),
        CheckConstraint("(source_kind IS NULL) = (source_id IS NULL)", "source"),
        CheckConstraint("state <> 'posted' OR posted_at IS NOT NULL", "posted"),
        CheckConstraint(
            "posted_at IS NULL OR state IN ('posted', 'disputed', 'reversed')", "counts"
        ),
        Index("ix_ledger_transfers_state", "cooperative_id", "state", "posts_at"),
        Index("ix_ledger_transfers_on", "cooperative_id", "happened_on"),
    )

    unit: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(20))
    happened_on: Mapped[date]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    source_kind: Mapped[str | None] = mapped_column(String(20))
    source_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(String(10), default="draft")
    signed: Mapped[list[str]] = mapped_column(JSON, default=list)
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)
    posts_at: Mapped[datetime | None] = mapped_column(Instant)
    confirmed_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    posted_at: Mapped[datetime | None] = mapped_column(Instant)
    disputed_by: Mapped[UUID | None]
    disputed_at: Mapped[datetime | None] = mapped_column(Instant)
    words: Mapped[str] = mapped_column(String(300), default="")
    reverses_id: Mapped[UUID | None]


class LedgerLine(OfCooperative, Base):
    """What one account gave (positive) or received (negative) in a transfer: never changed.

    In minutes, or in hundredths of the currency.
    """

    __tablename__ = "ledger_lines"
    __table_args__ = (
        belongs_to("ledger_transfers", "transfer_id"),
        belongs_to("ledger_accounts", "account_id"),
        UniqueConstraint("cooperative_id", "transfer_id", "account_id"),
        CheckConstraint("amount <> 0", "amount"),
        Index("ix_ledger_lines_account", "cooperative_id", "account_id"),
    )

    transfer_id: Mapped[UUID]
    account_id: Mapped[UUID]
    amount: Mapped[int] = mapped_column(BigInteger)


class LedgerPolicy(OfCooperative, Base):
    """One version of what the members agreed on about the ledger; the newest is in force.

    `terms` is what `rules.policy` reads. A version is never changed.
    """

    __tablename__ = "ledger_policies"
    __table_args__ = (
        belongs_to("members", "made_by"),
        UniqueConstraint("cooperative_id", "version"),
    )

    version: Mapped[int]
    terms: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(300), default="")
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)
