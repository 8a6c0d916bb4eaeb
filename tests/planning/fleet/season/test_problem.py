import math

import pytest

from coopfarm.kernel.refusal import Refusal
from coopfarm.planning.fleet.season.problem import (
    CountBelowZero,
    Item,
    Member,
    NobodyToShare,
    NothingToShare,
    Problem,
    SeasonTooLarge,
    UnknownItem,
)
from coopfarm.planning.ids import SameIdTwice
from coopfarm.planning.quantities import BelowZero, NotFinite, OutOfReach

DAY = Item("day", 1)
AMINA = Member("Amina", 1, {"day": 3.0})


@pytest.mark.parametrize(
    ("items", "members", "refusal", "field"),
    [
        ((), (AMINA,), NothingToShare, "items"),
        ((DAY,), (), NobodyToShare, "members"),
        ((DAY, DAY), (AMINA,), SameIdTwice, "items[1].id"),
        ((DAY,), (AMINA, AMINA), SameIdTwice, "members[1].id"),
        ((Item("day", -1),), (AMINA,), CountBelowZero, "items[0].places"),
        ((DAY,), (Member("A", -1, {}),), CountBelowZero, "members[0].wants"),
        ((DAY,), (Member("A", 1, {"Day": 1.0}),), UnknownItem, "members[0].values.Day"),
        ((DAY,), (Member("A", 1, {"day": -1.0}),), BelowZero, "members[0].values.day"),
        ((DAY,), (Member("A", 1, {"day": math.nan}),), NotFinite, "members[0].values.day"),
        ((DAY,), (Member("A", 1, {}, math.inf),), NotFinite, "members[0].carry_over"),
        ((DAY,), (Member("A", 1, {}, -1e16),), OutOfReach, "members[0].carry_over"),
        ((DAY,), (Member("A", 1, {}, 0.0, -1.0),), BelowZero, "members[0].labour"),
        (tuple(Item(f"{n}", 1) for n in range(1_001)), (AMINA,), SeasonTooLarge, "items"),
    ],
)
def test_a_season_that_cannot_be_shared_is_refused_by_field(items, members, refusal, field):
    with pytest.raises(refusal) as refused:
        Problem(items, members, "seed")

    assert refused.value.field == field
    assert "%(" not in str(refused.value)


def test_nobody_has_to_want_anything():
    problem = Problem((Item("day", 0),), (Member("Amina", 0, {}),), "")

    assert problem.members[0].carry_over == 0


def test_every_refusal_says_what_would_work():
    with pytest.raises(Refusal, match="Share each class of machines by itself"):
        Problem((DAY,), tuple(Member(f"{n}", 0, {}) for n in range(20_001)), "seed")
