import csv
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.planning.rotation.roster.certify import certify
from coopfarm.planning.rotation.roster.problem import Holder, Problem
from coopfarm.planning.rotation.roster.solve import solve, whole_minutes
from tests.factories.planning import roster_problems

WEEK = 10_080


@pytest.fixture(scope="session")
def outlet(shared_data):
    """The rows of a real outlet: 58 turns and a row nobody has been given."""
    with shared_data("warabandi/roster_59_turns.csv").open(encoding="utf-8") as rows:
        return list(csv.DictReader(rows))


@pytest.fixture(scope="session")
def outlet_plan(outlet):
    return solve(Problem(WEEK, tuple(_holder(row) for row in outlet)))


def _holder(row):
    filling, draining = float(row["bharai_min"]), float(row["jharai_min"])
    return Holder(row["turn_no"], float(row["area_bigha"]), filling, draining)


def test_a_small_outlet_is_shared_by_hand_arithmetic():
    holders = (
        Holder("a", 4, 10),
        Holder("b", 6, 15),
        Holder("c", 10, 20),
        Holder("d", 20, 0, 25),
    )

    plan = solve(Problem(WEEK, holders))

    assert plan.minutes_per_share == 251.5
    assert [turn.minutes for turn in plan.turns] == [1016, 1524, 2535, 5005]
    assert [turn.starts_at_minute for turn in plan.turns] == [0, 1016, 2540, 5075]


def test_a_falaj_is_shared_by_titles_of_half_an_hour():
    titles = {"waqf": 36, "Salim": 60, "Zahra": 24, "the others": 360}
    holders = tuple(Holder(name, float(athar)) for name, athar in titles.items())

    plan = solve(Problem(10 * 24 * 60, holders))

    assert plan.minutes_per_share == 30
    assert [turn.minutes for turn in plan.turns] == [1080, 1800, 720, 10_800]


def test_the_real_outlet_earns_its_published_minutes_per_bigha(outlet_plan):
    assert outlet_plan.minutes_per_share == pytest.approx(8.075109393, abs=5e-10)


def test_the_real_outlet_gives_all_59_turns_within_a_minute(outlet, outlet_plan):
    for row, turn in zip(outlet, outlet_plan.turns, strict=True):
        assert turn.exact_minutes == pytest.approx(float(row["exact_turn_min"]), abs=6e-5)
        assert abs(turn.minutes - float(row["exact_turn_min"])) < 1


def test_the_real_outlet_starts_each_turn_within_a_minute(outlet, outlet_plan):
    for row, turn in zip(outlet, outlet_plan.turns, strict=True):
        exact = _minute_of_week(row["exact_start"], since="Mon 18:00:00")
        assert abs(turn.starts_at_minute - exact) < 1


def test_the_real_outlet_hands_out_every_minute_of_the_week(outlet_plan):
    last = outlet_plan.turns[-1]

    assert sum(turn.minutes for turn in outlet_plan.turns) == WEEK
    assert last.starts_at_minute + last.minutes == WEEK


def _minute_of_week(moment, *, since):
    def minute(text):
        day, clock = text.split()
        hours, minutes, seconds = map(int, clock.split(":"))
        week_day = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun").index(day)
        return week_day * 1440 + hours * 60 + minutes + seconds / 60

    return (minute(moment) - minute(since)) % WEEK


def test_a_block_of_344_real_plots_shares_its_week_to_the_minute(shared_data):
    plots = json.loads(shared_data("ahero_ke/plots.geojson").read_text())["features"]
    block = [plot["properties"] for plot in plots if plot["properties"]["block"] == "B03"]
    holders = tuple(Holder(plot["plot_code"], plot["area_ha"]) for plot in block)

    plan = solve(Problem(WEEK, holders))

    assert len(holders) == 344
    assert sum(plot["area_ha"] for plot in block) == pytest.approx(156.001, abs=5e-4)
    assert sum(turn.minutes for turn in plan.turns) == WEEK


def test_ten_thousand_farms_on_two_hundred_outlets_lose_no_minute():
    outlets = [
        Problem(WEEK, tuple(Holder(f"{o}-{f}", 0.3 + (o * 50 + f) % 97 / 7) for f in range(50)))
        for o in range(200)
    ]

    plans = [solve(outlet) for outlet in outlets]

    turns = [turn for plan in plans for turn in plan.turns]
    assert len(turns) == 10_000
    assert all(sum(turn.minutes for turn in plan.turns) == WEEK for plan in plans)
    assert max(abs(turn.minutes - turn.exact_minutes) for turn in turns) < 1


@given(roster_problems())
def test_turns_tile_the_cycle_within_a_minute_of_the_title(problem):
    plan = solve(problem)

    assert certify(problem, plan).findings == ()
    assert sum(turn.minutes for turn in plan.turns) == problem.cycle_minutes
    assert all(abs(turn.minutes - turn.exact_minutes) < 1 for turn in plan.turns)


@given(roster_problems())
def test_the_same_roster_comes_out_twice(problem):
    assert solve(problem) == solve(problem)


@given(roster_problems(), st.floats(0.01, 100))
def test_shares_in_another_unit_give_the_same_turns(problem, scale):
    rescaled = Problem(
        problem.cycle_minutes,
        tuple(Holder(h.id, h.share * scale, h.filling_minutes) for h in problem.holders),
    )

    exact = [turn.exact_minutes for turn in solve(problem).turns]

    assert [turn.exact_minutes for turn in solve(rescaled).turns] == pytest.approx(exact, abs=1e-6)


def test_minutes_left_over_by_equal_remainders_go_to_the_head():
    assert whole_minutes(10, [2.5, 2.5, 2.5, 2.5]) == [3, 3, 2, 2]


def test_an_empty_row_stays_empty():
    holders = (Holder("a", 1.0), Holder("nobody", 0.0, 0.0), Holder("b", 2.0))

    plan = solve(Problem(100, holders))

    assert [(turn.id, turn.minutes) for turn in plan.turns] == [("a", 33), ("nobody", 0), ("b", 67)]
