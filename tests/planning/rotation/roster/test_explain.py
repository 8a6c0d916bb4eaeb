from hypothesis import given

from coopfarm.planning.rotation.roster.explain import explain
from coopfarm.planning.rotation.roster.problem import Holder, Problem
from coopfarm.planning.rotation.roster.solve import solve
from tests.factories.planning import roster_problems

PROBLEM = Problem(
    10_080,
    (
        Holder("a", 4, 10),
        Holder("empty", 0, 0),
        Holder("b", 6, 15),
        Holder("c", 10, 20),
        Holder("d", 20, 0, 25),
    ),
)


def _words(problem, **units):
    reasons = explain(problem, solve(problem), **units)
    return {name: " ".join(map(str, why)) for name, why in reasons.items()}


def test_each_reads_the_warabandi_arithmetic_from_the_cycle_to_the_start():
    words = _words(PROBLEM, share_unit="bigha")

    assert words["c"] == (
        "The cycle has 10,080 minutes; less 45 of filling, plus 25 of draining, that is 10,060 "
        "for 40 bigha: 251.5 minutes for one bigha. 251.5 × 10 = 2,515; + 20 filling, "
        "− 0 draining = 2,535 minutes, in whole minutes 2,535. Head to tail, 3 turns of together "
        "2,540 minutes come before yours, so it starts at minute 2,540 of the cycle."
    )


def test_the_first_the_second_and_an_empty_row_read_so():
    words = _words(PROBLEM)

    assert words["a"].endswith("You are first at the head, so your turn starts with the cycle.")
    assert words["empty"].endswith("the row is kept empty.")
    assert "for 40 shares: 251.5 minutes for one share." in words["a"]


def test_one_turn_before_is_told_as_one():
    words = _words(Problem(100, (Holder("a", 1), Holder("b", 3))))

    assert "one turn of 25 minutes comes before yours" in words["b"]


@given(roster_problems())
def test_everybody_gets_a_reason_whose_words_are_complete(problem):
    words = _words(problem)

    assert list(words) == [holder.id for holder in problem.holders]
    assert not any("%" in text for text in words.values())
