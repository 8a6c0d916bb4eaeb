"""The farmer's pages: the job, the machines that can be had, one tap, and a no with a way on."""

import html
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from coopfarm.equipment.models import Booking, Kit, KitPart
from coopfarm.sms.models import Message
from coopfarm.store.audit import AuditEvent
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock
from tests.equipment.conftest import at
from tests.factories.machines import make_machine, make_policy
from tests.factories.members import Visitor
from tests.land.making import make_plot, square

Settle = Callable[[Callable[[TenantSession], Any]], Any]


def text(page: TestResponse) -> str:
    bare = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", " ", page.text, flags=re.S)
    return " ".join(html.unescape(bare).split())


def forms(page: TestResponse) -> list[dict[str, Any]]:
    """What each button of a slot would send."""
    found = []
    for form in re.findall(r'<form method="post" action="/bookings".*?</form>', page.text, re.S):
        fields: dict[str, Any] = {"machine_ids": []}
        for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form):
            if name == "machine_ids":
                fields[name].append(value)
            else:
                fields[name] = value
        found.append(fields)
    return found


def tap(who: Visitor, form: dict[str, Any]) -> TestResponse:
    return who.client.post("/bookings", data=form)


def count(look: TenantSession) -> int:
    return look.scalar(select(func.count()).select_from(Booking)) or 0


def test_three_taps_lead_from_home_to_a_booking(
    amina: Visitor, tractor_id: UUID, plot_id: UUID, look: TenantSession
) -> None:
    """F2, F3: home, the job, the slot."""
    jobs = amina.get(re.search(r'href="(/book)"', amina.get("/").text)[1])
    link = html.unescape(re.search(r'href="(/book/machines\?job=plough[^"]*)"', jobs.text)[1])
    machines = amina.get(link)

    done = tap(amina, forms(machines)[0])

    assert done.status_code == 303
    booking = look.scalars(select(Booking)).one()
    assert (booking.plot_id, booking.job, booking.state) == (plot_id, "plough", "confirmed")
    # A hectare at 0.8 ha/h.
    assert (booking.ends_at - booking.starts_at).total_seconds() / 60 == 75
    assert "Booked: Tractor one" in text(amina.get(done.location))


def test_a_machine_shows_its_hours_and_its_cost(
    amina: Visitor, tractor_id: UUID, plot_id: UUID
) -> None:
    seen = text(amina.get("/book/machines?job=plough&on=2026-07-02"))

    assert "Thursday 2 July" in seen
    assert "1 h 15 min · 50 to pay · 1.25 h of work to give" in seen


def test_of_many_machines_the_first_are_shown_and_the_others_by_a_link(
    amina: Visitor, tractor_id: UUID, plot_id: UUID, settle: Settle
) -> None:
    settle(lambda session: [make_machine(session, f"Old {n}") for n in range(10)])
    first = amina.get("/book/machines?job=plough&on=2026-07-02")
    link = html.unescape(re.search(r'href="([^"]*shown=16[^"]*)"', first.text)[1])

    more = amina.get(link)

    machines = [{one["machine_ids"][0] for one in forms(page)} for page in (first, more)]
    assert [len(some) for some in machines] == [8, 11]
    assert "Show more machines" in text(first)
    assert "Show more machines" not in text(more)


def test_the_length_can_be_chosen(amina: Visitor, tractor_id: UUID, plot_id: UUID) -> None:
    """F3: editable."""
    page = amina.get("/book/machines?job=plough&on=2026-07-02&minutes=٣٠٠")

    assert "5 h · 200 to pay" in text(page)
    # From six in the morning in Cairo on.
    assert forms(page)[0]["starts_at"] == "2026-07-02T03:00:00+00:00"
    assert forms(page)[0]["ends_at"] == "2026-07-02T08:00:00+00:00"


def test_the_soonest_day_is_shown_where_none_is_chosen(
    amina: Visitor, manager: Visitor, tractor_id: UUID, wish: Callable[..., Any], settle: Settle
) -> None:
    settle(lambda session: make_policy(session, {"code": "notice_hours", "value": 60}))

    seen = text(amina.get("/book/machines?job=plough"))

    assert "Friday 3 July" in seen


def test_what_cannot_be_had_says_why_and_when_next(
    amina: Visitor, manager: Visitor, tractor_id: UUID, wish: Callable[..., Any], settle: Settle
) -> None:
    """F2, F5."""
    broken = settle(lambda session: make_machine(session, "Old one", state="broken").id)
    whole_day = wish(tractor_id, 0, 23) | {"starts_at": at(0, 2), "ends_at": at(0, 3)}
    manager.send("POST", "/api/v1/bookings", whole_day)

    page = amina.get("/book/machines?job=plough&on=2026-07-02&minutes=240")

    seen = text(page)
    assert "Nothing can be had on that day" in seen
    assert "Tractor one is taken from" in seen
    assert "Mariam" in seen
    assert "Old one cannot be booked: broken." in seen
    assert [form["machine_ids"] for form in forms(page)] == [[str(tractor_id)]]
    assert str(broken) not in page.text


def test_what_is_left_of_today_may_be_too_short(
    amina: Visitor, tractor_id: UUID, clock: Clock
) -> None:
    clock.forward(hours=8.5)

    seen = text(amina.get("/book/machines?job=plough&on=2026-07-01&minutes=120"))

    assert "Tractor one: what is left of Wednesday 1 July is too short for 120 minutes." in seen
    assert "Tractor one · Thursday 2 July · 06:00 – 08:00" in seen


def test_a_rule_that_refuses_is_named_with_its_number(
    amina: Visitor, tractor_id: UUID, settle: Settle
) -> None:
    """F5."""
    settle(lambda session: make_policy(session, {"code": "max_minutes", "value": 60}))

    page = amina.get("/book/machines?job=plough&on=2026-07-02&minutes=120")

    assert "at most 60 minutes; you asked for 120" in text(page)
    assert forms(page) == []


def test_a_kit_is_one_choice_and_its_machines_are_booked_together(
    amina: Visitor, tractor_id: UUID, settle: Settle, look: TenantSession
) -> None:
    def kit(session: TenantSession) -> UUID:
        plough = make_machine(
            session, "Plough", kind="implement", category="plough", jobs=["plough"]
        )
        set_of_two = Kit(name="Tractor and plough", job="plough")
        session.add(set_of_two)
        session.flush()
        for one in (tractor_id, plough.id):
            session.add(KitPart(kit_id=set_of_two.id, machine_id=one))
        return plough.id

    plough_id = settle(kit)

    page = amina.get("/book/machines?job=plough&on=2026-07-02")
    done = tap(amina, forms(page)[0])

    assert "Tractor one + Plough" in text(page)
    assert "Tractor and plough" in text(page)
    assert set(forms(page)[0]["machine_ids"]) == {str(tractor_id), str(plough_id)}
    assert done.status_code == 303


def test_a_clash_is_answered_with_three_ways_on(
    amina: Visitor,
    manager: Visitor,
    tractor_id: UUID,
    wish: Callable[..., Any],
    look: TenantSession,
) -> None:
    """F5: what is in the way, and one tap to what would work."""
    mine = forms(amina.get("/book/machines?job=plough&on=2026-07-02&minutes=120"))[0]
    rival = {**wish(tractor_id, 0, 1), "starts_at": mine["starts_at"], "ends_at": mine["ends_at"]}
    manager.send("POST", "/api/v1/bookings", rival)

    refused = tap(amina, mine)
    ways = forms(refused)
    again = tap(amina, ways[0])

    assert refused.status_code == 409
    assert "Mariam" in text(refused)
    assert "Nothing was booked" in text(refused)
    assert len(ways) >= 3
    assert len({way["idempotency_key"] for way in ways}) == len(ways)
    assert again.status_code == 303
    assert count(look) == 2


def test_the_same_tap_twice_is_one_booking(
    amina: Visitor, tractor_id: UUID, look: TenantSession
) -> None:
    form = forms(amina.get("/book/machines?job=plough&on=2026-07-02"))[0]

    answers = [tap(amina, form), tap(amina, form)]

    assert [answer.location for answer in answers] == [answers[0].location] * 2
    assert count(look) == 1


def test_the_form_sends_what_the_program_takes(amina: Visitor, tractor_id: UUID) -> None:
    """The outbox of a phone sends the same fields to the API."""
    page = amina.get("/book/machines?job=plough&on=2026-07-02")
    form = forms(page)[0]
    sent = {name: form[name] for name in form if name not in ("csrf_token", "idempotency_key")}

    answer = amina.send("POST", "/api/v1/bookings", sent)

    assert 'data-act="booking" data-api="/api/v1/bookings"' in page.text
    assert answer.status_code == 201


def test_the_office_books_for_a_member_and_it_is_written_down_so(
    amina: Visitor, manager: Visitor, tractor_id: UUID, plot_id: UUID, look: TenantSession
) -> None:
    page = manager.get(f"/book/machines?job=plough&on=2026-07-02&for={amina.member_id}")

    done = tap(manager, forms(page)[0])

    assert "You book for Amina" in text(page)
    assert done.status_code == 303
    booking = look.scalars(select(Booking)).one()
    assert (booking.member_id, booking.made_by) == (amina.member_id, manager.member_id)
    event = look.scalars(select(AuditEvent).where(AuditEvent.verb == "booking.book")).one()
    assert (event.actor_id, event.on_behalf_of) == (manager.member_id, amina.member_id)


def test_only_the_office_books_for_somebody_else(
    amina: Visitor, visitor: Callable[..., Visitor], tractor_id: UUID, look: TenantSession
) -> None:
    omar = visitor(name="Omar")
    form = forms(amina.get("/book/machines?job=plough&on=2026-07-02"))[0]

    answers = [
        omar.get(f"/book?for={amina.member_id}"),
        tap(omar, form | {"member_id": str(amina.member_id), "csrf_token": omar.token("/book")}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert count(look) == 0


def test_nobody_books_for_another_ones_plot(
    amina: Visitor, tractor_id: UUID, settle: Settle
) -> None:
    other = settle(lambda session: make_plot(session, "P9", boundary=square(500)).id)

    page = amina.get(f"/book/machines?job=plough&plot={other}")

    assert page.status_code == 404


@pytest.mark.parametrize(
    "query",
    ["on=9999-12-31", "on=0001-01-01", "minutes=9999999999", "minutes=x", "plot=none", "job=fly"],
)
def test_no_address_breaks_the_choice(amina: Visitor, tractor_id: UUID, query: str) -> None:
    answers = [amina.get(f"/book/machines?job=plough&{query}"), amina.get(f"/book?{query}")]

    assert {answer.status_code for answer in answers} == {200}


def test_without_machines_it_is_said_who_enters_them(amina: Visitor) -> None:
    answers = [amina.get("/book"), amina.get("/bookings"), amina.get("/machines/day")]

    assert all("The office enters the machines" in text(answer) for answer in answers)


def test_the_job_done_last_stands_first(
    amina: Visitor, tractor_id: UUID, wish: Callable[..., Any]
) -> None:
    amina.send("POST", "/api/v1/bookings", wish(tractor_id, 9, 10, job="haul"))

    jobs = re.findall(r"job=(\w+)", amina.get("/book").text)

    assert jobs == ["haul", "plough"]


def test_what_was_asked_of_the_office_is_not_called_booked(
    amina: Visitor, tractor_id: UUID, settle: Settle, look: TenantSession
) -> None:
    settle(lambda session: make_policy(session, {"code": "approval", "value": 30}))
    form = forms(amina.get("/book/machines?job=plough&on=2026-07-02"))[0]

    page = amina.get(tap(amina, form).location)

    assert "It is not booked yet" in text(page)
    assert "waiting for the office" in text(page)
    assert look.scalars(select(Booking.code)).one() not in page.text


@pytest.mark.parametrize("lacking", ["machine_ids", "job", "starts_at", "ends_at"])
def test_a_form_that_lacks_something_names_it(
    amina: Visitor, tractor_id: UUID, lacking: str
) -> None:
    form = forms(amina.get("/book/machines?job=plough&on=2026-07-02"))[0]
    form.pop(lacking)

    answer = tap(amina, form | {"idempotency_key": str(uuid4())})

    assert answer.status_code == 422
    assert lacking in text(answer)


def test_whom_the_office_books_for_gets_a_short_message(
    amina: Visitor, manager: Visitor, tractor_id: UUID, look: TenantSession
) -> None:
    """J3: booking for somebody sends them a message."""
    page = manager.get(f"/book/machines?job=plough&on=2026-07-02&for={amina.member_id}")

    tap(manager, forms(page)[0])
    tap(amina, forms(amina.get("/book/machines?job=plough&on=2026-07-03"))[0])

    message = look.scalars(select(Message)).one()
    assert (message.number, message.member_id) == (amina.phone, amina.member_id)
    assert "Tractor one" in message.text
