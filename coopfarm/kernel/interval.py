"""Time as the cooperative speaks of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, order=True, slots=True)
class Interval:
    """From `start` up to, not including, `end`: turns may touch, never overlap.

    Raises ValueError for naive datetimes and for a stretch without length.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("an interval is made of aware datetimes")
        if self.end <= self.start:
            raise ValueError("an interval has a length")

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def overlaps(self, other: "Interval") -> bool:
        return self.start < other.end and other.start < self.end
