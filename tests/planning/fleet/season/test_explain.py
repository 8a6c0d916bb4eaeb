from hypothesis import given

from coopfarm.planning.fleet.season.explain import explain
from coopfarm.planning.fleet.season.lot import lot
from coopfarm.planning.fleet.season.problem import Item, Member, Plan, Problem
from coopfarm.planning.fleet.season.solve import solve
from tests.factories.season import season, seasons

JUNE = Problem(
    (Item("4 June", 1), Item("5 June", 2), Item("6 June", 1), Item("7 June", 1)),
    (
        Member("Amina", 2, {"4 June": 8.0, "5 June": 6.0, "6 June": 3.0}, carry_over=1.5),
        Member("Bashir", 2, {"4 June": 9.0, "5 June": 5.0, "7 June": 2.0}),
        Member("Chaimae", 2, {"4 June": 5.0, "5 June": 4.0, "6 June": 4.0}),
        Member("Daoud", 1, {"5 June": 10.0}, carry_over=-1.0),
        Member("Emna", 0, {}),
    ),
    "2026-06-01",
)


def _words(problem):
    reasons = explain(problem, solve(problem))
    return {member: " ".join(map(str, why)) for member, why in reasons.items()}


def test_each_reads_what_is_wanted_and_there_and_what_they_get():
    words = _words(JUNE)

    assert words["Bashir"].startswith(
        "All together want 7 places and there are 5. You want 2. "
        "Round 1: you get 4 June. You wished for nothing more than that. "
        "Round 2: you get 7 June. So you have as many as you wanted: 2."
    )
    assert words["Emna"] == "You wished for nothing, so you get nothing."


def test_who_missed_a_day_reads_who_has_it_and_what_the_exchange_would_cost():
    words = _words(JUNE)

    assert (
        "Wishes for 4 June: 3, places: 1. The last went in round 1, when you got 5 June. "
        "For you to have it, Bashir would have had to take another, and all together would have "
        "194 points less; the best item of each member counts 1,000."
    ) in words["Amina"]


def test_who_goes_short_reads_their_place_by_carry_over_labour_and_lot():
    words = _words(JUNE)

    assert "So you have 1 of the 2 you wanted." in words["Chaimae"]
    assert "the largest carry-over comes first. Yours is 0; you stand at place" in words["Chaimae"]
    assert f"yours begins with {lot('2026-06-01', 'Chaimae')[:8]}." in words["Chaimae"]


def test_who_goes_short_reads_who_came_before():
    words = _words(season([[5], [9], [9]], wants=1, carry_over=[0.0, 1.0, 0.0]))

    assert (
        "Round 1 could not serve everybody: of those who still wanted something 1 got it and 2 "
        "did not. What you wished for went to members who come before you; the last of them is "
        "m1, at place 1."
    ) in words["m0"]


def test_a_tie_is_told_as_the_order_decides_it():
    words = _words(season([[2, 1], [2, 1]], wants=1, carry_over=[0.0, 1.0]))

    assert (
        "when you got d1. For you to have it, m1 would have had to take another. All together "
        "would have as many points, and those who come first in the order fewer."
    ) in words["m0"]


def test_a_day_left_for_a_better_one_is_told_so():
    words = _words(season([[3, 2, 1], [0, 5, 0]], wants=[2, 1]))

    assert (
        "Wishes for d1: 2, places: 1. The last went in round 1, when you got d0, which"
        in (words["m0"])
    )


def test_a_day_given_where_all_could_be_served_no_other_way_is_told_so():
    words = _words(season([[9, 1], [9, 0]], wants=1, carry_over=[1.0, 0.0]))

    assert "For you to have it, m1 would have got nothing then." in words["m0"]


def test_what_is_kept_from_somebody_is_told():
    words = _words(season([[1, 1, 4, 4], [2, 3, 2, 4]], [2, 1, 2, 1], wants=4, carry_over=[2, 1]))

    assert "Round 4 keeps d2 from you: with it, others would have envied you" in words["m1"]


@given(seasons())
def test_everybody_is_told_something_and_no_fact_is_missing(problem):
    words = _words(problem)

    assert set(words) == {member.id for member in problem.members}
    assert all(words.values())
    assert not any("%(" in said for said in words.values())


@given(seasons())
def test_an_exchange_never_gains_points(problem):
    said = explain(problem, solve(problem))

    for why in said.values():
        assert all(one.facts["points"] > 0 for one in why if one.code == "season-missed")


def test_a_plan_without_rounds_is_told_as_far_as_it_goes():
    plan = Plan({"m0": ("d0",), "m1": ("d1",)})

    said = explain(season([[5, 3], [5, 3]]), plan)

    assert [str(one) for one in said["m1"]][1:] == [
        "Round 1: you get d1.",
        "So you have 1 of the 2 you wanted.",
    ]


def test_who_has_all_that_was_wished_for_has_missed_nothing():
    words = _words(season([[7, 4, 5, 0], [10, 8, 7, 0], [6, 8, 6, 2]], [3, 2, 3, 3], [2, 4, 2]))

    assert words["m1"].endswith("So you have everything you wished for, though you wanted 4.")
