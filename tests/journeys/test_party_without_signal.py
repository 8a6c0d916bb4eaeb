"""J6: a place is taken, and the leader's square scanned, in a field without a signal."""

from collections.abc import Callable
from uuid import UUID

import pytest

from coopfarm.members.models import Member
from coopfarm.parties.queries import parties as known
from coopfarm.store.db import Database
from tests.conftest import Clock
from tests.factories.members import Visitor
from tests.factories.parties import STARTS, make_party
from tests.journeys.conftest import Phone

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


@pytest.fixture
def party(
    visitor: Callable[..., Visitor], database: Database, cooperative_id: int
) -> tuple[UUID, str]:
    """Its id, and what its leader's square holds."""
    manager = visitor("manager", name="Salwa", number="M-5")
    with database.transaction(cooperative_id) as session:
        salwa = session.get_one(Member, (cooperative_id, manager.member_id))
        found = make_party(session, salwa)
        return found.id, found.tag


@pytest.fixture
def state_of(database: Database, cooperative_id: int) -> Callable[[UUID, Visitor], str]:
    def look(party_id: UUID, who: Visitor) -> str:
        with database.reading() as session:
            session.cooperative_id = cooperative_id
            place = known.place(session, party_id, who.member_id)
            return place.state if place else "none"

    return look


def test_a_place_taken_without_signal_is_taken_once_there_is_one(
    phone: Phone,
    visitor: Callable[..., Visitor],
    party: tuple[UUID, str],
    state_of: Callable[[UUID, Visitor], str],
) -> None:
    omar, (party_id, _tag) = visitor(name="Omar"), party
    phone.hand_to(omar).learn()
    is_kept = f"caches.match('/parties/{party_id}', {{ ignoreVary: true }}).then(Boolean)"
    page = phone.visit("/parties")
    for _ in range(150):
        if page.evaluate(is_kept):
            break
        page.wait_for_timeout(100)
    phone.lose_signal()

    page = phone.visit(f"/parties/{party_id}")
    page.get_by_role("button", name="I come").click()
    page.locator("[data-acts] [data-is=waiting]").wait_for()
    before = state_of(party_id, omar)
    phone.find_signal()
    page.locator("[data-acts] [data-is=confirmed]").wait_for()

    assert before == "none"
    assert state_of(party_id, omar) == "joined"


def test_a_square_scanned_without_signal_counts_whoever_scanned_it(
    phone: Phone,
    visitor: Callable[..., Visitor],
    party: tuple[UUID, str],
    state_of: Callable[[UUID, Visitor], str],
    clock: Clock,
) -> None:
    omar, (party_id, tag) = visitor(name="Omar"), party
    clock.now = STARTS
    phone.hand_to(omar).learn()
    phone.visit(f"/parties/{party_id}")
    phone.lose_signal()

    page = phone.visit(f"/parties/{party_id}/here/{tag}")
    page.get_by_role("button", name="I am here").click()
    page.locator("[data-acts] [data-is=waiting]").wait_for()
    asked_for_digits = page.locator("#field-code").is_visible()
    phone.find_signal()
    page.locator("[data-acts] [data-is=confirmed]").wait_for()

    assert not asked_for_digits
    assert state_of(party_id, omar) == "present"
