"""J6: the leader's square is scanned in a field without a signal, and whoever came is counted."""

from collections.abc import Callable

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


def test_a_square_scanned_without_signal_counts_whoever_scanned_it(
    phone: Phone,
    visitor: Callable[..., Visitor],
    database: Database,
    cooperative_id: int,
    clock: Clock,
) -> None:
    manager, omar = visitor("manager", name="Salwa", number="M-5"), visitor(name="Omar")
    with database.transaction(cooperative_id) as session:
        party = make_party(session, session.get_one(Member, (cooperative_id, manager.member_id)))
        party_id, tag = party.id, party.tag
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

    with database.reading() as session:
        session.cooperative_id = cooperative_id
        place = known.place(session, party_id, omar.member_id)
    assert not asked_for_digits
    assert place is not None
    assert place.state == "present"
