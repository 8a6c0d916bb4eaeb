"""The waiting list: who comes next and why, what is held, and how it is passed on."""

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from coopfarm.equipment.actions import changing, due, waiting
from coopfarm.equipment.models import Booking, MachineTime, Waiting
from coopfarm.equipment.queries import bookings
from coopfarm.equipment.queries import waiting as queries
from coopfarm.equipment.rules import waiting as rules
from coopfarm.equipment.rules.waiting import Claim
from coopfarm.kernel.interval import Interval
from coopfarm.kernel.words import in_english
from coopfarm.members.actions import telling
from coopfarm.store.audit import AuditEvent
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock
from tests.equipment.conftest import at
from tests.equipment.living import act, book, line_up, only_entry
from tests.equipment.test_book_pages import text
from tests.factories.machines import make_policy
from tests.factories.members import Visitor

Wish = Callable[..., dict[str, Any]]
Settle = Callable[[Callable[[TenantSession], Any]], Any]
Make = Callable[..., Visitor]
DAY = date(2026, 7, 1)

claims = st.builds(
    Claim,
    id=st.uuids(),
    owed_days=st.sampled_from([0.0, 0.5, 2.0]),
    used_hours=st.sampled_from([0.0, 3.0]),
    labour_hours=st.sampled_from([0.0, 8.0]),
    since=st.sampled_from([datetime(2026, 7, 1, hour, tzinfo=UTC) for hour in (8, 9)]),
)


@pytest.fixture
def omar(visitor: Make) -> Visitor:
    found = visitor(name="Omar")
    found.client.set_cookie("language", "en")
    return found


@given(st.lists(claims, max_size=8, unique_by=lambda claim: claim.id), st.randoms())
def test_the_line_does_not_depend_on_the_order_it_is_told_in(
    told: list[Claim], chance: Any
) -> None:
    shuffled = [*told]
    chance.shuffle(shuffled)

    line, again = rules.in_line(told, DAY), rules.in_line(shuffled, DAY)

    assert line == again
    assert [rank.place for _, rank in line] == [*range(1, len(told) + 1)]


@given(st.lists(claims, min_size=2, max_size=8, unique_by=lambda claim: claim.id))
def test_nobody_stands_before_somebody_with_the_better_claim(told: list[Claim]) -> None:
    line = [claim for claim, _ in rules.in_line(told, DAY)]

    for first, second in itertools.pairwise(line):
        merits = [
            (-one.owed_days, one.used_hours, -one.labour_hours, one.since)
            for one in (first, second)
        ]
        assert merits[0] <= merits[1]
        if merits[0] == merits[1]:
            assert rules.lot(first.id, DAY) < rules.lot(second.id, DAY)


@given(st.lists(claims, min_size=1, max_size=8, unique_by=lambda claim: claim.id))
def test_every_place_is_told_in_words(told: list[Claim]) -> None:
    ranks = [rank.as_json() for _, rank in rules.in_line(told, DAY)]

    said = [[in_english(one) for one in rules.in_words(rank)] for rank in ranks]

    assert all(len(words) == 2 and "%(" not in " ".join(words) for words in said)


@pytest.mark.parametrize(
    ("start_hour", "hours", "held_minutes"),
    [(24, 4, 240), (3, 4, 120), (1.25, 4, 15), (1.2, 4, None), (0.5, 4, None), (24, 0.5, 30)],
)
def test_a_hold_leaves_an_hour_before_what_it_holds(
    start_hour: float, hours: float, held_minutes: int | None
) -> None:
    now = datetime(2026, 7, 1, 8, tzinfo=UTC)
    start = now + timedelta(hours=start_hour)

    until = rules.held_until(Interval(start, start + timedelta(hours=2)), now, hours)

    assert until == (None if held_minutes is None else now + timedelta(minutes=held_minutes))


def test_what_is_given_up_is_held_for_the_first_in_line_and_for_nobody_else(
    amina: Visitor, manager: Visitor, omar: Visitor, tractor_id: UUID, wish: Wish
) -> None:
    first = book(amina, wish(tractor_id, 9, 11)).json
    line_up(omar, tractor_id, 9, 11)

    act(amina, f"bookings/{first['id']}/cancel", {})
    refused = book(manager, wish(tractor_id, 9, 11))

    assert only_entry(omar)["state"] == "offered"
    assert only_entry(omar)["offer_starts_at"] == at(9)
    assert (refused.status_code, refused.json["code"]) == (409, "machine-held")
    assert "until Wednesday 1 July, 15:00" in refused.json["title"]
    assert len(refused.json["alternatives"]) >= 3


def test_taking_an_offer_books_it(
    amina: Visitor, omar: Visitor, tractor_id: UUID, wish: Wish, look: TenantSession
) -> None:
    first = book(amina, wish(tractor_id, 9, 11)).json
    entry = line_up(omar, tractor_id, 9, 11).json
    act(amina, f"bookings/{first['id']}/cancel", {})

    taken = act(omar, f"waiting/{entry['id']}/take")

    assert (taken.status_code, taken.json["state"]) == (201, "confirmed")
    assert taken.json["starts_at"] == at(9)
    assert only_entry(omar)["booking_id"] == taken.json["id"]
    assert set(look.scalars(select(MachineTime.kind))) == {"booking"}


def test_refusing_an_offer_passes_it_on_and_so_does_the_hour(
    *,
    amina: Visitor,
    manager: Visitor,
    omar: Visitor,
    visitor: Make,
    tractor_id: UUID,
    wish: Wish,
    clock: Clock,
) -> None:
    hind = visitor(name="Hind")
    first = book(manager, wish(tractor_id, 9, 11)).json
    for who in (amina, omar, hind):
        entry = line_up(who, tractor_id, 9, 11).json
        clock.forward(minutes=1)
    mine = only_entry(amina)
    act(manager, f"bookings/{first['id']}/cancel", {})

    act(amina, f"waiting/{mine['id']}/withdraw")
    after_refusal = [only_entry(who)["state"] for who in (amina, omar, hind)]
    clock.forward(hours=4)
    after_time = [only_entry(who)["state"] for who in (amina, omar, hind)]

    assert entry["rank"]["place"] == 3
    assert after_refusal == ["withdrawn", "offered", "waiting"]
    assert after_time == ["withdrawn", "lapsed", "offered"]


def test_the_line_says_why(
    *, amina: Visitor, manager: Visitor, omar: Visitor, tractor_id: UUID, wish: Wish, settle: Settle
) -> None:
    past = act(amina, "bookings", wish(tractor_id, 5, 8)).json
    book(manager, wish(tractor_id, 9, 11))
    settle(lambda session: setattr(known(session, past), "state", "settled"))
    line_up(amina, tractor_id, 9, 11)
    line_up(omar, tractor_id, 9, 11)

    hers, his = only_entry(amina), only_entry(omar)

    assert (hers["rank"]["place"], his["rank"]["place"]) == (2, 1)
    assert hers["why"][0] == "You are number 2 of 2 in line."
    assert "the one before you had the machine for 0 hours, and you for 3" in hers["why"][1]


def known(session: TenantSession, told: dict[str, Any]) -> Booking:
    return bookings.booking(session, UUID(told["id"]))


def test_a_move_and_an_end_brought_forward_serve_the_line(
    amina: Visitor, omar: Visitor, tractor_id: UUID, wish: Wish
) -> None:
    first = book(amina, wish(tractor_id, 9, 12)).json
    line_up(omar, tractor_id, 9, 12, minutes=60)

    act(amina, f"bookings/{first['id']}/move", {"starts_at": at(9), "ends_at": at(11)})

    assert only_entry(omar)["offer_starts_at"] == at(11)


def test_what_is_free_is_held_at_once(omar: Visitor, tractor_id: UUID) -> None:
    entry = line_up(omar, tractor_id, 9, 11).json

    assert entry["state"] == "offered"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"job": "bale"}, "machine-does-not-do-this"),
        ({"minutes": 150}, "waiting-span-over"),
        ({"latest_at": at(8)}, "booking-without-length"),
        ({"machine_id": str(uuid4())}, "missing"),
        ({"earliest_at": at(5, day=1), "latest_at": at(9, day=1)}, "waiting-span-over"),
    ],
)
def test_nobody_waits_in_vain(
    omar: Visitor, tractor_id: UUID, sent: dict[str, Any], code: str
) -> None:
    wish = {"machine_id": str(tractor_id), "job": "plough", "minutes": 120}
    span = {"earliest_at": at(9), "latest_at": at(11)}

    refused = act(omar, "waiting", wish | span | sent)

    assert refused.json["code"] == code


def test_one_place_in_the_line_is_enough(
    amina: Visitor, omar: Visitor, tractor_id: UUID, wish: Wish
) -> None:
    book(amina, wish(tractor_id, 9, 11))
    line_up(omar, tractor_id, 9, 11)

    again = line_up(omar, tractor_id, 8, 11)

    assert (again.status_code, again.json["code"]) == (409, "already-waiting")


def test_somebody_elses_offer_is_as_if_it_were_not_there(
    amina: Visitor, omar: Visitor, tractor_id: UUID
) -> None:
    entry = line_up(omar, tractor_id, 9, 11).json

    answers = [act(amina, f"waiting/{entry['id']}/{what}") for what in ("take", "withdraw")]

    assert {answer.status_code for answer in answers} == {404}


def test_an_offer_that_is_over_cannot_be_taken(
    omar: Visitor, tractor_id: UUID, clock: Clock
) -> None:
    entry = line_up(omar, tractor_id, 9, 11).json
    clock.forward(hours=5)

    late = act(omar, f"waiting/{entry['id']}/take")

    assert (late.status_code, late.json["code"]) == (409, "offer-over")


def test_the_rules_say_for_how_long_it_is_held(
    omar: Visitor, tractor_id: UUID, settle: Settle
) -> None:
    settle(lambda session: make_policy(session, {"code": "hold_hours", "value": 2}))

    entry = line_up(omar, tractor_id, 9, 11).json

    assert entry["held_until"] == at(10, day=1)


def test_doing_what_is_due_twice_changes_nothing_more(
    omar: Visitor, amina: Visitor, tractor_id: UUID, settle: Settle, clock: Clock
) -> None:
    line_up(omar, tractor_id, 9, 11)
    line_up(amina, tractor_id, 9, 11)
    clock.forward(hours=4)

    done = [settle(lambda session: due.run(session, clock.now)) for _ in range(2)]

    assert done == [1, 0]


def test_without_a_second_look_two_at_once_would_pass_on_twice(
    *,
    omar: Visitor,
    tractor_id: UUID,
    settle: Settle,
    clock: Clock,
    look: TenantSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The guard of `waiting.lapse`, seen to be needed: without it what is stale is done again."""
    line_up(omar, tractor_id, 9, 11)
    clock.forward(hours=4)
    seen = settle(lambda session: [one.id for one in queries.lapsing(session, clock.now)])
    settle(lambda session: due.run(session, clock.now))

    def stale(session: TenantSession, *_: Any) -> Any:
        return session.scalars(select(Waiting).where(Waiting.id.in_(seen))).all()

    monkeypatch.setattr(queries, "lapsing", stale)
    guarded = settle(lambda session: waiting.lapse(session, clock.now))
    monkeypatch.setattr(queries, "still", stale)
    unguarded = settle(lambda session: waiting.lapse(session, clock.now))

    lapsed = look.scalars(select(AuditEvent).where(AuditEvent.verb == "waiting.lapse")).all()
    assert (guarded, unguarded, len(lapsed)) == (0, 1, 2)


def test_whoever_is_offered_something_is_told(
    *, amina: Visitor, omar: Visitor, tractor_id: UUID, wish: Wish, settle: Settle, clock: Clock
) -> None:
    book(amina, wish(tractor_id, 9, 11))
    line_up(omar, tractor_id, 9, 11)

    def cancel(session: TenantSession) -> list[tuple[UUID, str]]:
        booking = session.scalars(select(Booking)).one()
        changing.release(session, booking, "cancelled", clock.now)
        return [(one.member_id, one.said.code) for one in telling.gathered(session)]

    assert settle(cancel) == [(omar.member_id, "told-offer")]


def test_what_is_held_for_the_next_in_line_is_told_while_choosing(
    amina: Visitor, omar: Visitor, tractor_id: UUID, wish: Wish
) -> None:
    first = book(amina, wish(tractor_id, 9, 11)).json
    line_up(omar, tractor_id, 9, 11)
    act(amina, f"bookings/{first['id']}/cancel", {})

    page = text(amina.get("/book/machines?job=plough&plot=none&on=2026-07-02"))

    told = "Tractor one is held from Thursday 2 July, 12:00 to Thursday 2 July, 14:00 for the next"
    assert page.count(told) == 1
    assert "06:00 – 08:00" in page
