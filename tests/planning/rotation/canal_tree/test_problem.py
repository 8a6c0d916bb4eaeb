import math
from dataclasses import replace

import pytest

from coopfarm.planning import quantities
from coopfarm.planning.ids import SameIdTwice
from coopfarm.planning.rotation.canal_tree import network
from coopfarm.planning.rotation.canal_tree.network import Canal
from coopfarm.planning.rotation.canal_tree.problem import Claim, Problem, UnknownCanal
from coopfarm.planning.rotation.claims import FloorAboveClaim, NothingClaimed

MAIN = Canal("main", None, 100.0, 0.9)
BRANCH = Canal("branch", "main", 30.0, 0.8)
FARM = Claim("farm", "branch", 20.0)


def _canal(**changes):
    return ((MAIN, replace(BRANCH, **changes)), (FARM,))


def _claim(**changes):
    return ((MAIN, BRANCH), (FARM, replace(FARM, **{"id": "other", **changes})))


@pytest.mark.parametrize(
    ("canals_and_claims", "refusal", "field"),
    [
        (((), (FARM,)), network.NoCanals, "canals"),
        (((MAIN, BRANCH), ()), NothingClaimed, "claims"),
        (((MAIN, BRANCH), (replace(FARM, amount=0.0),)), NothingClaimed, "claims"),
        (_canal(id="main"), SameIdTwice, "canals[1].id"),
        (_canal(id="claim"), network.ReservedId, "canals[1].id"),
        (_canal(id="floor"), network.ReservedId, "canals[1].id"),
        (_canal(feeds_from="nowhere"), network.UnknownFeed, "canals[1].feeds_from"),
        (_canal(feeds_from="branch"), network.CanalFeedsItself, "canals[1].feeds_from"),
        (_canal(capacity=-1.0), quantities.BelowZero, "canals[1].capacity"),
        (_canal(capacity=math.inf), quantities.NotFinite, "canals[1].capacity"),
        (_canal(capacity=math.nan), quantities.NotFinite, "canals[1].capacity"),
        (_canal(efficiency=0.0), network.EfficiencyOutOfRange, "canals[1].efficiency"),
        (_canal(efficiency=1.01), network.EfficiencyOutOfRange, "canals[1].efficiency"),
        (_canal(efficiency=math.nan), network.EfficiencyOutOfRange, "canals[1].efficiency"),
        (_canal(efficiency=1e-10), network.NothingArrives, "canals[1].efficiency"),
        (_claim(canal="nowhere"), UnknownCanal, "claims[1].canal"),
        (_claim(id="farm"), SameIdTwice, "claims[1].id"),
        (_claim(amount=-1.0), quantities.BelowZero, "claims[1].amount"),
        (_claim(weight=0.0), quantities.NotPositive, "claims[1].weight"),
        (_claim(floor=20.5), FloorAboveClaim, "claims[1].floor"),
        (_claim(amount=99.0, floor=24.1), network.FloorsDoNotFit, "canals[1].capacity"),
    ],
)
def test_what_cannot_flow_is_refused_by_field(canals_and_claims, refusal, field):
    with pytest.raises(refusal) as refused:
        Problem(*canals_and_claims)

    assert refused.value.field == field
    assert "%(" not in str(refused.value)


def test_a_circle_is_told_from_canal_to_canal():
    circle = (Canal("a", "c", 9, 1), Canal("b", "a", 9, 1), Canal("c", "b", 9, 1))
    below = Canal("d", "b", 9, 1)

    with pytest.raises(network.CanalFeedsItself, match="b feeds itself: b ← a ← c ← b"):
        Problem((below, *circle), (Claim("farm", "d", 1.0),))


def test_floors_that_pass_a_branch_but_not_the_main_name_the_main():
    canals = (replace(MAIN, capacity=10.0), BRANCH)

    with pytest.raises(network.FloorsDoNotFit, match=r"below canal main need 13\.8889 at its head"):
        Problem(canals, (replace(FARM, floor=10.0),))


def test_losses_add_up_from_the_tail_to_the_head():
    entering = network.entering((BRANCH, MAIN), {"branch": 7.2, "main": 9.0})

    assert entering == pytest.approx({"branch": 9.0, "main": 20.0})
