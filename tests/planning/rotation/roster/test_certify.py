from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.planning.rotation.roster.certify import certify
from coopfarm.planning.rotation.roster.problem import Holder, Problem, Turn
from coopfarm.planning.rotation.roster.solve import solve
from tests.factories.planning import roster_problems

HOLDERS = (
    Holder("a", 4, 10),
    Holder("b", 6, 15),
    Holder("c", 10, 20),
    Holder("d", 20, 0, 25),
)
PROBLEM = Problem(10_080, HOLDERS)
PLAN = solve(PROBLEM)


def _findings(plan, problem=PROBLEM):
    return [str(finding) for finding in certify(problem, plan).findings]


def _turns(*minutes):
    starts = [sum(minutes[:place]) for place in range(len(minutes))]
    return replace(
        PLAN,
        turns=tuple(
            replace(turn, minutes=m, starts_at_minute=start)
            for turn, m, start in zip(PLAN.turns, minutes, starts, strict=True)
        ),
    )


def test_the_small_outlet_holds():
    assert certify(PROBLEM, PLAN).holds


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (_turns(1017, 1523, 2535, 5005), "a has 1,017 minutes, a whole minute or more from"),
        (_turns(1016, 1524, 2535, 5004), "The turns add up to 10,079 minutes"),
        (replace(PLAN, turns=PLAN.turns[:3]), "d is a holder and has no turn."),
        (replace(PLAN, turns=(*PLAN.turns, PLAN.turns[0])), "a has more than one turn"),
        (replace(PLAN, turns=(*PLAN.turns, Turn("x", 1, 1, 10_080))), "x has a turn and is no"),
        (replace(PLAN, minutes_per_share=252.0), "One share is stated to earn 252 minutes"),
        (
            replace(PLAN, turns=(replace(PLAN.turns[0], exact_minutes=1000.0), *PLAN.turns[1:])),
            "The exact turn of a is stated as 1,000 minutes; by the formula it is 1,016.",
        ),
        (
            replace(PLAN, turns=(*PLAN.turns[:3], replace(PLAN.turns[3], starts_at_minute=5076))),
            "The turn of d starts at minute 5,076; the turns before it end at 5,075.",
        ),
    ],
)
def test_findings_name_the_holder_and_the_minutes(plan, words):
    assert any(finding.startswith(words) for finding in _findings(plan))


def test_turns_out_of_order_are_found_though_they_tile_the_cycle():
    first, second, *others = PLAN.turns
    swapped = (
        replace(second, starts_at_minute=0),
        replace(first, starts_at_minute=second.minutes),
        *others,
    )

    assert _findings(replace(PLAN, turns=swapped)) == [
        "Turn 1 belongs to a, head to tail, and is given to b."
    ]


def test_rounding_each_turn_down_is_found_to_lose_minutes():
    problem = Problem(100, (Holder("a", 1), Holder("b", 1), Holder("c", 1)))
    plan = solve(problem)
    down = tuple(
        replace(turn, minutes=33, starts_at_minute=33 * at) for at, turn in enumerate(plan.turns)
    )

    assert _findings(replace(plan, turns=down), problem) == [
        "The turns add up to 99 minutes and the cycle has 100."
    ]


@given(roster_problems(), st.data())
def test_the_certificate_catches_a_favourite(problem, data):
    plan = solve(problem)
    gains = data.draw(st.integers(0, len(plan.turns) - 1))
    pays = data.draw(st.integers(0, len(plan.turns) - 1).filter(lambda place: place != gains))
    minutes = [turn.minutes for turn in plan.turns]
    minutes[gains] += 2
    minutes[pays] -= 2
    starts = [sum(minutes[:place]) for place in range(len(minutes))]
    rows = zip(plan.turns, minutes, starts, strict=True)
    favour = replace(
        plan, turns=tuple(replace(t, minutes=m, starts_at_minute=s) for t, m, s in rows)
    )

    assert not certify(problem, favour).holds


@given(roster_problems())
def test_a_roster_written_with_six_digits_still_holds(problem):
    plan = solve(problem)

    written = replace(
        plan,
        minutes_per_share=float(f"{plan.minutes_per_share:.6g}"),
        turns=tuple(
            replace(turn, exact_minutes=float(f"{turn.exact_minutes:.6g}")) for turn in plan.turns
        ),
    )

    assert certify(problem, written).findings == ()
