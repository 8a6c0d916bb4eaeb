"""What the database refuses, even from code that is wrong."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from coopfarm.kernel.refusal import Conflict
from coopfarm.land.models import Plot
from coopfarm.store import audit
from coopfarm.store.audit import AuditEvent
from coopfarm.store.db import Database
from coopfarm.store.guards import kept_by
from coopfarm.store.tenancy import TenantSession
from coopfarm.water.models import Rotation, Turn
from tests.factories.members import make_member
from tests.factories.water import STARTS_AT, make_plan, make_turn, settle_week

HOUR = timedelta(hours=1)


class OutletTaken(Conflict):
    code = "test-outlet-taken"


@pytest.fixture
def member_id(session: TenantSession) -> UUID:
    return make_member(session).id


@pytest.fixture
def plan(session: TenantSession, member_id: UUID) -> Rotation:
    settle_week(session, [member_id, member_id])
    return make_plan(session)


@pytest.fixture
def plots(session: TenantSession, plan: Rotation) -> list[Plot]:
    return list(session.scalars(select(Plot).order_by(Plot.code)))


def test_two_live_turns_at_one_outlet_cannot_share_a_moment(
    session: TenantSession, plan: Rotation, plots: list[Plot]
) -> None:
    make_turn(session, plan, plots[0], STARTS_AT, 60)
    session.flush()
    make_turn(session, plan, plots[1], STARTS_AT + timedelta(minutes=59), 60, place=901)

    with pytest.raises(DBAPIError, match="turns_no_overlap"):
        session.flush()


def test_a_turn_cannot_be_moved_or_brought_to_life_onto_another(
    session: TenantSession, plan: Rotation, plots: list[Plot]
) -> None:
    make_turn(session, plan, plots[0], STARTS_AT, 60)
    moved = make_turn(session, plan, plots[1], STARTS_AT + 2 * HOUR, 60, place=901)
    asleep = make_turn(session, plan, plots[1], STARTS_AT, 30, place=902, is_live=False)
    session.flush()

    with pytest.raises(DBAPIError, match="turns_no_overlap"), session.begin_nested():
        session.execute(update(Turn).where(Turn.id == moved.id).values(starts_at=STARTS_AT))
    with pytest.raises(DBAPIError, match="turns_no_overlap"), session.begin_nested():
        session.execute(update(Turn).where(Turn.id == asleep.id).values(is_live=True))


def test_turns_may_touch_but_not_overlap(
    session: TenantSession, plan: Rotation, plots: list[Plot]
) -> None:
    make_turn(session, plan, plots[0], STARTS_AT, 60)
    make_turn(session, plan, plots[1], STARTS_AT + HOUR, 60, place=901)

    session.flush()

    assert session.query(Turn).filter(Turn.is_live).count() == 2


def test_turns_at_different_outlets_and_of_proposals_may_share_a_moment(
    session: TenantSession, plan: Rotation, plots: list[Plot], member_id: UUID
) -> None:
    settle_week(session, [member_id], outlet="O2", weather=False)
    elsewhere = session.scalars(select(Plot).where(Plot.code == "O2-01")).one()
    make_turn(session, plan, plots[0], STARTS_AT, 60)
    make_turn(session, plan, elsewhere, STARTS_AT, 60, place=901)
    make_turn(session, plan, plots[1], STARTS_AT, 60, place=902, is_live=False)

    session.flush()

    assert session.query(Turn).filter(Turn.is_live).count() == 2


def test_what_a_guard_refuses_is_said_in_the_cooperatives_words(
    session: TenantSession, plan: Rotation, plots: list[Plot]
) -> None:
    make_turn(session, plan, plots[0], STARTS_AT, 60)
    session.flush()
    make_turn(session, plan, plots[1], STARTS_AT, 60, place=901)

    with pytest.raises(OutletTaken), kept_by("turns_no_overlap", OutletTaken()):
        session.flush()


def test_what_another_guard_refuses_stays_what_it_is(session: TenantSession) -> None:
    with pytest.raises(DBAPIError), kept_by("turns_no_overlap", OutletTaken()):
        session.execute(text("SELECT * FROM no_such_table"))


@pytest.mark.parametrize("state", ["notice", "in_force", "superseded"])
def test_a_plan_without_a_certificate_cannot_leave_the_draft(
    session: TenantSession, plan: Rotation, state: str
) -> None:
    with pytest.raises(IntegrityError, match="certified"):
        session.execute(
            update(Rotation).where(Rotation.id == plan.id).values(state=state, is_certified=False)
        )


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_events SET verb = 'nothing happened'", "DELETE FROM audit_events"]
)
def test_what_was_done_can_be_neither_changed_nor_removed(
    session: TenantSession, onlooker: Database, plan: Rotation, statement: str
) -> None:
    audit.record(session, "test.deed", plan, actor_id=None, at=STARTS_AT)
    session.commit()

    # The program's own role is not even allowed to try on PostgreSQL; its owner is stopped too.
    with pytest.raises(DBAPIError, match=r"audit_events_append_only|permission denied"):
        session.execute(text(statement))
    session.rollback()
    with (
        onlooker.writing() as owner,
        pytest.raises(DBAPIError, match="audit_events_append_only"),
    ):
        owner.execute(text(statement))

    assert "test.deed" in session.scalars(select(AuditEvent.verb)).all()
