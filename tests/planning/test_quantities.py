import math

import pytest

from coopfarm.planning import quantities
from coopfarm.planning.ids import EmptyId, SameIdTwice, check_ids


@pytest.mark.parametrize("value", [0.0, 5e-324, 1e-12, 3, 1e15])
def test_an_amount_is_nothing_or_something(value):
    assert quantities.check_amount(value, "claims[3].amount") is None


@pytest.mark.parametrize(
    ("value", "refusal"),
    [
        (math.nan, quantities.NotFinite),
        (math.inf, quantities.NotFinite),
        (-math.inf, quantities.NotFinite),
        (-1e-9, quantities.BelowZero),
        (1e16, quantities.OutOfReach),
    ],
)
def test_other_amounts_are_refused_by_field(value, refusal):
    with pytest.raises(refusal, match=r"claims\[3\]\.amount"):
        quantities.check_amount(value, "claims[3].amount")


def test_a_limit_is_nothing_or_large_enough_to_fill_up_to():
    assert quantities.check_limit(0.0, "capacity") is None
    with pytest.raises(quantities.OutOfReach, match="choose another unit"):
        quantities.check_limit(5e-324, "capacity")


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_what_has_to_be_there_is_more_than_zero(value):
    with pytest.raises(quantities.NotPositive, match="more than 0"):
        quantities.check_positive(value, "supply")


def test_every_id_is_there_and_stands_once():
    with pytest.raises(EmptyId, match=r"claims\[1\]\.id is empty"):
        check_ids(("a", "  "), "claims")
    with pytest.raises(SameIdTwice, match=r"claims\[2\]\.id is a"):
        check_ids(("a", "b", "a"), "claims")
