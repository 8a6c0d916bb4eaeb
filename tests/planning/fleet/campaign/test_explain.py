from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings

from coopfarm.planning.fleet.campaign.compare import compare
from coopfarm.planning.fleet.campaign.explain import explain
from coopfarm.planning.fleet.campaign.problem import Machine, Plan, Plot, Problem, Route, Stop, Yard
from coopfarm.planning.fleet.campaign.solve import solve
from tests.factories.campaign import campaigns, harvest

PROBLEM = Problem(
    yards=(Yard("yard", 0, 0),),
    machines=(Machine("C1", "yard", until_minute=600.0),),
    plots=(
        Plot("near", 10, 0, 60, 0, 100),
        Plot("ripe later", 30, 0, 60, 200, 300),
        Plot("too far", 500, 0, 60, 0, 100, load=3),
    ),
    seconds=1.0,
    seed=1,
)
PLAN = Plan(
    (Route("C1", (Stop("near", 10.0), Stop("ripe later", 200.0))),), 60.0, {"too far": "window"}
)


def _words(problem, plan, plot):
    return " ".join(map(str, explain(problem, plan)[plot]))


def test_a_member_is_told_who_comes_from_where_and_when():
    assert _words(PROBLEM, PLAN, "near") == (
        "C1 comes from its yard, 10 minutes away, begins here at minute 10 and is done at minute "
        "70. Work here may begin from minute 0 until minute 100. You are stop 1 of 2 on its round, "
        "and on the way: it goes no detour."
    )


def test_a_member_is_told_that_the_machine_waits_for_ripeness():
    words = _words(PROBLEM, PLAN, "ripe later")

    assert "comes from near, 20 minutes away, begins here at minute 200" in words
    assert "It waits 110 minutes for this plot to open." in words
    assert "Without you the round would be 40 minutes shorter." in words


def test_a_member_who_is_left_out_is_told_why_and_what_would_help():
    assert _words(PROBLEM, PLAN, "too far") == (
        "No machine can be here before the window closes at minute 100, even if it came here "
        "first. A later closing would help."
    )


def test_reasons_of_time_say_that_musts_go_first():
    plots = (replace(PROBLEM.plots[0], must=True), *PROBLEM.plots[1:])
    plan = replace(PLAN, unserved={"too far": "time"})

    words = _words(replace(PROBLEM, plots=plots), plan, "too far")

    assert words.endswith("Plots that have to be served are planned before this one.")


def test_a_page_gives_moments_in_place_of_minutes():
    start = datetime(2026, 6, 1, 6, tzinfo=UTC)

    first, window, *_ = explain(PROBLEM, PLAN, moment=lambda m: start + timedelta(minutes=m))[
        "near"
    ]

    assert first.facts["starts"] == datetime(2026, 6, 1, 6, 10, tzinfo=UTC)
    assert window.facts["closes"] == datetime(2026, 6, 1, 7, 40, tzinfo=UTC)


@settings(max_examples=25, deadline=None)
@given(campaigns(iterations=10))
def test_every_plot_has_a_reason_in_words(problem):
    reasons = explain(problem, solve(problem))

    assert list(reasons) == [plot.id for plot in problem.plots]
    assert all("%(" not in str(sentence) for why in reasons.values() for sentence in why)


def test_a_plan_is_shown_beside_what_drivers_would_do():
    problem = harvest(30, 2, iterations=200)

    beside = compare(problem, solve(problem))

    assert beside.ratio < 1
    assert str(beside.sentence).startswith("The machines travel")


def test_a_plan_that_serves_more_says_so():
    problem = harvest(40, 2, busy=1.3, iterations=200)

    beside = compare(problem, solve(problem))

    assert beside.served > beside.nearest_served
    assert str(beside.sentence).startswith(f"The machines serve {beside.served} of 40 plots")
