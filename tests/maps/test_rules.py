"""What the map says of a plot, and how canals are drawn."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString

from coopfarm.kernel.interval import Interval
from coopfarm.maps.rules import standing as rules
from coopfarm.maps.rules.standing import TurnAhead, Wanted

NOW = datetime(2026, 7, 4, 12, tzinfo=UTC)
GATE, OTHER_GATE = uuid4(), uuid4()


def turn(plot: UUID, starts_in: int, minutes: int = 60, gate: UUID = GATE) -> TurnAhead:
    start = NOW + timedelta(minutes=starts_in)
    return TurnAhead(plot, gate, Interval(start, start + timedelta(minutes=minutes)))


def test_one_has_the_water_one_is_next_and_the_others_wait() -> None:
    has, after, later = uuid4(), uuid4(), uuid4()
    turns = [turn(later, 90), turn(has, -30), turn(after, 30)]

    found = rules.places(turns, NOW)

    standings = {plot: place.standing for plot, place in found.items()}
    assert standings == {has: "now", after: "next", later: "waiting"}
    assert found[later].turn == turns[0]


def test_each_outlet_has_its_own_next() -> None:
    here, there = uuid4(), uuid4()

    found = rules.places([turn(here, 10), turn(there, 500, gate=OTHER_GATE)], NOW)

    assert [found[here].standing, found[there].standing] == ["next", "next"]


def test_who_has_the_water_now_is_not_also_next() -> None:
    plot, neighbour = uuid4(), uuid4()
    turns = [turn(plot, -10, 20), turn(plot, 10), turn(neighbour, 70)]

    found = rules.places(turns, NOW)

    assert found[plot].standing == "now"
    assert found[neighbour].standing == "waiting"


def test_a_turn_begins_with_its_first_minute() -> None:
    plot = uuid4()

    assert rules.places([turn(plot, 0)], NOW)[plot].standing == "now"


@given(starts=st.lists(st.integers(-60, 5000), unique=True, max_size=30))
def test_an_outlet_never_has_two_that_are_next(starts: list[int]) -> None:
    turns = [turn(uuid4(), start, 1) for start in starts]

    found = rules.places(turns, NOW)

    next_ones = [place for place in found.values() if place.standing == "next"]
    assert len(next_ones) == (1 if any(start > 0 for start in starts) else 0)
    assert len(found) == len(turns)


@pytest.mark.parametrize(
    ("satisfaction", "step"),
    [(0.0, 1), (0.19, 1), (0.2, 2), (0.599, 3), (0.8, 5), (1.0, 5), (1.3, 5)],
)
def test_satisfaction_falls_into_fifths(satisfaction: float, step: int) -> None:
    assert rules.step(satisfaction) == step


def test_a_canal_of_a_quarter_of_the_capacity_is_drawn_half_as_wide_again_as_the_thinnest() -> None:
    widths = [rules.width_px(capacity, 400.0) for capacity in (None, 0.0, 100.0, 400.0)]

    assert widths == [2.0, 2.0, 5.5, 9.0]


@pytest.mark.parametrize(
    ("line", "against", "degrees"),
    [
        ([(72, 0), (73, 0)], False, 90),
        ([(72, 0), (73, 0)], True, 270),
        ([(72, 1), (72, 0)], False, 180),
        ([(72, 60), (73, 60.5)], False, 45),
    ],
    ids=["east", "east drawn against the water", "south", "north-east in the north"],
)
def test_the_arrow_points_where_the_water_flows(
    line: list[tuple[float, float]], against: bool, degrees: int
) -> None:
    middle, angle = rules.arrow(LineString(line), against_line=against)

    assert angle == pytest.approx(degrees, abs=1)
    assert LineString(line).distance(middle) < 1e-9


@pytest.mark.parametrize(
    ("wanted", "is_taken"),
    [
        (Wanted(), True),
        (Wanted(words="omar w1"), True),
        (Wanted(words="OMAR"), True),
        (Wanted(words="omar w2"), False),
        (Wanted(outlet="W1", standing="now"), True),
        (Wanted(outlet="W2"), False),
        (Wanted(standing="next"), False),
    ],
)
def test_the_list_shows_what_was_asked_for(wanted: Wanted, is_taken: bool) -> None:
    assert wanted.takes("now", "W1", ("W1-05", "", None, "Hamid Omar")) is is_taken
