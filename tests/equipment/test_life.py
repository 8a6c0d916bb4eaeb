"""Machines go out and come back, or nobody comes; slips are signed and posted once."""

import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from coopfarm.equipment.actions import due, no_shows, overdue, slips
from coopfarm.equipment.models import (
    Booking,
    Charge,
    HandOver,
    Machine,
    MachineTime,
    OverdueStep,
    WorkSlip,
)
from coopfarm.equipment.queries import life
from coopfarm.equipment.queries.cases import Whose
from coopfarm.equipment.rules.slips import SlipNotInThatState
from coopfarm.ledger import queries as ledger
from coopfarm.members.models import Cooperative
from coopfarm.store.audit import AuditEvent
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from tests.conftest import Clock
from tests.equipment.conftest import at
from tests.equipment.living import act, book, line_up, only_entry, only_slip, state_of
from tests.equipment.test_book_pages import text
from tests.factories.machines import make_machine, make_policy
from tests.factories.members import Visitor

Wish = Callable[..., dict[str, Any]]
Settle = Callable[[Callable[[TenantSession], Any]], Any]
Make = Callable[..., Visitor]
Booked = dict[str, Any]


@pytest.fixture
def omar(visitor: Make) -> Visitor:
    found = visitor(name="Omar")
    found.client.set_cookie("language", "en")
    return found


@pytest.fixture
def booked(amina: Visitor, tractor_id: UUID, wish: Wish) -> Booked:
    """Amina has the tractor on 2 July from 09:00 to 11:00 for 80.00 and two hours."""
    return dict(book(amina, wish(tractor_id, 9, 11)).json)


def on_the_day(clock: Clock, hour: float) -> None:
    clock.forward(hours=24 + hour - 8)


def pass_on(who: Visitor, booked: Booked, way: str, **told: Any) -> Any:
    return act(who, f"bookings/{booked['id']}/{way}", told)


# Out and back.


def test_a_machine_goes_out_and_comes_back_with_its_meter(
    amina: Visitor, booked: Booked, clock: Clock, look: TenantSession
) -> None:
    on_the_day(clock, 9)
    out = pass_on(amina, booked, "out", meter_reading=100.0)
    clock.forward(hours=2)
    back = pass_on(amina, booked, "back", meter_reading=101.5)

    assert (out.json["state"], back.json["state"]) == ("out", "returned")
    assert look.scalars(select(Machine.meter_reading)).one() == 101.5
    assert len(look.scalars(select(HandOver)).all()) == 2


def test_what_a_phone_tells_late_is_written_down_as_it_was(
    amina: Visitor, booked: Booked, clock: Clock, look: TenantSession
) -> None:
    on_the_day(clock, 12)

    pass_on(amina, booked, "out", at=at(9.25), meter_reading=100.0)
    pass_on(amina, booked, "back", at=at(10.75), meter_reading=101.0)

    moments = look.scalars(select(HandOver.at).order_by(HandOver.at)).all()
    assert [moment.isoformat() for moment in moments] == [at(9.25), at(10.75)]
    assert set(look.scalars(select(HandOver.recorded_at))) == {clock.now}


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"at": at(9.2)}, "handed-over-in-the-future"),
        ({"at": at(7.9)}, "handed-over-too-early"),
        ({"meter_reading": 49.0}, "meter-backwards"),
        ({"machine_id": str(uuid4())}, "machine-not-of-booking"),
    ],
)
def test_what_cannot_be_is_not_written_down(
    *,
    amina: Visitor,
    booked: Booked,
    clock: Clock,
    settle: Settle,
    told: dict[str, Any],
    code: str,
) -> None:
    settle(lambda session: setattr(session.scalars(select(Machine)).one(), "meter_reading", 50.0))
    on_the_day(clock, 9)

    refused = pass_on(amina, booked, "out", **told)

    assert refused.json["code"] == code
    if code == "meter-backwards":
        assert (refused.json["facts"]["before"], refused.json["facts"]["reading"]) == (50, 49)


def test_a_phone_may_tell_the_same_twice(
    amina: Visitor, booked: Booked, clock: Clock, look: TenantSession
) -> None:
    on_the_day(clock, 9)
    pass_on(amina, booked, "out", meter_reading=100.0)

    again = pass_on(amina, booked, "out", meter_reading=100.0)
    other = pass_on(amina, booked, "out", meter_reading=102.0)

    assert (again.status_code, other.status_code) == (200, 409)
    assert len(look.scalars(select(HandOver)).all()) == 1


def test_nothing_comes_back_that_did_not_go_out(
    amina: Visitor, booked: Booked, clock: Clock
) -> None:
    on_the_day(clock, 9)

    refused = pass_on(amina, booked, "back", meter_reading=100.0)

    assert refused.json["code"] == "machine-not-out"


def test_somebody_else_needs_the_six_digits(
    omar: Visitor, booked: Booked, clock: Clock, look: TenantSession
) -> None:
    on_the_day(clock, 9)
    code = look.scalars(select(Booking.code)).one()

    without = pass_on(omar, booked, "out")
    wrong = pass_on(omar, booked, "out", code="1" if code != "000001" else "2")
    told = pass_on(omar, booked, "out", code=code)

    assert (without.status_code, wrong.status_code, told.status_code) == (404, 404, 200)


def test_of_several_meters_it_is_said_whose_is_read(
    amina: Visitor, tractor_id: UUID, wish: Wish, settle: Settle, clock: Clock
) -> None:
    drill = settle(lambda session: make_machine(session, "Drill", meter="hectares").id)
    kit = {"machine_ids": [str(tractor_id), str(drill)]}
    both = book(amina, wish(tractor_id, 9, 11) | kit).json
    on_the_day(clock, 9)

    unclear = pass_on(amina, both, "out", meter_reading=5.0)
    first = pass_on(amina, both, "out", machine_id=str(drill), meter_reading=5.0)
    second = pass_on(amina, both, "out", machine_id=str(tractor_id), meter_reading=70.0)
    clock.forward(hours=1)
    one_back = pass_on(amina, both, "back", machine_id=str(drill), meter_reading=6.5)
    all_back = pass_on(amina, both, "back", machine_id=str(tractor_id), meter_reading=70.8)

    assert unclear.json["code"] == "which-meter"
    assert [answer.json["state"] for answer in (first, second, one_back, all_back)] == [
        "out",
        "out",
        "out",
        "returned",
    ]
    slip = only_slip(amina)
    assert (slip["hours"], slip["hectares"]) == (0.8, 1.5)


def test_coming_back_early_frees_the_rest_for_who_waits(
    *,
    amina: Visitor,
    omar: Visitor,
    tractor_id: UUID,
    wish: Wish,
    clock: Clock,
    look: TenantSession,
) -> None:
    long = book(amina, wish(tractor_id, 9, 17)).json
    line_up(omar, tractor_id, 9, 17, minutes=120)
    on_the_day(clock, 9)
    pass_on(amina, long, "out")
    clock.forward(hours=1)

    pass_on(amina, long, "back")

    assert only_entry(omar)["offer_starts_at"] == at(11.25)
    times = look.scalars(select(MachineTime.ends_at).order_by(MachineTime.starts_at)).all()
    assert times[0].isoformat() == at(10)


# Nobody came.


def test_nobody_coming_gives_the_machine_on(
    *,
    amina: Visitor,
    omar: Visitor,
    tractor_id: UUID,
    wish: Wish,
    clock: Clock,
    look: TenantSession,
) -> None:
    long = book(amina, wish(tractor_id, 9, 17)).json
    line_up(omar, tractor_id, 9, 17)
    on_the_day(clock, 9.99)
    still = state_of(amina, long)

    clock.forward(minutes=1)

    assert (still, state_of(amina, long)) == ("confirmed", "no_show")
    assert only_entry(omar)["state"] == "offered"
    assert look.scalar(select(func.sum(Charge.amount))) == 0


def test_who_did_not_come_can_say_why(amina: Visitor, booked: Booked, clock: Clock) -> None:
    on_the_day(clock, 10)

    told = act(amina, f"bookings/{booked['id']}/no-show-reason", {"words": "The canal broke"})

    assert told.json["note"] == "The canal broke"


def test_who_had_come_without_a_signal_has_the_booking_back(
    amina: Visitor, booked: Booked, omar: Visitor, tractor_id: UUID, clock: Clock
) -> None:
    line_up(omar, tractor_id, 9, 17)
    on_the_day(clock, 10.5)
    given_on = state_of(amina, booked)

    told = pass_on(amina, booked, "out", at=at(9.5))

    assert (given_on, told.status_code, told.json["state"]) == ("no_show", 200, "out")


def test_hours_that_somebody_else_has_by_now_are_not_taken_from_them(
    *, amina: Visitor, booked: Booked, omar: Visitor, tractor_id: UUID, wish: Wish, clock: Clock
) -> None:
    on_the_day(clock, 10.1)
    book(omar, wish(tractor_id, 10.25, 11))

    told = pass_on(amina, booked, "out", at=at(9.5))

    assert (told.status_code, told.json["code"]) == (409, "machine-taken")


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ({"value": 30}, "no_show"),
        ({"value": 120}, "confirmed"),
        ({"value": 30, "is_hard": False}, "confirmed"),
    ],
)
def test_the_rules_say_how_long_somebody_is_waited_for(
    *,
    amina: Visitor,
    booked: Booked,
    settle: Settle,
    clock: Clock,
    line: dict[str, Any],
    state: str,
) -> None:
    settle(lambda session: make_policy(session, {"code": "grace_minutes"} | line))

    on_the_day(clock, 10)

    assert state_of(amina, booked) == state


def test_nothing_of_another_cooperative_is_due_here(
    booked: Booked, database: Database, clock: Clock, settle: Settle
) -> None:
    with database.transaction() as session:
        other = Cooperative(name="Other", timezone="UTC", locale="en_GB", made_at=clock.now)
        session.add(other)
        session.flush()
        other_id = other.id
    on_the_day(clock, 12)

    with database.transaction(other_id) as session:
        there = (due.due(session, clock.now), due.run(session, clock.now))

    assert there == ([], 0)
    assert settle(lambda session: due.run(session, clock.now)) == 1


# At once, and twice.


def at_once(times: int, work: Callable[[], Any]) -> list[Any]:
    """What each of so many threads got, begun together."""
    start, got = threading.Barrier(times), list[Any]()

    def go() -> None:
        start.wait()
        try:
            got.append(work())
        except SlipNotInThatState as refusal:
            got.append(refusal.code)

    threads = [threading.Thread(target=go) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def test_what_is_due_is_done_once_though_four_do_it_at_once(
    *,
    amina: Visitor,
    omar: Visitor,
    tractor_id: UUID,
    wish: Wish,
    database: Database,
    cooperative_id: int,
    clock: Clock,
    look: TenantSession,
) -> None:
    book(amina, wish(tractor_id, 9, 17))
    line_up(omar, tractor_id, 9, 17)
    on_the_day(clock, 10)

    at_once(4, lambda: due.perform(database, cooperative_id, clock.now, lambda _: []))

    verbs = look.scalars(select(AuditEvent.verb)).all()
    assert (verbs.count("booking.no-show"), verbs.count("waiting.offer")) == (1, 1)
    assert look.scalar(select(func.sum(Charge.amount))) == 0


def test_without_holding_what_it_does_nobody_coming_would_be_written_down_twice(
    booked: Booked, settle: Settle, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard of `no_shows.release`, seen to be needed."""
    on_the_day(clock, 10)
    stale = settle(lambda session: [one.id for one in life.awaited(session, clock.now)])

    def unguarded(session: TenantSession, *_: Any, **__: Any) -> Any:
        return session.scalars(select(Booking).where(Booking.id.in_(stale))).all()

    monkeypatch.setattr(life, "awaited", unguarded)
    guarded = [settle(lambda session: no_shows.release(session, clock.now)) for _ in range(2)]
    monkeypatch.setattr(life, "in_state", unguarded)

    assert guarded == [1, 0]
    assert settle(lambda session: no_shows.release(session, clock.now)) == 1


# Not back.


@pytest.fixture
def late(amina: Visitor, booked: Booked, clock: Clock) -> Booked:
    """The tractor is out, and was to be back at 11:00."""
    on_the_day(clock, 9)
    pass_on(amina, booked, "out")
    return booked


def test_who_is_late_is_reminded_once(
    late: Booked, clock: Clock, settle: Settle, look: TenantSession
) -> None:
    clock.forward(hours=2.9)
    early = settle(lambda session: due.run(session, clock.now))
    clock.forward(hours=0.1)

    done = [settle(lambda session: due.run(session, clock.now)) for _ in range(2)]

    assert (early, done) == (0, [1, 0])
    assert look.scalars(select(OverdueStep.step)).all() == ["remind"]


def whose(who: Visitor, clock: Clock) -> Whose:
    return Whose(who.member_id, who.member_id, frozenset({"manager"}), clock.now, ZoneInfo("UTC"))


def take(settle: Settle, late: Booked, step: str, concerns: Whose, hours: float = 0.0) -> Any:
    wanted = overdue.Step(step, "Asked by the assembly", hours)
    return settle(lambda session: overdue.take(session, UUID(late["id"]), wanted, concerns).step)


def test_each_step_is_taken_once_and_not_before_its_time(
    late: Booked, manager: Visitor, clock: Clock, settle: Settle
) -> None:
    clock.forward(hours=7)

    call = take(settle, late, "call", whose(manager, clock))

    assert call == "call"
    with pytest.raises(overdue.rules.StepTaken):
        take(settle, late, "call", whose(manager, clock))
    with pytest.raises(overdue.rules.StepNotDue):
        take(settle, late, "hold", whose(manager, clock))


def test_hours_of_work_are_owed_until_the_step_is_taken_back(
    late: Booked, manager: Visitor, clock: Clock, settle: Settle, look: TenantSession
) -> None:
    clock.forward(days=2)
    concerns = whose(manager, clock)
    take(settle, late, "hours", concerns, hours=4.0)
    owed = settle(lambda session: life.charged_hours(session, UUID(late["id"]), "overdue"))

    settle(lambda session: overdue.undo(session, UUID(late["id"]), "hours", "It was ill", concerns))

    assert owed == 4.0
    assert life.charged_hours(look, UUID(late["id"]), "overdue") == 0.0


def test_a_hold_stops_new_bookings_until_the_machine_is_back(
    *, late: Booked, amina: Visitor, manager: Visitor, wish: Wish, clock: Clock, settle: Settle
) -> None:
    other = settle(lambda session: make_machine(session).id)
    clock.forward(days=4)
    take(settle, late, "hold", whose(manager, clock))
    week_after = wish(other, 9, 11) | {"starts_at": at(9, day=9), "ends_at": at(11, day=9)}

    choosing = text(amina.get("/book/machines?job=plough&plot=none&on=2026-07-09"))
    refused = book(amina, week_after)
    pass_on(amina, late, "back")
    after = book(amina, week_after)

    assert "New bookings are on hold until Tractor one is back." in choosing
    assert (refused.status_code, refused.json["code"]) == (403, "member-on-hold")
    assert after.status_code == 201


# Work slips.


@pytest.fixture
def slip(amina: Visitor, booked: Booked, clock: Clock) -> dict[str, Any]:
    """An hour and a half of the two that were booked."""
    on_the_day(clock, 9)
    pass_on(amina, booked, "out", meter_reading=100.0)
    clock.forward(hours=2)
    pass_on(amina, booked, "back", meter_reading=101.5)
    return only_slip(amina)


def sign(who: Visitor, slip: dict[str, Any]) -> Any:
    return act(who, f"slips/{slip['id']}/sign", {"edition": slip["edition"]})


def test_both_sign_and_the_difference_is_charged(
    amina: Visitor, manager: Visitor, slip: dict[str, Any], booked: Booked, look: TenantSession
) -> None:
    hers, offices = sign(amina, slip), sign(manager, slip)

    assert (slip["hours"], slip["money"], slip["hours_owed"]) == (1.5, 60.0, 1.5)
    assert (hers.json["state"], offices.json["state"]) == ("drafted", "posted")
    assert state_of(amina, booked) == "settled"
    query = select(Charge.unit, func.sum(Charge.amount)).group_by(Charge.unit)
    assert dict(iter(look.execute(query))) == {"money": 60.0, "hours": 1.5}


def test_a_posted_slip_is_in_the_ledger(
    amina: Visitor, manager: Visitor, slip: dict[str, Any], look: TenantSession
) -> None:
    sign(amina, slip)
    assert not any(ledger.all_balances(look, amina.member_id).values())
    look.rollback()

    sign(manager, slip)

    found = ledger.all_balances(look, amina.member_id)
    assert found == {"labour": -90, "machine": 0, "water": 0, "money": -6_000}
    assert ledger.fund_balances(look, "money") == {"cooperative": 6_000}


def test_nobody_signs_for_both_sides(
    manager: Visitor, omar: Visitor, tractor_id: UUID, wish: Wish, clock: Clock
) -> None:
    mine = book(manager, wish(tractor_id, 9, 11)).json
    on_the_day(clock, 9)
    pass_on(manager, mine, "out")
    pass_on(manager, mine, "back")
    own = only_slip(manager)

    twice = [sign(manager, own).json["state"] for _ in range(2)]

    assert twice == ["drafted", "drafted"]
    assert sign(omar, own).json["code"] == "slip-not-yours-to-sign"


def test_what_is_disputed_is_decided_and_signed_anew(
    amina: Visitor, manager: Visitor, slip: dict[str, Any]
) -> None:
    sign(amina, slip)
    act(amina, f"slips/{slip['id']}/dispute", {"words": "The meter jumped"})
    refused = sign(manager, slip)
    figures = {"hours": 1.0, "hectares": 0.0, "words": "Read again"}
    decided = act(manager, f"slips/{slip['id']}/decide", figures).json

    stale, fresh = sign(amina, slip), sign(amina, decided)

    assert refused.json["code"] == "slip-not-in-that-state"
    assert (decided["state"], decided["money"]) == ("drafted", 40.0)
    assert stale.json["code"] == "slip-changed"
    assert fresh.json["state"] == "posted"


def countersign(session: TenantSession, slip: dict[str, Any], now: Any) -> None:
    row = life.slip(session, UUID(slip["id"]))
    row.member_signed_at = row.office_signed_at = now
    row.state = "countersigned"


def test_a_slip_is_posted_once_though_eight_post_it_at_once(
    slip: dict[str, Any],
    manager: Visitor,
    settle: Settle,
    clock: Clock,
    look: TenantSession,
) -> None:
    settle(lambda session: countersign(session, slip, clock.now))
    concerns = whose(manager, clock)

    def post(session: TenantSession) -> str:
        return slips.post(session, UUID(slip["id"]), concerns).state

    got = at_once(8, lambda: settle(post))

    assert sorted(got) == ["posted", *["slip-not-in-that-state"] * 7]
    assert len(look.scalars(select(Charge).where(Charge.why == "slip")).all()) == 2


def test_the_database_itself_charges_a_slip_once(
    slip: dict[str, Any], manager: Visitor, settle: Settle, clock: Clock
) -> None:
    """With the state put back, the check of the program is passed, and the index refuses."""
    concerns = whose(manager, clock)
    settle(lambda session: countersign(session, slip, clock.now))
    settle(lambda session: slips.post(session, UUID(slip["id"]), concerns))
    settle(lambda session: countersign(session, slip, clock.now))

    with pytest.raises(SlipNotInThatState):
        settle(lambda session: slips.post(session, UUID(slip["id"]), concerns))


def test_a_slip_is_drafted_once(slip: dict[str, Any], look: TenantSession) -> None:
    assert len(look.scalars(select(WorkSlip)).all()) == 1
