import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from coopfarm.planning.fleet.campaign.problem import Machine, Plan, Plot, Problem, Route, Stop, Yard
from coopfarm.planning.fleet.campaign.shares import (
    by_member,
    detours,
    explain,
    travel_shares,
)
from coopfarm.planning.fleet.campaign.solve import solve
from tests.factories.campaign import campaigns

# Out along a line to a (10 away) and b (20 away), off it to c, and home: 20 + 5 + 20.6 = 45.6.
PROBLEM = Problem(
    yards=(Yard("yard", 0, 0),),
    machines=(Machine("C1", "yard"),),
    plots=(
        Plot("a", 10, 0, 5, 0, 900),
        Plot("b", 20, 0, 5, 0, 900),
        Plot("c", 20, 5, 5, 0, 900),
        Plot("nobody comes", 20, 5, 5, 0, 1),
    ),
    seconds=1.0,
    seed=1,
)
PLAN = Plan(
    (Route("C1", (Stop("a", 10.0), Stop("b", 25.0), Stop("c", 35.0))),),
    45.6,
    {"nobody comes": "window"},
)
AREAS = {"a": 1.0, "b": 1.0, "c": 2.0}


def test_pooled_travel_goes_by_area():
    shares = travel_shares(PROBLEM, PLAN, AREAS, "pooled")

    assert shares == pytest.approx({"a": 11.4, "b": 11.4, "c": 22.8})


def test_a_detour_is_what_the_round_would_be_shorter_by():
    assert detours(PROBLEM, PLAN) == pytest.approx({"a": 0.0, "b": 3.9, "c": 5.6})


def test_own_travel_is_the_detour_and_a_part_of_the_way_all_share():
    shares = travel_shares(PROBLEM, PLAN, AREAS, "own")

    common = 45.6 - 3.9 - 5.6
    assert shares == pytest.approx({"a": common / 4, "b": 3.9 + common / 4, "c": 5.6 + common / 2})


def test_a_member_bears_what_all_the_plots_bear():
    shares = {"a": 3.0, "b": 4.5, "c": 1.0}

    assert by_member(shares, {"a": "Amina", "b": "Bashir", "c": "Amina"}) == {
        "Amina": 4.0,
        "Bashir": 4.5,
    }


def test_the_arithmetic_of_a_share_is_told():
    pooled = str(explain(PROBLEM, PLAN, AREAS, "pooled")["a"])
    own = str(explain(PROBLEM, PLAN, AREAS, "own")["b"])

    assert "45.6 minutes, is borne by area. You have 1 of 4, which comes to 11.4" in pooled
    assert "Yours is 3.9 minutes; with your part of the way that all share" in own


@settings(max_examples=30, deadline=None)
@given(campaigns(iterations=10), st.sampled_from(["pooled", "own"]), st.data())
def test_shares_add_up_to_the_travel_and_nobody_bears_less_than_nothing(problem, rule, data):
    plan = solve(problem)
    assume(plan.served)
    areas = {plot.id: data.draw(st.floats(0.1, 20)) for plot in problem.plots}

    shares = travel_shares(problem, plan, areas, rule)

    assert math.fsum(shares.values()) == pytest.approx(plan.travel_cost, abs=1e-6)
    assert min(shares.values()) >= 0
    assert shares.keys() == {stop.plot for route in plan.routes for stop in route.stops}
