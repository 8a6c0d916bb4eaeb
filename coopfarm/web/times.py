"""Moments as people say them: in the cooperative's own time, nights without doubt."""

import re
from datetime import date, datetime, timedelta

from babel import dates
from flask_babel import gettext
from hijridate import Gregorian

from coopfarm.kernel.interval import Interval
from coopfarm.web import request, tongue

NIGHT_FALLS, DAY_BREAKS = 18, 6


def local(moment: datetime) -> datetime:
    return moment.astimezone(request.zone())


def is_night(moment: datetime) -> bool:
    """Whether a moment lies between 18:00 and 06:00 of the cooperative's time."""
    return not DAY_BREAKS <= local(moment).hour < NIGHT_FALLS


def clock(moment: datetime) -> str:
    """`01:40`, in the locale's digits."""
    return tongue.digits(f"{local(moment):%H:%M}")


def day(on: date) -> str:
    """`Thursday 26 November`; a moment stands for its day in the cooperative's time."""
    on = local(on).date() if isinstance(on, datetime) else on
    pattern = "EEEE d MMMM"
    return tongue.digits(dates.format_date(on, pattern, locale=tongue.locale()))


def weekday(on: date) -> str:
    return str(dates.format_date(on, "EEEE", locale=tongue.locale()))


def short_weekday(on: date) -> str:
    """`Thu`; a moment stands for its day in the cooperative's time."""
    on = local(on).date() if isinstance(on, datetime) else on
    return str(dates.format_date(on, "EEE", locale=tongue.locale()))


def date_in_full(on: date) -> str:
    """`26 November 2026`."""
    on = local(on).date() if isinstance(on, datetime) else on
    return tongue.digits(dates.format_date(on, "d MMMM y", locale=tongue.locale()))


def of_every_day(text: str) -> str:
    """An hour of the day, or a day of the year written month-day: `06:00`, `15 May`."""
    found = re.fullmatch(r"(\d\d)-(\d\d)", text)
    try:
        # A year that has the 29 February.
        on = date(2024, int(found[1]), int(found[2])) if found else None
    except ValueError:
        on = None
    said = dates.format_date(on, "d MMMM", locale=tongue.locale()) if on else text
    return tongue.digits(said)


def which_day(moment: datetime) -> str:
    """The day of a moment; a night is named by both its days.

    "Friday night" is Thursday's evening to some and Friday's to others.
    """
    here = local(moment)
    if not is_night(moment):
        return day(here.date())
    evening = here.date() if here.hour >= NIGHT_FALLS else here.date() - timedelta(days=1)
    morning = evening + timedelta(days=1)
    return str(
        gettext(
            "night between %(evening)s and %(morning)s",
            evening=weekday(evening),
            morning=day(morning),
        )
    )


def when(moment: datetime) -> str:
    """`night between Thursday and Friday 27 November, 01:40`."""
    return f"{which_day(moment)}{_comma()} {clock(moment)}"


def _comma() -> str:
    return "،" if tongue.text_direction() == "rtl" else ","


def hijri(on: date) -> str:
    """The Umm al-Qura date, or nothing outside the years its tables know."""
    on = local(on).date() if isinstance(on, datetime) else on
    try:
        there = Gregorian(on.year, on.month, on.day).to_hijri()
    except OverflowError:
        return ""
    month = there.month_name(language="ar" if tongue.locale().startswith("ar") else "en")
    return tongue.digits(f"{there.day} {month} {there.year}")


def duration(minutes: float) -> str:
    """`1 h 15 min`."""
    whole = round(minutes)
    hours, rest = divmod(whole, 60)
    facts = {"hours": tongue.digits(hours), "minutes": tongue.digits(rest)}
    if not hours:
        return str(gettext("%(minutes)s min", **facts))
    if not rest:
        return str(gettext("%(hours)s h", **facts))
    return str(gettext("%(hours)s h %(minutes)s min", **facts))


def around(during: Interval) -> Interval:
    """A stretch of 24 hours with the interval in its middle, from a full hour."""
    middle = during.start + during.length / 2
    start = (middle - timedelta(hours=12)).replace(minute=0, second=0, microsecond=0)
    return Interval(min(start, during.start), max(start + timedelta(hours=24), during.end))


def until(moment: datetime) -> str:
    """How long until a moment: days and hours when far, hours and minutes when near."""
    minutes = max(0, int((moment - request.now()).total_seconds() // 60))
    days, rest = divmod(minutes, 24 * 60)
    if not days:
        return duration(minutes)
    facts = {"days": tongue.digits(days), "hours": tongue.digits(rest // 60)}
    return str(gettext("%(days)s d %(hours)s h", **facts))
