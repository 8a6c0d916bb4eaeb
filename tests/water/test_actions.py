"""Publishing a plan step by step, taking steps back, and what the database itself refuses."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from coopfarm.kernel.refusal import Refusal
from coopfarm.land.models import Plot
from coopfarm.store.audit import AuditEvent
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from coopfarm.water import actions, queries, rules
from coopfarm.water.models import Allotment, PlanRun, Rotation, Turn
from tests.conftest import Clock
from tests.factories.members import make_member
from tests.factories.water import STARTS_AT, WEEK_MINUTES, make_plan, make_turn, settle_week

NOTE = "The canal is low."
WISH = rules.Wish(starts_at=STARTS_AT, cycle_minutes=WEEK_MINUTES, supply=60.0)


@pytest.fixture
def manager(session: TenantSession) -> UUID:
    return make_member(session, "manager", name="Salwa").id


@pytest.fixture
def draft(session: TenantSession, manager: UUID) -> Rotation:
    settle_week(session, [make_member(session).id for _ in range(3)])
    return make_plan(session)


@pytest.fixture
def publish(
    session: TenantSession, manager: UUID, clock: Clock
) -> Callable[[Rotation], list[Rotation]]:
    """Give notice of a draft and put it in force; what it replaced."""

    def both(plan: Rotation) -> list[Rotation]:
        actions.give_notice(session, plan, NOTE, actor_id=manager, now=clock.now)
        return [*actions.put_in_force(session, plan, actor_id=manager, now=clock.now)]

    return both


def live_turns(session: TenantSession, plan: Rotation) -> int:
    query = select(func.count()).select_from(Turn).where(Turn.rotation_id == plan.id, Turn.is_live)
    return session.scalar(query) or 0


def verbs(session: TenantSession) -> list[str]:
    session.flush()
    return [*session.scalars(select(AuditEvent.verb).order_by(AuditEvent.at))]


def test_a_draft_is_shown_then_put_in_force_and_its_turns_hold(
    session: TenantSession, draft: Rotation, manager: UUID, clock: Clock
) -> None:
    actions.give_notice(session, draft, f"  {NOTE} ", actor_id=manager, now=clock.now)
    shown = (draft.state, draft.note, draft.noticed_at, live_turns(session, draft))
    clock.forward(hours=1)

    replaced = actions.put_in_force(session, draft, actor_id=manager, now=clock.now)

    assert shown == ("notice", NOTE, clock.now - timedelta(hours=1), 0)
    assert (draft.state, draft.in_force_at, draft.published_by) == ("in_force", clock.now, manager)
    assert live_turns(session, draft) == 3
    assert [*replaced] == []


def test_each_step_is_written_down_with_who_and_what_it_was_before(
    session: TenantSession,
    draft: Rotation,
    manager: UUID,
    clock: Clock,
    publish: Callable[[Rotation], object],
) -> None:
    publish(draft)
    actions.undo(session, draft, actor_id=manager, now=clock.now)
    actions.undo(session, draft, actor_id=manager, now=clock.now)
    actions.drop_draft(session, draft, actor_id=manager, now=clock.now)

    session.flush()
    query = select(AuditEvent).where(AuditEvent.subject_id == str(draft.id))
    events = {event.verb: event for event in session.scalars(query)}
    assert set(events) == {"plan.draft", "plan.notice", "plan.in-force", "plan.undo", "plan.drop"}
    assert all(e.actor_id == manager for verb, e in events.items() if verb != "plan.draft")
    in_force = events["plan.in-force"]
    assert (in_force.before or {})["state"] == "notice"
    assert (in_force.after or {}) == {"version": 1, "state": "in_force", "note": NOTE}


def test_each_step_makes_a_new_edition(
    session: TenantSession, draft: Rotation, publish: Callable[[Rotation], object]
) -> None:
    before = draft.edition

    publish(draft)

    assert draft.edition == before + 2


def test_steps_are_taken_back_one_by_one(
    session: TenantSession,
    draft: Rotation,
    manager: UUID,
    clock: Clock,
    publish: Callable[[Rotation], object],
) -> None:
    publish(draft)

    actions.undo(session, draft, actor_id=manager, now=clock.now)
    first = (draft.state, draft.in_force_at, live_turns(session, draft))
    actions.undo(session, draft, actor_id=manager, now=clock.now)

    assert first == ("notice", None, 0)
    assert (draft.state, draft.noticed_at) == ("draft", None)


def test_a_draft_is_dropped_with_all_its_rows(
    session: TenantSession, draft: Rotation, manager: UUID, clock: Clock
) -> None:
    actions.drop_draft(session, draft, actor_id=manager, now=clock.now)

    tables = (Rotation, Allotment, Turn)
    assert [session.scalar(select(func.count()).select_from(t)) for t in tables] == [0, 0, 0]


@pytest.mark.parametrize("steps", [1, 2])
def test_what_was_shown_to_members_is_not_dropped(
    session: TenantSession, draft: Rotation, manager: UUID, clock: Clock, steps: int
) -> None:
    actions.give_notice(session, draft, NOTE, actor_id=manager, now=clock.now)
    if steps == 2:
        actions.put_in_force(session, draft, actor_id=manager, now=clock.now)

    with pytest.raises(rules.WrongState):
        actions.drop_draft(session, draft, actor_id=manager, now=clock.now)


def test_a_plan_for_the_same_hours_takes_the_place_of_the_one_in_force(
    session: TenantSession, draft: Rotation, clock: Clock, publish: Callable[[Rotation], object]
) -> None:
    publish(draft)
    second = make_plan(session, rule="proportional")

    replaced = publish(second)

    assert replaced == [draft]
    assert (draft.state, draft.superseded_at) == ("superseded", clock.now)
    assert draft.replaced_by_id == second.id
    assert (live_turns(session, draft), live_turns(session, second)) == (0, 3)
    assert "plan.superseded" in verbs(session)


def test_taking_that_back_restores_what_was_replaced(
    session: TenantSession,
    draft: Rotation,
    manager: UUID,
    clock: Clock,
    publish: Callable[[Rotation], object],
) -> None:
    publish(draft)
    second = make_plan(session, rule="proportional")
    publish(second)

    actions.undo(session, second, actor_id=manager, now=clock.now)

    assert (second.state, draft.state) == ("notice", "in_force")
    assert (draft.superseded_at, draft.replaced_by_id) == (None, None)
    assert (live_turns(session, draft), live_turns(session, second)) == (3, 0)
    assert "plan.restored" in verbs(session)


def test_a_plan_for_the_next_week_replaces_nothing(
    session: TenantSession, draft: Rotation, publish: Callable[[Rotation], object]
) -> None:
    publish(draft)
    following = make_plan(session, starts_at=STARTS_AT + timedelta(days=7), cycle_minutes=1440)

    assert publish(following) == []
    assert (draft.state, following.state) == ("in_force", "in_force")


def test_turns_taken_before_a_new_plan_begins_still_hold(
    session: TenantSession, draft: Rotation, publish: Callable[[Rotation], object]
) -> None:
    publish(draft)
    midweek = make_plan(session, starts_at=STARTS_AT + timedelta(days=4), cycle_minutes=3 * 1440)

    publish(midweek)

    held = session.scalars(select(Turn).where(Turn.is_live).order_by(Turn.starts_at)).all()
    assert {turn.rotation_id for turn in held} == {draft.id, midweek.id}
    assert all(one.ends_at <= after.starts_at for one, after in pairwise(held))
    assert held[0].rotation_id == draft.id


def test_hours_that_still_belong_to_a_replaced_plan_are_not_given_twice(
    session: TenantSession, draft: Rotation, publish: Callable[[Rotation], object]
) -> None:
    publish(draft)
    publish(make_plan(session, starts_at=STARTS_AT + timedelta(days=4), cycle_minutes=3 * 1440))
    again = make_plan(session, cycle_minutes=1440)

    with pytest.raises(rules.TurnsCollide):
        publish(again)


def test_a_plan_whose_certificate_does_not_hold_is_not_published(
    session: TenantSession, draft: Rotation, manager: UUID, clock: Clock
) -> None:
    draft.findings, draft.is_certified = [{"code": "week-held-back", "facts": {}}], False

    with pytest.raises(rules.NotCertified):
        actions.give_notice(session, draft, NOTE, actor_id=manager, now=clock.now)

    assert draft.state == "draft"


@pytest.mark.parametrize("state", ["notice", "in_force", "superseded"])
def test_the_database_itself_keeps_an_uncertified_plan_a_draft(
    session: TenantSession, draft: Rotation, state: str
) -> None:
    draft.is_certified = False
    session.flush()

    with pytest.raises(DBAPIError, match="certified"):
        session.execute(update(Rotation).values(state=state))


def test_a_week_that_is_over_is_not_published(
    session: TenantSession, draft: Rotation, manager: UUID, clock: Clock
) -> None:
    actions.give_notice(session, draft, NOTE, actor_id=manager, now=clock.now)
    clock.now = draft.ends_at

    with pytest.raises(rules.AlreadyOver):
        actions.put_in_force(session, draft, actor_id=manager, now=clock.now)


def test_what_was_in_force_for_more_than_a_day_and_has_begun_is_not_taken_back(
    session: TenantSession,
    draft: Rotation,
    manager: UUID,
    clock: Clock,
    publish: Callable[[Rotation], object],
) -> None:
    publish(draft)
    clock.now = draft.starts_at + timedelta(hours=1)

    with pytest.raises(rules.UndoTooLate):
        actions.undo(session, draft, actor_id=manager, now=clock.now)

    assert live_turns(session, draft) == 3


@pytest.fixture
def one_more_turn(
    session: TenantSession, draft: Rotation, publish: Callable[[Rotation], object]
) -> Callable[[datetime, int], object]:
    """Write one more live turn at the outlet of a plan in force."""
    publish(draft)
    plot = session.scalars(select(Plot)).first()
    assert plot is not None

    def write(start: datetime, minutes: int) -> None:
        make_turn(session, draft, plot, start, minutes)
        session.flush()

    return write


@pytest.mark.parametrize(("offset", "minutes"), [(-30, 60), (0, 10), (10, 5)])
def test_the_database_refuses_turns_that_overlap_at_one_outlet(
    one_more_turn: Callable[[datetime, int], object], offset: int, minutes: int
) -> None:
    with pytest.raises(DBAPIError, match="turns_no_overlap"):
        one_more_turn(STARTS_AT + timedelta(minutes=offset), minutes)


@pytest.mark.parametrize("offset", [-30, WEEK_MINUTES])
def test_turns_may_touch(
    session: TenantSession, one_more_turn: Callable[[datetime, int], object], offset: int
) -> None:
    starts_at = STARTS_AT + timedelta(minutes=offset)

    one_more_turn(starts_at, 30)

    live = select(Turn).where(Turn.starts_at == starts_at, Turn.is_live)
    assert len(session.scalars(live).all()) == 1


def test_turns_of_a_proposal_may_lie_over_those_in_force(
    session: TenantSession, draft: Rotation, publish: Callable[[Rotation], object]
) -> None:
    publish(draft)
    plot = session.scalars(select(Plot)).first()
    assert plot is not None

    make_turn(session, draft, plot, STARTS_AT, 60, is_live=False)

    session.flush()


def test_stopping_a_run_drops_what_it_had_so_far(
    session: TenantSession, draft: Rotation, manager: UUID, clock: Clock
) -> None:
    run = actions.ask_for_plan(session, WISH, asked_by=manager, now=clock.now)
    run.rotation_id, run.state = draft.id, "feasible"

    actions.stop_run(session, run, actor_id=manager, now=clock.now)

    assert (run.state, run.rotation_id, run.ended_at) == ("stopped", None, clock.now)
    assert session.scalar(select(func.count()).select_from(Rotation)) == 0
    assert {"plan.ask", "plan.stop", "plan.drop"} <= {*verbs(session)}


def test_the_best_so_far_is_used_as_it_is(
    session: TenantSession, draft: Rotation, manager: UUID, clock: Clock
) -> None:
    run = actions.ask_for_plan(session, WISH, asked_by=manager, now=clock.now)
    run.rotation_id, run.state = draft.id, "feasible"

    used = actions.use_best(session, run, actor_id=manager, now=clock.now)

    assert used == draft.id
    assert (run.state, run.ended_at) == ("done", clock.now)


def test_there_is_nothing_to_use_before_a_plan_is_there(
    session: TenantSession, draft: Rotation, manager: UUID, clock: Clock
) -> None:
    run = actions.ask_for_plan(session, WISH, asked_by=manager, now=clock.now)

    with pytest.raises(rules.NothingYet):
        actions.use_best(session, run, actor_id=manager, now=clock.now)


@pytest.mark.parametrize("act", [actions.stop_run, actions.use_best])
def test_a_run_that_has_ended_is_not_stopped_again(
    session: TenantSession,
    draft: Rotation,
    manager: UUID,
    clock: Clock,
    act: Callable[..., object],
) -> None:
    run = actions.ask_for_plan(session, WISH, asked_by=manager, now=clock.now)
    run.state, run.ended_at = "done", clock.now

    with pytest.raises(rules.RunEnded):
        act(session, run, actor_id=manager, now=clock.now)


def test_dropping_a_draft_ends_the_run_that_still_compares_it(
    session: TenantSession, draft: Rotation, manager: UUID, clock: Clock
) -> None:
    run = actions.ask_for_plan(session, WISH, asked_by=manager, now=clock.now)
    run.rotation_id, run.state = draft.id, "feasible"
    session.flush()

    actions.drop_draft(session, draft, actor_id=manager, now=clock.now)

    assert (run.state, run.rotation_id, run.ended_at) == ("stopped", None, clock.now)


def test_a_wish_that_cannot_be_is_not_even_queued(
    session: TenantSession, manager: UUID, clock: Clock
) -> None:
    wish = rules.Wish(starts_at=STARTS_AT, cycle_minutes=0, supply=60.0)

    with pytest.raises(rules.PeriodUnusable):
        actions.ask_for_plan(session, wish, asked_by=manager, now=clock.now)

    assert session.scalar(select(func.count()).select_from(PlanRun)) == 0


@pytest.fixture
def two_proposals(database: Database, cooperative_id: int, clock: Clock) -> list[tuple[UUID, UUID]]:
    """Two proposals for overlapping weeks, each with a manager of its own."""
    with database.transaction(cooperative_id) as session:
        settle_week(session, [make_member(session).id for _ in range(3)])
        found = []
        for days in (0, 1):
            who = make_member(session, "manager").id
            plan = make_plan(
                session, starts_at=STARTS_AT + timedelta(days=days), cycle_minutes=6 * 1440
            )
            actions.give_notice(session, plan, NOTE, actor_id=who, now=clock.now)
            found.append((plan.id, who))
        return found


def test_two_managers_at_the_same_moment_never_give_the_same_hour_twice(
    database: Database,
    cooperative_id: int,
    two_proposals: list[tuple[UUID, UUID]],
    clock: Clock,
) -> None:
    start = Barrier(2)
    answers: list[Refusal | None] = []

    def put_in_force(plan_id: UUID, who: UUID) -> None:
        start.wait()
        try:
            with database.transaction(cooperative_id) as session:
                plan = queries.rotation_for_update(session, plan_id)
                actions.put_in_force(session, plan, actor_id=who, now=clock.now)
        except Refusal as refusal:
            answers.append(refusal)
        else:
            answers.append(None)

    threads = [Thread(target=put_in_force, args=one) for one in two_proposals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.reading() as session:
        session.cooperative_id = cooperative_id
        states = sorted(session.scalars(select(Rotation.state)))
        held = session.scalars(select(Turn).where(Turn.is_live).order_by(Turn.starts_at)).all()
    assert answers == [None, None]
    assert states == ["in_force", "superseded"]
    assert all(one.ends_at <= after.starts_at for one, after in pairwise(held))


def test_one_publishes_while_another_takes_back_without_a_deadlock(
    database: Database,
    cooperative_id: int,
    two_proposals: list[tuple[UUID, UUID]],
    clock: Clock,
) -> None:
    (first, who), (second, other) = two_proposals
    with database.transaction(cooperative_id) as session:
        plan = queries.rotation_for_update(session, first)
        actions.put_in_force(session, plan, actor_id=who, now=clock.now)
    start = Barrier(2)
    outcomes: list[str] = []

    def act(plan_id: UUID, verb: Callable[..., object], actor: UUID) -> None:
        start.wait()
        try:
            with database.transaction(cooperative_id) as session:
                plan = queries.rotation_for_update(session, plan_id)
                verb(session, plan, actor_id=actor, now=clock.now)
        except Refusal as refusal:
            outcomes.append(refusal.code)
        else:
            outcomes.append("done")

    threads = [
        Thread(target=act, args=(second, actions.put_in_force, other)),
        Thread(target=act, args=(first, actions.undo, who)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.reading() as session:
        session.cooperative_id = cooperative_id
        in_force = session.scalars(select(Rotation.id).where(Rotation.state == "in_force")).all()
    assert "done" in outcomes
    assert {*outcomes} <= {"done", "wrong-state"}
    assert [*in_force] == [second]
