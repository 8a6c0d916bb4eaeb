"""A clock that runs in working hours only: campaigns are planned on it, nights are left out.

Work that is not done in the evening goes on in the morning, where the machine was left.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from coopfarm.kernel.interval import Interval
from coopfarm.kernel.refusal import Invalid
from coopfarm.kernel.words import N_

_MINUTE = timedelta(minutes=1)


class BeyondWorkingHours(Invalid):
    """More work than the hours that are set."""

    code = "beyond-working-hours"
    words = N_(
        "The working hours that are set come to %(minutes)s minutes, and minute %(wanted)s is "
        "asked for. Set hours for more days."
    )


@dataclass(frozen=True, slots=True)
class WorkingClock:
    """The stretches of work, in order; minute 0 is the start of the first.

    Raises ValueError for stretches that overlap or are out of order.
    """

    stretches: tuple[Interval, ...]

    def __post_init__(self) -> None:
        if any(after.start < before.end for before, after in pairwise(self.stretches)):
            raise ValueError("stretches of work follow each other")

    @classmethod
    def daily(
        cls, zone: ZoneInfo, first: date, days: int, opens: time, closes: time
    ) -> "WorkingClock":
        """The same hours every day, by the clock on the wall; past midnight if they close so."""
        past_midnight = timedelta(days=1 if closes <= opens else 0)
        return cls(
            tuple(
                Interval(
                    datetime.combine(day, opens, zone).astimezone(UTC),
                    datetime.combine(day + past_midnight, closes, zone).astimezone(UTC),
                )
                for day in (first + timedelta(days=n) for n in range(days))
            )
        )

    @property
    def minutes(self) -> float:
        """All the minutes there are to work."""
        return sum((_length(stretch) for stretch in self.stretches), timedelta()) / _MINUTE

    def minute_of(self, moment: datetime) -> float:
        """Minutes of work before a moment; in a pause it stands still, after the end for good."""
        worked = (
            _since(stretch.start, min(max(moment, stretch.start), stretch.end))
            for stretch in self.stretches
        )
        return sum(worked, timedelta()) / _MINUTE

    def moment_of(self, minute: float) -> datetime:
        """When the work after that minute begins: in the morning, where it ended in the evening.

        Refuses (`BeyondWorkingHours`) a minute at or after the end of all hours.
        """
        left = _as_time(minute)
        for stretch in self.stretches:
            if left < _length(stretch):
                return stretch.start.astimezone(UTC) + left
            left -= _length(stretch)
        raise self._beyond(minute)

    def end_of(self, minute: float) -> datetime:
        """When the work before that minute ends: in the evening, where the next begins later.

        Refuses (`BeyondWorkingHours`) a minute after the end of all hours.
        """
        left = _as_time(minute)
        for stretch in self.stretches:
            if left <= _length(stretch):
                return stretch.start.astimezone(UTC) + left
            left -= _length(stretch)
        raise self._beyond(minute)

    def stretches_between(self, begin: float, end: float) -> tuple[Interval, ...]:
        """The stretches of time in which the work from minute to minute is done; `begin` < `end`.

        Refuses (`BeyondWorkingHours`) what goes on after the end of all hours.
        """
        whole = Interval(self.moment_of(begin), self.end_of(end))
        return tuple(
            Interval(max(stretch.start, whole.start), min(stretch.end, whole.end))
            for stretch in self.stretches
            if stretch.overlaps(whole)
        )

    def without(self, no_go: Interval) -> "WorkingClock":
        """The same hours with a hole: what weather takes away."""
        parts = (part for stretch in self.stretches for part in _around(stretch, no_go))
        return WorkingClock(tuple(parts))

    def window_of(self, ripe: Interval, work_minutes: float) -> tuple[float, float] | None:
        """The first and the last minute at which work may begin so that it ends while ripe.

        None where the hours of work in that time are shorter than the work.
        """
        opens, ends = self.minute_of(ripe.start), self.minute_of(ripe.end)
        return (opens, ends - work_minutes) if opens + work_minutes <= ends else None

    def _beyond(self, minute: float) -> BeyondWorkingHours:
        return BeyondWorkingHours(minutes=self.minutes, wanted=minute)


def _around(stretch: Interval, hole: Interval) -> Iterator[Interval]:
    if not stretch.overlaps(hole):
        yield stretch
        return
    if stretch.start < hole.start:
        yield Interval(stretch.start, hole.start)
    if hole.end < stretch.end:
        yield Interval(hole.end, stretch.end)


def _length(stretch: Interval) -> timedelta:
    return _since(stretch.start, stretch.end)


def _since(start: datetime, end: datetime) -> timedelta:
    # Within one zone Python subtracts what the clock on the wall shows, not what has passed.
    return end.astimezone(UTC) - start.astimezone(UTC)


def _as_time(minute: float) -> timedelta:
    return timedelta(microseconds=round(minute * 60_000_000))
