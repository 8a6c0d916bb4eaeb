"""The day of all machines, for everybody: one strip each, and a table that says the same."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import make_response
from flask import request as http
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from coopfarm import __version__
from coopfarm.equipment.queries import days as known
from coopfarm.equipment.rules.jobs import OFFICE
from coopfarm.equipment.views import asking
from coopfarm.equipment.views.door import bp
from coopfarm.kernel.interval import Interval
from coopfarm.web import pages, pictures, request, riding, times, tongue, written

_BACK: Final = timedelta(days=730)
# How long the line of the present may stand still.
_A_STEP: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Shown:
    """A stretch as the table tells it."""

    hours: str
    name: str
    kind: str
    is_mine: bool
    booking_id: UUID | None


@dataclass(frozen=True, slots=True)
class Line:
    """A machine as the table tells it."""

    name: str
    state: str
    busy: tuple[Shown, ...]


@bp.get("/machines/day")
@request.allowed()
def day() -> ResponseReturnValue:
    """Who has which machine when, on one day"""
    now, zone = request.now(), request.zone()
    on = _day_asked(zone)
    span = _span(on, zone)
    asked = known.marked_by(span)
    mark = riding.answer(known.MARK, asked) or known.mark(request.session(), asked)
    etag = _etag(span, mark, now)
    if etag and http.if_none_match.contains_weak(etag):
        response = make_response("", 304)
    else:
        response = make_response(_page(on, span, now))
        # The first page of a session gives it the token of its forms.
        etag = etag and _etag(span, mark, now)
    if etag:
        response.set_etag(etag, weak=True)
        response.headers["Cache-Control"] = "private, no-cache"
    return response


@riding.rides("equipment.day")
def _mark(zone: ZoneInfo) -> riding.Ride:
    return riding.Ride(known.MARK, known.marked_by(_span(_day_asked(zone), zone)))


def _day_asked(zone: ZoneInfo) -> date:
    """The day of the query, not farther than two years either way; else today."""
    today = request.now().astimezone(zone).date()
    text = request.asked("on")
    if not text:
        return today
    return min(max(written.day(text, field="on"), today - _BACK), today + asking.FARTHEST)


def _span(on: date, zone: ZoneInfo) -> Interval:
    first, last = (
        datetime.combine(one, time(), zone).astimezone(request.now().tzinfo)
        for one in (on, on + timedelta(days=1))
    )
    return Interval(first, last)


def _etag(span: Interval, mark: tuple[object, ...], now: datetime) -> str:
    """Of everything that shows; nothing where something is said once on this page.

    The session is in it, since the page has forms with its token.
    """
    if cookie.get("_flashes"):
        return ""
    me, shown = request.me(), now if span.start <= now < span.end else None
    parts = (
        __version__,
        me,
        cookie.get("token"),
        cookie.get("csrf_token"),
        cookie.get("several"),
        tongue.locale(),
        http.cookies.get("theme"),
        span,
        mark,
        shown and shown - (shown - datetime.min.replace(tzinfo=shown.tzinfo)) % _A_STEP,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _page(on: date, span: Interval, now: datetime) -> str:
    me, latin = request.me(), tongue.reads_latin()
    machines = [
        (one.name_latin if latin and one.name_latin else one.name, one)
        for one in known.of_day(request.session(), span, latin=latin)
    ]
    is_office = bool(me.roles & set(OFFICE))
    clock = _Clock(span)
    rows, lines = [], []
    for name, one in sorted(machines, key=lambda machine: machine[0]):
        busy = tuple(_shown(busy, clock, me.member_id, is_office=is_office) for busy in one.busy)
        stretches = [
            pictures.Stretch(
                during.during, is_own=shown.is_mine, says=f"{shown.name} {shown.hours}".strip()
            )
            for during, shown in zip(one.busy, busy, strict=True)
        ]
        rows.append(pictures.Row(name, stretches))
        lines.append(Line(name, one.state, busy))
    return pages.show(
        "equipment/day.html",
        on=on,
        lines=lines,
        picture=_picture(rows, span, now, clock) if rows else None,
        free=sum(not line.busy and line.state == "in_service" for line in lines),
        is_today=span.start <= now < span.end,
        day_before=on - timedelta(days=1),
        day_after=on + timedelta(days=1),
        is_office=is_office,
        may_enter=is_office and asking.has("equipment.machines"),
    )


def _picture(
    rows: list[pictures.Row], span: Interval, now: datetime, clock: "_Clock"
) -> pictures.Timeline:
    return pictures.timeline(
        rows,
        span,
        zone=request.zone(),
        name_tick=clock.at,
        now=now,
        rtl=tongue.text_direction() == "rtl",
    )


def _shown(busy: known.Busy, clock: "_Clock", me_id: UUID, *, is_office: bool) -> Shown:
    is_mine = busy.member_id == me_id
    name = busy.name or (gettext("held") if busy.kind == "hold" else gettext("in the workshop"))
    opens = busy.booking_id if is_mine or is_office else None
    return Shown(clock.hours(busy.during), name, busy.kind, is_mine, opens)


class _Clock:
    """Hours of one day in the reader's digits, each written once."""

    def __init__(self, span: Interval) -> None:
        self._span, self._known = span, dict[datetime, str]()

    def hours(self, during: Interval) -> str:
        """`07:00–09:00`; what reaches beyond the day begins or ends with the day."""
        starts, ends = max(during.start, self._span.start), min(during.end, self._span.end)
        last = "24:00" if ends == self._span.end else ""
        return f"{self.at(starts)}–{tongue.digits(last) if last else self.at(ends)}"

    def at(self, moment: datetime) -> str:
        if moment not in self._known:
            self._known[moment] = times.clock(moment)
        return self._known[moment]
