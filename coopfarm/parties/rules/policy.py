"""What the members agreed on about work parties: hours of prayer, the rate of an hour, limits."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from hijridate import Gregorian

from coopfarm.kernel.interval import Interval
from coopfarm.parties.rules.refusals import PartyAtPrayer, PartyInRamadanEvening

_FRIDAY: Final = 4
_RAMADAN: Final = 9
MINUTES_AN_HOUR: Final = 60
# Beyond these somebody mistyped.
MOST_PARTIES: Final = 60
MOST_RATE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Terms:
    """Hours as 12:15 of the cooperative's clock, empty for none; the rate in hundredths an hour.

    `limit` is how many parties of one plan a member is asked to at most.
    """

    friday_from: str = "11:30"
    friday_until: str = "13:30"
    ramadan_until: str = "15:30"
    rate_hundredths: int = 0
    limit: int = 2
    version: int = 0

    @classmethod
    def from_json(cls, stored: Mapping[str, Any], version: int) -> "Terms":
        known = {name: stored[name] for name in asdict(cls()) if name in stored}
        return replace(cls(**known), version=version)

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "version"}

    def cash(self, minutes: int) -> int:
        """What so much work is in money, in hundredths."""
        return round(self.rate_hundredths * minutes / MINUTES_AN_HOUR)


def check_hours(during: Interval, zone: ZoneInfo, terms: Terms) -> None:
    """Raise PartyAtPrayer or PartyInRamadanEvening where nobody is called to work."""
    start, end = during.start.astimezone(zone), during.end.astimezone(zone)
    for day in (start.date(), end.date()):
        prayer = _on(day, terms.friday_from, terms.friday_until, zone)
        if day.weekday() == _FRIDAY and prayer is not None and prayer.overlaps(during):
            raise PartyAtPrayer(
                field="starts",
                version=terms.version,
                until=terms.friday_until,
                **{"from": terms.friday_from},
            )
    if terms.ramadan_until and _is_ramadan(start.date()):
        evening = datetime.combine(start.date(), time.fromisoformat(terms.ramadan_until), zone)
        if end > evening:
            raise PartyInRamadanEvening(
                field="ends", until=terms.ramadan_until, version=terms.version
            )


def _on(day: date, since: str, until: str, zone: ZoneInfo) -> Interval | None:
    if not since or not until or since >= until:
        return None
    opens, closes = (
        datetime.combine(day, time.fromisoformat(text), zone) for text in (since, until)
    )
    return Interval(opens, closes)


def _is_ramadan(day: date) -> bool:
    """By the calendar of Umm al-Qura; a day that it does not reach is none."""
    try:
        return Gregorian(day.year, day.month, day.day).to_hijri().month == _RAMADAN
    except OverflowError:
        return False


def attendance(starts_at: datetime, ends_at: datetime) -> Interval:
    """When being there is counted: from an hour before until a day after the end."""
    return Interval(starts_at - timedelta(hours=1), ends_at + timedelta(days=1))
