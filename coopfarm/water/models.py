"""Weather, rotations and turns."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coopfarm.kernel.interval import Interval
from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant


class WeatherStation(OfCooperative, Base):
    """Where the cooperative's weather is measured."""

    __tablename__ = "weather_stations"
    __table_args__ = (
        UniqueConstraint("cooperative_id", "name"),
        CheckConstraint("latitude_deg BETWEEN -66 AND 66", "latitude"),
        CheckConstraint("elevation_m BETWEEN -430 AND 6000", "elevation"),
        CheckConstraint("wind_height_m > 0", "wind_height"),
    )

    name: Mapped[str] = mapped_column(String(80))
    latitude_deg: Mapped[float]
    elevation_m: Mapped[float]
    wind_height_m: Mapped[float] = mapped_column(default=2.0)


class DayOfWeather(OfCooperative, Base):
    """What one station measured on one day; None where it was not measured."""

    __tablename__ = "days_of_weather"
    __table_args__ = (
        belongs_to("weather_stations", "station_id"),
        UniqueConstraint("cooperative_id", "station_id", "on_day"),
    )

    station_id: Mapped[UUID]
    on_day: Mapped[date]
    measured: Mapped[dict[str, Any]] = mapped_column(JSON)


class HourOfWeather(OfCooperative, Base):
    """The air of one hour, forecast or measured, with where it is from and when it was entered."""

    __tablename__ = "hours_of_weather"
    __table_args__ = (
        UniqueConstraint("cooperative_id", "starts_at"),
        CheckConstraint("temperature_c BETWEEN -60 AND 60", "temperature"),
        CheckConstraint("humidity_pct BETWEEN 0 AND 100", "humidity"),
        CheckConstraint("wind_km_h BETWEEN 0 AND 400", "wind"),
        CheckConstraint("rain_mm BETWEEN 0 AND 500", "rain"),
        CheckConstraint("length(trim(source)) > 0", "source"),
    )

    starts_at: Mapped[datetime] = mapped_column(Instant)
    temperature_c: Mapped[float]
    humidity_pct: Mapped[float]
    wind_km_h: Mapped[float]
    rain_mm: Mapped[float]
    source: Mapped[str] = mapped_column(String(120))
    entered_at: Mapped[datetime] = mapped_column(Instant)


class Scheme(OfCooperative, Base):
    """How one outlet's roster runs: its cycle, its share unit, and when it starts."""

    __tablename__ = "schemes"
    __table_args__ = (
        belongs_to("outlets", "outlet_id"),
        UniqueConstraint("cooperative_id", "outlet_id"),
        CheckConstraint("basis IN ('award', 'area', 'shares', 'equal', 'crop')", "basis"),
        CheckConstraint("unit_minutes > 0", "unit_minutes"),
    )

    outlet_id: Mapped[UUID]
    basis: Mapped[str] = mapped_column(String(10), default="award")
    unit_name: Mapped[str] = mapped_column(String(30), default="")
    unit_minutes: Mapped[float | None]
    yearly_shift: Mapped[bool] = mapped_column(default=False)


class Rotation(OfCooperative, Base):
    """A plan to share water over one period, in one of its versions.

    `inputs` is all that the plan was made from, so that anyone can make it again;
    `outcome` is what came of it. A plan whose certificate does not hold stays a draft,
    and the database sees to that.
    """

    __tablename__ = "rotations"
    __table_args__ = (
        belongs_to("members", "made_by"),
        belongs_to("members", "published_by"),
        belongs_to("rotations", "replaced_by_id"),
        UniqueConstraint("cooperative_id", "version"),
        CheckConstraint("state IN ('draft', 'notice', 'in_force', 'superseded')", "state"),
        CheckConstraint("state = 'draft' OR is_certified", "certified"),
        CheckConstraint("starts_at < ends_at", "has_a_length"),
        CheckConstraint("supply_m3 > 0 AND supply_m3 <= need_m3 * 1.000001", "supply"),
        Index("ix_rotations_state", "cooperative_id", "state", "starts_at"),
    )

    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="draft")
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    rule: Mapped[str] = mapped_column(String(20))
    basis: Mapped[str] = mapped_column(String(10))
    need_m3: Mapped[float]
    supply_m3: Mapped[float]
    is_certified: Mapped[bool] = mapped_column(default=False)
    inputs: Mapped[dict[str, Any]] = mapped_column(JSON)
    inputs_hash: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON)
    outcome_hash: Mapped[str] = mapped_column(String(64))
    findings: Mapped[list[Any]] = mapped_column(JSON)
    comparison: Mapped[dict[str, Any]] = mapped_column(JSON)
    notes: Mapped[list[Any]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(1000), default="")
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)
    published_by: Mapped[UUID | None]
    noticed_at: Mapped[datetime | None] = mapped_column(Instant)
    in_force_at: Mapped[datetime | None] = mapped_column(Instant)
    superseded_at: Mapped[datetime | None] = mapped_column(Instant)
    replaced_by_id: Mapped[UUID | None]
    edition: Mapped[int] = mapped_column(default=1)

    @property
    def during(self) -> Interval:
        return Interval(self.starts_at, self.ends_at)


class Allotment(OfCooperative, Base):
    """What one plot needs, gets and why, under one rotation."""

    __tablename__ = "allotments"
    __table_args__ = (
        belongs_to("rotations", "rotation_id", ondelete="CASCADE"),
        belongs_to("plots", "plot_id"),
        belongs_to("members", "member_id"),
        UniqueConstraint("cooperative_id", "rotation_id", "plot_id"),
        Index("ix_allotments_member", "cooperative_id", "member_id"),
        CheckConstraint("award_m3 >= 0 AND need_m3 >= 0", "amounts"),
    )

    rotation_id: Mapped[UUID]
    plot_id: Mapped[UUID]
    member_id: Mapped[UUID | None]
    need_m3: Mapped[float]
    award_m3: Mapped[float]
    reasons: Mapped[list[Any]] = mapped_column(JSON)


class Turn(OfCooperative, Base):
    """One plot's stretch of exclusive flow at one outlet.

    `is_live` while its rotation is in force: of live turns no two at one outlet may
    share a moment, and the database sees to that.
    """

    __tablename__ = "turns"
    __table_args__ = (
        belongs_to("rotations", "rotation_id", ondelete="CASCADE"),
        belongs_to("outlets", "outlet_id"),
        belongs_to("plots", "plot_id"),
        belongs_to("members", "member_id"),
        UniqueConstraint("cooperative_id", "rotation_id", "outlet_id", "place"),
        CheckConstraint("starts_at < ends_at", "has_a_length"),
        Index("ix_turns_next", "cooperative_id", "member_id", "ends_at"),
        Index("ix_turns_outlet", "cooperative_id", "outlet_id", "starts_at"),
    )

    rotation_id: Mapped[UUID]
    outlet_id: Mapped[UUID]
    plot_id: Mapped[UUID]
    member_id: Mapped[UUID | None]
    place: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    exact_minutes: Mapped[float]
    is_live: Mapped[bool] = mapped_column(default=False)

    @property
    def during(self) -> Interval:
        return Interval(self.starts_at, self.ends_at)


class PlanRun(OfCooperative, Base):
    """A plan being worked out in the background: how far it is, and what it has so far."""

    __tablename__ = "plan_runs"
    __table_args__ = (
        belongs_to("members", "asked_by"),
        belongs_to("rotations", "rotation_id", ondelete="CASCADE"),
        CheckConstraint(
            "state IN ('queued', 'running', 'feasible', 'done', 'stopped', 'refused')", "state"
        ),
    )

    state: Mapped[str] = mapped_column(String(10), default="queued")
    wish: Mapped[dict[str, Any]] = mapped_column(JSON)
    progress: Mapped[float] = mapped_column(default=0.0)
    doing: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    refusal: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    rotation_id: Mapped[UUID | None]
    asked_by: Mapped[UUID | None]
    asked_at: Mapped[datetime] = mapped_column(Instant)
    stop_asked_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
