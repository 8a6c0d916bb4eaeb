from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from coopfarm.planning.fleet.campaign.certify import certify
from coopfarm.planning.fleet.campaign.certify_replan import certify_replan
from coopfarm.planning.fleet.campaign.change import Standstill
from coopfarm.planning.fleet.campaign.difference import explain
from coopfarm.planning.fleet.campaign.problem import Machine, Plan, Plot, Problem, Route, Stop, Yard
from coopfarm.planning.fleet.campaign.replan import replan
from coopfarm.planning.fleet.campaign.solve import solve
from coopfarm.planning.fleet.campaign.standstill import cut
from tests.factories.campaign import campaigns, harvest

PROBLEM = Problem(
    yards=(Yard("yard", 0, 0),),
    machines=(Machine("C1", "yard", capacity=9.0, until_minute=600.0), Machine("C2", "yard")),
    plots=(
        Plot("a", 10, 0, 100, 0, 500, load=2),
        Plot("b", 20, 0, 100, 0, 500, load=2),
        Plot("c", 30, 0, 100, 0, 250, load=2),
        Plot("d", 0, 10, 100, 0, 500),
        Plot("e", 0, 20, 100, 0, 500),
    ),
    seconds=1.0,
    seed=1,
    iterations=200,
)
PLAN = Plan(
    (
        Route("C1", (Stop("a", 10.0), Stop("b", 120.0), Stop("c", 230.0))),
        Route("C2", (Stop("d", 10.0), Stop("e", 120.0))),
    ),
    100.0,
    {},
)
BREAKS = Standstill(150.0, frozenset({"C1"}))


def _starts(plan):
    return {s.plot: (route.machine, s.starts) for route in plan.routes for s in route.stops}


def test_what_has_begun_stays_as_it_was():
    under_way = cut(PROBLEM, PLAN, BREAKS)

    assert under_way.begun == (
        Route("C1", (Stop("a", 10.0), Stop("b", 120.0))),
        Route("C2", (Stop("d", 10.0), Stop("e", 120.0))),
    )
    assert under_way.waiting == (Route("C1", (Stop("c", 230.0),)),)


def test_a_plot_that_a_machine_broke_down_on_is_finished_by_another():
    made = replan(PROBLEM, PLAN, BREAKS)

    assert made.difference.goes_on["b"].machine == "C2"
    (left,) = [plot for plot in made.problem.plots if plot.id == "b"]
    assert left.work_minutes == 70
    assert left.load == pytest.approx(1.4)


def test_a_machine_on_its_way_has_begun_and_one_that_waits_has_not():
    on_the_way = cut(PROBLEM, PLAN, Standstill(115.0, frozenset()))
    before = cut(PROBLEM, PLAN, Standstill(110.0, frozenset()))

    assert [len(route.stops) for route in on_the_way.begun] == [2, 2]
    assert [len(route.stops) for route in before.begun] == [1, 1]


def test_a_machine_goes_on_from_where_it_stands_with_the_room_it_has_left():
    rest = cut(PROBLEM, PLAN, Standstill(115.0, frozenset({"C1"}), until=300.0)).rest

    machine = rest.machines[0]
    assert (machine.from_minute, machine.capacity, machine.ends) == (300.0, 7.0, "yard")
    assert next(yard for yard in rest.yards if yard.id == machine.yard).x == 10


def test_work_that_was_stopped_goes_on_first():
    rest = cut(PROBLEM, PLAN, Standstill(150.0, frozenset({"C1"}), until=300.0)).rest

    assert rest.machines[0].from_minute == 300 + 70


def test_what_can_no_longer_be_reached_in_time_is_dropped_with_its_reason():
    made = replan(PROBLEM, PLAN, Standstill(150.0, frozenset({"C1"}), until=300.0))

    assert made.plan.unserved == {"c": "window"} or "c" in made.difference.moved
    assert certify_replan(
        PROBLEM, PLAN, Standstill(150.0, frozenset({"C1"}), until=300.0), made
    ).holds


def test_each_member_is_told_what_changes():
    made = replan(PROBLEM, PLAN, Standstill(100.0, frozenset({"C1"})))

    words = {plot: str(sentence) for plot, sentence in explain(made.difference).items()}

    assert words["e"] == "Nothing changes: C2 comes at minute 120."
    assert words["a"].startswith("Work here had begun. C2 goes on at minute")
    assert "in place of C1 which was to come at minute" in words["b"]


@pytest.mark.parametrize("until", [None, 600.0])
@pytest.mark.parametrize("busy", [0.75, 1.1])
def test_a_breakdown_in_harvest_changes_no_more_than_a_fifth_of_the_rest(until, busy):
    problem = harvest(60, 4, busy=busy, iterations=300)
    plan = solve(problem)
    breaks = Standstill(200.0, frozenset({"C1"}), until)

    made = replan(problem, plan, breaks)

    assert made.difference.part_unchanged >= 0.8
    assert made.difference.could_stay > 20
    assert certify_replan(problem, plan, breaks, made).findings == ()
    placed = len(made.difference.moved) + len(made.difference.kept)
    assert placed > len(made.difference.dropped)


def test_weather_that_stops_all_keeps_machines_and_order():
    problem = harvest(40, 3, iterations=200)
    plan = solve(problem)
    rain = Standstill(700.0, frozenset(m.id for m in problem.machines), until=900.0)

    made = replan(problem, plan, rain)

    pairs = made.difference.moved.values()
    same = [before.machine == after.machine for before, after in pairs]
    assert sum(same) >= 0.8 * len(same)
    assert all(after.starts >= 900 for _, after in pairs)
    assert certify_replan(problem, plan, rain, made).findings == ()


@settings(max_examples=30, deadline=None)
@given(campaigns(iterations=20), st.data())
def test_every_plan_that_is_made_again_earns_its_certificate(problem, data):
    plan = solve(problem)
    assume(certify(problem, plan).holds)
    at = data.draw(st.integers(0, 6000)) / 10
    machines = data.draw(st.sets(st.sampled_from([*(m.id for m in problem.machines), "none"])))
    until = data.draw(st.one_of(st.none(), st.integers(0, 2000).map(lambda n: at + n / 10)))
    standstill = Standstill(at, frozenset(machines - {"none"}), until)

    made = replan(problem, plan, standstill)

    findings = certify_replan(problem, plan, standstill, made).findings
    assert {finding.code for finding in findings} <= {"campaign-must-left-out"}
    assert made.difference.part_unchanged >= 0.8


@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        (lambda m: replace(m, begun=()), "replan-begun-changed"),
        (
            lambda m: replace(m, problem=replace(m.problem, plots=m.problem.plots[1:])),
            "replan-plots-differ",
        ),
        (
            lambda m: replace(m, difference=replace(m.difference, stayed=99)),
            "replan-difference-wrong",
        ),
        (
            lambda m: replace(m, difference=replace(m.difference, dropped={})),
            "replan-difference-wrong",
        ),
    ],
)
def test_a_plan_made_again_that_was_tampered_with_is_found(tamper, code):
    problem = replace(PROBLEM, plots=(*PROBLEM.plots[:2], replace(PROBLEM.plots[2], closes=231.0)))
    plan = Plan((Route("C1", PLAN.routes[0].stops),), 60.0, {})
    problem = replace(problem, machines=(*PROBLEM.machines[:1], Machine("C3", "yard", 0.0)))
    breaks = Standstill(100.0, frozenset({"C1"}))
    made = replan(problem, plan, breaks)
    assert certify_replan(problem, plan, breaks, made).holds

    codes = {f.code for f in certify_replan(problem, plan, breaks, tamper(made)).findings}

    assert code in codes


def test_a_plan_that_moves_too_many_is_found():
    problem = harvest(30, 2, iterations=100)
    plan = solve(problem)
    nothing = Standstill(100.0, frozenset())
    made = replan(problem, plan, nothing)
    later = tuple(
        replace(r, stops=tuple(replace(s, starts=s.starts + 20) for s in r.stops))
        for r in made.plan.routes
    )

    findings = certify_replan(
        problem, plan, nothing, replace(made, plan=replace(made.plan, routes=later))
    ).findings

    assert {"replan-too-many-change", "replan-difference-wrong"} <= {f.code for f in findings}


def test_a_machine_that_is_gone_and_planned_again_is_found():
    made = replan(PROBLEM, PLAN, BREAKS)
    back = replace(made.problem, machines=(*made.problem.machines, PROBLEM.machines[0]))

    codes = {
        f.code for f in certify_replan(PROBLEM, PLAN, BREAKS, replace(made, problem=back)).findings
    }

    assert "replan-is-gone" in codes
