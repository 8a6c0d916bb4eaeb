import copy
import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.kernel.refusal import Refusal
from coopfarm.planning import by_file, fields

GOLDEN = Path(__file__).parent / "golden"
RATIONING = {
    "supply": 260,
    "rule": "cea",
    "claims": [
        {"id": "a", "amount": 90, "weight": 2, "floor": 30},
        {"id": "b", "amount": 40, "floor": 12},
        {"id": "و", "amount": 200, "weight": 5},
    ],
}
ROSTER = {
    "cycle_minutes": 10080,
    "holders": [
        {"id": "a", "share": 4, "filling_minutes": 10},
        {"id": "b", "share": 6, "filling_minutes": 15},
        {"id": "c", "share": 10, "filling_minutes": 20},
        {"id": "d", "share": 20, "draining_minutes": 25},
    ],
}
CANAL_TREE = {
    "canals": [
        {"id": "main", "feeds_from": None, "capacity": 100, "efficiency": 0.9},
        {"id": "branch", "feeds_from": "main", "capacity": 30, "efficiency": 0.8},
    ],
    "claims": [
        {"id": "a", "canal": "main", "amount": 90},
        {"id": "b", "canal": "branch", "amount": 40, "weight": 1, "floor": 3},
        {"id": "c", "canal": "branch", "amount": 5},
    ],
}
PROBLEMS = {"rationing": RATIONING, "roster": ROSTER, "canal-tree": CANAL_TREE}
KINDS = tuple(PROBLEMS)


def _changed(problem, path, value):
    """The problem with the field at a path like ("claims", 0, "amount") set, or left out."""
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


def _certify(kind, plan, problem=None):
    text = plan if isinstance(plan, str) else json.dumps(plan)
    return by_file.certify_file(kind, json.dumps(problem or PROBLEMS[kind]), text)


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_has_a_plan_that_holds_and_a_reason_for_each(kind):
    answer = by_file.solve_file(kind, json.dumps(PROBLEMS[kind]))

    assert list(answer) == ["plan", "certificate", "explanations"]
    assert answer["certificate"] == {"holds": True, "findings": []}
    members = PROBLEMS[kind].get("holders") or PROBLEMS[kind]["claims"]
    assert list(answer["explanations"]) == [member["id"] for member in members]
    assert all(answer["explanations"].values())


def test_plans_have_the_fields_of_their_format():
    plans = {
        kind: by_file.solve_file(kind, json.dumps(problem))["plan"]
        for kind, problem in PROBLEMS.items()
    }

    assert list(plans["rationing"]) == ["awards", "level"]
    assert list(plans["rationing"]["awards"]) == ["a", "b", "و"]
    assert plans["roster"]["minutes_per_share"] == 251.5
    assert plans["roster"]["turns"][1] == {
        "id": "b",
        "exact_minutes": 1524.0,
        "minutes": 1524,
        "starts_at_minute": 1016,
    }
    assert plans["canal-tree"]["deliveries"] == pytest.approx({"a": 60.0, "b": 19.0, "c": 5.0})
    assert plans["canal-tree"]["held_by"] == {"a": "main", "b": "branch", "c": "claim"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_file_gives_the_same_bytes(kind):
    text = json.dumps(PROBLEMS[kind])

    first, second = (by_file.as_text(by_file.solve_file(kind, text)) for _ in range(2))

    assert first == second


@pytest.mark.parametrize("kind", KINDS)
def test_the_answer_of_today_is_that_of_the_golden_file(kind):
    answer = by_file.as_text(by_file.solve_file(kind, json.dumps(PROBLEMS[kind])))

    assert answer == (GOLDEN / f"{kind}.answer.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_is_judged_alone_or_within_its_answer(kind):
    answer = by_file.solve_file(kind, json.dumps(PROBLEMS[kind]))

    assert _certify(kind, answer["plan"]).holds
    assert _certify(kind, answer).holds
    assert _certify(kind, {"plan": answer["plan"]}).holds


@pytest.mark.parametrize("kind", KINDS)
@given(digits=st.integers(6, 12))
def test_a_plan_rounded_by_its_writer_holds(kind, digits):
    plan = by_file.solve_file(kind, json.dumps(PROBLEMS[kind]))["plan"]

    rounded = json.dumps(plan, default=str)
    for number in sorted(_floats(plan), reverse=True):
        rounded = rounded.replace(repr(number), f"{number:.{digits}g}")

    assert _certify(kind, rounded).findings == ()


def _floats(value):
    if isinstance(value, dict | list):
        inside = value.values() if isinstance(value, dict) else value
        return {number for item in inside for number in _floats(item)}
    return {value} if isinstance(value, float) else set()


@pytest.mark.parametrize(
    ("kind", "path", "value", "field"),
    [
        ("rationing", ("supply",), ..., "supply"),
        ("rationing", ("claims", 1, "amount"), ..., "claims[1].amount"),
        ("rationing", ("claims", 1, "id"), ..., "claims[1].id"),
        ("rationing", ("claims", 1, "amount"), True, "claims[1].amount"),
        ("rationing", ("claims", 1, "amount"), "40", "claims[1].amount"),
        ("rationing", ("claims", 1, "amount"), None, "claims[1].amount"),
        ("rationing", ("claims", 1, "amount"), [40], "claims[1].amount"),
        ("rationing", ("claims", 1, "weight"), None, "claims[1].weight"),
        ("rationing", ("claims", 1, "weight"), 0, "claims[1].weight"),
        ("rationing", ("claims", 1, "floor"), -1, "claims[1].floor"),
        ("rationing", ("claims", 1, "floor"), 41, "claims[1].floor"),
        ("rationing", ("claims", 1, "id"), 7, "claims[1].id"),
        ("rationing", ("claims", 1, "id"), "", "claims[1].id"),
        ("rationing", ("claims", 1, "id"), "a", "claims[1].id"),
        ("rationing", ("claims", 1, "area"), 3, "claims[1].area"),
        ("rationing", ("claims", 1), 3, "claims[1]"),
        ("rationing", ("claims",), {}, "claims"),
        ("rationing", ("claims",), [], "claims"),
        ("rationing", ("unit",), "m3", "unit"),
        ("rationing", ("rule",), "first come", "rule"),
        ("rationing", ("rule",), 1, "rule"),
        ("rationing", ("supply",), 0, "supply"),
        ("rationing", ("supply",), 331, "supply"),
        ("rationing", ("supply",), 41, "supply"),
        ("rationing", ("supply",), 10**400, "supply"),
        ("roster", ("cycle_minutes",), 0, "cycle_minutes"),
        ("roster", ("cycle_minutes",), 10080.5, "cycle_minutes"),
        ("roster", ("cycle_minutes",), "10080", "cycle_minutes"),
        ("roster", ("cycle_minutes",), True, "cycle_minutes"),
        ("roster", ("holders", 0, "share"), -4, "holders[0].share"),
        ("roster", ("holders", 0, "draining_minutes"), 9000, "holders[0].draining_minutes"),
        ("roster", ("holders", 0, "minutes"), 4, "holders[0].minutes"),
        ("roster", ("holders", 0), {"id": "a", "share": 0}, "holders[0].share"),
        ("roster", ("holders",), [], "holders"),
        ("canal-tree", ("canals", 1, "feeds_from"), ..., "canals[1].feeds_from"),
        ("canal-tree", ("canals", 1, "feeds_from"), 0, "canals[1].feeds_from"),
        ("canal-tree", ("canals", 1, "feeds_from"), "x", "canals[1].feeds_from"),
        ("canal-tree", ("canals", 0, "feeds_from"), "branch", "canals[0].feeds_from"),
        ("canal-tree", ("canals", 0, "feeds_from"), "main", "canals[0].feeds_from"),
        ("canal-tree", ("canals", 1, "capacity"), -1, "canals[1].capacity"),
        ("canal-tree", ("canals", 1, "efficiency"), 0, "canals[1].efficiency"),
        ("canal-tree", ("canals", 1, "length"), 5, "canals[1].length"),
        ("canal-tree", ("claims", 1, "canal"), "x", "claims[1].canal"),
        ("canal-tree", ("claims", 1, "floor"), 25, "canals[1].capacity"),
    ],
)
def test_a_problem_that_cannot_be_used_is_refused_by_field(kind, path, value, field):
    with pytest.raises(Refusal) as refused:
        by_file.solve_file(kind, _changed(PROBLEMS[kind], path, value))

    assert refused.value.field == field
    assert "%(" not in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "path", "value", "field"),
    [
        ("rationing", ("awards",), ..., "awards"),
        ("rationing", ("level",), ..., "level"),
        ("rationing", ("level",), None, "level"),
        ("rationing", ("awards", "a"), "36", "awards.a"),
        ("rationing", ("awards", "a"), True, "awards.a"),
        ("rationing", ("awards",), [], "awards"),
        ("rationing", ("note",), "x", "note"),
        ("roster", ("turns", 2, "minutes"), "5", "turns[2].minutes"),
        ("roster", ("turns", 2, "minutes"), ..., "turns[2].minutes"),
        ("roster", ("turns", 2, "id"), 5, "turns[2].id"),
        ("roster", ("turns", 2, "ends"), 5, "turns[2].ends"),
        ("canal-tree", ("held_by", "a"), 1, "held_by.a"),
        ("canal-tree", ("held_by",), ..., "held_by"),
        ("canal-tree", ("deliveries", "a"), None, "deliveries.a"),
    ],
)
def test_a_plan_that_cannot_be_used_is_refused_by_field(kind, path, value, field):
    answer = by_file.solve_file(kind, json.dumps(PROBLEMS[kind]))

    with pytest.raises(Refusal) as alone:
        _certify(kind, _changed(answer["plan"], path, value))
    with pytest.raises(Refusal) as within:
        _certify(kind, _changed(answer, ("plan", *path), value))

    assert alone.value.field == field
    assert within.value.field == f"plan.{field}"


@pytest.mark.parametrize(
    ("kind", "path", "value", "words"),
    [
        ("rationing", ("awards", "a"), ..., "a has a claim and no award."),
        ("rationing", ("awards", "x"), 1, "x has an award of 1 and no claim."),
        ("rationing", ("awards", "a"), -5, "a gets -5, less than the floor of 30."),
        ("rationing", ("awards", "a"), 1e300, "a gets"),
        ("rationing", ("level",), 30, "The level is stated as 30"),
        ("roster", ("turns", 0, "minutes"), 1016.5, "The turn of a has 1,016.5 in minutes"),
        ("roster", ("turns", 1), ..., "b is a holder and has no turn."),
        ("roster", ("turns", 0, "minutes"), 1015, "a has 1,015 minutes, a whole minute or more"),
        ("roster", ("turns", 3, "minutes"), 10**30, "d has"),
        ("canal-tree", ("held_by", "a"), "claim", "The plan says that a is held by claim"),
        ("canal-tree", ("deliveries", "c"), 4.5, "The plan says that c is held by claim"),
    ],
)
def test_a_plan_that_breaks_the_law_is_judged_in_words(kind, path, value, words):
    plan = by_file.solve_file(kind, json.dumps(PROBLEMS[kind]))["plan"]

    certificate = _certify(kind, _changed(plan, path, value))

    assert any(finding.startswith(words) for finding in map(str, certificate.findings))


def test_whole_numbers_may_be_written_with_a_point():
    plan = by_file.solve_file("roster", json.dumps(ROSTER))["plan"]
    for turn in plan["turns"]:
        turn["minutes"] = float(turn["minutes"])

    certificate = _certify("roster", plan, {**ROSTER, "cycle_minutes": 10080.0})

    assert certificate.holds


@pytest.mark.parametrize("text", ["[]", "3", '"plan"', "null", "true"])
def test_a_file_is_an_object(text):
    with pytest.raises(fields.WrongType, match="problem has to be an object"):
        by_file.read_problem("roster", text)
    with pytest.raises(fields.WrongType, match="plan has to be an object"):
        _certify("roster", text)


def test_an_unknown_kind_is_told_the_kinds_there_are():
    with pytest.raises(by_file.UnknownKind, match="rationing, roster, canal-tree"):
        by_file.read_problem("knapsack", "{}")


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=3), inside),
    max_leaves=5,
)


def _outcome(kind, text):
    """Whether the plan holds; or the field that was refused."""
    try:
        return by_file.solve_file(kind, text)["certificate"]["holds"]
    except Refusal as refusal:
        return refusal.field


@pytest.mark.parametrize(
    ("kind", "places"),
    [
        ("rationing", [("supply",), ("claims",), ("claims", 0), ("claims", 1, "floor")]),
        ("roster", [("cycle_minutes",), ("holders", 0, "share"), ("holders", 2), ("x",)]),
        ("canal-tree", [("canals", 0, "efficiency"), ("canals", 1, "feeds_from"), ("canals",)]),
    ],
)
@given(data=st.data(), value=junk)
def test_whatever_stands_in_a_field_is_solved_or_refused(kind, places, data, value):
    text = _changed(PROBLEMS[kind], data.draw(st.sampled_from(places)), value)

    assert _outcome(kind, text)


def test_the_real_outlet_is_shared_to_the_minute(shared_data):
    with shared_data("warabandi/roster_59_turns.csv").open(encoding="utf-8") as rows:
        turns = list(csv.DictReader(rows))
    holders = [
        {
            "id": row["turn_no"],
            "share": float(row["area_bigha"]),
            "filling_minutes": float(row["bharai_min"]),
            "draining_minutes": float(row["jharai_min"]),
        }
        for row in turns
    ]

    answer = by_file.solve_file("roster", json.dumps({"cycle_minutes": 10080, "holders": holders}))

    assert answer["plan"]["minutes_per_share"] == pytest.approx(8.075109393, abs=5e-10)
    assert sum(turn["minutes"] for turn in answer["plan"]["turns"]) == 10_080
    assert "13 = 104.9764; + 10 filling, − 61 draining = 53.9764" in answer["explanations"]["53"]
