"""The land and the channels that water it, from the canal's head to the last nakka."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from shapely import LineString, MultiPolygon, Point
from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant
from coopfarm.store.geometry import Shape


class Canal(OfCooperative, Base):
    """A reach of canal: what it carries, what it loses, and which canal feeds it.

    Water runs along `line` as drawn, or against it where `flows_against_line`.
    Where `loss_percent_km` is known, `efficiency` is worked out from it and the length.
    """

    __tablename__ = "canals"
    __table_args__ = (
        belongs_to("canals", "feeds_from_id"),
        UniqueConstraint("cooperative_id", "code"),
        CheckConstraint("capacity_l_s >= 0", "capacity"),
        CheckConstraint("efficiency > 0 AND efficiency <= 1", "efficiency"),
        CheckConstraint("loss_percent_km >= 0 AND loss_percent_km < 100", "loss"),
        CheckConstraint("feeds_from_id IS NULL OR feeds_from_id <> id", "not_from_itself"),
    )

    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120), default="")
    feeds_from_id: Mapped[UUID | None]
    capacity_l_s: Mapped[float | None]
    efficiency: Mapped[float] = mapped_column(default=1.0)
    loss_percent_km: Mapped[float | None]
    length_m: Mapped[float | None]
    flows_against_line: Mapped[bool] = mapped_column(default=False)
    line: Mapped[LineString | None] = mapped_column(Shape("LINESTRING"))
    edition: Mapped[int] = mapped_column(default=1)


class Outlet(OfCooperative, Base):
    """A fixed gate (mogha) from a canal to a watercourse; one roster is shared below it."""

    __tablename__ = "outlets"
    __table_args__ = (
        belongs_to("canals", "canal_id"),
        UniqueConstraint("cooperative_id", "code"),
        CheckConstraint("capacity_l_s > 0", "capacity"),
    )

    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120), default="")
    canal_id: Mapped[UUID | None]
    metres_from_head: Mapped[float | None]
    capacity_l_s: Mapped[float | None]
    place: Mapped[Point | None] = mapped_column(Shape("POINT"))
    watercourse: Mapped[LineString | None] = mapped_column(Shape("LINESTRING"))
    edition: Mapped[int] = mapped_column(default=1)


class Nakka(OfCooperative, Base):
    """A cut in the watercourse by which plots take their water."""

    __tablename__ = "nakkas"
    __table_args__ = (
        belongs_to("outlets", "outlet_id"),
        UniqueConstraint("cooperative_id", "outlet_id", "label"),
    )

    outlet_id: Mapped[UUID]
    label: Mapped[str] = mapped_column(String(30))
    metres_from_outlet: Mapped[float | None]
    place: Mapped[Point | None] = mapped_column(Shape("POINT"))
    edition: Mapped[int] = mapped_column(default=1, server_default="1")


class Plot(OfCooperative, Base):
    """A field farmed by one holder; only its net area earns water.

    `place_from_head` orders the plots of an outlet from head to tail; it is computed
    from the network, and stays as written where `placed_by_hand`.
    """

    __tablename__ = "plots"
    __table_args__ = (
        belongs_to("outlets", "outlet_id"),
        belongs_to("nakkas", "nakka_id"),
        belongs_to("members", "holder_id"),
        belongs_to("members", "payer_id"),
        belongs_to("members", "worker_id"),
        UniqueConstraint("cooperative_id", "code"),
        CheckConstraint("gross_area_m2 > 0", "gross_area"),
        CheckConstraint("net_area_m2 > 0 AND net_area_m2 <= gross_area_m2", "net_area"),
        CheckConstraint("shares >= 0", "shares"),
        CheckConstraint("filling_minutes >= 0 AND draining_minutes >= 0", "allowances"),
        Index("ix_plots_outlet", "cooperative_id", "outlet_id", "place_from_head"),
        Index("ix_plots_holder", "cooperative_id", "holder_id"),
    )

    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120), default="")
    outlet_id: Mapped[UUID | None]
    nakka_id: Mapped[UUID | None]
    place_from_head: Mapped[int | None]
    placed_by_hand: Mapped[bool] = mapped_column(default=False)
    holder_id: Mapped[UUID | None]
    payer_id: Mapped[UUID | None]
    worker_id: Mapped[UUID | None]
    gross_area_m2: Mapped[float]
    net_area_m2: Mapped[float]
    shares: Mapped[float | None]
    filling_minutes: Mapped[float] = mapped_column(default=0.0)
    draining_minutes: Mapped[float] = mapped_column(default=0.0)
    crop: Mapped[str | None] = mapped_column(String(40))
    sown_on: Mapped[date | None]
    soil: Mapped[str | None] = mapped_column(String(40))
    boundary: Mapped[MultiPolygon | None] = mapped_column(Shape("MULTIPOLYGON"))
    edition: Mapped[int] = mapped_column(default=1)


class Drawing(OfCooperative, Base):
    """An act of drawing, with what every row it touched was before, so that it can be undone.

    `rows` holds the values before as `rules.kept` writes them; `says` what was snapped to what.
    """

    __tablename__ = "drawings"
    __table_args__ = (
        belongs_to("members", "made_by"),
        Index("ix_drawings_made_at", "cooperative_id", "made_at"),
    )

    verb: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[UUID]
    label: Mapped[str] = mapped_column(String(60))
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    says: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)


class Upload(OfCooperative, Base):
    """A file sent for import, kept between its dry run and the import itself.

    `reading` is what the file holds, as it was read by the choices in `options`.
    """

    __tablename__ = "uploads"
    __table_args__ = (belongs_to("members", "made_by"),)

    kind: Mapped[str] = mapped_column(String(20))
    filename: Mapped[str] = mapped_column(String(255))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    reading: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)
    imported_at: Mapped[datetime | None] = mapped_column(Instant)


class RememberedReading(OfCooperative, Base):
    """How the last file with these columns was read: the next one begins the same way.

    `columns_hash` is of the names as they lie in the file, before its letters are understood.
    """

    __tablename__ = "remembered_readings"
    __table_args__ = (
        belongs_to("members", "made_by"),
        UniqueConstraint("cooperative_id", "kind", "columns_hash"),
    )

    kind: Mapped[str] = mapped_column(String(20))
    columns_hash: Mapped[str] = mapped_column(String(64))
    filename: Mapped[str] = mapped_column(String(255))
    read_as: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)


class PlotTime(OfCooperative, Base):
    """A stretch of time on a plot that a capability has written down.

    Of hard ones no two on one plot may share a moment, and nothing begins within a lock after
    spraying: the database sees to both.
    """

    __tablename__ = "plot_times"
    __table_args__ = (
        belongs_to("plots", "plot_id", ondelete="CASCADE"),
        CheckConstraint("starts_at < ends_at", "has_a_length"),
        Index("ix_plot_times_of", "cooperative_id", "plot_id", "starts_at"),
    )

    plot_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(20))
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    is_hard: Mapped[bool]
    what: Mapped[str] = mapped_column(String(60), default="")
