"""The machines themselves, the sets they are booked in, and their pictures."""

from datetime import datetime
from uuid import UUID

from shapely import Point
from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coopfarm.kernel.words import Name
from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant
from coopfarm.store.geometry import Shape


class Machine(OfCooperative, Base):
    """A machine, or an implement that one pulls.

    `category` is what it can stand in for (tractor, plough, combine); `jobs` what it does.
    `tag` is the secret of its sticker. Whether it is free at a moment is asked of `MachineTime`;
    `state` says what holds of it whoever has it.
    """

    __tablename__ = "machines"
    __table_args__ = (
        belongs_to("members", "caretaker_id"),
        belongs_to("pictures", "picture_id"),
        UniqueConstraint("cooperative_id", "code"),
        UniqueConstraint("tag"),
        CheckConstraint("kind IN ('machine', 'implement')", "kind"),
        CheckConstraint("state IN ('in_service', 'broken', 'retired')", "state"),
        CheckConstraint("meter IN ('hours', 'hectares', 'kilometres', 'none')", "meter"),
        CheckConstraint("meter_reading >= 0", "meter_reading"),
        CheckConstraint("work_width_m > 0 AND work_km_h > 0", "work"),
        CheckConstraint("efficiency > 0 AND efficiency <= 1", "efficiency"),
        CheckConstraint("road_km_h > 0", "road"),
        CheckConstraint("cleaning_minutes >= 0", "cleaning"),
        CheckConstraint("price_an_hour >= 0 AND price_a_hectare >= 0", "price"),
        CheckConstraint("hours_an_hour >= 0", "hours"),
    )

    code: Mapped[str] = mapped_column(String(30))
    name: Mapped[str] = mapped_column(String(120))
    name_latin: Mapped[str] = mapped_column(String(120), default="")
    kind: Mapped[str] = mapped_column(String(10), default="machine")
    category: Mapped[str] = mapped_column(String(30))
    jobs: Mapped[list[str]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(String(10), default="in_service")
    base: Mapped[Point | None] = mapped_column(Shape("POINT"))
    work_width_m: Mapped[float | None]
    work_km_h: Mapped[float | None]
    efficiency: Mapped[float] = mapped_column(default=0.8)
    road_km_h: Mapped[float] = mapped_column(default=15.0)
    cleaning_minutes: Mapped[int] = mapped_column(default=0)
    meter: Mapped[str] = mapped_column(String(10), default="hours")
    meter_reading: Mapped[float] = mapped_column(default=0.0)
    price_an_hour: Mapped[float] = mapped_column(default=0.0)
    price_a_hectare: Mapped[float] = mapped_column(default=0.0)
    hours_an_hour: Mapped[float] = mapped_column(default=0.0)
    caretaker_id: Mapped[UUID | None]
    picture_id: Mapped[UUID | None]
    tag: Mapped[str] = mapped_column(String(32))
    edition: Mapped[int] = mapped_column(default=1)

    @property
    def named(self) -> Name:
        """How the machine is called, in each reader's script."""
        return Name(self.name, self.name_latin)


class Kit(OfCooperative, Base):
    """Machines and implements that are booked together for a job."""

    __tablename__ = "kits"
    __table_args__ = (UniqueConstraint("cooperative_id", "name"),)

    name: Mapped[str] = mapped_column(String(120))
    job: Mapped[str] = mapped_column(String(30))
    edition: Mapped[int] = mapped_column(default=1)


class KitPart(OfCooperative, Base):
    """One machine of a kit."""

    __tablename__ = "kit_parts"
    __table_args__ = (
        belongs_to("kits", "kit_id", ondelete="CASCADE"),
        belongs_to("machines", "machine_id"),
        UniqueConstraint("cooperative_id", "kit_id", "machine_id"),
    )

    kit_id: Mapped[UUID]
    machine_id: Mapped[UUID]


class Picture(OfCooperative, Base):
    """A photo, small and without the place it was taken at: a machine, a meter, a fault."""

    __tablename__ = "pictures"
    __table_args__ = (
        CheckConstraint("media_type IN ('image/jpeg', 'image/png', 'image/webp')", "media_type"),
        Index("ix_pictures_made_at", "cooperative_id", "made_at"),
    )

    media_type: Mapped[str] = mapped_column(String(20))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(Instant)
