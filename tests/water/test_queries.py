"""What farmers and managers are told of plans and turns."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from coopfarm.kernel.refusal import Missing
from coopfarm.land.models import Outlet, Plot
from coopfarm.members.models import Cooperative
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from coopfarm.water import actions, queries
from coopfarm.water.models import Rotation, Turn
from tests.conftest import Clock
from tests.factories.members import make_member
from tests.factories.water import STARTS_AT, make_plan, settle_week


@dataclass
class Village:
    """Three farmers from head to tail, and a tenant who works the plot of the last."""

    salma: UUID
    hamid: UUID
    yusuf: UUID
    tenant: UUID


@pytest.fixture
def village(session: TenantSession) -> Village:
    salma = make_member(session, name="سلمى", name_latin="Salma", phone="+201", shares_phone=True)
    hamid = make_member(session, name="حامد", name_latin="Hamid", phone="+202")
    yusuf = make_member(session, name="يوسف", phone="+203", shares_phone=True)
    tenant = make_member(session, name="Tenant")
    settle_week(session, [salma.id, hamid.id, yusuf.id])
    session.execute(update(Plot).where(Plot.code == "O1-03").values(worker_id=tenant.id))
    return Village(salma.id, hamid.id, yusuf.id, tenant.id)


@pytest.fixture
def publish(session: TenantSession, clock: Clock) -> Callable[..., Rotation]:
    """Make a plan and put it in force, or only show it."""

    def make(state: str = "in_force", **more: object) -> Rotation:
        plan = make_plan(session, **more)
        if state != "draft":
            actions.give_notice(session, plan, "dry", actor_id=None, now=clock.now)
        if state == "in_force":
            actions.put_in_force(session, plan, actor_id=None, now=clock.now)
        session.flush()
        return plan

    return make


def test_a_farmer_is_told_the_next_turn_with_all_that_the_gate_needs(
    session: TenantSession, village: Village, publish: Callable[..., Rotation], clock: Clock
) -> None:
    publish()

    (card,) = queries.next_turns(session, village.hamid, clock.now)

    assert (card.plot_code, card.outlet_code, card.nakka) == ("O1-02", "O1", "N2")
    assert (card.net_area_m2, card.state) == (18_000, "in_force")
    assert card.minutes == 3360
    assert card.turn.starts_at == STARTS_AT + timedelta(minutes=1680)


@pytest.mark.parametrize("who", ["yusuf", "tenant"])
def test_a_turn_is_told_to_the_holder_and_to_whoever_works_the_plot(
    session: TenantSession,
    village: Village,
    publish: Callable[..., Rotation],
    clock: Clock,
    who: str,
) -> None:
    publish()

    cards = queries.next_turns(session, getattr(village, who), clock.now)

    assert [card.plot_code for card in cards] == ["O1-03"]


def test_a_draft_is_told_to_nobody(
    session: TenantSession, village: Village, publish: Callable[..., Rotation], clock: Clock
) -> None:
    publish("draft")

    assert queries.next_turns(session, village.hamid, clock.now) == []


def test_what_holds_comes_before_what_is_proposed(
    session: TenantSession, village: Village, publish: Callable[..., Rotation], clock: Clock
) -> None:
    publish("in_force", starts_at=STARTS_AT + timedelta(days=3), cycle_minutes=1440)
    publish("notice", cycle_minutes=1440)

    states = [card.state for card in queries.next_turns(session, village.hamid, clock.now)]

    assert states == ["in_force", "notice"]


def test_a_turn_is_next_until_its_last_minute(
    session: TenantSession, village: Village, publish: Callable[..., Rotation]
) -> None:
    publish()
    ends_at = STARTS_AT + timedelta(minutes=1680)

    def told(now: datetime) -> int:
        return len(queries.next_turns(session, village.salma, now))

    assert (told(ends_at - timedelta(minutes=1)), told(ends_at)) == (1, 0)


def test_turns_before_a_new_plan_begins_are_still_told(
    session: TenantSession, village: Village, publish: Callable[..., Rotation], clock: Clock
) -> None:
    first = publish()
    publish(starts_at=STARTS_AT + timedelta(days=4), cycle_minutes=3 * 1440)

    cards = queries.next_turns(session, village.salma, clock.now)

    assert [card.turn.rotation_id == first.id for card in cards] == [True, False]


def test_the_last_turn_is_the_latest_that_was_in_force(
    session: TenantSession, village: Village, publish: Callable[..., Rotation]
) -> None:
    publish(cycle_minutes=1440)
    publish("notice", starts_at=STARTS_AT + timedelta(days=1), cycle_minutes=1440)

    last = queries.last_turn(session, village.hamid, STARTS_AT + timedelta(days=5))

    assert last is not None
    assert last.starts_at == STARTS_AT + timedelta(minutes=240)


def my_turn(session: TenantSession, plot: str) -> Turn:
    query = select(Turn).join(Plot, Plot.id == Turn.plot_id).where(Plot.code == plot)
    return session.scalars(query).one()


def test_a_turn_is_shown_to_its_farmer_alone(
    session: TenantSession, village: Village, publish: Callable[..., Rotation]
) -> None:
    publish()
    turn = my_turn(session, "O1-02")

    assert queries.turn_of(session, village.hamid, turn.id).plot_code == "O1-02"
    for member_id, turn_id in ((village.salma, turn.id), (village.hamid, uuid4())):
        with pytest.raises(Missing):
            queries.turn_of(session, member_id, turn_id)


def test_water_comes_from_the_neighbour_above_and_goes_to_the_one_below(
    session: TenantSession, village: Village, publish: Callable[..., Rotation]
) -> None:
    publish()

    before, after = queries.neighbours(session, my_turn(session, "O1-02"), latin=True)

    assert before is not None
    assert (before.name, before.phone, before.nakka) == ("Salma", "+201", "N1")
    assert after is not None
    assert (after.name, after.phone, after.plot_code) == ("يوسف", "+203", "O1-03")


def test_a_neighbour_who_did_not_agree_to_be_called_is_named_without_a_number(
    session: TenantSession, village: Village, publish: Callable[..., Rotation]
) -> None:
    publish()

    first_before, after_first = queries.neighbours(session, my_turn(session, "O1-01"))
    before_last, last_after = queries.neighbours(session, my_turn(session, "O1-03"))

    assert (first_before, last_after) == (None, None)
    assert after_first is not None
    assert before_last is not None
    assert (after_first.name, after_first.phone) == (before_last.name, before_last.phone)
    assert (after_first.name, after_first.phone) == ("حامد", None)


def test_the_lines_of_a_plan_stand_head_to_tail(
    session: TenantSession, village: Village, publish: Callable[..., Rotation]
) -> None:
    plan = publish()

    lines = queries.lines(session, plan, latin=True)

    assert [line.plot.code for line in lines] == ["O1-01", "O1-02", "O1-03"]
    assert [line.member_name for line in lines] == ["Salma", "Hamid", "يوسف"]
    assert [line.satisfaction for line in lines] == pytest.approx([0.6, 0.6, 0.6])
    assert all(line.turn is not None for line in lines)


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_plot_that_was_moved_since_stands_where_it_had_its_turn(
    session: TenantSession,
    village: Village,
    publish: Callable[..., Rotation],
    *,
    elsewhere: bool,
) -> None:
    plan = publish()
    other = Outlet(code="O9")
    session.add(other)
    session.flush()
    moved_to = other.id if elsewhere else None
    session.execute(
        update(Plot).where(Plot.code == "O1-02").values(outlet_id=moved_to, nakka_id=None)
    )

    lines = queries.lines(session, plan)

    assert [(line.plot.code, line.outlet_code) for line in lines] == [
        ("O1-01", "O1"),
        ("O1-02", "O1"),
        ("O1-03", "O1"),
    ]


def test_before_and_after_is_told_by_the_plan_last_in_force(
    session: TenantSession, village: Village, publish: Callable[..., Rotation]
) -> None:
    publish(cycle_minutes=1440, supply=80.0)
    publish("notice", starts_at=STARTS_AT + timedelta(days=1), cycle_minutes=1440, supply=10.0)

    before = queries.awards_before(session, STARTS_AT + timedelta(days=2))

    needed = sum(need for need, _ in before.values())
    assert sum(award for _, award in before.values()) == pytest.approx(0.8 * needed)
    assert queries.awards_before(session, STARTS_AT) == {}


def test_planned_to_is_the_end_of_the_last_plan_in_force(
    session: TenantSession, village: Village, publish: Callable[..., Rotation]
) -> None:
    assert queries.planned_to(session) is None
    publish(cycle_minutes=1440)
    publish("notice", starts_at=STARTS_AT + timedelta(days=5), cycle_minutes=1440)

    assert queries.planned_to(session) == STARTS_AT + timedelta(days=1)


def test_the_weather_that_is_kept_is_told_by_its_span(
    session: TenantSession, village: Village
) -> None:
    first, last, count = queries.weather_span(session) or (None, None, 0)

    assert (first, last, count) == (STARTS_AT.date(), STARTS_AT.date() + timedelta(days=7), 8)


def test_nothing_of_one_cooperative_is_told_to_another(
    session: TenantSession,
    database: Database,
    village: Village,
    publish: Callable[..., Rotation],
    clock: Clock,
) -> None:
    plan_id, turn_id = publish().id, my_turn(session, "O1-02").id
    session.commit()
    with database.transaction() as other:
        home = Cooperative(name="Elsewhere", timezone="UTC", locale="en_GB", made_at=clock.now)
        other.add(home)
        other.flush()
        other.cooperative_id = home.id

        assert queries.rotations(other) == []
        assert queries.next_turns(other, village.hamid, clock.now) == []
        assert queries.planned_to(other) is None
        for ask in (
            lambda: queries.rotation(other, plan_id),
            lambda: queries.turn_of(other, village.hamid, turn_id),
            lambda: queries.rotation_of_version(other, 1),
        ):
            with pytest.raises(Missing):
                ask()
