from uuid import uuid4

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from shapely import LineString

from coopfarm.land.rules import snapping, strokes
from coopfarm.land.rules.snapping import Course
from tests.land.making import METRE

parts = st.floats(0, 1)
latitudes = st.floats(-70, 70)


def course(points, *, against=False, code="C1"):
    return Course(uuid4(), code, LineString(points), against)


def east_of(lat, *metres):
    """Points along a parallel, so many metres on the sphere east of longitude 30."""
    return [(30 + metre * METRE, lat) for metre in metres]


@st.composite
def courses(draw):
    """A line that goes on eastwards, so that it never meets itself."""
    lat = draw(latitudes)
    steps = draw(st.lists(st.integers(30, 900), min_size=1, max_size=8))
    points, lon = [(30.0, lat)], 30.0
    for step in steps:
        lon += step * METRE
        points.append((lon, lat + draw(st.integers(-400, 400)) * METRE))
    return course(points, against=draw(st.booleans()))


@st.composite
def beside(draw):
    """A course, and a point up to some 30 m from it."""
    line = draw(courses())
    at = line.line.interpolate(draw(parts), normalized=True)
    east, north = draw(st.floats(-30, 30)), draw(st.floats(-30, 30))
    return line, (round(at.x + east * METRE, 7), round(at.y + north * METRE, 7))


@given(drawn=beside(), tolerance_m=st.floats(0, 50))
def test_snapping_twice_is_snapping_once(drawn, tolerance_m):
    line, point = drawn
    once = snapping.snapped(point, [line], tolerance_m)
    assume(once is not None)

    again = snapping.snapped(once.at, [line], tolerance_m)

    assert again.at == once.at
    assert again.moved_m == 0


@given(drawn=beside(), tolerance_m=st.floats(0, 50))
def test_what_snapped_lies_on_the_line_within_a_centimetre(drawn, tolerance_m):
    line, point = drawn

    snap = snapping.snapped(point, [line], tolerance_m)

    if snap is None:
        assert snapping.foot(line, point).away_m > tolerance_m
    else:
        assert snapping.foot(line, snap.at).away_m <= 0.01
        assert snap.moved_m <= tolerance_m * 1.01 + 0.02


@given(line=courses(), first=parts, second=parts)
def test_metres_from_the_head_grow_along_the_flow(line, first, second):
    nearer, farther = sorted((first, second))
    down = LineString(line.downstream)

    before, after = (
        snapping.metres_along(line, (p.x, p.y))
        for p in (down.interpolate(part, normalized=True) for part in (nearer, farther))
    )

    assert before <= after + 1e-6
    assert before >= 0
    assert after <= line.length_m + 1e-6


@given(drawn=beside())
def test_the_other_direction_counts_from_the_other_end(drawn):
    line, point = drawn
    other = Course(line.id, line.code, line.line, not line.flows_against_line)

    there, back = snapping.metres_along(line, point), snapping.metres_along(other, point)

    assert there + back == pytest.approx(line.length_m, abs=0.01)


@given(line=courses())
def test_a_line_is_as_long_as_the_ellipsoid_says(line):
    assert line.length_m == pytest.approx(snapping.length_m(line.line))


def test_a_corner_near_by_is_taken_instead_of_the_line_beside_it():
    bent = course(east_of(0, 0, 100, 200))

    near = snapping.snapped((30 + 103 * METRE, 2 * METRE), [bent])
    away = snapping.snapped((30 + 120 * METRE, 2 * METRE), [bent])

    assert near.to_corner
    assert near.at == pytest.approx((30 + 100 * METRE, 0), abs=1e-7)
    assert not away.to_corner
    assert away.moved_m == pytest.approx(2, abs=0.05)


def test_of_two_canals_the_nearer_is_taken():
    near, far = course(east_of(0, 0, 500)), course(east_of(20 * METRE, 0, 500), code="C2")

    snap = snapping.snapped((30 + 250 * METRE, 6 * METRE), [far, near])

    assert snap.onto is near


def test_a_step_goes_as_far_and_as_it_is_told():
    start = (29.6, 30.33)

    there = snapping.stepped(start, 120, 45)

    assert snapping.apart_m(start, there) == pytest.approx(120, abs=0.02)
    assert there[0] > start[0]
    assert there[1] > start[1]


@pytest.mark.parametrize(
    ("points", "refusal", "said"),
    [
        ([(30, 0)], strokes.TooFewPoints, "2"),
        ([(30, 0), (30, 0)], strokes.TooFewPoints, "2"),
        ([(30, 0), (30.1, 91)], strokes.OffTheEarth, "91"),
        ([(30, 0), (230, 1)], strokes.OffTheEarth, "230"),
        ([(30, 0), (33, 0)], strokes.StepTooLong, "334"),
        ([(-179.999, 0), (179.999, 0)], strokes.StepTooLong, "2"),
        ([(30, 0), (30.01, 0), (30.01, 0.01), (30.005, -0.01)], strokes.LineCrossesItself, "30.00"),
        ([(30, 0), (30.01, 0), (30.005, 0)], strokes.LineCrossesItself, "30.0"),
        ([(30, 0), (30.01, 0), (30.01, 0.01), (30, 0)], strokes.LineCrossesItself, "30.0"),
        ([(30 + i * 1e-4, 0) for i in range(501)], strokes.TooManyPoints, "501"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(points, refusal, said):
    with pytest.raises(refusal, match=said):
        strokes.path(points)


def test_points_that_repeat_the_one_before_are_left_out():
    assert strokes.path([(30, 0), (30, 1e-9), (30.001, 0)]) == ((30, 0), (30.001, 0))


@given(loss=st.floats(0, 20), metres=st.floats(10, 20_000))
def test_losses_and_what_arrives_tell_the_same(loss, metres):
    left = strokes.efficiency_over(loss, metres)

    assert 0 < left <= 1
    assert strokes.loss_over(left, metres) == pytest.approx(loss, abs=1e-6)


def test_five_percent_a_kilometre_over_two_leaves_nine_tenths():
    assert strokes.efficiency_over(5, 2_000) == pytest.approx(0.9025)


def test_a_loss_and_an_efficiency_that_disagree_are_refused():
    with pytest.raises(strokes.LossesDisagree, match="90"):
        strokes.arriving(5, 0.8, 2_000)


@pytest.mark.parametrize("loss", [-1, 100, 150, 99.9])
def test_a_loss_that_leaves_nothing_is_refused(loss):
    with pytest.raises(strokes.LossOutOfRange):
        strokes.efficiency_over(loss, 2_000)


@pytest.mark.parametrize("capacity_l_s", [0, -5, float("nan")])
def test_a_capacity_of_nothing_is_refused(capacity_l_s):
    with pytest.raises(strokes.CapacityNotPositive):
        strokes.check_capacity(capacity_l_s)
