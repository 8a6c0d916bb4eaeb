import math

import pytest

from coopfarm.planning import quantities
from coopfarm.planning.ids import EmptyId, SameIdTwice
from coopfarm.planning.rotation.claims import FloorAboveClaim, NothingClaimed
from coopfarm.planning.rotation.rationing.problem import (
    Claim,
    FloorsAboveSupply,
    Problem,
    SupplyAboveClaims,
    UnknownRule,
)

FAIR = (Claim("a", 40.0), Claim("b", 60.0))


@pytest.mark.parametrize(
    ("supply", "rule", "claims", "refusal", "field"),
    [
        (0.0, "cea", FAIR, quantities.NotPositive, "supply"),
        (-3.0, "cea", FAIR, quantities.NotPositive, "supply"),
        (math.nan, "cea", FAIR, quantities.NotFinite, "supply"),
        (100.1, "cea", FAIR, SupplyAboveClaims, "supply"),
        (50.0, "first come", FAIR, UnknownRule, "rule"),
        (50.0, "cea", (), NothingClaimed, "claims"),
        (50.0, "cea", (Claim("a", 0.0), Claim("b", 0.0)), NothingClaimed, "claims"),
        (50.0, "cea", (Claim("a", math.inf),), quantities.NotFinite, "claims[0].amount"),
        (50.0, "cea", (*FAIR, Claim("c", -1.0)), quantities.BelowZero, "claims[2].amount"),
        (50.0, "cea", (Claim("a", 90, 0.0),), quantities.NotPositive, "claims[0].weight"),
        (50.0, "cea", (Claim("a", 90, -2.0),), quantities.NotPositive, "claims[0].weight"),
        (50.0, "cea", (Claim("a", 90, 1.0, -2.0),), quantities.BelowZero, "claims[0].floor"),
        (50.0, "cea", (Claim("a", 90, 1.0, 91.0),), FloorAboveClaim, "claims[0].floor"),
        (50.0, "cea", (Claim("a", 90, 1.0, 51.0),), FloorsAboveSupply, "supply"),
        (50.0, "cea", (Claim("a", 90), Claim("a", 90)), SameIdTwice, "claims[1].id"),
        (50.0, "cea", (Claim("", 90),), EmptyId, "claims[0].id"),
    ],
)
def test_what_cannot_be_shared_is_refused_by_field(supply, rule, claims, refusal, field):
    with pytest.raises(refusal) as refused:
        Problem(supply, rule, claims)

    assert refused.value.field == field
    assert "%(" not in str(refused.value)


def test_a_fallow_plot_may_claim_nothing():
    problem = Problem(10.0, "cel", (Claim("fallow", 0.0), Claim("sown", 30.0)))

    assert problem.claims[0].amount == 0


def test_a_supply_above_the_claims_by_rounding_alone_is_taken():
    thirds = tuple(Claim(str(place), 0.1) for place in range(3))

    assert Problem(0.3, "cea", thirds).supply == 0.3
