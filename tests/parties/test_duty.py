"""The work of a period, spread by water or land, and what counts as done of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from coopfarm.kernel.calendar import Entry
from coopfarm.kernel.interval import Interval
from coopfarm.members.actions import calendar
from coopfarm.parties.queries import parties as known
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock
from tests.factories.members import Visitor
from tests.land.making import make_plot
from tests.parties.test_party_pages import act, words_on

Make = Callable[..., Visitor]
Settle = Callable[[Callable[[TenantSession], Any]], Any]
SPREAD = {
    "name": "Canals of July",
    "first_day": "2026-07-01",
    "last_day": "2026-07-31",
    "hours": "30",
    "basis": "area",
}


@pytest.fixture
def people(someone: Make, settle: Settle) -> list[Visitor]:
    """Omar farms two hectares and Layla one; Omar has one hour of water, Layla has three."""
    found = [someone("Omar"), someone("Layla")]

    def own(session: TenantSession) -> None:
        for one, area, hours in zip(found, (20_000, 10_000), (1, 3), strict=True):
            make_plot(session, f"P-{area}", holder_id=one.member_id, area_m2=area)
            opens = datetime(2026, 7, 3, 8, tzinfo=UTC)
            during = Interval(opens, opens.replace(hour=8 + hours))
            calendar.write(session, [Entry(uuid4(), one.member_id, "turn", during, is_hard=False)])

    settle(own)
    return found


@pytest.mark.parametrize(("basis", "omar", "layla"), [("area", 20, 10), ("water", 7.5, 22.5)])
def test_each_owes_in_proportion_and_the_parts_sum_to_the_need(
    manager: Visitor, people: list[Visitor], basis: str, omar: float, layla: float
) -> None:
    spread = manager.post("/duty/office", SPREAD | {"basis": basis}, follow_redirects=True)

    told = words_on(spread.text)
    assert f"Omar {omar:g} 0 0 0 0 {omar:g}" in told
    assert f"Layla {layla:g} 0 0 0 0 {layla:g}" in told
    assert f"Still to do: {omar:g} h" in words_on(people[0].get("/duty").text)


def test_done_excused_sent_and_paid_are_told_apart(
    manager: Visitor, people: list[Visitor], party_id: UUID, clock: Clock, look: TenantSession
) -> None:
    manager.post("/duty/office", SPREAD)
    omar, layla = people
    act(omar, party_id, "join")
    act(layla, party_id, "join")
    act(layla, party_id, "excuse", excuse="illness")
    clock.now = clock.now.replace(day=2, hour=5)
    act(omar, party_id, "here", code=known.party(look, party_id).code)
    before = words_on(omar.get("/duty").text)
    act(manager, party_id, "done")

    done, excused = (words_on(one.get("/duty").text) for one in people)

    assert "Done 0 h" in before
    assert "Done 4 h" in done
    assert "Still to do: 16 h" in done
    assert "Excused 4 h" in excused
    assert "Still to do: 6 h" in excused


def test_who_owes_of_the_period_is_asked_before_who_owes_less(
    manager: Visitor, people: list[Visitor], party_id: UUID, settle: Settle
) -> None:
    manager.post("/duty/office", SPREAD)
    lead = {"member": str(people[1].member_id), "leads": "yes"}
    manager.post("/parties/office/leaders", lead)

    page = words_on(manager.post("/parties/plans", follow_redirects=True).text)

    assert "you owe 20 h, most of all who are free that day" in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"last_day": "2026-06-30"}, "from 1 to 400 days"),
        ({"hours": "0"}, "the hours that the work needs"),
        ({"basis": "height"}, "choose one of the list"),
        ({"name": ""}, "this is needed"),
        ({}, "Nobody has water or land"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_period_that_cannot_be_spread_is_refused_with_what_would_work(
    manager: Visitor, changed: dict[str, str], said: str
) -> None:
    refused = manager.post("/duty/office", SPREAD | changed)

    assert refused.status_code in (409, 422)
    assert said in refused.text
