"""How people come in: accounts, second factors, counted tries, and the sessions they hold."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from coopfarm.store.base import Base, belongs_to
from coopfarm.store.columns import Instant


class Account(Base):
    """What one person signs in with: a phone number and PIN, or a name and password.

    The phone number of a household may stand in several accounts: the PIN tells them apart.
    Tries in vain are counted here where they came from a device that does not know the account.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("phone IS NOT NULL OR login IS NOT NULL", "has_a_name"),
        Index("ix_accounts_phone", "phone"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    phone: Mapped[str | None] = mapped_column(String(20))
    login: Mapped[str | None] = mapped_column(String(120), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(200))
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Instant)
    counted_from: Mapped[datetime | None] = mapped_column(Instant)


class SecondFactor(Base):
    """An authenticator that gives codes for an account.

    Its key, and the recovery codes, follow from the salt and the pepper, which is kept elsewhere:
    whoever reads this table cannot make a code. `recovery_used` has a bit for each used code.
    """

    __tablename__ = "second_factors"

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    )
    salt: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Instant)
    last_step: Mapped[int] = mapped_column(default=0)
    recovery_used: Mapped[int] = mapped_column(default=0)


class CountedTries(Base):
    """Tries in vain at a number, from a network, from a device: known by a keyed hash alone."""

    __tablename__ = "counted_tries"

    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Instant)
    counted_from: Mapped[datetime] = mapped_column(Instant, index=True)


class SignIn(Base):
    """A session of one member on one device; only the token's hash is kept.

    Within it the member may stand in for another one: `acting_for`. `second_factor` is how it was
    shown that it is really them, beside the secret: by `code`, by `recovery`, or, in development
    alone, `later`.
    """

    __tablename__ = "sign_ins"
    __table_args__ = (
        belongs_to("members", "member_id", ondelete="CASCADE"),
        belongs_to("members", "acting_for"),
        CheckConstraint("second_factor IN ('code', 'recovery', 'later')", "second_factor"),
    )

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    member_id: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    device: Mapped[str] = mapped_column(String(120), default="", server_default="")
    acting_for: Mapped[UUID | None]
    second_factor: Mapped[str | None] = mapped_column(String(10))
