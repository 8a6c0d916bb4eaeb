"""Calendars for other programs: whole, small, in the reader's language, and revocable."""

import gzip
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import Select, select

from coopfarm.equipment.models import Feed
from coopfarm.equipment.rules.feeds import Entry, Sheet, Spoken, written
from coopfarm.kernel.calendar import Entry as CalendarEntry
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.words import Sentence
from coopfarm.land.actions import calendar as plot_calendar
from coopfarm.members.actions import calendar as person_calendar
from coopfarm.members.models import Member
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock
from tests.factories.members import Visitor

Settle = Callable[[Callable[[TenantSession], Any]], Any]
Wish = Callable[..., dict[str, Any]]
NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def july_first(clock: Clock) -> None:
    clock.now = NOW


@pytest.fixture(autouse=True)
def who_reads_english(amina: Visitor, manager: Visitor, settle: Settle) -> None:
    for who in (amina, manager):
        settle(lambda s, who=who: setattr(s.scalars(_row(who)).one(), "locale", "en_GB"))


@pytest.fixture
def program(amina: Visitor) -> FlaskClient:
    """A calendar program: no cookies, no account."""
    return amina.client.application.test_client()


def address(who: Visitor, page: str = "/calendar/address") -> str:
    who.post(page)
    found = re.search(r'value="http://localhost(/feeds/[^"]+)"', who.get(page).text)
    assert found
    return found[1]


def _row(who: Visitor) -> Select[Member]:
    return select(Member).where(Member.id == who.member_id)


def events(program: FlaskClient, path: str) -> list[Any]:
    answer = program.get(path)
    assert answer.status_code == 200
    return list(Calendar.from_ical(answer.text).walk("VEVENT"))


def test_a_members_bookings_stand_in_it_in_utc(
    amina: Visitor, program: FlaskClient, tractor_id: UUID, wish: Wish
) -> None:
    booked: Any = amina.send("POST", "/api/v1/bookings", wish(tractor_id, 9, 11)).json

    answer = program.get(address(amina))
    (event,) = Calendar.from_ical(answer.text).walk("VEVENT")

    assert answer.mimetype == "text/calendar"
    assert "DTSTART:20260702T090000Z" in answer.text
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT4H" in answer.text
    assert event["uid"] == f"{booked['id']}@coopfarm"
    assert event["summary"] == "Tractor one: ploughing"
    assert (event["status"], event["sequence"]) == ("CONFIRMED", 1)


def test_what_was_moved_has_the_same_uid_and_a_later_sequence(
    amina: Visitor, program: FlaskClient, tractor_id: UUID, wish: Wish
) -> None:
    booked: Any = amina.send("POST", "/api/v1/bookings", wish(tractor_id, 9, 11)).json
    path = address(amina)
    (before,) = events(program, path)
    later = {name: wish(tractor_id, 13, 15)[name] for name in ("starts_at", "ends_at")}

    amina.send("POST", f"/api/v1/bookings/{booked['id']}/move", later)

    (after,) = events(program, path)
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert after.start == datetime(2026, 7, 2, 13, tzinfo=UTC)


def test_what_was_given_up_is_said_to_be_so_for_thirty_days(
    amina: Visitor, program: FlaskClient, tractor_id: UUID, wish: Wish, clock: Clock
) -> None:
    booked: Any = amina.send("POST", "/api/v1/bookings", wish(tractor_id, 9, 11)).json
    path = address(amina)
    amina.send("POST", f"/api/v1/bookings/{booked['id']}/cancel", {})

    (event,) = events(program, path)
    clock.now = NOW + timedelta(days=31)

    assert event["status"] == "CANCELLED"
    assert events(program, path) == []


def test_turns_of_water_stand_in_it_with_their_plots(
    amina: Visitor, program: FlaskClient, plot_id: UUID, settle: Settle
) -> None:
    turn, during = uuid4(), Interval(NOW + timedelta(hours=20), NOW + timedelta(hours=21))

    def give(session: TenantSession) -> None:
        plot_calendar.write(session, [CalendarEntry(turn, plot_id, "turn", during)])
        mine = CalendarEntry(turn, amina.member_id, "turn", during, is_hard=False)
        person_calendar.write(session, [mine])

    settle(give)

    (event,) = events(program, address(amina))
    assert (event["summary"], event["location"]) == ("water turn", "P1")
    assert event["uid"] == f"{turn}@coopfarm"


def test_it_is_in_the_language_of_its_member(
    amina: Visitor, program: FlaskClient, settle: Settle
) -> None:
    during = Interval(NOW + timedelta(hours=20), NOW + timedelta(hours=21))
    turn = CalendarEntry(uuid4(), amina.member_id, "turn", during, is_hard=False)
    settle(lambda session: person_calendar.write(session, [turn]))
    settle(lambda session: setattr(session.scalars(_row(amina)).one(), "locale", "ar_EG"))

    (event,) = events(program, address(amina))

    assert event["summary"] == "دور ماء"


def test_a_revoked_address_answers_no_longer_and_a_new_one_replaces_it(
    amina: Visitor, program: FlaskClient, look: TenantSession
) -> None:
    old = address(amina)
    new = address(amina)

    seen = [program.get(path).status_code for path in (old, new)]
    amina.post("/calendar/address/revoke")
    seen.append(program.get(new).status_code)

    assert seen == [404, 200, 404]
    hashes = look.scalars(select(Feed.token_hash)).all()
    assert not any(one in old + new for one in hashes)


def test_what_did_not_change_is_not_sent_again(
    amina: Visitor, program: FlaskClient, tractor_id: UUID, wish: Wish, clock: Clock
) -> None:
    amina.send("POST", "/api/v1/bookings", wish(tractor_id, 9, 11))
    path = address(amina)
    first = program.get(path)
    clock.now = NOW + timedelta(hours=4)

    again = program.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")


def test_who_has_left_is_not_told_any_more(
    amina: Visitor, program: FlaskClient, settle: Settle
) -> None:
    path = address(amina)

    def leave(session: TenantSession) -> None:
        member = session.scalars(_row(amina)).one()
        member.state, member.left_on = "left", NOW.date()

    settle(leave)

    assert program.get(path).status_code == 404


def test_a_machines_calendar_is_made_by_who_cares_for_it(
    amina: Visitor, manager: Visitor, program: FlaskClient, tractor_id: UUID, wish: Wish
) -> None:
    amina.send("POST", "/api/v1/bookings", wish(tractor_id, 9, 11))
    page = f"/machines/{tractor_id}/address"

    (event,) = events(program, address(manager, page))

    assert event["summary"] == "ploughing: Amina"
    assert amina.get(page).status_code == 403
    assert amina.post(page).status_code == 403


def test_forty_events_weigh_less_than_four_kilobytes_packed() -> None:
    entries = [
        Entry(
            id=uuid4(),
            kind="booking",
            during=Interval(NOW + timedelta(days=n), NOW + timedelta(days=n, hours=2)),
            summary=Sentence("feed:booking"),
            edition=n % 5,
            changed_at=NOW + timedelta(minutes=17 * n),
            place=f"W{n % 3}-{n}",
        )
        for n in range(40)
    ]

    said = written(Sheet("ماكيناتي", [Spoken(one, "جرار ١ + محراث: حرث") for one in entries]))

    assert len(gzip.compress(said, 6)) <= 4000
    assert all(len(line) <= 75 for line in said.split(b"\r\n"))


def test_only_the_owner_of_a_booking_has_it_in_the_calendar(
    amina: Visitor, manager: Visitor, program: FlaskClient, tractor_id: UUID, wish: Wish
) -> None:
    manager.send("POST", "/api/v1/bookings", wish(tractor_id, 9, 11))

    assert events(program, address(amina)) == []
    assert len(events(program, address(manager))) == 1


def test_the_page_says_that_programs_fetch_seldom(amina: Visitor) -> None:
    assert "only every few hours" in amina.get("/calendar/address").text


def test_a_full_calendar_is_sent_packed_and_small_and_not_again(
    amina: Visitor, program: FlaskClient, tractor_id: UUID, wish: Wish
) -> None:
    for hour in range(10, 22):
        amina.send("POST", "/api/v1/bookings", wish(tractor_id, hour, hour + 1))
    path = address(amina)
    packs = {"Accept-Encoding": "gzip"}

    first = program.get(path, headers=packs)
    again = program.get(path, headers={**packs, "If-None-Match": first.headers["ETag"]})

    assert first.headers["Content-Encoding"] == "gzip"
    assert len(first.data) <= 4_096
    assert gzip.decompress(first.data).count(b"BEGIN:VEVENT") == 12
    assert (again.status_code, again.data) == (304, b"")
