"""A member's or a machine's days as a calendar that other programs read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from icalendar import Calendar, Event

from coopfarm.kernel.interval import Interval
from coopfarm.kernel.words import Sentence

BEHIND: Final = timedelta(days=30)
AHEAD: Final = timedelta(days=120)
REFRESH: Final = timedelta(hours=4)
_MAKER: Final = "-//coopfarm//machines and water//EN"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a calendar. `edition` counts its changes, `changed_at` is when it was made.

    `summary` is said in the reader's language; `place` is a name, such as a plot's; `status` is
    CONFIRMED, TENTATIVE or CANCELLED.
    """

    id: UUID
    kind: str
    during: Interval
    summary: Sentence
    edition: int
    changed_at: datetime
    place: str = ""
    status: str = "CONFIRMED"


@dataclass(frozen=True, slots=True)
class Spoken:
    """An entry in words of one language."""

    entry: Entry
    summary: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that one feed says."""

    name: str
    entries: Sequence[Spoken] = field(default_factory=tuple)


def span(now: datetime) -> Interval:
    """How far a feed looks back and ahead."""
    return Interval(now - BEHIND, now + AHEAD)


def written(sheet: Sheet) -> bytes:
    """The feed as iCalendar: moments in UTC, a lasting UID each; the same entries, the same bytes.

    What was given up stays as cancelled, so that programs take it out (RFC 5546, 3.2.5).
    """
    calendar = Calendar()
    calendar.add("prodid", _MAKER)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", sheet.name)
    calendar.add("x-wr-calname", sheet.name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", REFRESH)
    for spoken in sheet.entries:
        calendar.add_component(_event(spoken))
    return bytes(calendar.to_ical())


def _event(spoken: Spoken) -> Event:
    entry = spoken.entry
    event = Event()
    event.add("uid", f"{entry.id}@coopfarm")
    event.add("sequence", entry.edition)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("dtstart", entry.during.start.astimezone(UTC))
    event.add("dtend", entry.during.end.astimezone(UTC))
    event.add("summary", spoken.summary)
    if entry.place:
        event.add("location", entry.place)
    event.add("status", entry.status)
    return event
