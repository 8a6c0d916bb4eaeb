"""The cooperatives, and the people in them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    event,
    inspect,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, object_session
from sqlalchemy.orm.attributes import set_committed_value

from coopfarm.kernel.roles import ROLES
from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant

_KNOWN_ROLES = ", ".join(f"'{role}'" for role in ROLES)


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


class Household(OfCooperative, Base):
    """Members who share plots and limits."""

    __tablename__ = "households"

    name: Mapped[str] = mapped_column(String(120))


class Member(OfCooperative, Base):
    """A person's membership of a cooperative, from the application to the leaving.

    Officers, agents and caretakers are members of it too, by their roles.
    """

    __tablename__ = "members"
    __table_args__ = (
        belongs_to("households", "household_id"),
        UniqueConstraint("cooperative_id", "number"),
        CheckConstraint(
            "state IN ('applied', 'accepted', 'active', 'suspended', 'leaving', 'left')", "state"
        ),
        CheckConstraint("(state = 'left') = (left_on IS NOT NULL)", "left"),
        Index("ix_members_account", "account_id"),
        Index("ix_members_phone", "phone"),
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
    state: Mapped[str] = mapped_column(String(12), default="active", server_default="active")
    state_since: Mapped[datetime | None] = mapped_column(Instant)
    state_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    leaves_on: Mapped[date | None]

    def called(self, *, latin: bool) -> str:
        """The name as this reader reads it: in Latin letters where they are known."""
        return self.name_latin if latin and self.name_latin else self.name

    def listed(self, *, latin: bool) -> str:
        """Name and number, to choose from a list; the number alone where no name is read."""
        name = self.called(latin=latin)
        return self.number if name == self.number else f"{name} · {self.number}"


@event.listens_for(Member, "load")
@event.listens_for(Member, "refresh")
def _give_number_for_name(member: Member, *_loaded: object) -> None:
    """A session that reads numbers in place of names never holds another's name."""
    whose = getattr(object_session(member), "names_of", None)
    if whose is None or member.id == whose:
        return
    for name in {"name", "name_latin"} - inspect(member).unloaded:
        set_committed_value(member, name, member.number)


class MemberRole(OfCooperative, Base):
    """One thing a member is trusted with; a member may hold several."""

    __tablename__ = "member_roles"
    __table_args__ = (
        belongs_to("members", "member_id", ondelete="CASCADE"),
        UniqueConstraint("cooperative_id", "member_id", "role"),
        CheckConstraint(f"role IN ({_KNOWN_ROLES})", "known"),
    )

    member_id: Mapped[UUID]
    role: Mapped[str] = mapped_column(String(20))


class Consent(OfCooperative, Base):
    """A member lets a trusted helper act for them, until a day or until it is ended."""

    __tablename__ = "consents"
    __table_args__ = (
        belongs_to("members", "member_id", ondelete="CASCADE"),
        belongs_to("members", "helper_id", ondelete="CASCADE"),
        belongs_to("members", "ended_by"),
        CheckConstraint("member_id <> helper_id", "somebody_else"),
        CheckConstraint("given IN ('own_phone', 'pin', 'paper')", "given"),
        Index(
            "uq_consents_live",
            "cooperative_id",
            "member_id",
            "helper_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    member_id: Mapped[UUID]
    helper_id: Mapped[UUID]
    given: Mapped[str] = mapped_column(String(12))
    given_at: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[date | None]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[UUID | None]
