from itertools import pairwise

import numpy as np
import pytest
import shapely
import shapely.ops
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiLineString

from coopfarm.land.rules import joining
from tests.land.making import METRE, line


def dashes(*points_m, dash_m=8, gap_m=4):
    """A line of metres cut into dashes, some of them drawn backwards."""
    whole = LineString(points_m)
    starts = np.arange(0, whole.length, dash_m + gap_m)
    cut = [shapely.ops.substring(whole, s, min(s + dash_m, whole.length)) for s in starts]
    kept = [c for c in cut if c.geom_type == "LineString" and c.length > 0]
    return [line(*(c.coords if n % 3 else reversed(c.coords))) for n, c in enumerate(kept)]


def metres(shape):
    return shapely.length(shape) / METRE


def test_dashes_of_two_canals_that_meet_become_two_lines():
    main = dashes((0, 0), (900, 0))
    minor = dashes((450, 6), (450, 500))

    joined = joining.dashes_joined([*main, *minor])

    assert joining.are_dashes([*main, *minor])
    assert [round(metres(found), -1) for found in joined.lines] == [900, 490]
    assert joined.stubs == 0


def test_what_stays_short_is_counted_and_left_out():
    joined = joining.dashes_joined([*dashes((0, 0), (700, 0)), *dashes((0, 300), (40, 300))])

    assert len(joined.lines) == 1
    assert joined.stubs == 1


@given(cuts=st.lists(st.integers(20, 980), min_size=3, max_size=30, unique=True))
def test_however_a_line_is_cut_it_is_whole_again(cuts):
    ends = [0, *sorted(cuts), 1_000]
    pieces = [line((a, 0), (b, 0)) for a, b in pairwise(ends)]

    joined = joining.dashes_joined(pieces[::-1])

    assert sum(metres(found) for found in joined.lines) == pytest.approx(1_000)
    assert len(joined.lines) == 1


def test_canals_of_ordinary_length_are_no_dashes():
    assert not joining.are_dashes([line((0, n), (400, n)) for n in range(80)])
    assert not joining.are_dashes([line((0, n), (5, n)) for n in range(20)])


def test_branches_stay_in_pieces():
    fork = MultiLineString(
        [line((0, 0), (50, 0)), line((50, 0), (90, 40)), line((50, 0), (90, -40))]
    )

    assert joining.merged(fork).geom_type == "MultiLineString"
