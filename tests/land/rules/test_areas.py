import pytest

from coopfarm.land.rules import areas


@pytest.mark.parametrize(
    ("drawn", "declared", "net", "expected", "warning"),
    [
        (10_000, None, None, (10_000, 10_000), None),
        (10_000, 9_900, None, (10_000, 9_900), None),
        (10_000, 10_100, None, (10_100, 10_100), None),
        (10_000, 10_300, None, (10_000, 10_000), "declared-area-larger"),
        (10_000, 8_000, None, (10_000, 8_000), "declared-area-smaller"),
        (10_000, None, 6_000, (10_000, 6_000), None),
        (10_000, 10_000, 6_000, (10_000, 6_000), None),
        (10_000, None, 12_000, (10_000, 10_000), "declared-area-larger"),
    ],
)
def test_one_truth_is_made_of_drawn_and_declared_areas(drawn, declared, net, expected, warning):
    found = areas.agreed("P1", drawn, declared, net)

    assert (found.gross_m2, found.net_m2) == expected
    assert (found.warning and found.warning.code) == warning


def test_the_warning_tells_both_areas():
    found = areas.agreed("P1", 10_000, 15_000)

    assert str(found.warning) == (
        "Plot P1 is declared as 1.5 ha and drawn as 1 ha. The drawn area is used."
    )
