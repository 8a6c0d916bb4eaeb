"""The day of all machines: who has which when, the same in a picture and a table."""

import gzip
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from coopfarm.equipment.models import MachineTime
from coopfarm.store.tenancy import TenantSession
from tests.equipment.conftest import at
from tests.equipment.test_book_pages import text
from tests.equipment.test_mine_pages import book
from tests.factories.machines import make_machine
from tests.factories.members import Visitor

Wish = Callable[..., dict[str, Any]]
Settle = Callable[[Callable[[TenantSession], Any]], Any]
DAY = "/machines/day?on=2026-07-02"
LARGEST_BYTES = 15_000


def test_everybody_sees_who_has_which_machine_when(
    amina: Visitor, manager: Visitor, tractor_id: UUID, wish: Wish, settle: Settle
) -> None:
    settle(lambda session: make_machine(session, "Old one", state="broken"))
    settle(lambda session: make_machine(session, "Spare"))
    book(manager, wish(tractor_id, 9, 11))
    mine = book(amina, wish(tractor_id, 12, 13))

    page = amina.get(DAY)

    table = text(page).split("Machine Taken")[1]
    assert "Old one broken" in table
    assert "Spare free all day" in table
    assert "Tractor one 12:00–14:00 Mariam 15:00–16:00 you" in table
    assert re.findall(r'href="/bookings/([^"]+)"', page.text.split("<main")[1]) == [mine]
    assert len(re.findall(r'class="p-own">\s*<rect', page.text)) >= 1


def test_the_office_opens_every_booking_from_the_day(
    amina: Visitor, manager: Visitor, tractor_id: UUID, wish: Wish
) -> None:
    one = book(amina, wish(tractor_id, 9, 11))

    assert f'href="/bookings/{one}"' in manager.get(DAY).text


def test_days_beside_are_one_tap_away_and_far_days_break_nothing(
    amina: Visitor, tractor_id: UUID
) -> None:
    pages = [amina.get(f"/machines/day?on={on}") for on in ("9999-12-31", "0001-01-01", "")]

    assert [page.status_code for page in pages] == [200] * 3
    assert 'href="/machines/day?on=2026-06-30"' in pages[2].text
    assert 'href="/machines/day?on=2026-07-02"' in pages[2].text
    assert amina.get("/machines/day?on=soon").status_code == 422


def test_what_did_not_change_is_not_sent_again(
    amina: Visitor, manager: Visitor, tractor_id: UUID, wish: Wish, settle: Settle
) -> None:
    """Every change of the day is another page: booked, moved, given up, held, broken."""

    def etag() -> str:
        return str(amina.get(DAY).headers["ETag"])

    seen = [etag()]
    one = book(manager, wish(tractor_id, 9, 11))
    seen.append(etag())
    again = amina.get(DAY, headers={"If-None-Match": seen[-1]})
    manager.send("POST", f"/api/v1/bookings/{one}/move", {"starts_at": at(10), "ends_at": at(12)})
    seen.append(etag())
    manager.send("POST", f"/api/v1/bookings/{one}/cancel", {})
    seen.append(etag())
    book(manager, wish(tractor_id, 10, 12))
    seen.append(etag())
    settle(lambda session: session.add(hold(tractor_id)))
    seen.append(etag())
    settle(lambda session: make_machine(session, "Another"))
    seen.append(etag())

    assert (again.status_code, again.data) == (304, b"")
    # Given up, the day is as before anybody booked.
    assert len(set(seen)) == len(seen) - 1
    assert seen[3] == seen[0]


def hold(machine_id: UUID) -> MachineTime:
    starts = datetime(2026, 7, 2, 15, tzinfo=UTC)
    ends = starts + timedelta(hours=1)
    return MachineTime(
        machine_id=machine_id, subject_id=uuid4(), kind="hold", starts_at=starts, ends_at=ends
    )


def test_nobody_gets_the_page_of_somebody_else(
    amina: Visitor, manager: Visitor, tractor_id: UUID
) -> None:
    mine = amina.get(DAY).headers["ETag"]

    theirs = manager.get(DAY, headers={"If-None-Match": mine})
    arabic = amina.get(DAY, headers={"If-None-Match": mine, "Cookie": "language=ar"})

    assert (theirs.status_code, arabic.status_code) != (304, 304)
    assert "private" in theirs.headers["Cache-Control"]


def test_what_was_just_done_is_said_once(amina: Visitor, tractor_id: UUID, wish: Wish) -> None:
    first = amina.get(DAY).headers["ETag"]
    one = book(amina, wish(tractor_id, 9, 11, starts_at=at(9, 3), ends_at=at(11, 3)))
    amina.post(f"/bookings/{one}/give-up")

    said = amina.get(DAY, headers={"If-None-Match": first})
    after = amina.get(DAY, headers={"If-None-Match": first})

    assert "Given up" in text(said)
    assert "ETag" not in said.headers
    assert after.status_code == 304


def test_fifty_machines_are_light(
    amina: Visitor, wish: Wish, settle: Settle, manager: Visitor
) -> None:
    machines = settle(
        lambda session: [make_machine(session, f"Tractor number {n}").id for n in range(50)]
    )
    settle(lambda session: session.add_all(_busy(machines)))

    page = amina.get(DAY)

    assert page.text.count('<th scope="row"') == 50
    assert len(gzip.compress(page.data)) <= LARGEST_BYTES


def _busy(machines: list[UUID]) -> list[MachineTime]:
    found = []
    for place, machine_id in enumerate(machines):
        for hour in range(6, 18, 3):
            starts = datetime(2026, 7, 2, hour, place % 4 * 15, tzinfo=UTC)
            found.append(
                MachineTime(
                    machine_id=machine_id,
                    subject_id=uuid4(),
                    kind="hold",
                    starts_at=starts,
                    ends_at=starts + timedelta(minutes=75 + place),
                )
            )
    return found
