import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.land.rules import canals


def test_a_canal_cannot_feed_itself():
    with pytest.raises(canals.CanalFeedsItself, match="C1"):
        canals.check_tree({"C1": "C1"})


def test_a_circle_of_canals_is_named_from_end_to_end():
    with pytest.raises(canals.CanalsInACircle, match="A ← C ← B ← A"):
        canals.check_tree({"head": None, "A": "C", "B": "A", "C": "B", "below": "B"})


def test_a_feeder_that_is_not_there_is_named():
    with pytest.raises(canals.NoSuchFeeder, match="ghost"):
        canals.check_tree({"A": "ghost"})


def test_every_circle_is_found_once():
    feeds_from = {"a": "b", "b": "a", "c": "a", "d": "d", "e": "d"}

    found = [circle for _, circle in canals.faults(feeds_from)]

    assert [fault.code for fault in found] == ["land-canals-in-a-circle", "land-canal-feeds-itself"]


def test_canals_are_listed_from_the_head_down():
    feeds_from = {"field": "minor", "main": None, "minor": "main", "other": None}

    assert canals.head_first(feeds_from) == (
        ("main", 0),
        ("minor", 1),
        ("field", 2),
        ("other", 0),
    )


@st.composite
def trees(draw):
    size = draw(st.integers(1, 30))
    return {i: None if i == 0 else draw(st.none() | st.integers(0, i - 1)) for i in range(size)}


@given(trees())
def test_each_canal_comes_once_and_after_the_one_that_feeds_it(feeds_from):
    found = canals.head_first(feeds_from)

    rank = {canal: place for place, (canal, _) in enumerate(found)}
    assert rank.keys() == feeds_from.keys()
    assert list(canals.circles(feeds_from)) == []
    for canal, depth in found:
        feeder = feeds_from[canal]
        assert (depth == 0) is (feeder is None)
        assert feeder is None or rank[feeder] < rank[canal]
