"""What was sprayed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from coopfarm.store.base import Base, OfCooperative, belongs_to
from coopfarm.store.columns import Instant


class Spray(OfCooperative, Base):
    """What was sprayed on a plot, by whom and how, and until when the plot is locked by it.

    It never changes; a mistake is struck out with a reason, and stays readable. The intervals
    are as they were known then, with their source: by `number_id`, or by what the label says.
    """

    __tablename__ = "sprays"
    __table_args__ = (
        belongs_to("plots", "plot_id"),
        belongs_to("pest_campaigns", "campaign_id"),
        belongs_to("members", "operator_id"),
        belongs_to("pest_numbers", "number_id"),
        belongs_to("members", "made_by"),
        belongs_to("members", "struck_by"),
        CheckConstraint("dose > 0 AND area_m2 > 0 AND wind_km_h >= 0", "amounts"),
        CheckConstraint("dose_unit IN ('l_ha', 'kg_ha', 'ml_l', 'g_l')", "dose_unit"),
        CheckConstraint("began_at < ended_at", "times"),
        CheckConstraint("re_entry_hours >= 0 AND pre_harvest_days >= 0", "intervals"),
        CheckConstraint("re_entry_until >= ended_at AND pre_harvest_until >= ended_at", "clear"),
        CheckConstraint("length(trim(product)) > 0", "product"),
        CheckConstraint(
            "length(trim(interval_source)) > 0 AND interval_year BETWEEN 1900 AND 2100", "source"
        ),
        CheckConstraint("(struck_at IS NULL) = (length(trim(strike_reason)) = 0)", "struck"),
        Index("ix_sprays_plot", "cooperative_id", "plot_id", "ended_at"),
        Index("ix_sprays_ended", "cooperative_id", "ended_at"),
        Index(
            "uq_sprays_once",
            *("cooperative_id", "plot_id", "product", "began_at"),
            unique=True,
            sqlite_where=text("struck_at IS NULL"),
            postgresql_where=text("struck_at IS NULL"),
        ),
    )

    plot_id: Mapped[UUID]
    campaign_id: Mapped[UUID | None]
    crop: Mapped[str] = mapped_column(String(40), default="")
    product: Mapped[str] = mapped_column(String(60))
    dose: Mapped[float]
    dose_unit: Mapped[str] = mapped_column(String(6))
    area_m2: Mapped[float]
    wind_km_h: Mapped[float]
    operator_id: Mapped[UUID]
    began_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime] = mapped_column(Instant)
    number_id: Mapped[UUID | None]
    re_entry_hours: Mapped[float]
    pre_harvest_days: Mapped[float]
    interval_source: Mapped[str] = mapped_column(String(400))
    interval_year: Mapped[int]
    re_entry_until: Mapped[datetime] = mapped_column(Instant)
    pre_harvest_until: Mapped[datetime] = mapped_column(Instant)
    note: Mapped[str] = mapped_column(String(300), default="")
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime] = mapped_column(Instant)
    struck_by: Mapped[UUID | None]
    struck_at: Mapped[datetime | None] = mapped_column(Instant)
    strike_reason: Mapped[str] = mapped_column(String(300), default="")
