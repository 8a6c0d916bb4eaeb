import math

import pytest

from coopfarm.planning import quantities
from coopfarm.planning.ids import SameIdTwice
from coopfarm.planning.rotation.roster import problem as roster
from coopfarm.planning.rotation.roster.problem import Holder, Problem
from coopfarm.planning.rotation.roster.solve import solve

FARM = Holder("farm", 3.0)


@pytest.mark.parametrize(
    ("cycle", "holders", "refusal", "field"),
    [
        (0, (FARM,), roster.CycleNotPositive, "cycle_minutes"),
        (-60, (FARM,), roster.CycleNotPositive, "cycle_minutes"),
        (10**12, (FARM,), roster.CycleTooLong, "cycle_minutes"),
        (100, (), roster.NoHolders, "holders"),
        (100, (FARM, FARM), SameIdTwice, "holders[1].id"),
        (100, (Holder("a", math.nan),), quantities.NotFinite, "holders[0].share"),
        (100, (FARM, Holder("a", -1.0)), quantities.BelowZero, "holders[1].share"),
        (100, (Holder("a", 1.0, -1.0),), quantities.BelowZero, "holders[0].filling_minutes"),
        (100, (Holder("a", 1.0, 0.0, -1.0),), quantities.BelowZero, "holders[0].draining_minutes"),
        (100, (FARM, Holder("a", 0.0)), roster.ShareWithoutWater, "holders[1].share"),
        (100, (Holder("pond", 0.0, 20.0),), roster.NoShares, "holders"),
        (100, (FARM, Holder("pond", 0.0, 100.0)), roster.AllowancesFillCycle, "cycle_minutes"),
        (
            100,
            (Holder("a", 9.0, 0.0, 60.0), Holder("pond", 0.0, 130.0)),
            roster.AllowancesFillCycle,
            "cycle_minutes",
        ),
        (
            100,
            (Holder("a", 9.0), Holder("b", 1.0, 0.0, 30.0)),
            roster.TurnBelowZero,
            "holders[1].draining_minutes",
        ),
    ],
)
def test_what_makes_no_roster_is_refused_by_field(cycle, holders, refusal, field):
    with pytest.raises(refusal) as refused:
        Problem(cycle, holders)

    assert refused.value.field == field
    assert "%(" not in str(refused.value)


def test_a_turn_below_nothing_says_how_much_draining_would_do():
    with pytest.raises(roster.TurnBelowZero) as refused:
        Problem(100, (Holder("a", 9.0), Holder("b", 1.0, 0.0, 30.0)))

    most = refused.value.facts["most"]
    plan = solve(Problem(100, (Holder("a", 9.0), Holder("b", 1.0, 0.0, most))))
    assert refused.value.facts["id"] == "b"
    assert plan.turns[1].exact_minutes == pytest.approx(0, abs=1e-9)
