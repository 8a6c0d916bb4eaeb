import copy
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.cli.planning_by_file import certify, solve
from coopfarm.kernel.refusal import Refusal
from coopfarm.planning import by_file

GOLDEN = Path(__file__).parent / "golden" / "season.answer.json"
SEASON = {
    "items": [
        {"id": "4 June", "places": 1},
        {"id": "5 June", "places": 2},
        {"id": "6 يونيو", "places": 1},
    ],
    "members": [
        {"id": "Amina", "wants": 2, "values": {"4 June": 8, "5 June": 6}, "carry_over": 1.5},
        {"id": "Bashir", "wants": 2, "values": {"4 June": 9, "5 June": 5, "6 يونيو": 2.5}},
        {"id": "شيماء", "wants": 2, "values": {"5 June": 4, "6 يونيو": 4}, "labour": 12},
    ],
    "seed": 20260601,
}


def _changed(path, value, file=SEASON):
    changed = copy.deepcopy(file)
    *way, last = path
    inside = changed
    for step in way:
        inside = inside[step]
    if value is ...:
        del inside[last]
    else:
        inside[last] = value
    return json.dumps(changed)


def _answer():
    return by_file.solve_file("season", json.dumps(SEASON))


def _findings(plan):
    text = plan if isinstance(plan, str) else json.dumps(plan)
    judged = by_file.certify_file("season", json.dumps(SEASON), text)
    return [str(finding) for finding in judged.findings]


def test_an_answer_has_who_gets_what_and_who_envies_whom():
    answer = _answer()

    assert answer["plan"]["gets"] == {
        "Amina": ["5 June"],
        "Bashir": ["4 June"],
        "شيماء": ["5 June", "6 يونيو"],
    }
    assert answer["certificate"] == {"holds": True, "findings": []}
    assert answer["report"]["envy"]["beyond_one_item"] == 0
    assert list(answer["explanations"]) == ["Amina", "Bashir", "شيماء"]


def test_the_answer_of_today_is_that_of_the_golden_file():
    assert by_file.as_text(_answer()) == GOLDEN.read_text(encoding="utf-8")


def test_a_seed_may_be_written_as_text():
    as_text = by_file.solve_file("season", _changed(("seed",), "20260601"))

    assert as_text == _answer()


def test_a_plan_is_judged_alone_or_within_its_answer_or_by_what_each_gets():
    answer = _answer()

    assert _findings(answer) == []
    assert _findings(answer["plan"]) == []
    assert _findings({"gets": answer["plan"]["gets"]}) == []


def test_a_plan_may_say_nothing_of_withholding():
    plan = _answer()["plan"]
    for stated in plan["rounds"]:
        del stated["withheld"]

    assert _findings(plan) == []


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("items",), ..., "items"),
        (("items",), [], "items"),
        (("items",), {}, "items"),
        (("items", 1), 3, "items[1]"),
        (("items", 1, "id"), "4 June", "items[1].id"),
        (("items", 1, "id"), "", "items[1].id"),
        (("items", 1, "places"), ..., "items[1].places"),
        (("items", 1, "places"), 1.5, "items[1].places"),
        (("items", 1, "places"), -1, "items[1].places"),
        (("items", 1, "places"), True, "items[1].places"),
        (("items", 1, "places"), 10**400, "items[1].places"),
        (("items", 1, "day"), 5, "items[1].day"),
        (("members",), [], "members"),
        (("members", 0, "wants"), "2", "members[0].wants"),
        (("members", 0, "wants"), -2, "members[0].wants"),
        (("members", 0, "values"), [8, 6], "members[0].values"),
        (("members", 0, "values"), ..., "members[0].values"),
        (("members", 0, "values", "4 June"), "8", 'members[0].values["4 June"]'),
        (("members", 0, "values", "4 June"), -8, 'members[0].values["4 June"]'),
        (("members", 0, "values", "x"), 1, "members[0].values.x"),
        (("members", 0, "carry_over"), None, "members[0].carry_over"),
        (("members", 0, "carry_over"), 1e17, "members[0].carry_over"),
        (("members", 0, "labour"), -1, "members[0].labour"),
        (("members", 0, "name"), "A", "members[0].name"),
        (("seed",), ..., "seed"),
        (("seed",), None, "seed"),
        (("seed",), 1.5, "seed"),
        (("seed",), True, "seed"),
        (("rule",), "fair", "rule"),
    ],
)
def test_a_season_that_cannot_be_used_is_refused_by_field(path, value, field):
    with pytest.raises(Refusal) as refused:
        by_file.solve_file("season", _changed(path, value))

    assert refused.value.field == field
    assert "%(" not in str(refused.value)


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("gets",), ..., "gets"),
        (("gets",), [], "gets"),
        (("gets", "Amina"), "4 June", "gets.Amina"),
        (("gets", "Amina"), ["4 June", 5], "gets.Amina[1]"),
        (("note",), "x", "note"),
        (("rounds",), {}, "rounds"),
        (("rounds", 0, "prices"), ..., "rounds[0].prices"),
        (("rounds", 0, "prices"), {"4 June": 0.5}, 'rounds[0].prices["4 June"]'),
        (("rounds", 0, "prices"), {"4 June": "1"}, 'rounds[0].prices["4 June"]'),
        (("rounds", 0, "withheld"), {"Amina": "4 June"}, "rounds[0].withheld.Amina"),
        (("rounds", 0, "best"), 1, "rounds[0].best"),
    ],
)
def test_a_plan_that_cannot_be_used_is_refused_by_field(path, value, field):
    with pytest.raises(Refusal) as refused:
        _findings(_changed(path, value, _answer()["plan"]))

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("gets", "Amina"), ..., "Amina is a member and not in the plan."),
        (("gets", "x"), [], "x is in the plan and no member."),
        (("gets", "Amina"), ["4 June"], "4 June is given 2 times and has 1 places."),
        (("gets", "Amina"), ["5 June", "5 June"], "Amina gets 5 June twice"),
        (("gets", "Amina"), [], "In round 1"),
        (("rounds", 0, "prices"), {}, "In round 1"),
        (("rounds", 0, "prices"), {"6 يونيو": 10**290}, "Round 1 states a price for 6 يونيو that"),
        (("rounds", 0, "prices"), {"x": 1}, "Round 1 names x"),
    ],
)
def test_a_plan_that_was_tampered_with_is_judged_in_words(path, value, words):
    found = _findings(_changed(path, value, _answer()["plan"]))

    assert any(one.startswith(words) for one in found)


def _outcome(run):
    """What comes out; or the field that was refused."""
    try:
        return run()
    except Refusal as refusal:
        return refusal.field


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=3), inside),
    max_leaves=5,
)
PLACES = [("items",), ("items", 0, "places"), ("members", 1), ("members", 0, "values"), ("seed",)]


@given(path=st.sampled_from([*PLACES, ("members", 1, "carry_over")]), value=junk)
def test_whatever_stands_in_a_field_is_solved_or_refused(path, value):
    assert _outcome(lambda: by_file.solve_file("season", _changed(path, value))["certificate"])


@given(
    path=st.sampled_from([("gets",), ("gets", "Amina"), ("rounds",), ("rounds", 0, "prices")]),
    value=junk,
)
def test_whatever_stands_in_a_plan_is_judged_or_refused(path, value):
    plan = _changed(path, value, _answer()["plan"])

    assert "%(" not in str(_outcome(lambda: _findings(plan)))


def test_the_commands_print_the_plan_and_the_envy_in_anybodys(tmp_path):
    season, plan = tmp_path / "season.json", tmp_path / "plan.json"
    season.write_text(json.dumps(SEASON), encoding="utf-8")
    plan.write_text('{"gets": {"Amina": [], "Bashir": ["4 June", "5 June"], "شيماء": []}}')

    solved = CliRunner().invoke(solve, ["season", str(season)])
    judged = CliRunner().invoke(certify, ["season", str(season), str(plan)])

    assert solved.exit_code == 0
    assert json.loads(solved.output) == _answer()
    assert judged.exit_code == 1
    assert json.loads(judged.output)["report"]["envy"]["beyond_one_item"] == 1
