"""A plan worked out in the background: how far it is, stopped, cut off, taken up again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from coopfarm.land.models import Plot
from coopfarm.store.db import Database
from coopfarm.store.tenancy import TenantSession
from coopfarm.water import actions, queries
from coopfarm.water.models import DayOfWeather, PlanRun, Rotation
from coopfarm.water.planner.run import job_argument, perform, unfinished
from coopfarm.water.rules import Wish
from tests.conftest import Clock
from tests.factories.members import make_member
from tests.factories.water import STARTS_AT, WEEK_MINUTES, settle_week

WISH = Wish(starts_at=STARTS_AT, cycle_minutes=WEEK_MINUTES, supply=60.0)
KEPT, BESIDE_ONE, BESIDE_TWO = 2, 3, 4  # transactions that are over


class WatchedDatabase(Database):
    """A database at which something happens between two transactions of a run."""

    def __init__(self, url: str, meanwhile: Callable[[int], object]) -> None:
        super().__init__(url)
        self.done = 0
        self._meanwhile = meanwhile

    @contextmanager
    def transaction(self, cooperative_id: int | None = None) -> Iterator[TenantSession]:
        with super().transaction(cooperative_id) as session:
            yield session
        self.done += 1
        self._meanwhile(self.done)


class PowerCutError(Exception):
    """The process ends here."""


@pytest.fixture
def manager(database: Database, cooperative_id: int) -> UUID:
    """The manager of a village of three plots with weather."""
    with database.transaction(cooperative_id) as session:
        settle_week(session, [make_member(session).id for _ in range(3)])
        return make_member(session, "manager").id


@dataclass
class Desk:
    """One run, somebody who works it out, and a manager who may step in meanwhile."""

    database: Database
    cooperative_id: int
    manager: UUID
    clock: Clock
    job: str
    url: str

    def work(self, meanwhile: Callable[[int], object] = lambda _done: None) -> None:
        working = WatchedDatabase(self.url, meanwhile)
        try:
            perform(working, self.job, self.clock)
        finally:
            working.dispose()

    def when(self, step: int, act: Callable[..., object]) -> Callable[[int], None]:
        """What the manager does once so many transactions of the run are over."""

        def meanwhile(done: int) -> None:
            if done == step:
                with self.database.transaction(self.cooperative_id) as session:
                    run = queries.run_for_update(session, self.run.id)
                    act(session, run, actor_id=self.manager, now=self.clock.now)

        return meanwhile

    @property
    def run(self) -> PlanRun:
        """The run as it is kept at this moment."""
        with self.database.reading() as session:
            session.cooperative_id = self.cooperative_id
            return session.scalars(select(PlanRun)).one()

    @property
    def plans(self) -> list[Rotation]:
        with self.database.reading() as session:
            session.cooperative_id = self.cooperative_id
            return [*session.scalars(select(Rotation).order_by(Rotation.version))]


@pytest.fixture
def desk(
    database: Database, database_url: str, cooperative_id: int, manager: UUID, clock: Clock
) -> Desk:
    with database.transaction(cooperative_id) as session:
        run = actions.ask_for_plan(session, WISH, asked_by=manager, now=clock.now)
        return Desk(database, cooperative_id, manager, clock, job_argument(run), database_url)


def change(desk: Desk, statement: Any) -> None:
    with desk.database.transaction(desk.cooperative_id) as session:
        session.execute(statement)


def test_a_run_ends_with_a_draft_and_every_rule_beside_it(desk: Desk) -> None:
    desk.work()

    (plan,) = desk.plans
    assert (desk.run.state, desk.run.progress) == ("done", 1.0)
    assert desk.run.ended_at == desk.clock.now
    assert (plan.id, plan.state, plan.made_by) == (desk.run.rotation_id, "draft", desk.manager)
    assert set(plan.comparison) == {"cea", "proportional", "cel", "talmud"}


def test_progress_is_kept_step_by_step(desk: Desk) -> None:
    seen: list[tuple[Any, ...]] = []

    def look(_done: int) -> None:
        run = desk.run
        seen.append((run.state, round(run.progress, 2), (run.doing or {}).get("code")))

    desk.work(look)

    assert seen == [
        ("running", 0.05, "run-working-out"),
        ("feasible", 0.4, "run-working-out"),
        ("feasible", 0.55, "run-comparing"),
        ("feasible", 0.7, "run-comparing"),
        ("feasible", 0.85, "run-comparing"),
        ("done", 1.0, None),
    ]


@pytest.mark.parametrize("step", [1, KEPT, BESIDE_ONE])
def test_a_run_that_is_stopped_leaves_nothing(desk: Desk, step: int) -> None:
    desk.work(desk.when(step, actions.stop_run))

    run = desk.run
    assert (run.state, run.rotation_id, run.ended_at) == ("stopped", None, desk.clock.now)
    assert desk.plans == []


def test_the_best_so_far_is_a_whole_plan_with_the_rules_worked_out_until_then(desk: Desk) -> None:
    desk.work(desk.when(BESIDE_TWO, actions.use_best))

    (plan,) = desk.plans
    assert (desk.run.state, desk.run.rotation_id) == ("done", plan.id)
    assert plan.is_certified
    assert set(plan.comparison) == {"cea", "proportional", "cel"}


def test_a_draft_thrown_away_meanwhile_ends_the_run(desk: Desk) -> None:
    def throw_away(session: TenantSession, run: PlanRun, **who: Any) -> None:
        plan = queries.rotation_for_update(session, run.rotation_id or UUID(int=0))
        actions.drop_draft(session, plan, **who)

    desk.work(desk.when(BESIDE_ONE, throw_away))

    assert (desk.run.state, desk.run.rotation_id) == ("stopped", None)
    assert desk.plans == []


def test_a_run_that_cannot_be_planned_ends_with_the_reason_and_keeps_nothing(desk: Desk) -> None:
    change(desk, delete(DayOfWeather))

    desk.work()

    assert (desk.run.state, desk.run.ended_at) == ("refused", desk.clock.now)
    assert desk.run.refusal is not None
    assert (desk.run.refusal["code"], desk.run.refusal["facts"]["count"]) == ("no-weather", 7)
    assert desk.plans == []


def test_everything_that_is_in_the_way_is_kept_with_the_run(desk: Desk) -> None:
    change(desk, update(Plot).values(crop="triffid"))

    desk.work()

    told = (desk.run.refusal or {})["problems"]
    assert [problem["facts"]["plot"] for problem in told] == ["O1-01", "O1-02", "O1-03"]


def test_a_run_stopped_before_it_is_refused_stays_stopped(desk: Desk) -> None:
    change(desk, delete(DayOfWeather))

    desk.work(desk.when(1, actions.stop_run))

    assert (desk.run.state, desk.run.refusal) == ("stopped", None)


def test_a_run_that_is_taken_up_twice_changes_nothing(desk: Desk) -> None:
    desk.work()
    before = (desk.run.ended_at, desk.plans[0].edition)
    desk.clock.forward(hours=1)

    desk.work()

    assert (desk.run.ended_at, desk.plans[0].edition) == before
    assert len(desk.plans) == 1


@pytest.mark.parametrize("step", [1, KEPT, BESIDE_ONE, BESIDE_TWO])
def test_a_run_that_was_cut_off_is_finished_by_whoever_takes_it_up(desk: Desk, step: int) -> None:
    def cut(done: int) -> None:
        if done == step:
            raise PowerCutError

    with pytest.raises(PowerCutError):
        desk.work(cut)
    kept = [plan.id for plan in desk.plans]
    waiting = unfinished(desk.database)

    desk.work()

    (plan,) = desk.plans
    assert (waiting, unfinished(desk.database)) == ([desk.job], [])
    assert kept in ([], [plan.id])
    assert desk.run.state == "done"
    assert set(plan.comparison) == {"cea", "proportional", "cel", "talmud"}


def test_two_workers_at_one_run_make_one_plan(desk: Desk) -> None:
    start = Barrier(2)

    def work() -> None:
        start.wait()
        desk.work()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(desk.plans) == 1
    assert desk.run.state == "done"


def test_two_runs_at_once_get_versions_of_their_own(desk: Desk) -> None:
    with desk.database.transaction(desk.cooperative_id) as session:
        run = actions.ask_for_plan(session, WISH, asked_by=desk.manager, now=desk.clock.now)
        other = replace(desk, job=job_argument(run))

    workers = [Thread(target=one.work) for one in (desk, other)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert [plan.version for plan in desk.plans] == [1, 2]
    assert unfinished(desk.database) == []
