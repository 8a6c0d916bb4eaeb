"""Weather shifts a queue: everybody keeps the place, and whoever loses time is named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Final

from coopfarm.kernel.interval import Interval
from coopfarm.kernel.words import N_, Phrase, Sentence
from coopfarm.planning.fleet.campaign.clock import WorkingClock

NOTHING_LOST: Final = Phrase(
    "weather-nothing-lost", N_("You keep your time, from %(start)s until %(end)s.")
)
BEGINS_LATER: Final = Phrase(
    "weather-begins-later",
    N_(
        "No work is possible from %(closed)s until %(open)s. The order stays: you now begin at "
        "%(start)s, %(minutes)s minutes later, and are done at %(end)s."
    ),
)
GOES_ON_LATER: Final = Phrase(
    "weather-goes-on-later",
    N_(
        "No work is possible from %(closed)s until %(open)s. You begin at %(start)s as booked, "
        "go on afterwards, and are done at %(end)s, %(minutes)s minutes later."
    ),
)


@dataclass(frozen=True, slots=True)
class Booked:
    """Somebody's time with the machine."""

    id: str
    during: Interval


@dataclass(frozen=True, slots=True)
class Shifted:
    """When the same work is done now, in one stretch or several, and by how much later."""

    id: str
    stretches: tuple[Interval, ...]
    begins_later: timedelta
    ends_later: timedelta

    @property
    def start_to_end(self) -> Interval:
        return Interval(self.stretches[0].start, self.stretches[-1].end)


def shift(queue: Sequence[Booked], no_go: Interval, clock: WorkingClock) -> tuple[Shifted, ...]:
    """The bookings of one machine, none overlapping, after hours in which nobody can work.

    Everybody keeps the place in the queue and all minutes of work; what is free between two
    bookings takes up the delay. A booking outside the hours of the clock stays where it is.
    Refuses (`BeyondWorkingHours`) where the hours that are set do not suffice.
    """
    left = clock.without(no_go)
    done = 0.0
    shifted = []
    for booked in sorted(queue, key=lambda booked: booked.during.start):
        work = clock.minute_of(booked.during.end) - clock.minute_of(booked.during.start)
        if work <= 0:
            shifted.append(Shifted(booked.id, (booked.during,), timedelta(), timedelta()))
            continue
        begin = max(left.minute_of(booked.during.start), done)
        done = begin + work
        shifted.append(_placed(booked, left.stretches_between(begin, done)))
    return tuple(shifted)


def explain(shifted: Shifted, no_go: Interval) -> Sentence:
    """What the weather means for one booking."""
    whole = shifted.start_to_end
    if not shifted.begins_later and not shifted.ends_later:
        return NOTHING_LOST(start=whole.start, end=whole.end)
    later = shifted.begins_later or shifted.ends_later
    say = BEGINS_LATER if shifted.begins_later else GOES_ON_LATER
    return say(
        closed=no_go.start,
        open=no_go.end,
        start=whole.start,
        end=whole.end,
        minutes=round(later / timedelta(minutes=1)),
    )


def _placed(booked: Booked, stretches: tuple[Interval, ...]) -> Shifted:
    """A booking that begins or ends in a pause counts from the work that is done in it."""
    start, end = stretches[0].start, stretches[-1].end
    before = booked.during
    return Shifted(
        booked.id,
        stretches,
        max(start.astimezone(UTC) - before.start.astimezone(UTC), timedelta()),
        max(end.astimezone(UTC) - before.end.astimezone(UTC), timedelta()),
    )
