from hypothesis import given

from coopfarm.planning.rotation.canal_tree.explain import explain
from coopfarm.planning.rotation.canal_tree.network import Canal
from coopfarm.planning.rotation.canal_tree.problem import Claim, Problem
from coopfarm.planning.rotation.canal_tree.solve import solve
from tests.factories.planning import canal_tree_problems


def _words(problem, **units):
    reasons = explain(problem, solve(problem), **units)
    return {name: " ".join(map(str, why)) for name, why in reasons.items()}


def test_each_reads_what_holds_the_delivery():
    problem = Problem(
        (Canal("main", None, 100.0, 0.9), Canal("branch", "main", 30.0, 0.8)),
        (
            Claim("a", "main", 90),
            Claim("b", "branch", 40, floor=12),
            Claim("c", "branch", 5),
            Claim("d", "branch", 40),
        ),
    )

    words = _words(problem, unit="l/s")

    assert words["d"].replace("\N{NO-BREAK SPACE}", " ") == (
        "You are held by canal branch, which is full with 30 l/s, and nobody on it above the floor "
        "gets more per unit of weight than you: 7 l/s. You asked for 40 l/s and get 7 l/s; your "
        "weight is 1. For each unit you get, 1.3889 have to enter at the top of canal main."
    )
    assert "so you get the floor of 12" in words["b"]
    assert "and get all of it: no canal on your way holds you back." in words["c"]


@given(canal_tree_problems())
def test_everybody_gets_a_reason_whose_words_are_complete(problem):
    words = _words(problem)

    assert list(words) == [claim.id for claim in problem.claims]
    assert not any("%" in text for text in words.values())
