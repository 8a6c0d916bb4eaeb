import copy
import json

import pytest
from click.testing import CliRunner

from coopfarm.cli.planning_by_file import certify, solve
from coopfarm.kernel.refusal import Refusal
from coopfarm.planning import by_file

PARTIES = {
    "parties": [
        {"id": "قناة", "day": "2026-06-04", "crew": 2, "hours": 4},
        {"id": "Traps", "day": 7, "crew": 2, "hours": 3, "skills": {"spraying": 1}},
    ],
    "members": [
        {
            "id": "Amina",
            "owes_hours": 9,
            "leads": True,
            "free": ["قناة", "Traps"],
            "distance_km": 4,
        },
        {"id": "Bashir", "owes_hours": 6, "leads": False, "free": ["قناة"]},
        {"id": "Emna", "owes_hours": 1, "leads": True, "free": ["قناة"], "limit": 1},
    ],
    "exact": True,
}


def _changed(path, value):
    changed = copy.deepcopy(PARTIES)
    *way, last = path
    inside = changed
    for step in way:
        inside = inside[step]
    inside[last] = value
    return json.dumps(changed)


def _plan(**changes):
    plan = by_file.solve_file("parties", json.dumps(PARTIES))["plan"]
    return {**plan, **changes}


def _codes(plan, problem=PARTIES):
    judged = by_file.certify_file("parties", json.dumps(problem), json.dumps(plan))
    return [finding.code for finding in judged.findings]


def test_an_answer_has_crews_what_is_owed_and_what_is_open():
    answer = by_file.solve_file("parties", json.dumps(PARTIES))

    assert answer["plan"]["crews"] == {"قناة": ["Amina", "Bashir"], "Traps": ["Amina"]}
    assert answer["plan"]["owed_after"] == {"Amina": 2.0, "Bashir": 2.0, "Emna": 1.0}
    assert answer["plan"]["unfilled"] == {
        "Traps": {"places": 1, "leader": 0, "skills": {"spraying": 1}, "anyone": 0}
    }
    assert answer["certificate"] == {"holds": True, "findings": []}
    assert "4 km away." in answer["explanations"]["Amina"]
    assert "spraying" in answer["report"]["would_fill"]["Traps"]
    assert sum(move["hours"] for move in answer["report"]["moves"]) == 11


def test_the_commands_solve_and_judge(tmp_path):
    problem, plan = tmp_path / "problem.json", tmp_path / "plan.json"
    problem.write_text(json.dumps(PARTIES), encoding="utf-8")

    solved = CliRunner().invoke(solve, ["parties", str(problem)])
    plan.write_text(solved.stdout, encoding="utf-8")
    judged = CliRunner().invoke(certify, ["parties", str(problem), str(plan)])

    assert (solved.exit_code, judged.exit_code) == (0, 0)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"crews": {"قناة": ["Amina", "Bashir"]}}, "parties-party-missing"),
        ({"crews": {"قناة": [], "Traps": [], "b": []}}, "parties-party-unknown"),
        ({"crews": {"قناة": ["Nobody"], "Traps": []}}, "parties-member-unknown"),
        ({"crews": {"قناة": ["Amina", "Amina"], "Traps": []}}, "parties-asked-twice"),
        ({"crews": {"قناة": [], "Traps": ["Emna"]}}, "parties-not-free"),
        ({"crews": {"قناة": ["Amina", "Bashir", "Emna"], "Traps": []}}, "parties-crew-too-large"),
        ({"crews": {"قناة": ["Bashir"], "Traps": ["Amina"]}}, "parties-no-leader"),
        ({"owed_after": {"Amina": 2, "Bashir": 1, "Emna": 1}}, "parties-owed-amiss"),
        ({"unfilled": {}}, "parties-unfilled-amiss"),
        ({"unfilled": {"Traps": {"places": 1, "anyone": 1}}}, "parties-unfilled-amiss"),
    ],
)
def test_a_plan_that_cannot_be_is_found_out(changes, code):
    assert code in _codes(_plan(**changes))


def test_a_member_passed_over_for_one_who_owes_less_is_found_out():
    plan = _plan(
        crews={"قناة": ["Amina", "Emna"], "Traps": ["Amina"]},
        owed_after={"Amina": 2, "Bashir": 6, "Emna": -3},
    )

    assert _codes(plan) == ["parties-passed-over"]


def test_a_place_left_open_that_a_member_could_take_is_found_out():
    plan = _plan(
        crews={"قناة": ["Amina"], "Traps": ["Amina"]},
        owed_after={"Amina": 2, "Bashir": 6, "Emna": 1},
        unfilled={
            "قناة": {"places": 1},
            "Traps": {"places": 1, "skills": {"spraying": 1}},
        },
    )

    assert _codes(plan) == ["parties-could-fill"]


def test_two_parties_on_one_day_or_more_than_the_limit_are_found_out():
    problem = json.loads(_changed(("parties", 1, "day"), "2026-06-04"))
    problem["members"][0]["limit"] = 1

    assert _codes(_plan(), problem) == ["parties-booked-twice", "parties-over-limit"]


def test_parties_that_overlap_over_midnight_are_not_given_to_one_member():
    problem = copy.deepcopy(PARTIES)
    problem["parties"][0] |= {"starts_hour": 20, "ends_hour": 27}
    problem["parties"][1] |= {"starts_hour": 26, "ends_hour": 30}

    answer = by_file.solve_file("parties", json.dumps(problem))

    assert [crew.count("Amina") for crew in answer["plan"]["crews"].values()].count(1) == 1
    assert answer["certificate"]["holds"]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("parties",), [], "There are no work parties"),
        (("members",), [], "There are no members"),
        (("parties", 0, "crew"), 0, "parties[0].crew is 0"),
        (("parties", 0, "crew"), 1.5, "parties[0].crew has to be a whole number"),
        (("parties", 1, "crew"), 1, "parties[1].crew is 1, and a leader"),
        (("parties", 0, "hours"), 0, "parties[0].hours is 0"),
        (("parties", 0, "day"), " ", "parties[0].day is empty"),
        (("parties", 1, "id"), "قناة", "parties[1].id is"),
        (("parties", 0, "ends_hour"), 4, "parties[0].ends_hour: give both"),
        (("parties", 0, "skills"), {str(n): 1 for n in range(9)}, "parties[0].skills names 9"),
        (("members", 0, "leads"), "yes", "members[0].leads has to be true or false"),
        (("members", 0, "free"), ["x"], "members[0].free[0]: Amina is free for x"),
        (("members", 0, "free"), [1], "members[0].free[0] has to be a text"),
        (("members", 0, "owes_hours"), "9", "members[0].owes_hours has to be a number"),
        (("members", 0, "owes_hours"), -1e16, "members[0].owes_hours is -1e+16"),
        (("members", 0, "distance_km"), -1, "members[0].distance_km is -1"),
        (("members", 2, "limit"), -1, "members[2].limit is -1"),
        (("members", 2, "age"), 4, "members[2].age is no field"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_field(path, value, said):
    with pytest.raises(Refusal) as refused:
        by_file.read_problem("parties", _changed(path, value))

    assert str(refused.value).startswith(said)


def test_too_much_to_prove_is_refused_and_solved_without_exact():
    parties = [{"id": f"p{n}", "day": n, "crew": 6, "hours": 3 + n % 4} for n in range(12)]
    free = [party["id"] for party in parties]
    members = [
        {"id": f"m{n}", "owes_hours": (n * 7) % 23 + 0.1 * n, "leads": True, "free": free}
        for n in range(30)
    ]
    problem = {"parties": parties, "members": members}

    with pytest.raises(Refusal) as refused:
        by_file.solve_file("parties", json.dumps({**problem, "exact": True}))
    answer = by_file.solve_file("parties", json.dumps(problem))

    assert refused.value.code == "parties-too-large-for-exact"
    assert answer["certificate"]["holds"]
