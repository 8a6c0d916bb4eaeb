"""How people come in for the first time: cards, codes by short message, applications."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant

_LIVE = text("used_at IS NULL AND void_at IS NULL")


class EnrolmentCard(OfCooperative, Base):
    """A printed card with a one-time code, of which only the HMAC is kept.

    `finder` holds the digits of the member's number, by which a typed code finds its card
    before it is known in which cooperative.
    """

    __tablename__ = "enrolment_cards"
    __table_args__ = (
        belongs_to("members", "member_id", ondelete="CASCADE"),
        belongs_to("members", "made_by"),
        CheckConstraint("tries >= 0", "tries"),
        Index("ix_enrolment_cards_finder", "finder"),
        Index(
            "uq_enrolment_cards_live",
            "cooperative_id",
            "member_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )

    member_id: Mapped[UUID]
    finder: Mapped[str] = mapped_column(String(30))
    code_hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[UUID | None]
    ends_at: Mapped[datetime] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    void_at: Mapped[datetime | None] = mapped_column(Instant)


class Enrolment(Base):
    """Somebody at a browser on the way in: by a code sent to `phone`, or by a card.

    Bound to the browser that asked, of whose token only the hash is kept. Of no cooperative:
    whether the number is a member's shows nowhere. Swept away after a day.
    """

    __tablename__ = "enrolments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["home", "card_id"],
            ["enrolment_cards.cooperative_id", "enrolment_cards.id"],
            ondelete="CASCADE",
        ),
        CheckConstraint("(phone IS NULL) <> (card_id IS NULL)", "by_one_way"),
        CheckConstraint("tries >= 0 AND pin_tries >= 0", "tries"),
        Index("ix_enrolments_browser", "browser_hash"),
        Index("ix_enrolments_phone", "phone", "made_at"),
        Index("ix_enrolments_made_at", "made_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    browser_hash: Mapped[str] = mapped_column(String(64))
    phone: Mapped[str | None] = mapped_column(String(20))
    code_hash: Mapped[str | None] = mapped_column(String(64))
    home: Mapped[int | None]
    card_id: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    tries: Mapped[int] = mapped_column(default=0)
    pin_tries: Mapped[int] = mapped_column(default=0)
    passed_at: Mapped[datetime | None] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class Application(OfCooperative, Base):
    """What somebody wrote who would like to become a member: where, and which plots."""

    __tablename__ = "applications"
    __table_args__ = (
        belongs_to("members", "member_id", ondelete="CASCADE"),
        Index("ix_applications_made_at", "cooperative_id", "made_at"),
    )

    member_id: Mapped[UUID]
    words: Mapped[str] = mapped_column(String(1000))
    made_at: Mapped[datetime] = mapped_column(Instant)
