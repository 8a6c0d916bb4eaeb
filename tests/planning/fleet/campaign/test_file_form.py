import copy
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from coopfarm.cli import planning_by_file
from coopfarm.kernel.refusal import Refusal
from coopfarm.planning import by_file

GOLDEN = Path(__file__).parent / "golden" / "campaign.answer.json"
CAMPAIGN = {
    "yards": [{"id": "yard", "x": 0, "y": 0}, {"id": "مخزن", "x": 40, "y": 5.5}],
    "machines": [
        {"id": "C1", "yard": "yard", "capacity": 9, "until": 600},
        {"id": "C2", "yard": "مخزن", "from": 60, "until": 500.5},
    ],
    "plots": [
        {"id": "a", "x": 3, "y": 4, "work_minutes": 100, "opens": 0, "closes": 300, "load": 4},
        {"id": "b", "x": 30, "y": 40, "work_minutes": 200, "opens": 0, "closes": 300, "load": 5},
        {"id": "c", "x": -30, "y": 4, "work_minutes": 300, "opens": 100, "closes": 300},
        {"id": "d", "x": 3, "y": 40, "work_minutes": 30, "opens": 0, "closes": 20},
        {"id": "e", "x": 3, "y": -4, "work_minutes": 700, "opens": 0, "closes": 300},
        {
            "id": "f",
            "x": 3.5,
            "y": -40,
            "work_minutes": 100,
            "opens": 390,
            "closes": 450.5,
            "load": 2,
            "must": True,
        },
    ],
    "seconds": 5,
    "seed": 7,
    "iterations": 300,
}


def _changed(problem, path, value):
    changed = copy.deepcopy(problem)
    *way, last = path
    inside = changed
    for step in way:
        inside = inside[step]
    if value is ...:
        del inside[last]
    else:
        inside[last] = value
    return json.dumps(changed)


def _certify(plan, problem=None):
    return by_file.certify_file("campaign", json.dumps(problem or CAMPAIGN), json.dumps(plan))


def test_an_answer_has_the_fields_of_the_format():
    answer = by_file.solve_file("campaign", json.dumps(CAMPAIGN))

    assert list(answer) == ["plan", "certificate", "explanations", "report"]
    assert list(answer["plan"]) == ["routes", "travel_cost", "unserved"]
    assert answer["certificate"] == {"holds": True, "findings": []}
    assert list(answer["explanations"]) == ["a", "b", "c", "d", "e", "f"]
    assert all(list(route) == ["machine", "stops"] for route in answer["plan"]["routes"])
    assert answer["plan"]["unserved"] == {"c": "time", "d": "window", "e": "hours"}
    assert answer["report"]["nearest_neighbour"]["served"] <= answer["report"]["served"] == 3


def test_the_answer_of_today_is_that_of_the_golden_file():
    answer = by_file.as_text(by_file.solve_file("campaign", json.dumps(CAMPAIGN)))

    assert answer == GOLDEN.read_text(encoding="utf-8")


def test_a_plan_is_judged_alone_or_within_its_answer():
    answer = by_file.solve_file("campaign", json.dumps(CAMPAIGN))

    assert _certify(answer["plan"]).holds
    assert _certify(answer).holds


def test_straight_lines_written_as_a_table_give_the_same_plan():
    from coopfarm.planning.fleet.campaign.ticks import travel_minutes  # noqa: PLC0415 (the oracle)

    problem = by_file.read_problem("campaign", json.dumps(CAMPAIGN))
    table = {**CAMPAIGN, "travel": travel_minutes(problem).tolist()}

    first, second = (
        by_file.solve_file("campaign", json.dumps(text))["plan"] for text in (CAMPAIGN, table)
    )

    assert first == second


def test_seconds_alone_are_enough():
    text = _changed({**CAMPAIGN, "seconds": 0.1}, ("iterations",), ...)

    answer = by_file.solve_file("campaign", text)

    assert answer["certificate"]["holds"]
    assert answer["report"]["iterations"] > 0


@given(digits=st.integers(6, 12))
def test_a_plan_rounded_by_its_writer_holds(digits):
    plan = json.loads(GOLDEN.read_text(encoding="utf-8"))["plan"]
    for route in plan["routes"]:
        for stop in route["stops"]:
            stop["starts"] = float(f"{stop['starts']:.{digits}g}")

    assert _certify(plan).findings == ()


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("yards",), ..., "yards"),
        (("yards",), [], "yards"),
        (("yards", 0, "x"), "0", "yards[0].x"),
        (("yards", 0, "x"), 1e7, "yards[0].x"),
        (("yards", 0, "size"), 1, "yards[0].size"),
        (("yards", 1, "id"), "yard", "yards[1].id"),
        (("machines",), [], "machines"),
        (("machines",), {}, "machines"),
        (("machines", 0, "yard"), "x", "machines[0].yard"),
        (("machines", 0, "yard"), None, "machines[0].yard"),
        (("machines", 0, "capacity"), None, "machines[0].capacity"),
        (("machines", 0, "capacity"), -1, "machines[0].capacity"),
        (("machines", 0, "until"), 1e300, "machines[0].until"),
        (("machines", 1, "until"), 59, "machines[1].until"),
        (("machines", 1, "from"), -1, "machines[1].from"),
        (("plots",), [], "plots"),
        (("plots",), None, "plots"),
        (("plots", 0), 3, "plots[0]"),
        (("plots", 0, "id"), 3, "plots[0].id"),
        (("plots", 0, "id"), "b", "plots[1].id"),
        (("plots", 0, "work_minutes"), ..., "plots[0].work_minutes"),
        (("plots", 0, "work_minutes"), -0.1, "plots[0].work_minutes"),
        (("plots", 0, "opens"), True, "plots[0].opens"),
        (("plots", 0, "opens"), 301, "plots[0].closes"),
        (("plots", 0, "load"), "much", "plots[0].load"),
        (("plots", 0, "must"), 1, "plots[0].must"),
        (("plots", 0, "must"), "yes", "plots[0].must"),
        (("plots", 0, "must"), None, "plots[0].must"),
        (("travel",), [], "travel"),
        (("travel",), 3, "travel"),
        (("travel",), [[0] * 8] * 7 + [3], "travel[7]"),
        (("travel",), [[0] * 8] * 7 + [[0] * 7], "travel[7]"),
        (("travel",), [[0] * 8] * 7 + [[0] * 7 + ["0"]], "travel[7][7]"),
        (("travel",), [[0] * 8] * 7 + [[-1] + [0] * 7], "travel[7][0]"),
        (("travel",), [[1] * 8] * 8, "travel[0][0]"),
        (("seconds",), ..., "seconds"),
        (("seconds",), "10", "seconds"),
        (("seconds",), 1e9, "seconds"),
        (("seed",), ..., "seed"),
        (("seed",), 1.5, "seed"),
        (("seed",), -1, "seed"),
        (("seed",), 10**40, "seed"),
        (("iterations",), 0.5, "iterations"),
        (("iterations",), -1, "iterations"),
        (("speed",), 15, "speed"),
    ],
)
def test_a_campaign_that_cannot_be_used_is_refused_by_field(path, value, field):
    with pytest.raises(Refusal) as refused:
        by_file.solve_file("campaign", _changed(CAMPAIGN, path, value))

    assert refused.value.field == field
    assert "%(" not in str(refused.value)


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("routes",), ..., "routes"),
        (("routes",), {}, "routes"),
        (("routes", 0, "machine"), 1, "routes[0].machine"),
        (("routes", 0, "stops", 0, "starts"), "8:00", "routes[0].stops[0].starts"),
        (("routes", 0, "stops", 0, "ends"), 8, "routes[0].stops[0].ends"),
        (("travel_cost",), None, "travel_cost"),
        (("unserved", "d"), 1, "unserved.d"),
        (("unserved",), [], "unserved"),
        (("note",), "x", "note"),
    ],
)
def test_a_plan_that_cannot_be_used_is_refused_by_field(path, value, field):
    plan = json.loads(GOLDEN.read_text(encoding="utf-8"))["plan"]

    with pytest.raises(Refusal) as refused:
        by_file.certify_file("campaign", json.dumps(CAMPAIGN), _changed(plan, path, value))

    assert refused.value.field == field


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=3), inside),
    max_leaves=5,
)
PLACES = [
    ("yards",),
    ("yards", 0, "x"),
    ("machines", 0, "until"),
    ("machines", 1),
    ("plots", 2),
    ("plots", 2, "closes"),
    ("plots", 3, "must"),
    ("travel",),
    ("seconds",),
    ("seed",),
]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PLACES), junk)
def test_whatever_stands_in_a_field_is_solved_or_refused(path, value):
    text = _changed({**CAMPAIGN, "iterations": 5}, path, value)

    try:
        outcome = by_file.solve_file("campaign", text)["certificate"]["findings"]
    except Refusal as refusal:
        outcome = refusal.field

    assert outcome is not None


def test_the_command_line_solves_certifies_and_says_when_a_plan_does_not_hold(tmp_path):
    problem, answer = tmp_path / "problem.json", tmp_path / "answer.json"
    problem.write_text(json.dumps(CAMPAIGN), encoding="utf-8")

    solved = CliRunner().invoke(planning_by_file.solve, ["campaign", str(problem)])
    answer.write_text(solved.output, encoding="utf-8")
    judged = CliRunner().invoke(planning_by_file.certify, ["campaign", str(problem), str(answer)])
    answer.write_text(solved.output.replace('"starts": 390.0', '"starts": 389.0'), encoding="utf-8")
    tampered = CliRunner().invoke(planning_by_file.certify, ["campaign", str(problem), str(answer)])

    assert (solved.exit_code, judged.exit_code, tampered.exit_code) == (0, 0, 1)
    assert "may begin from 390 on" in tampered.output
