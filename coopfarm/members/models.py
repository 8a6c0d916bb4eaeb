"""The cooperatives and their people."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant


class Cooperative(Base):
    """The owners' association: everything else belongs to one."""

    __tablename__ = "cooperatives"
    __table_args__ = (CheckConstraint("field_efficiency > 0 AND field_efficiency <= 1", "eff"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    timezone: Mapped[str] = mapped_column(String(60))
    locale: Mapped[str] = mapped_column(String(12))
    area_unit: Mapped[str] = mapped_column(String(12), default="ha")
    field_efficiency: Mapped[float] = mapped_column(default=1.0)
    made_at: Mapped[datetime] = mapped_column(Instant)


class Account(Base):
    """What somebody signs in with: a phone number and PIN, or a name and password."""

    __tablename__ = "accounts"
    __table_args__ = (CheckConstraint("phone IS NOT NULL OR login IS NOT NULL", "has_a_name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    phone: Mapped[str | None] = mapped_column(String(20), unique=True)
    login: Mapped[str | None] = mapped_column(String(120), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(200))
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Instant)


class Household(OfCooperative, Base):
    """Members who share plots and limits."""

    __tablename__ = "households"

    name: Mapped[str] = mapped_column(String(120))


class Member(OfCooperative, Base):
    """A member farmer or an officer of the cooperative: one person."""

    __tablename__ = "members"
    __table_args__ = (
        belongs_to("households", "household_id"),
        UniqueConstraint("cooperative_id", "number"),
        Index("ix_members_account", "account_id"),
    )

    number: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    name_latin: Mapped[str] = mapped_column(String(120), default="")
    household_id: Mapped[UUID | None]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    phone: Mapped[str | None] = mapped_column(String(20))
    shares_phone: Mapped[bool] = mapped_column(default=False)
    locale: Mapped[str | None] = mapped_column(String(12))
    joined_on: Mapped[date]
    left_on: Mapped[date | None]

    def called(self, *, latin: bool) -> str:
        """The name as this reader reads it: in Latin letters where they are known."""
        return self.name_latin if latin and self.name_latin else self.name


class MemberRole(OfCooperative, Base):
    """One thing a member is trusted with; a member may hold several."""

    __tablename__ = "member_roles"
    __table_args__ = (
        belongs_to("members", "member_id", ondelete="CASCADE"),
        UniqueConstraint("cooperative_id", "member_id", "role"),
        CheckConstraint("role IN ('member', 'water_master', 'manager', 'officer')", "known"),
    )

    member_id: Mapped[UUID]
    role: Mapped[str] = mapped_column(String(20))


class SignIn(Base):
    """A session of one member on one device; only the token's hash is kept."""

    __tablename__ = "sign_ins"
    __table_args__ = (belongs_to("members", "member_id", ondelete="CASCADE"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    member_id: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
