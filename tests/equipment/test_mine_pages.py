"""My bookings: the next first, who has the machine around them, other hours, giving up."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from coopfarm.equipment.models import Booking, Machine
from coopfarm.members.models import Member
from coopfarm.store.tenancy import TenantSession
from tests.equipment.conftest import at
from tests.equipment.test_book_pages import forms, tap, text
from tests.factories.machines import make_machine, make_policy
from tests.factories.members import Visitor

Wish = Callable[..., dict[str, Any]]
Settle = Callable[[Callable[[TenantSession], Any]], Any]


@pytest.fixture
def omar(visitor: Callable[..., Visitor]) -> Visitor:
    found = visitor(name="Omar")
    found.client.set_cookie("language", "en")
    return found


def book(who: Visitor, wish: dict[str, Any]) -> str:
    answer = who.send("POST", "/api/v1/bookings", wish)
    assert answer.status_code == 201, answer.json
    return str(answer.json["id"])


def share_phones(settle: Settle, *people: Visitor) -> None:
    ids = [one.member_id for one in people]
    change = update(Member).where(Member.id.in_(ids)).values(shares_phone=True)
    settle(lambda session: session.execute(change))


def test_the_next_stands_first_and_the_past_is_folded(
    amina: Visitor, tractor_id: UUID, wish: Wish
) -> None:
    book(amina, wish(tractor_id, 13, 14))
    book(amina, wish(tractor_id, 9, 10))
    gone = book(amina, wish(tractor_id, 11, 12))
    amina.send("POST", f"/api/v1/bookings/{gone}/cancel", {})

    page = amina.get("/bookings")

    ahead, past = text(page).split("Past and given up (1)")
    assert re.findall(r"Thursday 2 July · (\d\d:\d\d)", ahead) == ["12:00", "16:00"]
    assert re.findall(r"Thursday 2 July · (\d\d:\d\d)", past) == ["14:00"]
    assert "cancelled" in past


def test_home_shows_the_next_booking_with_its_state(
    amina: Visitor, tractor_id: UUID, wish: Wish
) -> None:
    """F1."""
    book(amina, wish(tractor_id, 13, 14))
    first = book(amina, wish(tractor_id, 9, 11))

    page = amina.get("/")

    assert f'href="/bookings/{first}"' in page.text
    assert "Tractor one booked ploughing Thursday 2 July · 12:00 – 14:00" in text(page)


def test_a_booking_tells_when_what_it_costs_and_the_code(
    amina: Visitor, tractor_id: UUID, wish: Wish, look: TenantSession
) -> None:
    mine = book(amina, wish(tractor_id, 9, 11))

    seen = text(amina.get(f"/bookings/{mine}"))

    assert "Thursday 2 July 12:00 – 14:00" in seen
    assert "80 to pay · 2 h of work to give" in seen
    assert look.scalars(select(Booking.code)).one() in seen


@pytest.fixture
def between(amina: Visitor, omar: Visitor, manager: Visitor, tractor_id: UUID, wish: Wish) -> str:
    """Amina's booking, with Omar's before and Mariam's after."""
    book(omar, wish(tractor_id, 7, 8))
    book(manager, wish(tractor_id, 12, 13))
    return book(amina, wish(tractor_id, 9, 11))


@pytest.mark.parametrize(("both", "phones"), [(True, 1), (False, 0)])
def test_who_has_it_before_and_after_may_be_called_only_if_both_agreed(
    between: str, amina: Visitor, omar: Visitor, settle: Settle, *, both: bool, phones: int
) -> None:
    share_phones(settle, omar, *([amina] if both else []))

    page = amina.get(f"/bookings/{between}")

    assert "before you Omar" in text(page)
    assert "after you Mariam" in text(page)
    assert re.findall(r'href="tel:([^"]+)', page.text) == [omar.phone] * phones


def test_hours_are_changed_as_they_are_typed(
    amina: Visitor, tractor_id: UUID, wish: Wish, look: TenantSession
) -> None:
    """F7."""
    mine = book(amina, wish(tractor_id, 9, 11))
    typed = {"on": "٢٠٢٦-٠٧-٠٣", "starts": "٧:٣٠", "ends": "9"}

    done = amina.post(f"/bookings/{mine}/hours", typed)

    assert "from Friday 3 July, 07:30 to Friday 3 July, 09:00" in text(amina.get(done.location))
    booking = look.scalars(select(Booking)).one()
    assert booking.starts_at.isoformat() == "2026-07-03T04:30:00+00:00"
    assert booking.cost_money == 60


def test_half_an_hour_more_or_less_is_one_tap(
    amina: Visitor, tractor_id: UUID, wish: Wish, look: TenantSession
) -> None:
    mine = book(amina, wish(tractor_id, 9, 11))
    page = amina.get(f"/bookings/{mine}").text
    longer = page[: page.index(">half an hour longer")]
    ends_at = re.findall(r'name="ends_at" value="([^"]+)"', longer)[-1]

    amina.post(f"/bookings/{mine}/hours", {"starts_at": at(9), "ends_at": ends_at})

    booking = look.scalars(select(Booking)).one()
    assert (booking.ends_at - booking.starts_at).total_seconds() == 2.5 * 3600


def test_other_hours_that_clash_leave_the_booking_and_offer_others(
    amina: Visitor, omar: Visitor, tractor_id: UUID, wish: Wish, look: TenantSession
) -> None:
    mine = book(amina, wish(tractor_id, 9, 11))
    book(omar, wish(tractor_id, 11, 12))

    refused = amina.post(
        f"/bookings/{mine}/hours", {"on": "2026-07-02", "starts": "12:00", "ends": "14:30"}
    )

    assert refused.status_code == 409
    assert "Omar" in text(refused)
    assert "The booking stays as it was" in text(refused)
    assert refused.text.count(f'action="/bookings/{mine}/hours"') >= 4
    assert look.get(Booking, (look.cooperative_id, UUID(mine))).ends_at.hour == 11


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"on": "2027-04-30", "starts": "0:30", "ends": "2"}, "the clock is put forward over it"),
        ({"on": "2026-10-29", "starts": "22", "ends": "23:30"}, "comes twice"),
        ({"on": "2026-07-02", "starts": "noon", "ends": "14"}, "is not a time of the day"),
        ({"on": "soon", "starts": "12", "ends": "14"}, "is not a day"),
        ({"on": "", "starts": "12", "ends": "14"}, "this is needed"),
        ({"starts_at": "2026-07-02T09:00", "ends_at": "x"}, "is not a day"),
        ({"on": "2020-07-02", "starts": "12", "ends": "14"}, "that time has passed"),
    ],
)
def test_hours_that_cannot_be_read_are_refused_in_words(
    amina: Visitor, tractor_id: UUID, wish: Wish, typed: dict[str, str], said: str
) -> None:
    mine = book(amina, wish(tractor_id, 9, 11))

    refused = amina.post(f"/bookings/{mine}/hours", typed)

    assert refused.status_code == 422
    assert said in text(refused)


def test_giving_up_is_asked_once_and_frees_the_hours(
    amina: Visitor, omar: Visitor, tractor_id: UUID, wish: Wish, look: TenantSession
) -> None:
    mine = book(amina, wish(tractor_id, 9, 11))
    ask = amina.get(f"/bookings/{mine}/give-up")
    before = look.scalars(select(Booking.state)).one()
    look.rollback()

    done = amina.post(f"/bookings/{mine}/give-up", {"reason": "It rains"})

    assert "Give up this booking?" in text(ask)
    assert before == "confirmed"
    assert "to have them again, book again" in text(amina.get(done.location))
    assert book(omar, wish(tractor_id, 9, 11))
    assert amina.get(f"/bookings/{mine}/give-up").status_code == 409


def test_another_ones_booking_is_as_if_it_were_not_there(
    amina: Visitor, omar: Visitor, manager: Visitor, tractor_id: UUID, wish: Wish
) -> None:
    mine = book(amina, wish(tractor_id, 9, 11))
    hours = {"starts_at": at(12), "ends_at": at(13)}

    answers = [
        omar.get(f"/bookings/{mine}"),
        omar.get(f"/bookings/{mine}/give-up"),
        omar.post(f"/bookings/{mine}/hours", hours),
        omar.post(f"/bookings/{mine}/give-up"),
        omar.get(f"/bookings/{uuid4()}"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert "Booked for Amina" in text(manager.get(f"/bookings/{mine}"))


def test_what_a_rule_warned_of_is_told(
    amina: Visitor, tractor_id: UUID, wish: Wish, settle: Settle
) -> None:
    line = {"code": "max_minutes", "value": 60, "is_hard": False}
    settle(lambda session: make_policy(session, line))
    mine = book(amina, wish(tractor_id, 9, 11))

    seen = text(amina.get(f"/bookings/{mine}"))

    assert "goes beyond a rule" in seen
    assert "at most 60 minutes" in seen


def test_of_several_machines_each_is_told_of(
    amina: Visitor, omar: Visitor, tractor_id: UUID, wish: Wish, settle: Settle
) -> None:
    plough = settle(lambda session: make_machine(session, "Plough", kind="implement").id)
    book(omar, wish(plough, 6, 7))
    mine = book(amina, wish(tractor_id, 9, 11) | {"machine_ids": [str(tractor_id), str(plough)]})

    seen = text(amina.get(f"/bookings/{mine}"))

    assert "Tractor one, Plough" in seen
    assert seen.count("before you Omar") == 1


ALL_ASK = {"code": "approval", "value": 0}


def declined(settle: Settle, wish: dict[str, Any], who: Visitor, manager: Visitor) -> str:
    settle(lambda session: make_policy(session, ALL_ASK))
    mine = book(who, wish)
    sent = {"reason": "It goes to the east first"}
    assert manager.send("POST", f"/api/v1/bookings/{mine}/decline", sent).status_code == 200
    return mine


def test_who_was_declined_reads_why_and_books_other_hours_with_one_tap(
    amina: Visitor, manager: Visitor, tractor_id: UUID, wish: Wish, settle: Settle
) -> None:
    mine = declined(settle, wish(tractor_id, 9, 11), amina, manager)

    page = amina.get(f"/bookings/{mine}")

    assert "The office said no: It goes to the east first" in text(page)
    assert "goes beyond a rule" not in text(page)
    found = forms(page)
    assert len(found) == 3
    answer = tap(amina, found[0])
    assert answer.status_code == 303
    assert answer.location != f"/bookings/{mine}"


def test_of_a_declined_booking_a_machine_of_its_like_is_offered_when_its_own_is_broken(
    amina: Visitor, manager: Visitor, tractor_id: UUID, wish: Wish, settle: Settle
) -> None:
    other = settle(lambda session: make_machine(session, "Tractor two").id)
    mine = declined(settle, wish(tractor_id, 9, 11), amina, manager)
    broken = update(Machine).where(Machine.id == tractor_id).values(state="broken")
    settle(lambda session: session.execute(broken))

    page = amina.get(f"/bookings/{mine}")

    assert {one["machine_ids"][0] for one in forms(page)} == {str(other)}


def test_the_office_books_what_is_left_for_whom_it_declined(
    amina: Visitor, manager: Visitor, tractor_id: UUID, wish: Wish, settle: Settle
) -> None:
    mine = declined(settle, wish(tractor_id, 9, 11), amina, manager)

    page = manager.get(f"/bookings/{mine}")

    assert {one["member_id"] for one in forms(page)} == {str(amina.member_id)}


def test_a_fault_of_a_machine_is_told_with_its_booking_and_leads_to_another(
    amina: Visitor, omar: Visitor, tractor_id: UUID, wish: Wish, settle: Settle
) -> None:
    other = settle(lambda session: make_machine(session, "Tractor two").id)
    mine = book(amina, wish(tractor_id, 9, 11))
    omar.send("POST", f"/api/v1/machines/{tractor_id}/faults", {"words": "Oil runs out of it"})

    listed, page = amina.get("/bookings"), amina.get(f"/bookings/{mine}")

    assert f'href="/bookings/{mine}/instead"' in listed.text
    assert f'href="/bookings/{mine}/instead"' in page.text
    assert "A fault of Tractor one was told. The office looks at it. Oil runs out of it" in text(
        page
    )
    offered = amina.get(f"/bookings/{mine}/instead").text
    assert set(re.findall(r'name="machine_ids" value="([^"]+)"', offered)) == {str(other)}


def test_without_another_of_its_like_a_faulty_machine_is_offered_at_other_hours(
    amina: Visitor, omar: Visitor, tractor_id: UUID, wish: Wish
) -> None:
    mine = book(amina, wish(tractor_id, 9, 11))
    omar.send("POST", f"/api/v1/machines/{tractor_id}/faults", {"words": "Oil runs out of it"})

    offered = amina.get(f"/bookings/{mine}/instead").text

    assert re.findall(r'name="machine_ids" value="([^"]+)"', offered) == [str(tractor_id)] * 3


def test_the_address_for_other_calendars_is_led_to(amina: Visitor) -> None:
    pages = [amina.get(path).text for path in ("/bookings", "/calendar")]

    assert all('href="/calendar/address"' in page for page in pages)
