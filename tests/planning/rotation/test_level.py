import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.planning.rotation import level
from coopfarm.planning.rotation.level import find_level

members = st.lists(
    st.tuples(st.floats(1e-3, 1e6), st.floats(1e-3, 1e3), st.floats(0, 1)),
    min_size=1,
    max_size=30,
)


def _given_at(reached, slopes, lows, highs):
    return float(np.clip(reached * slopes, lows, highs).sum())


def _columns(rows):
    highs, slopes, parts = (np.array(column) for column in zip(*rows, strict=True))
    return slopes, highs * parts, highs


@given(members, st.floats(0, 1))
def test_the_level_hands_out_the_target(rows, part):
    slopes, lows, highs = _columns(rows)
    target = float(lows.sum() + part * (highs.sum() - lows.sum()))

    reached = find_level(target, slopes, lows, highs)

    assert _given_at(reached, slopes, lows, highs) == pytest.approx(target, rel=1e-12)


@given(members, st.floats(0, 1))
def test_halving_the_bends_finds_a_level_too(rows, part):
    slopes, lows, highs = _columns(rows)
    target = float(lows.sum() + part * (highs.sum() - lows.sum()))

    reached = level._between_bends(target, slopes, lows, highs)

    assert _given_at(reached, slopes, lows, highs) == pytest.approx(target, rel=1e-12)


def test_what_newton_does_not_settle_is_settled_between_the_bends(monkeypatch):
    monkeypatch.setattr(level, "_NEWTON_PASSES", 0)
    claims, weights = np.array([2.0, 4, 7, 8]), np.ones(4)

    reached = find_level(10.0, weights, np.zeros(4), claims)

    assert reached == pytest.approx(8 / 3)


def test_of_many_levels_the_lowest_is_told():
    claims, floors, weights = np.array([10.0, 90]), np.array([0.0, 50]), np.ones(2)

    reached = find_level(60.0, weights, floors, claims)

    assert reached == 10.0


def test_a_target_at_either_end_has_a_level():
    claims, floors, weights = np.array([10.0, 90]), np.array([5.0, 50]), np.array([1.0, 3])

    assert find_level(55.0, weights, floors, claims) == 0
    assert find_level(100.0, weights, floors, claims) == 30


def test_a_sample_gives_the_first_guess_of_many():
    rng = np.random.default_rng(7)
    claims, weights = rng.lognormal(3, 2, 50_000), rng.lognormal(0, 1, 50_000)
    floors = claims * rng.uniform(0, 1, 50_000) * (rng.random(50_000) < 0.3)
    target = float(floors.sum() + 0.6 * (claims.sum() - floors.sum()))

    reached = find_level(target, weights, floors, claims)

    assert _given_at(reached, weights, floors, claims) == pytest.approx(target, rel=1e-12)
