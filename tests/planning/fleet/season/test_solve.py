import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from coopfarm.planning.fleet.season.certify import certify
from coopfarm.planning.fleet.season.problem import Item, Member, Problem
from coopfarm.planning.fleet.season.solve import solve
from tests.factories.season import beyond_one_item, season, seasons


def test_two_with_four_days_share_as_the_largest_product_would():
    plan = solve(season([[8, 5, 3, 2], [6, 6, 4, 2]]))

    assert plan.gets == {"m0": ("d0", "d3"), "m1": ("d1", "d2")}


def test_a_member_owed_days_is_served_when_a_round_cannot_serve_all():
    plan = solve(season([[5], [9], [9]], carry_over=[2.0, 1.0, 0.0]))

    assert plan.gets == {"m0": ("d0",), "m1": (), "m2": ()}


def test_between_two_ways_worth_the_same_the_first_in_order_has_the_better_day():
    owed_to_second = solve(season([[2, 1], [2, 1]], wants=1, carry_over=[0.0, 1.0]))
    owed_to_first = solve(season([[2, 1], [2, 1]], wants=1, carry_over=[1.0, 0.0]))

    assert owed_to_second.gets == {"m0": ("d1",), "m1": ("d0",)}
    assert owed_to_first.gets == {"m0": ("d0",), "m1": ("d1",)}


def test_writing_larger_numbers_gains_nothing():
    modest = season([[3, 2, 1], [2, 3, 1], [3, 3, 1]], wants=1)
    loud = replace(modest, members=(_louder(modest.members[0]), *modest.members[1:]))

    assert solve(loud) == solve(modest)


def _louder(member):
    return replace(member, values={day: 1000 * value for day, value in member.values.items()})


def test_what_nobody_wished_for_goes_to_nobody():
    plan = solve(season([[1, 0], [1, 0]], places=2))

    assert plan.gets == {"m0": ("d0",), "m1": ("d0",)}


def test_a_day_stays_free_rather_than_make_another_envious_by_two():
    problem = season([[1, 1, 4, 4], [2, 3, 2, 4]], [2, 1, 2, 1], wants=4, carry_over=[2, 1])

    plan = solve(problem)

    assert plan.gets == {"m0": ("d2", "d0"), "m1": ("d3", "d1", "d0")}
    assert plan.rounds[3].withheld == {"m1": ("d2",)}
    with_it = {"m0": ("d2", "d0"), "m1": ("d3", "d1", "d0", "d2")}
    assert beyond_one_item(problem, with_it) == [("m0", "m1")]


def test_nobody_who_wants_nothing_gets_anything():
    plan = solve(season([[5, 5], [0, 0]], wants=[0, 2]))

    assert plan.gets == {"m0": (), "m1": ()}
    assert plan.rounds == ()


@given(seasons())
def test_every_plan_earns_its_certificate(problem):
    plan = solve(problem)

    assert certify(problem, plan).findings == ()


@given(seasons())
def test_nobody_envies_another_by_more_than_one_item(problem):
    plan = solve(problem)

    assert beyond_one_item(problem, plan.gets) == []


@given(seasons(most_members=4, most_items=8, most_value=2))
def test_nobody_envies_by_more_where_many_share_the_same_days(problem):
    crowded = replace(
        problem, items=tuple(replace(item, places=4 - row % 2 * 3) for row, item in _rows(problem))
    )

    plan = solve(crowded)

    assert beyond_one_item(crowded, plan.gets) == []
    assert certify(crowded, plan).holds


def _rows(problem):
    return enumerate(problem.items)


@given(seasons())
def test_places_and_wishes_are_kept(problem):
    plan = solve(problem)

    given_out = Counter(item for _, item in plan.pairs())
    assert all(given_out[item.id] <= item.places for item in problem.items)
    for member in problem.members:
        got = plan.gets[member.id]
        assert len(got) == len(set(got)) <= member.wants
        assert all(member.values.get(item, 0) > 0 for item in got)


@given(seasons())
def test_the_same_problem_gives_the_same_plan(problem):
    assert solve(problem) == solve(problem)


@given(seasons())
def test_the_order_of_the_members_in_the_file_does_not_matter(problem):
    turned = replace(problem, members=problem.members[::-1])

    assert dict(solve(turned).gets) == dict(solve(problem).gets)


@given(seasons())
def test_names_do_not_matter_but_for_the_lot(problem):
    owed = [float(row) for row in range(len(problem.members))]
    apart = replace(
        problem,
        members=tuple(
            replace(member, carry_over=carry)
            for member, carry in zip(problem.members, owed, strict=True)
        ),
    )
    renamed = Problem(
        tuple(Item(f"يوم {item.id}", item.places) for item in apart.items),
        tuple(
            replace(
                member,
                id=f"عضو {member.id}",
                values={f"يوم {item}": value for item, value in member.values.items()},
            )
            for member in apart.members
        ),
        "another seed",
    )

    plan = solve(renamed)

    assert plan.gets == {
        f"عضو {member}": tuple(f"يوم {item}" for item in items)
        for member, items in solve(apart).gets.items()
    }


@settings(max_examples=20)
@given(seasons(most_members=12, most_items=10, most_value=1000))
def test_places_stay_free_only_where_nobody_can_use_them(problem):
    plan = solve(problem)

    given_out = Counter(item for _, item in plan.pairs())
    kept = {
        (member, item)
        for stated in plan.rounds
        for member, items in stated.withheld.items()
        for item in items
    }
    waiting = [member for member in problem.members if len(plan.gets[member.id]) < member.wants]
    for item in problem.items:
        if given_out[item.id] < item.places and not kept:
            assert all(
                item.id in plan.gets[member.id] or not member.values.get(item.id)
                for member in waiting
            )


def test_real_preferences_are_shared_without_envy_beyond_one(shared_data):
    real = json.loads(shared_data("benchmarks/fair/ariel_5783_input.json").read_text())
    members, courses = real["valuations"], real["item_capacities"]
    scarce = {course: max(places // 20, 1) for course, places in courses.items()}
    problem = Problem(
        tuple(Item(course, places) for course, places in scarce.items()),
        tuple(
            Member(name, real["agent_capacities"][name], _positive(values))
            for name, values in members.items()
        ),
        "5783",
    )

    plan = solve(problem)

    assert certify(problem, plan).findings == ()
    assert beyond_one_item(problem, plan.gets) == []
    assert sum(map(len, plan.gets.values())) > 40


def _positive(values):
    return {course: float(value) for course, value in values.items() if value > 0}


@pytest.mark.parametrize("seed", [1, 2])
def test_the_worst_off_has_no_less_than_taking_turns_would_give(seed):
    rng = np.random.default_rng(seed)
    values = rng.uniform(1, 1000, 12) * rng.uniform(0.5, 1.5, (60, 12))
    problem = season(np.rint(values).tolist(), places=20, wants=5)

    plan = solve(problem)

    assert _least_ratio(problem, plan.gets) >= _least_ratio(problem, _taking_turns(problem))


def _least_ratio(problem, gets):
    return min(
        sum(member.values[item] for item in gets[member.id])
        / sum(sorted(member.values.values(), reverse=True)[: member.wants])
        for member in problem.members
    )


def _taking_turns(problem):
    """Each picks the best that is left, there and back again."""
    left = {item.id: item.places for item in problem.items}
    gets = {member.id: [] for member in problem.members}
    for turn in range(problem.members[0].wants):
        for member in problem.members[:: -1 if turn % 2 else 1]:
            open_days = [day for day in left if left[day] and day not in gets[member.id]]
            if open_days:
                best = max(open_days, key=member.values.__getitem__)
                gets[member.id].append(best)
                left[best] -= 1
    return gets


def test_a_large_cooperative_with_windows_is_shared_without_envy_beyond_one():
    rng = np.random.default_rng(7)
    opens = rng.integers(0, 20, (300, 1))
    days = np.arange(20)
    wishes = rng.integers(1, 4, (300, 20)) * ((days >= opens) & (days < opens + 6))
    problem = season(wishes.tolist(), places=30, wants=3)

    plan = solve(problem)

    assert certify(problem, plan).findings == ()
    assert beyond_one_item(problem, plan.gets) == []
