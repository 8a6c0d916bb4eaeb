"""What is known of the weather."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coopfarm.water.models import (
    DayOfWeather,
    HourOfWeather,
    WeatherStation,
)


def station(session: Session) -> WeatherStation | None:
    """The cooperative's station; the first by name where it has several."""
    return session.scalars(select(WeatherStation).order_by(WeatherStation.name)).first()


def days_of_weather(
    session: Session, where: WeatherStation, start: date, end: date
) -> Sequence[DayOfWeather]:
    """The days kept from `start` up to, not including, `end`."""
    query = select(DayOfWeather).where(
        DayOfWeather.station_id == where.id,
        DayOfWeather.on_day >= start,
        DayOfWeather.on_day < end,
    )
    return session.scalars(query.order_by(DayOfWeather.on_day)).all()


def latest_days(session: Session, where: WeatherStation, count: int) -> Sequence[DayOfWeather]:
    query = select(DayOfWeather).where(DayOfWeather.station_id == where.id)
    return session.scalars(query.order_by(DayOfWeather.on_day.desc()).limit(count)).all()


def weather_span(session: Session) -> tuple[date, date, int] | None:
    """The first and the last day kept, and how many there are."""
    day = DayOfWeather.on_day
    first, last, count = session.execute(
        select(func.min(day), func.max(day), func.count()).select_from(DayOfWeather)
    ).one()
    return (first, last, count) if count else None


def hours_of_weather(session: Session, start: datetime, end: datetime) -> Sequence[HourOfWeather]:
    """The hours kept that begin from `start` up to, not including, `end`."""
    at = HourOfWeather.starts_at
    query = select(HourOfWeather).where(at >= start, at < end).order_by(at)
    return session.scalars(query).all()
