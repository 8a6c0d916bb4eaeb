import ast
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from coopfarm.planning.fleet.campaign.certify import certify
from coopfarm.planning.fleet.campaign.problem import Machine, Plot, Problem, Route, Stop, Yard
from coopfarm.planning.fleet.campaign.solve import solve
from tests.factories.campaign import campaigns

PROBLEM = Problem(
    yards=(Yard("north", 0, 0), Yard("south", 0, -100)),
    machines=(
        Machine("C1", "north", capacity=10.0, from_minute=30.0, until_minute=600.0),
        Machine("C2", "south", until_minute=600.0),
    ),
    plots=(
        Plot("a", 10, 0, 100, 50, 150, load=4),
        Plot("b", 20, 0, 100, 0, 400, load=5, must=True),
        Plot("c", 10, -100, 100, 0, 300, load=6),
        Plot("d", 30, -100, 150, 0, 320, load=6),
        Plot("e", 20, -100, 200, 0, 100, load=6),
        Plot("f", 200, 0, 10, 0, 190),
    ),
    seconds=1.0,
    seed=1,
    iterations=500,
)


@pytest.fixture(scope="module")
def plan():
    made = solve(PROBLEM)
    rounds = {route.machine: [stop.plot for stop in route.stops] for route in made.routes}
    assert rounds == {"C1": ["a", "b"], "C2": ["e", "c"]}
    assert made.unserved == {"d": "time", "f": "window"}
    return made


def _codes(plan, problem=PROBLEM):
    return {finding.code for finding in certify(problem, plan).findings}


def _with_stop(plan, name, **changes):
    return replace(
        plan,
        routes=tuple(
            replace(
                route,
                stops=tuple(
                    replace(stop, **changes) if stop.plot == name else stop for stop in route.stops
                ),
            )
            for route in plan.routes
        ),
    )


def _without(plan, name, **reasons):
    """The plan in which nobody comes to a plot; its travel is told as it then is."""
    routes = tuple(
        Route(route.machine, tuple(stop for stop in route.stops if stop.plot != name))
        for route in plan.routes
    )
    return replace(plan, routes=routes, unserved={**plan.unserved, **reasons})


def test_the_plan_of_the_solver_holds(plan):
    assert certify(PROBLEM, plan).findings == ()


@pytest.mark.parametrize(
    ("name", "starts", "code"),
    [
        ("a", 49.9, "campaign-before-it-opens"),
        ("a", 150.2, "campaign-after-it-closes"),
        ("b", 159.8, "campaign-not-there-yet"),
        ("b", 481.0, "campaign-back-late"),
        ("a", float("nan"), "campaign-before-it-opens"),
        ("a", float("inf"), "campaign-after-it-closes"),
        ("a", -1e300, "campaign-not-there-yet"),
    ],
)
def test_a_start_that_was_moved_is_found(plan, name, starts, code):
    assert code in _codes(_with_stop(plan, name, starts=starts))


def test_a_machine_that_leaves_before_its_hours_is_found(plan):
    late = replace(PROBLEM.machines[0], from_minute=40.5)

    problem = replace(PROBLEM, machines=(late, PROBLEM.machines[1]))

    assert "campaign-not-there-yet" in _codes(plan, problem)


def test_two_stops_that_changed_places_are_found(plan):
    first, *others = plan.routes
    swapped = replace(first, stops=first.stops[::-1])

    assert "campaign-not-there-yet" in _codes(replace(plan, routes=(swapped, *others)))


def test_rounds_of_two_machines_that_were_exchanged_are_found(plan):
    names = [route.machine for route in plan.routes][::-1]
    routes = tuple(replace(r, machine=n) for r, n in zip(plan.routes, names, strict=True))

    assert _codes(replace(plan, routes=routes)) & {
        "campaign-not-there-yet",
        "campaign-overloaded",
    }


def test_a_load_above_what_a_machine_holds_is_found(plan):
    narrow = replace(PROBLEM.machines[0], capacity=8.9)

    problem = replace(PROBLEM, machines=(narrow, PROBLEM.machines[1]))

    assert "campaign-overloaded" in _codes(plan, problem)


@pytest.mark.parametrize("times", [0.999, 1.001, -1.0, float("nan")])
def test_travel_that_is_not_that_of_the_rounds_is_found(plan, times):
    assert _codes(replace(plan, travel_cost=plan.travel_cost * times)) == {"campaign-cost-wrong"}


def test_a_plot_that_has_to_be_served_and_is_not_is_found(plan):
    assert "campaign-must-left-out" in _codes(_without(plan, "b", b="time"))


def test_a_plot_left_out_for_which_there_was_time_is_found(plan):
    findings = certify(PROBLEM, _without(plan, "a", a="time")).findings

    (finding,) = [f for f in findings if f.code == "campaign-could-be-served"]
    assert (finding.facts["plot"], finding.facts["machine"]) == ("a", "C1")


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("time", "campaign-reason-wrong"),
        ("hours", "campaign-reason-wrong"),
        ("capacity", "campaign-reason-wrong"),
        ("no luck", "campaign-reason-unknown"),
        ("window", None),
    ],
)
def test_a_wrong_reason_for_leaving_out_is_found(plan, reason, code):
    stated = replace(plan, unserved={**plan.unserved, "f": reason})

    assert _codes(stated) == ({code} if code else set())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda p: _without(p, "a"), "campaign-plot-forgotten"),
        (
            lambda p: replace(p, unserved={**p.unserved, "a": "time"}),
            "campaign-served-and-left-out",
        ),
        (lambda p: replace(p, unserved={**p.unserved, "x": "time"}), "campaign-unknown-plot"),
        (lambda p: _with_stop(p, "a", plot="x"), "campaign-unknown-plot"),
        (lambda p: _with_stop(p, "a", plot="b"), "campaign-plot-twice"),
        (
            lambda p: replace(p, routes=(*p.routes, Route("C9", ()))),
            "campaign-unknown-machine",
        ),
        (
            lambda p: replace(p, routes=(*p.routes, Route("C1", ()))),
            "campaign-machine-twice",
        ),
    ],
)
def test_names_that_do_not_fit_are_found(plan, change, code):
    assert code in _codes(change(plan))


def test_a_plan_by_hand_with_waiting_and_later_starts_holds():
    plots = (Plot("a", 3, 4, 10, 0, 100), Plot("b", 6, 8, 10, 0, 100))
    problem = Problem((Yard("y", 0, 0),), (Machine("m", "y"),), plots, 1.0, 1)
    by_hand = solve(replace(problem, iterations=10))

    slow = replace(by_hand, routes=(Route("m", (Stop("a", 50.0), Stop("b", 99.5))),))

    assert certify(problem, slow).holds


@settings(max_examples=30, deadline=None)
@given(campaigns(iterations=20), st.data())
def test_a_stop_begun_before_the_machine_can_be_there_is_always_found(problem, data):
    plan = solve(problem)
    stops = [stop for route in plan.routes for stop in route.stops]
    assume(stops)
    stop = data.draw(st.sampled_from(stops))

    early = _with_stop(plan, stop.plot, starts=stop.starts - data.draw(st.floats(0.05, 50)))

    assert not certify(problem, early).holds


@settings(max_examples=30, deadline=None)
@given(campaigns(iterations=20, plain=True), st.data())
def test_leaving_out_a_plot_that_was_served_is_always_found(problem, data):
    plan = solve(problem)
    stops = [stop.plot for route in plan.routes for stop in route.stops]
    assume(stops)
    name = data.draw(st.sampled_from(stops))

    short = _without(plan, name, **{name: data.draw(st.sampled_from(["time", "window"]))})

    assert _codes(short, problem) & {
        "campaign-could-be-served",
        "campaign-must-left-out",
        "campaign-not-there-yet",
    }


def test_the_judge_shares_no_code_with_the_planner():
    for judge in ("certify", "certify_replan"):
        reached = _imported_by(f"coopfarm.planning.fleet.campaign.{judge}")
        forbidden = {"solve", "search", "rounds", "ticks", "nearest", "replan", "standstill"}
        assert {name for name in reached if name.rpartition(".")[2] in forbidden} == set()


def _imported_by(module: str) -> set[str]:
    """Every module of the planning core that one imports, directly or by another."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        at = waiting.pop()
        if at in found or not at.startswith("coopfarm.planning"):
            continue
        found.add(at)
        tree = ast.parse(Path(import_module(at).__file__).read_text("utf-8"))
        for node in ast.walk(tree):
            waiting += [node.module] if isinstance(node, ast.ImportFrom) else []
    return found
