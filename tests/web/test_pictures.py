"""The pictures: shapes where they belong, in both reading directions."""

import itertools
import math
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from coopfarm.kernel.interval import Interval
from coopfarm.web import pictures
from coopfarm.web.pictures import Portion, Row, Stretch, Timeline

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
CAIRO = ZoneInfo("Africa/Cairo")
MONDAY = datetime(2026, 7, 6, tzinfo=CAIRO)
WEEK = Interval(MONDAY, MONDAY + timedelta(days=7))

lengths = st.lists(st.integers(1, 600), min_size=1, max_size=60)


def turns(minutes: list[int], start: datetime = MONDAY) -> list[Stretch]:
    """Turns one after another, of so many minutes each."""
    found = []
    for length in minutes:
        end = start + timedelta(minutes=length)
        found.append(Stretch(Interval(start.astimezone(UTC), end.astimezone(UTC))))
        start = end
    return found


def draw(
    stretches: list[Stretch],
    span: Interval = WEEK,
    *,
    name: str = "",
    now: datetime | None = None,
    rtl: bool = False,
) -> Timeline:
    rows = [Row(name, stretches)]
    return pictures.timeline(
        rows, span, zone=CAIRO, name_tick=lambda at: f"{at:%a %H:%M}", now=now, rtl=rtl
    )


@given(minutes=lengths)
def test_turns_that_fill_the_span_fill_the_width(minutes: list[int]) -> None:
    span = Interval(MONDAY, MONDAY + timedelta(minutes=sum(minutes)))

    bars = draw(turns(minutes), span).rows[0].others

    assert bars[0].x == 0
    assert math.isclose(sum(bar.width for bar in bars), 100, abs_tol=0.05)
    for one, following in itertools.pairwise(bars):
        assert math.isclose(one.x + one.width, following.x, abs_tol=0.01)


@given(minutes=lengths)
def test_the_picture_of_a_right_to_left_page_is_the_mirror_image(minutes: list[int]) -> None:
    left = draw(turns(minutes), now=MONDAY + timedelta(hours=3))
    right = draw(turns(minutes), now=MONDAY + timedelta(hours=3), rtl=True)

    mirrored = [100 - bar.x - bar.width for bar in left.rows[0].others]

    assert [bar.x for bar in right.rows[0].others] == pytest.approx(mirrored, abs=0.002)
    assert [100 - tick.x for tick in left.ticks] == pytest.approx([t.x for t in right.ticks])
    assert left.now_x is not None
    assert right.now_x == pytest.approx(100 - left.now_x)
    assert (left.start_x, right.start_x) == (0, 100)


def test_a_turn_that_reaches_beyond_the_span_is_cut_at_its_edge() -> None:
    before = Stretch(Interval(MONDAY - timedelta(hours=12), MONDAY + timedelta(hours=84)))
    elsewhere = Stretch(Interval(MONDAY - timedelta(hours=12), MONDAY))

    bars = draw([before, elsewhere]).rows[0].others

    assert [(bar.x, bar.width) for bar in bars] == [(0, 50)]


def test_a_short_turn_of_ones_own_can_still_be_seen() -> None:
    last_minutes = Interval(WEEK.end - timedelta(minutes=5), WEEK.end)

    own = draw([Stretch(last_minutes, is_own=True)]).rows[0].own[0]

    assert own.width == pictures.THINNEST_OWN_PERCENT
    assert own.x + own.width == 100


def test_half_of_an_ordinary_week_is_night() -> None:
    nights = draw([]).nights

    assert sum(night.width for night in nights) == pytest.approx(50, abs=0.01)
    assert nights[0].x == 0
    assert len(nights) == 8


def test_the_night_the_clocks_go_forward_is_an_hour_shorter() -> None:
    eve = datetime(2026, 4, 23, 12, tzinfo=CAIRO)
    span = Interval(eve, eve + timedelta(days=1))

    night = draw([], span).nights[0]

    hours = (span.end.astimezone(UTC) - span.start.astimezone(UTC)) / timedelta(hours=1)
    assert hours == 23
    assert night.width / 100 * hours == pytest.approx(11, abs=0.01)


@pytest.mark.parametrize(
    ("moment", "seen"),
    [
        (MONDAY, True),
        (MONDAY + timedelta(days=6), True),
        (WEEK.end, False),
        (MONDAY - timedelta(minutes=1), False),
    ],
)
def test_the_present_is_drawn_only_where_it_is_in_the_span(moment: datetime, seen: bool) -> None:
    picture = draw([], now=moment)

    assert (picture.now_x is not None) is seen


@pytest.mark.parametrize(
    ("span_hours", "first_words"),
    [
        (6, ["Mon 00:00", "Mon 01:00", "Mon 02:00"]),
        (24, ["Mon 00:00", "Mon 03:00", "Mon 06:00"]),
        (168, ["Mon 00:00", "Tue 00:00", "Wed 00:00"]),
        (252, ["Mon 00:00", "Wed 00:00", "Fri 00:00"]),
    ],
)
def test_the_axis_names_few_round_moments(span_hours: int, first_words: list[str]) -> None:
    ticks = draw([], Interval(MONDAY, MONDAY + timedelta(hours=span_hours))).ticks

    assert [tick.says for tick in ticks[:3]] == first_words
    assert len(ticks) <= pictures.MOST_TICKS


@given(hours=st.integers(1, 24 * 50), offset=st.integers(0, 10_000))
def test_the_axis_is_never_crowded_nor_outside(hours: int, offset: int) -> None:
    start = (MONDAY + timedelta(minutes=offset)).astimezone(UTC)

    ticks = draw([], Interval(start, start + timedelta(hours=hours))).ticks

    assert len(ticks) <= pictures.MOST_TICKS + 1
    assert all(0 <= tick.x <= 100 for tick in ticks)


def test_named_rows_stand_below_one_another_with_room_for_the_name() -> None:
    rows = [Row("W1", turns([60])), Row("W2", turns([60]))]

    picture = pictures.timeline(rows, WEEK, zone=CAIRO, name_tick=str)

    first, second = picture.rows
    assert first.name_y < first.y < second.name_y < second.y
    assert picture.height_px > second.y + picture.bar_px


ratios = st.lists(st.floats(0, 3), min_size=1, max_size=200)


@given(ratios=ratios, rtl=st.booleans())
def test_members_stand_from_the_least_served_to_the_best(ratios: list[float], rtl: bool) -> None:
    portions = [Portion(f"member {n}", ratio) for n, ratio in enumerate(ratios)]

    columns = pictures.fairness(portions, rtl=rtl).columns

    reading = sorted(columns, key=lambda column: -column.x if rtl else column.x)
    assert [column.ratio for column in reading] == sorted(ratios)
    assert all(c.x >= -0.01 and c.x + c.width <= 100.01 for c in columns)
    assert all(math.isclose(c.y + c.height, 100, abs_tol=0.002) for c in columns)


def test_the_band_reaches_from_the_least_to_the_most() -> None:
    portions = [Portion("Amina", 0.75, "head"), Portion("Omar", 0.5, "tail")]

    picture = pictures.fairness(portions)

    assert (picture.span.y, picture.span.height) == (25, 25)
    assert (picture.least, picture.most) == (0.5, 0.75)
    assert [column.place for column in picture.columns] == ["tail", "head"]


def test_whoever_got_more_than_needed_has_a_full_column() -> None:
    columns = pictures.fairness([Portion("Amina", 1.4)]).columns

    assert (columns[0].y, columns[0].height, columns[0].ratio) == (0, 100, 1.4)


@pytest.mark.parametrize("ratio", [-0.1, math.nan, math.inf])
def test_a_ratio_that_is_none_is_refused(ratio: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        pictures.fairness([Portion("Amina", ratio)])
    with pytest.raises(ValueError, match="finite"):
        pictures.meter(ratio)


def test_a_picture_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody"):
        pictures.fairness([])
    with pytest.raises(ValueError, match="nobody"):
        pictures.profile([])


def test_the_profile_shows_the_mean_of_each_part_of_the_channel() -> None:
    columns = pictures.profile([1.0, 0.5, 0.5, 0.0], at_most=2)

    assert [column.ratio for column in columns] == [0.75, 0.25]
    assert columns[0].x < columns[1].x


@given(ratios=ratios)
def test_the_profile_has_a_column_for_every_part(ratios: list[float]) -> None:
    columns = pictures.profile(ratios)

    assert len(columns) == min(12, len(ratios))


@pytest.mark.parametrize(
    ("ratio", "rtl", "x", "width"),
    [(0.6, False, 0, 60), (0.6, True, 40, 60), (2, True, 0, 100), (0, True, 100, 0)],
)
def test_a_meter_fills_from_where_reading_starts(
    ratio: float, rtl: bool, x: float, width: float
) -> None:
    bar = pictures.meter(ratio, rtl=rtl)

    assert (bar.x, bar.width) == (x, width)


@pytest.fixture
def page() -> Environment:
    """The templates as the app has them, in English and without Flask."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    found.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    found.filters["number"] = lambda value, decimals=0: f"{value:.{decimals}f}"
    return found


def macro(page: Environment, call: str, **values: object) -> str:
    words = '{% import "macros/pictures.html" as pictures %}{{ pictures.' + call + " }}"
    return page.from_string(words).render(**values)


def test_a_timeline_says_its_finding_to_who_cannot_see_it(page: Environment) -> None:
    picture = draw(
        [Stretch(Interval(MONDAY, MONDAY + timedelta(hours=2)), True, "Amina <1>")], name="W3"
    )

    html = macro(
        page, 'timeline(picture, "week", "Your turn is at night", "Says more")', picture=picture
    )

    assert 'role="img" aria-labelledby="week-title week-says"' in html
    assert '<title id="week-title">Your turn is at night</title>' in html
    assert '<desc id="week-says">Says more</desc>' in html
    assert "<title>Amina &lt;1&gt;</title>" in html
    assert re.search(r"<text[^>]*>W3</text>", html)


def test_the_printed_timeline_keeps_every_word_out_of_the_drawing(page: Environment) -> None:
    picture = draw(turns([600, 600]), name="مسقى ٣")

    html = macro(page, 'timeline_printed(picture, "week")', picture=picture)

    assert "<bdi>مسقى ٣</bdi>" in html
    assert "<text" not in html
    assert "<pattern" in html


def test_the_fairness_picture_tells_head_from_tail_by_pattern(page: Environment) -> None:
    picture = pictures.fairness([Portion("Amina", 0.58, "head"), Portion("Omar", 0.58, "tail")])

    html = macro(page, 'fairness(picture, "even", "All get 58 %", "Says more")', picture=picture)

    assert "<title>Omar 58%</title>" in html
    assert 'fill="url(#even-tail)"' in html


@pytest.mark.parametrize("call", ['meter(bar, "564 of 940")', "meter(bar)"])
def test_a_meter_is_named_or_hidden(page: Environment, call: str) -> None:
    html = macro(page, call, bar=pictures.meter(0.6))

    assert ('role="img" aria-label="564 of 940"' in html) != ('aria-hidden="true"' in html)
