from dataclasses import replace

import pytest

from coopfarm.kernel.refusal import Invalid
from coopfarm.planning.fleet.campaign.problem import (
    ClosesBeforeOpens,
    Machine,
    OutOfBounds,
    Plot,
    Problem,
    TooManyPlaces,
    TravelOfAnotherShape,
    TravelToItself,
    UnknownYard,
    UntilBeforeFrom,
    Yard,
)

YARD = Yard("yard", 0, 0)
MACHINE = Machine("tractor", "yard")
PLOT = Plot("field", 3, 4, 60, 0, 100)


def _problem(**changes):
    whole = {
        "yards": (YARD,),
        "machines": (MACHINE,),
        "plots": (PLOT,),
        "seconds": 1.0,
        "seed": 1,
    }
    return Problem(**{**whole, **changes})


@pytest.mark.parametrize(
    ("changes", "field", "refusal"),
    [
        ({"machines": (replace(MACHINE, yard="x"),)}, "machines[0].yard", UnknownYard),
        ({"machines": (replace(MACHINE, ends="x"),)}, "machines[0].ends", UnknownYard),
        ({"machines": (replace(MACHINE, capacity=-1),)}, "machines[0].capacity", Invalid),
        ({"machines": (replace(MACHINE, from_minute=-1),)}, "machines[0].from", Invalid),
        (
            {"machines": (replace(MACHINE, from_minute=9, until_minute=8),)},
            "machines[0].until",
            UntilBeforeFrom,
        ),
        ({"machines": (MACHINE, MACHINE)}, "machines[1].id", Invalid),
        ({"plots": (replace(PLOT, closes=-1),)}, "plots[0].closes", Invalid),
        ({"plots": (replace(PLOT, opens=101),)}, "plots[0].closes", ClosesBeforeOpens),
        ({"plots": (replace(PLOT, opens=float("nan")),)}, "plots[0].opens", Invalid),
        ({"plots": (replace(PLOT, work_minutes=2e6),)}, "plots[0].work_minutes", OutOfBounds),
        ({"plots": (replace(PLOT, load=2e6),)}, "plots[0].load", OutOfBounds),
        ({"plots": (replace(PLOT, x=-2e6),)}, "plots[0].x", OutOfBounds),
        ({"plots": (replace(PLOT, y=float("inf")),)}, "plots[0].y", Invalid),
        ({"plots": (PLOT, PLOT)}, "plots[1].id", Invalid),
        ({"plots": (replace(PLOT, id=" "),)}, "plots[0].id", Invalid),
        ({"yards": (YARD, YARD)}, "yards[1].id", Invalid),
        ({"seconds": 3601.0}, "seconds", OutOfBounds),
        ({"seconds": -1.0}, "seconds", Invalid),
        ({"seed": -1}, "seed", Invalid),
        ({"seed": 2**32}, "seed", OutOfBounds),
        ({"iterations": 10**9}, "iterations", OutOfBounds),
        ({"travel": ((0.0, 1.0),)}, "travel", TravelOfAnotherShape),
        ({"travel": ((0.0, 1.0), (1.0,))}, "travel[1]", TravelOfAnotherShape),
        ({"travel": ((0.0, 1.0), (1.0, 2.0))}, "travel[1][1]", TravelToItself),
        ({"travel": ((0.0, -1.0), (1.0, 0.0))}, "travel[0][1]", Invalid),
        ({"travel": ((0.0, 2e6), (1.0, 0.0))}, "travel[0][1]", OutOfBounds),
    ],
)
def test_what_no_campaign_can_have_is_refused_by_field(changes, field, refusal):
    with pytest.raises(refusal) as refused:
        _problem(**changes)

    assert refused.value.field == field
    assert "%(" not in str(refused.value)


def test_more_places_than_a_run_can_hold_are_refused():
    plots = tuple(replace(PLOT, id=str(n)) for n in range(2_000))

    with pytest.raises(TooManyPlaces, match="2,001 yards and plots"):
        _problem(plots=plots)
