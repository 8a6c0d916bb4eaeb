"""A work party on pages: called, joined, left, sent to, counted, credited."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from coopfarm.kernel.calendar import Entry
from coopfarm.kernel.interval import Interval
from coopfarm.land.actions import calendar
from coopfarm.ledger import queries as ledger
from coopfarm.parties.queries import parties as known
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock
from tests.factories.members import Visitor
from tests.land.making import make_plot
from tests.parties.conftest import NEW

Make = Callable[..., Visitor]
Settle = Callable[[Callable[[TenantSession], Any]], Any]


def act(who: Visitor, party_id: UUID, verb: str, /, **sent: str) -> Any:
    return who.post(f"/parties/{party_id}/{verb}", sent, follow_redirects=True)


def words_on(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def the_day(clock: Clock) -> None:
    """Thursday, an hour after it began."""
    clock.now = clock.now.replace(day=2, hour=5)


def pin_of(look: TenantSession, party_id: UUID) -> str:
    return known.party(look, party_id).code


def test_the_feed_tells_day_hour_work_places_and_tools(amina: Visitor, party_id: UUID) -> None:
    page = words_on(amina.get("/parties").text)

    assert "Clean the east canal" in page
    assert "07:00–11:00" in page.replace(" – ", "–").replace("– ", "–")
    assert "0 of 3 places" in page
    assert "shovel" in page
    assert "4 h credited" in page


def test_one_tap_joins_and_another_leaves_until_the_cut_off(
    amina: Visitor, party_id: UUID, clock: Clock
) -> None:
    joined = act(amina, party_id, "join")
    left = act(amina, party_id, "leave")
    act(amina, party_id, "join")
    clock.forward(hours=12)
    late = act(amina, party_id, "leave")

    assert "You have a place" in joined.text
    assert "0 of 3 places" in words_on(left.text)
    assert late.status_code == 409
    assert "send somebody in your place" in late.text


def test_a_party_is_full_and_opens_again_when_somebody_leaves(
    manager: Visitor, someone: Make, party_id: UUID
) -> None:
    people = [someone(name) for name in ("Omar", "Layla", "Hassan", "Zaynab")]
    for one in people[:3]:
        act(one, party_id, "join")

    refused = act(people[3], party_id, "join")
    act(people[0], party_id, "leave")
    taken = act(people[3], party_id, "join")

    assert refused.status_code == 409
    assert "All 3 places" in refused.text
    assert "You have a place" in taken.text


def test_nobody_is_in_two_parties_at_once(manager: Visitor, amina: Visitor, party_id: UUID) -> None:
    second = manager.post(
        "/parties/office", NEW | {"title": "Traps", "starts": "10:00", "ends": "13:00"}
    )
    act(amina, party_id, "join")

    refused = act(amina, UUID(second.location.rsplit("/", 1)[-1]), "join")

    assert refused.status_code == 409
    assert "expected elsewhere" in refused.text


def test_joining_by_phone_later_counts_from_when_it_was_tapped(
    amina: Visitor, party_id: UUID, clock: Clock
) -> None:
    tapped = clock.now.isoformat()
    clock.forward(hours=12)

    sent = amina.send("POST", f"/api/v1/parties/{party_id}/join", {}, Acted_At=tapped)

    assert sent.status_code == 200, sent.text
    assert sent.json["mine"]["state"] == "joined"
    assert sent.json["taken"] == 1


def test_who_is_called_at_the_hour_of_friday_prayer_is_refused_with_the_rule(
    manager: Visitor,
) -> None:
    refused = manager.post("/parties/office", NEW | {"on": "2026-07-03", "ends": "12:00"})

    assert refused.status_code == 409
    assert "hour of prayer" in refused.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"on": "2026-06-30"}, "passed already"),
        ({"places": "0"}, "a crew has from 1"),
        ({"skill_spraying": "3"}, "a crew has from 4"),
        ({"hours": "25"}, "give a number"),
        ({"hours": ""}, "this is needed"),
        ({"title": " "}, "this is needed"),
        ({"plots": "NO-SUCH"}, "choose one of the list"),
        ({"starts": "7 o'clock"}, "not a time of the day"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_sent_wrong_is_named(manager: Visitor, changed: dict[str, str], said: str) -> None:
    refused = manager.post("/parties/office", NEW | changed)

    assert refused.status_code in (409, 422)
    assert said in refused.text


def test_no_party_is_called_onto_a_plot_that_must_not_be_entered(
    manager: Visitor, settle: Settle, clock: Clock
) -> None:
    def close(session: TenantSession) -> None:
        plot = make_plot(session, "P1")
        during = Interval(clock.now, clock.now + timedelta(days=2))
        calendar.write(session, [Entry(uuid4(), plot.id, "re_entry", during)])

    settle(close)

    for task in ("canal_cleaning", "harvest_help"):
        refused = manager.post("/parties/office", NEW | {"plots": "P1", "task": task})

        assert refused.status_code == 409
        assert "nobody may enter after spraying" in refused.text


def test_the_leaders_six_digits_count_who_is_there_and_hours_are_credited_once(
    manager: Visitor, someone: Make, party_id: UUID, clock: Clock, look: TenantSession
) -> None:
    leader, omar = someone("Layla"), someone("Omar")
    manager.post("/parties/office/leaders", {"member": str(leader.member_id), "leads": "yes"})
    for one in (leader, omar):
        act(one, party_id, "join")
    the_day(clock)
    code = pin_of(look, party_id)

    assert code in leader.get(f"/parties/{party_id}/lead").text
    assert omar.get(f"/parties/{party_id}/lead").status_code == 403
    assert act(omar, party_id, "here", code="nothing").status_code == 404
    assert "You are counted" in act(omar, party_id, "here", code=code).text
    assert "You are counted" in act(leader, party_id, "here", code=code).text
    assert act(leader, party_id, "done").status_code == 200
    credited = manager.post(f"/parties/office/{party_id}/credit", follow_redirects=True)
    again = manager.post(f"/parties/office/{party_id}/credit")

    assert "in the ledger" in credited.text
    assert again.status_code == 409
    look.rollback()
    assert ledger.balance(look, omar.member_id, "labour") == 240
    assert ledger.fund_balances(look, "labour") == {"cooperative": -480}


def test_the_square_counts_who_scans_it(
    someone: Make, party_id: UUID, clock: Clock, look: TenantSession
) -> None:
    omar = someone("Omar")
    tag = known.party(look, party_id).tag
    the_day(clock)

    page = omar.get(f"/parties/{party_id}/here/{tag}")
    counted = act(omar, party_id, "here", code=tag)

    assert tag in page.text
    assert "You are counted" in counted.text


def test_who_has_a_place_has_the_form_of_the_day_at_hand_before(
    amina: Visitor, someone: Make, party_id: UUID, look: TenantSession
) -> None:
    act(amina, party_id, "join")

    hers, omars = (who.get(f"/parties/{party_id}").text for who in (amina, someone("Omar")))
    early = act(amina, party_id, "here", code=pin_of(look, party_id))

    assert "The six digits the leader shows" in hers
    assert "Counted from" in hers
    assert "The six digits the leader shows" not in omars
    assert early.status_code == 409
    assert "Being there is counted from" in early.text


def test_that_somebody_did_not_come_takes_a_witness_of_the_crew(
    manager: Visitor, someone: Make, party_id: UUID, clock: Clock, look: TenantSession
) -> None:
    omar, layla = someone("Omar"), someone("Layla")
    for one in (omar, layla):
        act(one, party_id, "join")
    the_day(clock)
    ids = {seat.member.id: seat.place.id for seat in known.crew(look, party_id)}
    told = {f"came-{ids[omar.member_id]}": "no", f"came-{ids[layla.member_id]}": "yes"}

    alone = act(manager, party_id, "count", **told)
    himself = act(manager, party_id, "count", **told, witness=str(omar.member_id))
    both = act(manager, party_id, "count", **told, witness=str(layla.member_id))

    assert alone.status_code == himself.status_code == 422
    assert "a witness" in alone.text
    assert "The list is kept" in both.text
    assert "did not come" in manager.get(f"/parties/office/{party_id}").text
    assert "did not come" not in words_on(layla.get(f"/parties/{party_id}").text)


def test_an_excuse_frees_the_place_and_only_the_office_reads_it(
    manager: Visitor, someone: Make, party_id: UUID
) -> None:
    omar, layla = someone("Omar"), someone("Layla")
    act(omar, party_id, "join")

    told = act(omar, party_id, "excuse", excuse="hardship", excuse_words="No bread at home")

    assert "your standing stays" in told.text
    assert "No bread at home" in manager.get(f"/parties/office/{party_id}").text
    seen = layla.get(f"/parties/{party_id}").text
    assert "No bread" not in seen
    assert "hardship" not in words_on(seen).split("Who comes")[1]
    assert "Omar" not in seen


def test_a_person_who_is_sent_counts_and_a_member_who_is_sent_is_owed_the_hours(
    manager: Visitor, someone: Make, party_id: UUID, clock: Clock, look: TenantSession
) -> None:
    omar, layla, zaynab = someone("Omar"), someone("Layla"), someone("Zaynab", number="M-77")
    for one in (omar, layla):
        act(one, party_id, "join")
    act(omar, party_id, "send", name="Uncle Said")
    asked = act(layla, party_id, "send", name="m-77")
    place = next(s.place for s in known.crew(look, party_id) if s.member.id == layla.member_id)
    assert "asked to come in your place" in asked.text
    assert "Layla" in zaynab.get("/parties").text
    agreed = zaynab.post(
        f"/parties/places/{place.id}/stand-in", {"agrees": "yes"}, follow_redirects=True
    )
    assert "Your answer is kept" in agreed.text
    the_day(clock)
    act(zaynab, party_id, "here", code=pin_of(look, party_id))
    look.rollback()
    came = {f"came-{seat.place.id}": "yes" for seat in known.crew(look, party_id)}
    act(manager, party_id, "count", **came)
    act(manager, party_id, "done")

    credited = manager.post(f"/parties/office/{party_id}/credit", follow_redirects=True)

    assert "in the ledger" in credited.text
    look.rollback()
    hours = ledger.balances(look, "labour", [omar.member_id, layla.member_id, zaynab.member_id])
    assert [*hours.values()] == [240, 0, 240]


def test_money_in_place_of_work_follows_the_rate_and_counts_once_it_came(
    manager: Visitor, amina: Visitor, party_id: UUID, look: TenantSession
) -> None:
    act(amina, party_id, "join")
    without = act(amina, party_id, "pay")
    rules = {"friday_from": "11:30", "friday_until": "13:30", "rate": "٢٥", "limit": "2"}
    manager.post("/parties/rules", rules | {"reason": "Vote of June"})
    paid = act(amina, party_id, "pay")
    place = known.place(look, party_id, amina.member_id)
    assert place is not None
    came = manager.post(f"/parties/places/{place.id}/paid", follow_redirects=True)
    again = manager.post(f"/parties/places/{place.id}/paid")

    assert without.status_code == 409
    assert "Bring the money" in paid.text
    assert "100.00" in paid.text
    assert "the duty counts as done" in came.text
    assert again.status_code == 409
    look.rollback()
    assert ledger.balance(look, amina.member_id, "money") == 100_00


def test_who_helps_at_a_harvest_is_owed_by_whom_it_helped(
    manager: Visitor, someone: Make, clock: Clock, look: TenantSession
) -> None:
    holder, omar = someone("Hussein"), someone("Omar")
    sent = NEW | {"task": "harvest_help", "holder_id": str(holder.member_id)}
    called = manager.post("/parties/office", sent)
    party_id = UUID(called.location.rsplit("/", 1)[-1])
    the_day(clock)
    for one in (holder, omar):
        act(one, party_id, "here", code=pin_of(look, party_id))
    act(manager, party_id, "done")

    manager.post(f"/parties/office/{party_id}/credit")

    look.rollback()
    hours = ledger.balances(look, "labour", [holder.member_id, omar.member_id])
    assert [*hours.values()] == [-240, 240]


def test_a_party_called_off_frees_everybodys_hours(
    manager: Visitor, amina: Visitor, party_id: UUID
) -> None:
    act(amina, party_id, "join")
    manager.post(f"/parties/office/{party_id}/cancel", {"reason": "Rain"})

    page = amina.get(f"/parties/{party_id}").text
    second = manager.post("/parties/office", NEW | {"title": "Traps"})
    joined = act(amina, UUID(second.location.rsplit("/", 1)[-1]), "join")

    assert "Called off: Rain" in page
    assert "You have a place" in joined.text


def test_what_one_can_do_is_kept_and_leading_is_for_the_office_to_give(
    manager: Visitor, amina: Visitor
) -> None:
    amina.post("/parties/skills", {"spraying": "1", "leading": "1"})

    shown = manager.get("/parties/office/leaders").text
    manager.post("/parties/office/leaders", {"member": str(amina.member_id), "leads": "yes"})
    page = amina.get("/parties/skills").text

    assert "spraying" in shown
    assert "leading a crew" not in words_on(shown).split("Who has which skill")[1]
    assert "you may lead a crew" in page
