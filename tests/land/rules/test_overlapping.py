from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, box

from coopfarm.land.rules import overlapping
from coopfarm.land.rules.overlapping import Claim
from tests.land.making import METRE, square


def claims(*shapes, stored=()):
    drawn = [Claim(f"P{n}", shape, n) for n, shape in enumerate(shapes, start=1)]
    return [*drawn, *(Claim(f"S{n}", shape) for n, shape in enumerate(stored, start=1))]


def told(found):
    return [(finding.said.code, finding.features) for finding in found]


def test_neighbours_that_touch_or_hardly_overlap_are_not_named():
    beside = [square(0), square(100), square(199.95)]

    assert told(overlapping.findings(claims(*beside))) == []


def test_an_overlap_is_named_once_with_its_area():
    [finding] = overlapping.findings(claims(square(0), square(90), square(500)))

    assert str(finding.said) == "Plots P1 and P2 overlap by 1,000 m². Both are taken as drawn."
    assert finding.features == (1, 2)


def test_two_stored_plots_are_not_spoken_of():
    found = overlapping.findings(claims(square(0), stored=[square(50), square(60)]))

    assert told(found) == [("plot-overlaps-stored", (1,)), ("plot-overlaps-stored", (1,))]


def test_the_same_land_is_known_wherever_its_line_begins():
    places = [*square(0).geoms[0].exterior.coords]
    other = MultiPolygon([([*places[2:], *places[1:3]], [])])

    found = overlapping.findings(claims(square(0), other, stored=[square(300)]))

    assert told(found) == [("plots-same-land", (1, 2))]


def test_one_map_over_another_is_said_in_one_sentence():
    piled = [box(72, 0, 72 + (100 + n) * METRE, 100 * METRE) for n in range(100)]

    [finding] = overlapping.findings(claims(*piled))

    assert finding.said.code == "plots-overlap-everywhere"
    assert len(finding.features) == 100


@given(wests=st.lists(st.integers(0, 2_000), min_size=2, max_size=12, unique=True))
def test_every_pair_that_overlaps_is_named_and_no_other(wests):
    found = overlapping.findings(claims(*(square(west) for west in wests)))

    expected = {
        (one + 1, other + 1)
        for one in range(len(wests))
        for other in range(one + 1, len(wests))
        if abs(wests[one] - wests[other]) < 100
    }
    assert {finding.features for finding in found} == expected
