"""Night turns, and the yearly shift that shares them out."""

from typing import Final

DAY_MINUTES: Final = 24 * 60
HALF_DAY_MINUTES: Final = 12 * 60
NIGHT_STARTS: Final = 18 * 60  # minute of the day, local time
NIGHT_ENDS: Final = 6 * 60


def night_minutes(start_minute_of_day: int, minutes: int) -> int:
    """How many minutes of a stretch of any length fall between 18:00 and 06:00."""
    start = start_minute_of_day % DAY_MINUTES
    return _night_up_to(start + minutes) - _night_up_to(start)


def shifted_start(start_minute_of_day: int, years: int) -> int:
    """When the cycle starts after so many years: 12 hours later each, so night becomes day.

    Over two years each member of a cycle of whole days has half of the turn at night. A cycle
    of ten and a half days alternates by itself and is not shifted.
    """
    return (start_minute_of_day + years * HALF_DAY_MINUTES) % DAY_MINUTES


def _night_up_to(minute: int) -> int:
    """Night minutes from a midnight up to a minute after it, which may be days later."""
    days, minute_of_day = divmod(minute, DAY_MINUTES)
    morning = min(minute_of_day, NIGHT_ENDS)
    evening = max(minute_of_day - NIGHT_STARTS, 0)
    return days * (DAY_MINUTES - NIGHT_STARTS + NIGHT_ENDS) + morning + evening
