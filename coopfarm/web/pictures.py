"""Where the shapes of the pictures go: percent across, pixels or percent down. No words, no HTML.

Across runs along the reading direction: with `rtl` the first moment and the first
member stand at the right edge.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from coopfarm.kernel.interval import Interval

Place = Literal["head", "middle", "tail"]
Naming = Callable[[datetime], str]

NIGHT_STARTS, NIGHT_ENDS = time(18), time(6)
LABEL_PX, BAR_PX, GAP_PX, AXIS_PX = 22, 28, 10, 22
THINNEST_OWN_PERCENT = 0.8
MOST_TICKS = 8
WIDEST_AXIS_WITH_ALL_WORDS = 5
_TICK_HOURS = (1, 2, 3, 6, 12, 24, 48, 72, 168)
_DAY_HOURS = 24
_LAST_WORD_AT = 0.93
_ROOM_FOR_GAPS = 60


@dataclass(frozen=True, slots=True)
class Stretch:
    """One turn to draw; `says` is what it answers when pointed at."""

    during: Interval
    is_own: bool = False
    says: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One outlet and its turns."""

    name: str
    stretches: Sequence[Stretch]


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of the width, in percent."""

    x: float
    width: float
    says: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the time axis; `is_sparse` words are left out on narrow screens."""

    x: float
    says: str
    is_sparse: bool


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """An outlet's row: its name's baseline and its bars' top, in pixels."""

    name: str
    name_y: int
    y: int
    own: tuple[Bar, ...]
    others: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Turns along time, one row an outlet; heights in pixels."""

    rows: tuple[DrawnRow, ...]
    nights: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    now_x: float | None
    start_x: float
    body_px: int
    bar_px: int = BAR_PX

    @property
    def height_px(self) -> int:
        return self.body_px + AXIS_PX


@dataclass(frozen=True, slots=True)
class Portion:
    """One member's part of what was needed: `ratio` 1 is all of it."""

    name: str
    ratio: float
    place: Place = "middle"
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """An upright bar: everything in percent, `y` from the top."""

    x: float
    width: float
    y: float
    height: float
    place: Place = "middle"
    is_own: bool = False
    name: str = ""
    ratio: float = 0.0


@dataclass(frozen=True, slots=True)
class Fairness:
    """One column a member from the least served to the best, and the span they all lie in."""

    columns: tuple[Column, ...]
    span: Column
    start_x: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Axis:
    """A stretch of time laid over the width."""

    span: Interval
    rtl: bool

    def share(self, at: datetime) -> float:
        """How far along `at` is, in elapsed time: 0 at the start, 1 at the end."""
        start, end = self.span.start.timestamp(), self.span.end.timestamp()
        return (at.timestamp() - start) / (end - start)

    def x(self, at: datetime) -> float:
        along = 100 * self.share(at)
        return round(100 - along if self.rtl else along, 3)

    def bar(self, during: Interval, says: str = "", thinnest: float = 0.0) -> Bar | None:
        """The part of `during` that lies in the span; None where no part does."""
        first, last = max(0.0, self.share(during.start)), min(1.0, self.share(during.end))
        if last <= first:
            return None
        width = max(100 * (last - first), thinnest)
        along = min(100 * first, 100 - width)
        return Bar(round(100 - along - width if self.rtl else along, 3), round(width, 3), says)


def timeline(
    rows: Sequence[Row],
    span: Interval,
    *,
    zone: tzinfo,
    name_tick: Naming,
    now: datetime | None = None,
    rtl: bool = False,
) -> Timeline:
    """Lay the turns of each outlet along time, with the nights of `zone` and the present."""
    axis = Axis(Interval(span.start.astimezone(UTC), span.end.astimezone(UTC)), rtl)
    drawn = tuple(_rows(rows, axis))
    nights = (axis.bar(night) for night in _nights(axis.span, zone))
    return Timeline(
        rows=drawn,
        nights=tuple(night for night in nights if night),
        ticks=_ticks(axis, zone, name_tick),
        now_x=axis.x(now) if now and span.start <= now < span.end else None,
        start_x=_start_x(rtl=rtl),
        body_px=drawn[-1].y + BAR_PX if drawn else 0,
    )


def fairness(portions: Sequence[Portion], *, rtl: bool = False) -> Fairness:
    """One column a member, the least served first; ratios above 1 fill the whole height.

    Raises ValueError without portions and for ratios that are negative or not finite.
    """
    _check_ratios([portion.ratio for portion in portions])
    ranked = sorted(portions, key=lambda portion: (portion.ratio, portion.name))
    columns = tuple(_columns(ranked, rtl=rtl))
    least, most = ranked[0].ratio, ranked[-1].ratio
    top, bottom = _y(most), _y(least)
    span = Column(0, 100, top, round(bottom - top, 3))
    return Fairness(columns, span, _start_x(rtl=rtl), least, most)


def profile(ratios: Sequence[float], *, rtl: bool = False, at_most: int = 12) -> tuple[Column, ...]:
    """The mean ratio along the channel from head to tail, in `at_most` columns."""
    _check_ratios(ratios)
    count = min(at_most, len(ratios))
    edges = [round(i * len(ratios) / count) for i in range(count + 1)]
    parts = [ratios[a:b] for a, b in itertools.pairwise(edges)]
    means = [Portion(str(i), math.fsum(part) / len(part)) for i, part in enumerate(parts)]
    return tuple(_columns(means, rtl=rtl))


def meter(ratio: float, *, rtl: bool = False) -> Bar:
    """How full: `ratio` of the width, from the side where reading starts."""
    _check_ratios([ratio])
    width = round(100 * min(1.0, ratio), 3)
    return Bar(round(100 - width, 3) if rtl else 0.0, width)


def _rows(rows: Sequence[Row], axis: Axis) -> Iterator[DrawnRow]:
    """Named rows have a line of words above their bars; a single nameless row has none."""
    y = 0
    for row in rows:
        label = LABEL_PX if row.name else 0
        own = (axis.bar(s.during, s.says, THINNEST_OWN_PERCENT) for s in row.stretches if s.is_own)
        others = (axis.bar(s.during, s.says) for s in row.stretches if not s.is_own)
        yield DrawnRow(
            name=row.name,
            name_y=y + LABEL_PX - 7,
            y=y + label,
            own=tuple(bar for bar in own if bar),
            others=tuple(bar for bar in others if bar),
        )
        y += label + BAR_PX + GAP_PX


def _nights(span: Interval, zone: tzinfo) -> Iterator[Interval]:
    for day in _days(span, zone, 1):
        next_day = day + timedelta(days=1)
        yield Interval(_at(day, NIGHT_STARTS, zone), _at(next_day, NIGHT_ENDS, zone))


def _ticks(axis: Axis, zone: tzinfo, name_tick: Naming) -> tuple[Tick, ...]:
    hours = axis.span.length / timedelta(hours=1)
    step = next((step for step in _TICK_HOURS if hours / step <= MOST_TICKS), _TICK_HOURS[-1])
    moments = [m for m in _moments(axis.span, zone, step) if 0 <= axis.share(m) < 1]
    many = len(moments) > WIDEST_AXIS_WITH_ALL_WORDS
    return tuple(
        Tick(
            x=axis.x(at),
            says=name_tick(at.astimezone(zone)) if axis.share(at) <= _LAST_WORD_AT else "",
            is_sparse=many and place % 2 == 1,
        )
        for place, at in enumerate(moments)
    )


def _moments(span: Interval, zone: tzinfo, step_hours: int) -> Iterator[datetime]:
    """Wall-clock moments `step_hours` apart, counted from local midnights."""
    for day in _days(span, zone, max(1, step_hours // _DAY_HOURS)):
        for hour in range(0, _DAY_HOURS, min(step_hours, _DAY_HOURS)):
            yield _at(day, time(hour), zone)


def _days(span: Interval, zone: tzinfo, step: int) -> Iterator[date]:
    """Local days from the eve of the span, whose night may reach into it, to its last."""
    day, last = span.start.astimezone(zone).date(), span.end.astimezone(zone).date()
    day -= timedelta(days=1 if step == 1 else 0)
    while day <= last:
        yield day
        day += timedelta(days=step)


def _at(day: date, clock: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)


def _columns(portions: Sequence[Portion], *, rtl: bool) -> Iterator[Column]:
    slot = 100 / len(portions)
    width = slot * (0.84 if len(portions) <= _ROOM_FOR_GAPS else 1)
    for rank, portion in enumerate(portions):
        along = rank * slot + (slot - width) / 2
        y = _y(portion.ratio)
        yield Column(
            x=round(100 - along - width if rtl else along, 3),
            width=round(width, 3),
            y=y,
            height=round(100 - y, 3),
            place=portion.place,
            is_own=portion.is_own,
            name=portion.name,
            ratio=portion.ratio,
        )


def _start_x(*, rtl: bool) -> float:
    """The edge where reading starts, in percent."""
    return 100.0 if rtl else 0.0


def _y(ratio: float) -> float:
    return round(100 * (1 - min(1.0, ratio)), 3)


def _check_ratios(ratios: Sequence[float]) -> None:
    if not ratios:
        raise ValueError("there is nobody to draw")
    if any(not math.isfinite(ratio) or ratio < 0 for ratio in ratios):
        raise ValueError("a ratio is a finite number, 0 or more")
