import pytest

from coopfarm.planning.fleet.season.envy import envies, report
from coopfarm.planning.fleet.season.problem import Plan
from tests.factories.season import season


def test_the_report_names_whom_each_envies_and_what_one_item_less_would_be():
    problem = season([[9, 5, 3], [9, 5, 3]])

    said = report(problem, Plan({"m0": ("d0", "d2"), "m1": ("d1",)}))

    assert said == {
        "beyond_one_item": 0,
        "members": {"m1": {"of": "m0", "own": 5.0, "theirs": 12.0, "without_best": 3.0}},
    }


def test_envy_beyond_one_item_is_counted():
    problem = season([[9, 5, 3], [9, 5, 3]], wants=3)

    said = report(problem, Plan({"m0": ("d0", "d1", "d2"), "m1": ()}))

    assert said["beyond_one_item"] == 1


def test_nobody_envies_what_they_could_not_use():
    problem = season([[9, 5, 3], [9, 5, 3]], places=2, wants=[3, 1])

    assert envies(problem, Plan({"m0": ("d0", "d1", "d2"), "m1": ("d0",)})) == []


def test_of_many_the_one_envied_most_is_named():
    problem = season([[9, 5, 3, 1]] * 4, wants=1)

    found = envies(problem, Plan({"m0": ("d3",), "m1": ("d1",), "m2": ("d0",), "m3": ("d2",)}))

    assert {envy.member: envy.of for envy in found} == {"m0": "m2", "m1": "m2", "m3": "m2"}
    assert not any(envy.beyond_one_item for envy in found)


@pytest.mark.parametrize("gets", [{}, {"x": ("d0",)}, {"m0": ("d9",), "m1": ("d0", "d0")}])
def test_a_plan_of_other_names_can_still_be_looked_at(gets):
    problem = season([[9, 5], [9, 5]])

    assert report(problem, Plan(gets))["beyond_one_item"] == 0


def test_decimals_that_add_up_to_the_same_are_no_envy():
    problem = season([[0.1, 0.2, 0.3, 0.7], [1, 1, 1, 1]], wants=3)

    found = envies(problem, Plan({"m0": ("d2",), "m1": ("d3", "d0", "d1")}))

    assert not any(envy.beyond_one_item for envy in found)


def test_a_small_rest_counts_beside_a_large_best():
    problem = season([[1e-200, 1e-8, 1e-199], [1, 1, 1]], wants=2)

    found = envies(problem, Plan({"m0": ("d0",), "m1": ("d1", "d2")}))

    assert [(envy.member, envy.beyond_one_item) for envy in found] == [("m0", True)]
