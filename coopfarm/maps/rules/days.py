"""Days as a cooperative has them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from coopfarm.kernel.interval import Interval


def span(on: date, timezone: str) -> Interval:
    """A day from midnight to midnight in a time zone, in UTC."""
    zone = ZoneInfo(timezone)
    starts = datetime.combine(on, time(), zone).astimezone(UTC)
    after = on + timedelta(days=1)
    return Interval(starts, datetime.combine(after, time(), zone).astimezone(UTC))
