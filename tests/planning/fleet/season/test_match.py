"""Each round against every way there is, on small cases."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.planning.fleet.season.flow import Flow
from coopfarm.planning.fleet.season.match import NOTHING, match


@st.composite
def rounds(draw):
    """Worth, what is open, and places: up to five members and four items."""
    members, items = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    worth = st.lists(st.integers(1, draw(st.sampled_from([2, 60]))), min_size=items, max_size=items)
    return (
        np.array(draw(st.lists(worth, min_size=members, max_size=members)), dtype=np.int64),
        np.array(
            draw(
                st.lists(
                    st.lists(st.booleans(), min_size=items, max_size=items),
                    min_size=members,
                    max_size=members,
                )
            )
        ),
        np.array(draw(st.lists(st.integers(0, 2), min_size=items, max_size=items))),
    )


def _ways(may, places):
    """Every way to give each member one open item or nothing."""
    choices = [[NOTHING, *np.flatnonzero(row).tolist()] for row in may]
    for way in itertools.product(*choices):
        taken = [item for item in way if item != NOTHING]
        if (np.bincount(taken, minlength=places.size) <= places).all():
            yield way


def _key(way, worth):
    """First rows served before later ones; then the worth together."""
    total = sum(int(worth[row, item]) for row, item in enumerate(way) if item != NOTHING)
    return [item != NOTHING for item in way], total


@given(rounds())
def test_a_round_is_the_best_of_all_ways(case):
    worth, may, places = case

    found = match(worth, may, places)

    best = max(_key(way, worth) for way in _ways(may, places))
    assert tuple(found.chosen) in set(_ways(may, places))
    assert _key(found.chosen.tolist(), worth) == best


@given(rounds())
def test_as_many_are_served_as_can_be(case):
    worth, may, places = case

    found = match(worth, may, places)

    most = max(sum(item != NOTHING for item in way) for way in _ways(may, places))
    assert (found.chosen != NOTHING).sum() == most


@given(rounds())
def test_the_prices_prove_a_round(case):
    worth, may, places = case

    found = match(worth, may, places)

    served = np.flatnonzero(found.chosen != NOTHING)
    used = np.bincount(found.chosen[served], minlength=places.size)
    net = np.where(may, worth - found.prices, -(10**9))
    worth_together = worth[served, found.chosen[served]].sum()
    assert (found.prices >= 0).all()
    assert worth_together == net[served].max(axis=1).sum() + (found.prices * places).sum()
    assert (found.prices[used < places] == 0).all()


@given(rounds())
def test_serving_one_by_one_without_first_prices_comes_to_the_same(case):
    worth, may, places = case

    flow = Flow(worth, may, places)
    served = [flow.serve(row) for row in range(len(worth))]

    found = match(worth, may, places)
    rows = np.flatnonzero(found.chosen != NOTHING)
    assert served == (found.chosen != NOTHING).tolist()
    assert worth[flow.holds].sum() == worth[rows, found.chosen[rows]].sum()


def test_a_round_of_many_is_proved_by_its_prices():
    rng = np.random.default_rng(4)
    worth = rng.integers(1, 1000, (400, 15)) * 1000 + np.arange(400, 0, -1)[:, None]
    may, places = rng.random((400, 15)) < 0.6, rng.integers(5, 40, 15)

    found = match(worth, may, places)

    served = np.flatnonzero(found.chosen != NOTHING)
    net = np.where(may, worth - found.prices, -(10**9))
    assert served.size == min(places.sum(), 400)
    assert (net[served, found.chosen[served]] == net[served].max(axis=1)).all()
