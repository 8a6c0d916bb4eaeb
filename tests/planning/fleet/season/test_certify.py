from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coopfarm.planning.fleet.season.certify import certify
from coopfarm.planning.fleet.season.problem import Plan, Round
from coopfarm.planning.fleet.season.solve import solve
from tests.factories.season import beyond_one_item, season, seasons
from tests.factories.season import given as as_lists

# m0 and m1 both like d0 best; m2 is last in the order.
CONTESTED = season([[9, 5, 0, 2], [9, 2, 4, 0], [6, 0, 3, 1]], wants=2, carry_over=[2.0, 1.0, 0.0])


def _findings(problem, plan):
    return [str(finding) for finding in certify(problem, plan).findings]


def _with_rounds(problem, **changed):
    return replace(solve(problem), **changed)


@pytest.mark.parametrize(
    ("gets", "words"),
    [
        ({"m0": ("d0",), "m1": ("d1",)}, "m2 is a member and not in the plan."),
        ({"m0": (), "m1": (), "m2": (), "x": ()}, "x is in the plan and no member."),
        ({"m0": ("d9",), "m1": (), "m2": ()}, "m0 gets d9, which is not among the items."),
        ({"m0": ("d0",), "m1": ("d0",), "m2": ()}, "d0 is given 2 times and has 1 places."),
        ({"m0": ("d0", "d0"), "m1": (), "m2": ()}, "m0 gets d0 twice"),
        ({"m0": ("d0", "d1", "d2"), "m1": (), "m2": ()}, "m0 gets 3 items and wants 2."),
        (
            {"m0": ("d0", "d1"), "m1": (), "m2": ("d2",)},
            "m1 has what is worth 0 to them. What m0 has, even without its best item, would be "
            "worth 2. Nobody may",
        ),
    ],
)
def test_a_plan_made_by_anyone_is_judged_in_words(gets, words):
    found = _findings(CONTESTED, Plan(gets))

    assert any(finding.startswith(words) for finding in found)


def test_a_fair_plan_made_by_anyone_holds():
    assert _findings(CONTESTED, Plan({"m0": ("d0",), "m1": ("d2", "d1"), "m2": ("d3",)})) == []


def test_a_round_has_to_be_the_best_for_all_together():
    plan = solve(CONTESTED)
    swapped = {**plan.gets, "m0": plan.gets["m1"], "m1": plan.gets["m0"]}

    found = _findings(CONTESTED, replace(plan, gets=swapped))

    assert any("not proved to be the best" in finding for finding in found)


def test_whoever_is_owed_most_goes_first():
    problem = season([[5], [9]], carry_over=[2.0, 1.0])
    plan = Plan({"m0": (), "m1": ("d0",)}, (Round({}), Round({})))

    assert _findings(problem, plan) == [
        "In round 1 m0 gets nothing, and m1, who comes later in the order, is served in their "
        "place."
    ]


def test_the_lot_is_drawn_again():
    problem = season([[1]] * 8, wants=1)
    lucky = next(member for member, items in solve(problem).gets.items() if items)
    other = next(member.id for member in problem.members if member.id != lucky)
    gets = {member.id: ("d0",) if member.id == other else () for member in problem.members}

    found = _findings(problem, Plan(gets, (Round({}),)))

    assert f"In round 1 {lucky} gets nothing, and {other}, who comes later" in found[0]


@pytest.mark.parametrize(
    ("rounds", "words"),
    [
        ((Round({"d9": 1}),), "Round 1 names d9"),
        ((Round({}, {"m9": ("d0",)}),), "Round 1 names m9"),
        ((Round({"d0": -1}),), "Round 1 states a price for d0 that nobody could pay"),
        ((Round({"d3": 5}), Round({})), "Round 1 states a price for d3, which has places left"),
        ((Round({}),), "m0 gets 2 items, and the plan states 1 rounds"),
        ((Round({}), Round({})), "In round 1"),
    ],
)
def test_rounds_that_prove_nothing_are_found(rounds, words):
    plan = solve(CONTESTED)

    found = _findings(CONTESTED, replace(plan, rounds=rounds))

    assert any(finding.startswith(words) for finding in found)


def test_leaving_out_the_last_round_is_found():
    problem = season([[9, 5]], wants=2)

    found = _findings(problem, Plan({"m0": ("d0",)}, (Round({}),)))

    assert found == ["After the last stated round m0 still wants d1 and was served every time."]


def test_withholding_needs_a_reason():
    problem = season([[9, 5]], wants=1)
    plan = Plan({"m0": ("d1",)}, (Round({}, {"m0": ("d0",)}),))

    assert _findings(problem, plan) == [
        "Round 1 withholds d0 from m0, and nobody would have envied them by more than one item."
    ]


def test_withholding_with_a_reason_holds():
    problem = season([[1, 1, 4, 4], [2, 3, 2, 4]], [2, 1, 2, 1], wants=4, carry_over=[2, 1])
    plan = solve(problem)

    assert plan.rounds[3].withheld
    assert _findings(problem, plan) == []
    openly = (*plan.rounds[:3], Round(plan.rounds[3].prices))
    assert _findings(problem, replace(plan, rounds=openly)) == [
        "In round 4 m1 gets nothing, and could have been served beside all others."
    ]


def test_somebody_left_out_who_could_be_served_is_found():
    problem = season([[5, 0], [4, 3]], wants=1, carry_over=[1.0, 0.0])

    found = _findings(problem, Plan({"m0": (), "m1": ("d0",)}, (Round({}),)))

    assert found == ["In round 1 m0 gets nothing, and could have been served beside all others."]


@given(seasons(), st.data())
def test_taking_an_item_from_anybody_is_found(problem, data):
    plan = solve(problem)
    gets = as_lists(plan)
    happy = [member for member, items in gets.items() if items]
    assume(happy)
    gets[data.draw(st.sampled_from(happy))].pop()

    assert not certify(problem, replace(plan, gets=gets)).holds


@given(seasons(), st.data())
def test_a_swap_that_costs_all_together_is_found(problem, data):
    plan = solve(problem)
    gets = as_lists(plan)
    pairs = [
        (mine, other)
        for mine in gets
        for other in gets
        if mine < other and gets[mine][:1] != gets[other][:1] and gets[mine] and gets[other]
    ]
    assume(pairs)
    mine, other = data.draw(st.sampled_from(pairs))
    gets[mine][0], gets[other][0] = gets[other][0], gets[mine][0]
    assume(_first_round(problem, gets) < _first_round(problem, plan.gets))

    assert not certify(problem, replace(plan, gets=gets)).holds


def _first_round(problem, gets):
    """What the first round is worth, each member's best item counting the same."""
    return sum(
        round(1000 * member.values.get(gets[member.id][0], 0) / max(member.values.values()))
        for member in problem.members
        if gets[member.id]
    )


@given(seasons(most_members=4, most_items=5), st.data())
def test_the_judge_agrees_with_the_definition_of_envy(problem, data):
    gets = {
        member.id: tuple(data.draw(st.sets(st.sampled_from([item.id for item in problem.items]))))[
            : member.wants
        ]
        for member in problem.members
    }
    roomy = replace(problem, items=tuple(replace(item, places=len(gets)) for item in problem.items))

    found = _findings(roomy, Plan(gets))

    envious = {member for member, _ in beyond_one_item(roomy, gets)}
    assert {finding.split()[0] for finding in found} == envious
