"""Rotas: even loads, heavy slots that count twice, swaps that both agree to."""

from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopfarm.ledger import queries as ledger
from coopfarm.parties.queries import rotas as known
from coopfarm.parties.rules import rotas as rules
from coopfarm.planning.parties.certify import certify
from coopfarm.planning.parties.problem import Member, Party, Problem
from coopfarm.planning.parties.solve import solve
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock
from tests.factories.members import Visitor

Make = Callable[..., Visitor]
NEW = {
    "kind": "childcare",
    "name": "Children in the harvest",
    "first_day": "2026-07-05",
    "last_day": "2026-07-10",
    "starts_1": "08:00",
    "ends_1": "12:00",
    "starts_2": "12:00",
    "ends_2": "14:00",
    "heavy_2": "1",
    "members": "M-1 m-2 M-3",
}


@pytest.fixture
def people(someone: Make) -> list[Visitor]:
    return [someone(name, number=f"M-{n}") for n, name in enumerate(("Omar", "Layla", "Hana"), 1)]


@pytest.fixture
def rota_id(manager: Visitor, people: list[Visitor]) -> UUID:
    opened = manager.post("/rotas", NEW)
    assert opened.status_code == 303, opened.text
    return UUID(opened.location.rsplit("/", 1)[-1])


@given(st.lists(st.sampled_from([1, 2]), min_size=1, max_size=40), st.integers(2, 7))
def test_the_load_gap_is_at_most_one_slot(weights: list[int], people: int) -> None:
    parties = tuple(
        Party(str(n), f"slot {n}", 1, float(weight), starts_hour=n, ends_hour=n + 1)
        for n, weight in enumerate(weights)
    )
    everything = tuple(str(n) for n in range(len(weights)))
    names = [f"m{n}" for n in range(people)]
    problem = Problem(parties, tuple(Member(n, 0.0, leads=True, free=everything) for n in names))

    plan = solve(problem)

    carried = rules.loads(((who, weights[int(slot)]) for slot, who in plan.pairs()), names)
    assert not certify(problem, plan).findings
    assert sum(carried.values()) == sum(weights)
    assert rules.gap(carried) <= max(weights)


def test_slots_are_shared_out_evenly_and_everybody_sees_why(
    manager: Visitor, people: list[Visitor], rota_id: UUID, look: TenantSession
) -> None:
    shared = manager.post(f"/rotas/{rota_id}/share-out", follow_redirects=True)

    turns = known.turns(look, rota_id)
    told = [(t.member.number, t.slot.weight) for t in turns if t.member]
    carried = rules.loads(told, ["M-1", "M-2", "M-3"])
    assert shared.status_code == 200
    assert len(turns) == len(told) == 12
    assert [*carried.values()] == [6, 6, 6]
    assert "counts twice" in people[0].get("/rotas").text


def swap(asker: Visitor, mine: UUID, other: UUID) -> object:
    return asker.post(f"/rotas/slots/{mine}/swap", {"other": str(other)}, follow_redirects=True)


def light_slots(look: TenantSession, rota_id: UUID) -> dict[UUID, UUID]:
    """One light slot of each member."""
    return {
        turn.slot.member_id: turn.slot.id
        for turn in known.turns(look, rota_id)
        if turn.slot.member_id and turn.slot.weight == 1
    }


def test_a_swap_moves_nothing_before_both_agree(
    manager: Visitor, people: list[Visitor], rota_id: UUID, look: TenantSession
) -> None:
    manager.post(f"/rotas/{rota_id}/share-out")
    omar, layla, _hana = people
    slots = light_slots(look, rota_id)
    mine, theirs = slots[omar.member_id], slots[layla.member_id]

    swap(omar, mine, theirs)
    look.rollback()
    (waiting,) = known.open_swaps(look, [mine])
    before = known.slot(look, mine).member_id
    vain = omar.post(f"/rotas/swaps/{waiting.swap.id}", {"agrees": "yes"})
    asked = layla.get("/rotas").text
    layla.post(f"/rotas/swaps/{waiting.swap.id}", {"agrees": "yes"})
    again = layla.post(f"/rotas/swaps/{waiting.swap.id}", {"agrees": "yes"})

    look.rollback()
    look.expire_all()
    assert before == omar.member_id
    assert vain.status_code == again.status_code == 409
    assert "Somebody asks to swap" in asked
    assert known.slot(look, mine).member_id == layla.member_id
    assert known.slot(look, theirs).member_id == omar.member_id


def test_a_slot_is_swapped_for_one_that_weighs_the_same(
    manager: Visitor, people: list[Visitor], rota_id: UUID, look: TenantSession
) -> None:
    manager.post(f"/rotas/{rota_id}/share-out")
    omar = people[0]
    mine = light_slots(look, rota_id)[omar.member_id]
    heavy = next(
        turn.slot.id
        for turn in known.turns(look, rota_id)
        if turn.slot.weight == 2 and turn.slot.member_id != omar.member_id
    )

    refused = omar.post(f"/rotas/slots/{mine}/swap", {"other": str(heavy)})

    assert refused.status_code == 422
    assert "weighs the same" in refused.text


@pytest.mark.parametrize(
    "changed",
    [
        {"last_day": "2026-07-01"},
        {"members": "M-1"},
        {"members": "M-1 X-9"},
        {"starts_1": "", "starts_2": ""},
        {"name": ""},
        {"kind": "singing"},
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_rota_that_cannot_go_round_is_refused(
    manager: Visitor, people: list[Visitor], changed: dict[str, str]
) -> None:
    assert manager.post("/rotas", NEW | changed).status_code == 422


def tell(who: Visitor, slot_id: UUID, was: str) -> int:
    return int(who.post(f"/rotas/slots/{slot_id}/told", {"was": was}).status_code)


def test_a_turn_that_was_done_is_given_to_the_cooperative_once(
    manager: Visitor, people: list[Visitor], rota_id: UUID, clock: Clock, look: TenantSession
) -> None:
    manager.post(f"/rotas/{rota_id}/share-out")
    omar, layla, _hana = people
    slots = light_slots(look, rota_id)
    look.rollback()
    too_early = tell(omar, slots[omar.member_id], "done")
    clock.forward(hours=24 * 12)

    by_its_member = tell(omar, slots[omar.member_id], "done")
    by_another = tell(omar, slots[layla.member_id], "done")
    by_the_office = tell(manager, slots[layla.member_id], "done")
    again = tell(manager, slots[layla.member_id], "missed")

    assert (too_early, by_another, again) == (409, 409, 409)
    assert (by_its_member, by_the_office) == (303, 303)
    # What the office says counts at once; what its member says waits for the office.
    assert ledger.balance(look, layla.member_id, "labour") == 240
    assert ledger.balance(look, omar.member_id, "labour") == 0
    assert "A turn of duty" in manager.get("/ledger/office/waiting").text


def test_that_a_turn_was_missed_the_office_alone_says_and_it_gives_nothing(
    manager: Visitor, people: list[Visitor], rota_id: UUID, clock: Clock, look: TenantSession
) -> None:
    manager.post(f"/rotas/{rota_id}/share-out")
    omar, *_others = people
    slot_id = light_slots(look, rota_id)[omar.member_id]
    look.rollback()
    clock.forward(hours=24 * 12)

    by_its_member = tell(omar, slot_id, "missed")
    by_the_office = tell(manager, slot_id, "missed")

    assert (by_its_member, by_the_office) == (409, 303)
    assert "missed" in omar.get(f"/rotas/{rota_id}").text
    assert ledger.balance(look, omar.member_id, "labour") == 0
