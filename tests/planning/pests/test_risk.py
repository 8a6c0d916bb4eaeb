"""Whom to scout first: the law of distance, and the same answer as the plain sum."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.planning.pests.risk import REACH, Infestation, Kernel, Place, risk_of, to_scout
from coopfarm.planning.quantities import BelowZero, NotFinite, NotPositive

metres = st.integers(-4000, 4000).map(float)
plots = st.lists(st.tuples(metres, metres), min_size=1, max_size=5).map(
    lambda at: [Place(f"plot {n:02}", x, y) for n, (x, y) in enumerate(at)]
)
seen = st.lists(
    st.builds(Infestation, metres, metres, st.integers(1, 100_000), st.integers(0, 5)), max_size=5
)
kernels = st.builds(
    Kernel, st.integers(20, 1000).map(float), st.sampled_from([None, 1.2, 2.0, 3.5])
)


def plainly(plot, infestations, kernel):
    """The formula as it is written, without cells."""
    pressure = 0.0
    for x, y, area, severity in infestations:
        d = math.hypot(plot.x_m - x, plot.y_m - y) / kernel.scale_m
        if d > REACH:
            continue
        if kernel.shape is None:
            k = math.exp(-d) / (2 * math.pi * kernel.scale_m**2)
        else:
            k = (kernel.shape - 1) / (math.pi * kernel.scale_m**2) * (1 + d * d) ** -kernel.shape
        pressure += severity * area * k
    return 1 - math.exp(-pressure)


@given(plots, seen, kernels)
def test_the_risk_is_the_sum_over_all_that_is_in_reach(places, infestations, kernel):
    risks = risk_of(places, infestations, kernel)

    assert list(risks) == [place.id for place in places]
    for place in places:
        assert risks[place.id] == pytest.approx(
            plainly(place, infestations, kernel), rel=1e-6, abs=1e-12
        )


@given(plots, seen, kernels, st.builds(Infestation, metres, metres, st.just(1e4), st.just(1.0)))
def test_one_more_infestation_never_lowers_a_risk(places, infestations, kernel, one_more):
    before = risk_of(places, infestations, kernel)

    after = risk_of(places, [*infestations, one_more], kernel)

    assert all(after[id_] >= before[id_] - 1e-12 for id_ in before)
    assert all(0 <= risk <= 1 for risk in after.values())


@given(plots, seen, kernels)
def test_twice_as_far_with_twice_the_scale_is_a_quarter_of_the_pressure(
    places, infestations, kernel
):
    twice = Kernel(2 * kernel.scale_m, kernel.shape)
    far = [Place(p.id, 2 * p.x_m, 2 * p.y_m) for p in places]
    far_seen = [i._replace(x_m=2 * i.x_m, y_m=2 * i.y_m) for i in infestations]

    near_risk, far_risk = risk_of(places, infestations, kernel), risk_of(far, far_seen, twice)

    for place in places:
        if near_risk[place.id] < 0.999:
            pressures = [-math.log1p(-risk[place.id]) for risk in (near_risk, far_risk)]
            assert pressures[1] == pytest.approx(pressures[0] / 4, rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("shape", [None, 1.5, 3.0])
def test_a_kernel_spreads_one_over_the_plane_but_for_its_tail(shape):
    radii = np.linspace(0, REACH * 100, 200_001)
    ring = Kernel(100.0, shape).per_m2(radii) * 2 * math.pi * radii

    total = float(((ring[1:] + ring[:-1]) / 2 * np.diff(radii)).sum())

    tail = (1 + REACH) * math.exp(-REACH) if shape is None else (1 + REACH**2) ** (1 - shape)
    assert total == pytest.approx(1 - tail, abs=1e-3)


def test_the_nearest_plots_are_scouted_first_and_those_out_of_reach_not():
    row = [Place(f"plot {n}", 100.0 * n, 0.0) for n in (7, 3, 1, 2, 0)]

    ranked = to_scout(risk_of(row, [Infestation(0, 0, 5000, 1)], Kernel(100.0)))

    assert ranked == ["plot 0", "plot 1", "plot 2", "plot 3"]


def test_where_nothing_was_seen_nobody_is_scouted():
    assert to_scout(risk_of([Place("a", 0, 0)], [], Kernel(50.0))) == []


@pytest.mark.parametrize(
    ("infestation", "refusal"),
    [
        (Infestation(math.nan, 0, 1, 1), NotFinite),
        (Infestation(0, 0, -1, 1), BelowZero),
        (Infestation(0, 0, 1, math.inf), NotFinite),
    ],
)
def test_what_cannot_be_measured_is_refused(infestation, refusal):
    with pytest.raises(refusal):
        risk_of([Place("a", 0, 0)], [infestation], Kernel(50.0))


@pytest.mark.parametrize("scale_m", [0.0, -5.0])
def test_a_pest_spreads_over_some_distance(scale_m):
    with pytest.raises(NotPositive):
        Kernel(scale_m)


def test_a_tail_too_fat_for_one_is_refused():
    with pytest.raises(NotPositive):
        Kernel(50.0, 1.0)
